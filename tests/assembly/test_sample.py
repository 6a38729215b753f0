import json
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.drafting.offering import as_offered
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.assembly import sample
from kanta_tenancy.assembly.demo_cases import cases
from kanta_tenancy.assembly.demo_input import sample_input
from kanta_tenancy.assembly.sample import DOCUMENT, Sample, load_sample
from kanta_tenancy.assembly.sample_keys import ACCESS_KEYS, AUTHORITY, LISTS, SIGNING_KEYS
from kanta_tenancy.kernel.acting import ActorKind, Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.x509.crls import lists_of
from kanta_tenancy.machinery.x509.reading import certificates_from_pem
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.parties import the_parties
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.imports.reading import read
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.agreements.examples import a_draft
from tests.assembly.processes import command
from tests.parties.examples import a_realm

COUNT = """
SELECT (SELECT count(*) FROM organisation) AS organisation, (SELECT count(*) FROM tenancy) AS tenancy,
       (SELECT count(*) FROM contact) AS contact, (SELECT count(*) FROM soteri_evidence) AS soteri_evidence,
       (SELECT count(*) FROM access_key) AS access_key, (SELECT count(*) FROM agreement) AS agreement,
       (SELECT count(*) FROM agreement_document) AS document, (SELECT count(*) FROM agreement_receipt) AS receipt,
       (SELECT count(*) FROM journal_entry) AS journal_entry
"""


async def counted(owner) -> dict[str, int]:
    return dict(await owner.fetchrow(COUNT))


def files(home: Path) -> dict[str, bytes]:
    return {str(file.relative_to(home)): file.read_bytes() for file in home.rglob("*") if file.is_file()}


def lists(home: Path) -> RevocationData:
    return RevocationData(crls=lists_of((home / SIGNING_KEYS / LISTS).read_bytes()))


async def callers(database, clock, made: Sample) -> list[Caller]:
    holders = (made.keys.main_connector, *made.keys.tenants)
    found = [await authenticate(database, clock, holder.key) for holder in holders]
    assert None not in found
    return [caller for caller in found if caller is not None]


def trusted(home: Path):
    return certificates_from_pem((home / SIGNING_KEYS / AUTHORITY).read_bytes())


async def test_the_sample_is_a_main_connector_twelve_tenants_and_an_agreement_in_force(
    database, owner, clock, tmp_path
):
    made = await load_sample(database, clock, tmp_path)
    rows = await counted(owner)
    assert (rows["organisation"], rows["tenancy"], rows["access_key"]) == (13, 12, 3)
    main_connector, first, second = await callers(database, clock, made)
    async with database.transaction(first) as tx:
        (summary,) = await reading.newest(tx, before=None, count=10, tenancy_id=None)
        _, document = await reading.document(tx, summary.id)
    assert (summary.status, summary.reference) == (Status.IN_FORCE, made.reference)
    assert (tmp_path / DOCUMENT).read_bytes() == document.content
    report = verify(document.content, at=clock.now(), anchors=trusted(tmp_path), revocation=lists(tmp_path))
    assert (report.verdict, len(report.signatures)) == (Verdict.VALID, 2)
    async with database.transaction(second) as tx:
        assert await reading.newest(tx, before=None, count=10, tenancy_id=None) == []
    assert main_connector.permissions == frozenset(Permission)
    assert first.permissions == second.permissions == TENANT_PERMISSIONS


async def test_each_party_signed_with_its_own_key(database, owner, clock, tmp_path):
    made = await load_sample(database, clock, tmp_path)
    main_connector, first, _ = await callers(database, clock, made)
    entries = [json.loads(row["entry"]) for row in await owner.fetch("SELECT entry FROM journal_entry")]
    signed = {entry["facts"]["party"]: entry["actor"] for entry in entries if entry["action"] == "agreement.signed"}
    assert {party: actor["key_id"] for party, actor in signed.items()} == {
        Party.MAIN_CONNECTOR: str(main_connector.actor.key_id),
        Party.TENANT: str(first.actor.key_id),
    }
    founded = next(entry for entry in entries if entry["action"] == "organisation.registered")
    assert founded["actor"]["kind"] == ActorKind.OPERATOR


async def test_a_second_run_finds_everything_and_makes_nothing(database, owner, clock, tmp_path):
    first = await load_sample(database, clock, tmp_path)
    before, kept = await counted(owner), files(tmp_path)
    clock.advance(days=30)
    assert await load_sample(database, clock, tmp_path) == first
    assert await counted(owner) == before
    assert files(tmp_path) == kept


async def test_what_is_secret_is_readable_by_its_owner_alone(database, clock, tmp_path):
    await load_sample(database, clock, tmp_path)
    secret = [tmp_path / ACCESS_KEYS, *(tmp_path / SIGNING_KEYS).glob("*.key")]
    assert len(secret) == 4
    assert [file.stat().st_mode & 0o777 for file in secret] == [0o600] * 4


async def test_lost_or_closed_access_keys_are_replaced_and_the_rest_stays(database, owner, clock, tmp_path):
    first = await load_sample(database, clock, tmp_path)
    before = await counted(owner)
    for mischief in (Path.unlink, lambda file: file.write_text("{"), lambda _: clock.advance(days=366)):
        mischief(tmp_path / ACCESS_KEYS)
        again = await load_sample(database, clock, tmp_path)
        assert again.keys != first.keys
        assert again.reference == first.reference
        assert len(await callers(database, clock, again)) == 3
    after = await counted(owner)
    assert {table for table in before if after[table] != before[table]} == {"access_key", "journal_entry"}


