"""A disturbance as a bundle: all that was said, owed and told, provable to whoever trusts nobody's server."""

import json
from functools import partial

import pytest

from kanta_tenancy.disturbances.actions import drawing_up, proving, reporting
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.proofs import ProofNotReady, bundle
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted
from kanta_tenancy.proofs.verifying.verifier import verify
from tests.desk import ADesk
from tests.disturbances.test_assessing import YES, Person
from tests.disturbances.test_closing import CAUSE, Closer
from tests.parties.examples import a_realm, a_tenant
from tests.proofs.cases import CaseOffice, amiss
from tests.seals.examples import a_folder, a_seal, acted
from tests.timestamp_authority import TimestampAuthority


@pytest.fixture(scope="module")
def stamps(tmp_path_factory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def clock(clock):
    clock.at = SystemClock().now().replace(microsecond=0)  # that of the timestamp authority, which has no other
    return clock


@pytest.fixture
async def office(database, clock, realm, tmp_path, stamps) -> CaseOffice:
    keys = a_folder(tmp_path)
    await a_seal(database, keys, clock)
    return await CaseOffice(database, clock, realm, keys, stamps).trusting()


@pytest.fixture
async def case(office, desk, tenant) -> Person:
    """A disturbance that a tenant reported with a file, assessed, told, put on paper for two and looked into."""
    taken = await desk.reported(tenant.caller, since=desk.clock.now())
    async with desk.database.transaction(tenant.caller) as tx:
        await reporting.attach(tx, desk.clock, taken.report_id, name="log.txt", content=b"Error 504")
    person = Closer(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES, risk_to_safety=YES)
    await drawn(office, person, "section_90_supervisor")
    await person.tells("section_90_supervisor")
    await drawn(office, person, "contract_manufacturer", Language.SWEDISH)
    await person.finds_out(cause=CAUSE, remedy="It was renewed")
    return person


async def drawn(office, person, rule, language=Language.FINNISH):
    duty = (await person.desk.duties(person.id))[rule]
    async with office.database.transaction(office.realm) as tx:
        return await drawing_up.draw_up(tx, office.clock, office.keys, duty.id, language)


def collect(person):
    return partial(proving.collect, disturbance_id=person.id)


async def made(office, person, by=None) -> bytes:
    return (await office.made(collect(person), by)).content


async def test_it_holds_every_answer_duty_and_document_and_is_valid(office, case):
    await office.settle()
    content = await made(office, case)
    found = await office.verified(content)
    assert amiss(found) == {}
    assert (found.verdict, found.case) == (Verdict.VALID, f"disturbance/{case.id}")
    assert office.strangers(content) == "valid"
    assert found.proved_at is not None
    files = bundle.read(content)
    record = json.loads(files["case.json"])["record"]
    assert {one["fact"] for one in record["answers"]} >= {"disturbance", "deviation", "risk_to_safety"}
    assert all(one["answered_by"] and one["answered_at"] for one in record["answers"])
    told = {one["rule"]: one for one in record["duties"]}
    assert told["section_90_supervisor"]["state"] == "sent"
    assert told["section_90_supervisor"]["explanation"]["steps"]
    assert [(one["kind"], one["said_by"] != "") for one in record["findings"]] == [("cause", True), ("remedy", True)]
    assert [one["language"] for one in record["documents"]] == ["fi", "sv"]
    assert [name for name in files if name.startswith("documents/")] == ["documents/0.docx", "documents/1.docx"]
    (file,) = [content for name, content in files.items() if name.startswith("attachments/")]
    assert file == b"Error 504"
    assert {one.statement for one in found.findings} >= {
        Statement.JOURNAL_TELLS,
        Statement.DOCUMENT,
        Statement.EXHIBITS,
    }
    chains = {json.loads(files[f"journal/slice_{number}.json"])["chain"] for number in (0, 1)}
    assert str(office.realm.scope.main_connector_id) in chains


async def test_the_same_content_gives_the_same_bytes_whenever_it_is_asked_for(office, case):
    await office.settle()
    first = await made(office, case)
    office.clock.advance(hours=3)
    await acted(office.database, office.clock, office.realm)
    await office.settle()
    assert await made(office, case) == first


async def test_there_is_none_before_a_checkpoint_has_seen_the_newest_act(office, case):
    with pytest.raises(ProofNotReady, match="no checkpoint"):
        await made(office, case)
    await office.settle()
    before = await made(office, case)
    await case.tells("contract_manufacturer")
    with pytest.raises(ProofNotReady, match="no checkpoint"):
        await made(office, case)
    await office.settle()
    assert await made(office, case) != before


async def test_it_is_still_valid_when_the_seals_certificate_has_expired(office, case):
    await office.settle()
    content = await made(office, case)
    office.clock.advance(days=2000)
    assert amiss(await office.verified(content)) == {}


async def test_what_is_in_it_makes_nobody_trusted(office, case):
    await office.settle()
    found = verify(await made(office, case), Trusted(), now=office.clock.now())
    assert found.verdict is Verdict.INDETERMINATE
    assert amiss(found).keys() == {
        Statement.MANIFEST_SEAL,
        Statement.CHECKPOINT_SEAL,
        Statement.CHECKPOINT_TIMESTAMP,
        Statement.DOCUMENT,
    }


def without(name):
    def change(files):
        del files[name]

    return change


def swap(files):
    files["documents/0.docx"], files["documents/1.docx"] = files["documents/1.docx"], files["documents/0.docx"]


def renamed(files):
    files["case.json"] = files["case.json"].replace(b'"reference":"', b'"reference":"X')


def of_another(files):
    files["journal/slice_0.json"] = files["journal/slice_1.json"]


def edited(files):
    files["journal/slice_0.json"] = files["journal/slice_0.json"].replace(
        b"disturbance.acknowledge", b"disturbance.dismiss"
    )


def spoiled(files):
    docx = files["documents/0.docx"]
    at = docx.index(b"word/document.xml") + 60
    files["documents/0.docx"] = docx[:at] + bytes([docx[at] ^ 1]) + docx[at + 1 :]


def another_file(files):
    (name,) = [one for one in files if one.startswith("attachments/")]
    files[name] = b"Error 200"


@pytest.mark.parametrize(
    ("change", "statement"),
    [
        (without("documents/1.docx"), Statement.JOURNAL_TELLS),
        (without("journal/slice_0.json"), Statement.JOURNAL_CHAIN),
        (without("journal/slice_1.json"), Statement.EXHIBITS),
        (without("journal/proof_0.json"), Statement.JOURNAL_CHAIN),
        (without("journal/checkpoint.jws"), Statement.CHECKPOINT_SEAL),
        (without("case.json"), Statement.REPORT),
        (swap, Statement.REPORT),
        (renamed, Statement.REPORT),
        (of_another, Statement.JOURNAL_CHAIN),
        (edited, Statement.JOURNAL_CHAIN),
        (spoiled, Statement.DOCUMENT),
        (another_file, Statement.EXHIBITS),
    ],
    ids=lambda one: one.value if isinstance(one, Statement) else one.__name__,
)
async def test_what_the_service_itself_would_have_to_forge_is_found(office, case, change, statement):
    await office.settle()
    content = await made(office, case)
    forged = office.changed(content, change)
    found = await office.verified(forged)
    assert found.verdict is not Verdict.VALID
    assert office.strangers(forged) == found.verdict
    assert statement in amiss(found)
    assert Statement.MANIFEST_SEAL not in amiss(found)


async def test_a_file_that_was_changed_is_found_by_its_checksum_and_a_manifest_by_its_seal(office, case):
    await office.settle()
    files = bundle.read(await made(office, case))
    files["case.json"] += b" "
    assert Statement.CHECKSUMS in amiss(await office.verified(bundle.write(files)))
    files[m.MANIFEST] = files[m.MANIFEST].replace(b'"subject":"disturbance/', b'"subject":"disturbance/0')
    assert amiss(await office.verified(bundle.write(files)))[Statement.MANIFEST_SEAL] is Outcome.FAILED


async def test_a_tenants_bundle_has_what_it_sees_and_nothing_of_another_chain(office, case, desk, tenant, realm):
    neighbour = await a_tenant(desk.database, desk.clock, realm, 1100000)
    await office.settle()
    content = await made(office, case, tenant.caller)
    assert amiss(await office.verified(content)) == {}
    files = bundle.read(content)
    said = json.loads(files["case.json"])
    assert said["tenancy_id"] == str(tenant.tenancy.id)
    assert (said["record"]["answers"], said["record"]["calls"], said["documents"]) == ([], [], [])
    assert (said["record"]["findings"], said["record"]["holds"]) == ([], [])
    assert {one["tenancy_id"] for one in said["record"]["duties"]} == {str(tenant.tenancy.id)}
    assert "journal/slice_1.json" not in files
    assert json.loads(files["journal/slice_0.json"])["chain"] == str(tenant.tenancy.id)
    stranger = await a_realm(desk.database, desk.clock, 2100000)
    for caller in (neighbour.caller, stranger):
        with pytest.raises(DisturbanceNotFound):
            await made(office, case, caller)


async def test_the_operator_writes_document_register_and_proof_and_anybody_verifies_it(
    office, case, database_url, tmp_path
):
    desk = ADesk(database_url, office.clock, seal_keys=office.keys)
    duty = (await case.desk.duties(case.id))["section_90_producer"]
    docx, sheet, proof = (str(tmp_path / name) for name in ("duty.docx", "register.csv", "proof.zip"))
    written = await desk.type("disturbances", "document", str(duty.id), "--language", "en", "--out", docx)
    assert (written.code, written.output.startswith("Notice of a disturbance: SHA-256 ")) == (0, True)
    day = f"{office.clock.now():%Y-%m-%d}"
    assert (await desk.type("disturbances", "register", "--from", day, "--out", sheet)).code == 0
    assert str(case.id) in (tmp_path / "register.csv").read_text("utf-8-sig")
    refused = await desk.type("disturbances", "proof", str(case.id), "--out", proof)
    assert refused.code == 5
    await office.settle()
    assert (await desk.type("disturbances", "proof", str(case.id), "--out", proof)).code == 0
    shown = await desk.type("proof", "verify", proof)
    assert (shown.code, shown.output.startswith("indeterminate: disturbance ")) == (4, True)