async def test_keys_kept_for_another_database_do_not_open_this_one(database, owner, clock, tmp_path):
    stranger = await a_realm(database, clock)
    made = await load_sample(database, clock, tmp_path)
    await owner.execute("UPDATE access_key SET revoked_at = created_at WHERE tenancy_id IS NULL")
    again = await load_sample(database, clock, tmp_path)
    assert made.keys.main_connector.key != again.keys.main_connector.key
    realms = {caller.scope.main_connector_id for caller in await callers(database, clock, again)}
    assert len(realms) == 1
    assert stranger.scope.main_connector_id not in realms


class Killed(BaseException):
    pass


class Dying:
    """A database that is lost when somebody with an access key begins one transaction too many."""

    def __init__(self, database: Database, transactions: int) -> None:
        self._database = database
        self._left = transactions
        self.unscoped = database.unscoped

    def transaction(self, caller: Caller, **options: str) -> AbstractAsyncContextManager[Transaction]:
        if caller.actor.key_id is not None:
            self._left -= 1
            if self._left < 0:
                raise Killed
        return self._database.transaction(caller, **options)


@pytest.mark.parametrize(
    ("transactions", "left"), [(1, []), (2, ["draft"]), (3, ["offered"]), (4, ["partly_signed"]), (5, ["in_force"])]
)
async def test_a_run_that_was_killed_is_carried_on(database, owner, clock, tmp_path, *, transactions, left):
    with pytest.raises(Killed):
        await load_sample(Dying(database, transactions), clock, tmp_path)
    assert [row["status"] for row in await owner.fetch("SELECT status FROM agreement")] == left
    made = await load_sample(database, clock, tmp_path)
    assert made.in_force_on is not None
    assert [row["status"] for row in await owner.fetch("SELECT status FROM agreement")] == ["in_force"]


async def test_a_reader_can_make_the_next_agreement_with_the_sample_keys_and_documents_sign(database, tmp_path):
    clock = SystemClock()  # the command knows no other
    made = await load_sample(database, clock, tmp_path)
    main_connector, _, second = await callers(database, clock, made)
    assert second.scope.tenancy_id is not None
    async with database.transaction(main_connector) as tx:
        draft = await actions.draft(tx, clock, tenancy_id=second.scope.tenancy_id, said=a_draft())
        plan = await actions.plan_offer(tx, clock, agreement_id=draft.id, version=draft.version)
    document = tmp_path / "offer.docx"
    document.write_bytes(plan.docx)
    keys = tmp_path / SIGNING_KEYS
    for line, who in enumerate(("main-connector", "second-tenant"), 1):
        signed = tmp_path / f"signed-{line}.docx"
        ended = command(
            "documents", "sign", str(document), "--signature-line", str(line), "--out", str(signed),
            "--certificate", str(keys / f"{who}.pem"), "--key", str(keys / f"{who}.key"),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        document = signed
    assert all(line.signed for line in signature_lines(document.read_bytes()))
    assert (
        command(
            "documents", "verify", str(document), "--trust", str(keys / AUTHORITY), "--crl", str(keys / LISTS)
        ).returncode
        == 0
    )


async def test_the_lines_name_the_keys_the_document_and_where_the_keys_are_told_again(database, clock, tmp_path):
    lines = "\n".join(await sample.welcome(database, clock, tmp_path))
    kept = json.loads((tmp_path / ACCESS_KEYS).read_text("utf-8"))
    for holder in (kept["main_connector"], *kept["tenants"]):
        assert f"{holder['name']}" in lines
        assert holder["key"] in lines
    for name in (DOCUMENT, ACCESS_KEYS, SIGNING_KEYS):
        assert str(tmp_path / name) in lines


async def test_the_demo_says_of_the_parties_what_the_service_says(database, clock, tmp_path):
    made = await load_sample(database, clock, tmp_path)
    main_connector = (await callers(database, clock, made))[0]
    said = {case.both.tenant.business_id: case.both for case in cases(sample_input(), clock.now())}
    day = day_in_finland(clock.now())
    async with database.transaction(main_connector) as tx:
        for row in await tx.connection.fetch("SELECT tenancy_id FROM tenancy"):
            kept = await the_parties(tx, row["tenancy_id"], on_day=day)
            demo = said.pop(kept.tenant.business_id)
            for language in Language:
                for side in ("main_connector", "tenant"):
                    here, there = getattr(demo, side), getattr(kept, side)
                    assert as_offered(here, day, language) == as_offered(there, day, language)
    assert said == {}


def test_the_parties_of_the_sample_are_a_file_that_organisations_import_takes():
    sheet = read(sample.parties_file(sample_input()))
    assert (len(sheet.entries), sheet.bad) == (13, ())


async def test_the_sample_takes_no_time_worth_waiting_for(database, clock, tmp_path):
    began = time.perf_counter()
    await load_sample(database, clock, tmp_path)
    assert time.perf_counter() - began < 5
