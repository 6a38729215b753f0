"""Bundles over HTTP and at the command line: made by whoever may read the agreement, verified by anybody."""

import json
from pathlib import Path

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.machinery.x509.sample_authority import chain_pem
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.agreements.conftest import AUTHORITY
from tests.desk import ADesk
from tests.journeys.conftest import client
from tests.parties.examples import EVERYTHING, a_key, owner_of


@pytest.fixture
def application(office):
    settings = read_settings({"KANTA_SEAL_KEYS": str(office.keys.folder)})
    return build_application(settings, office.desk.database, office.desk.clock, LastUses())


async def clients(office, application):
    desk = office.desk
    own = await owner_of(desk.database, desk.main_connector)
    one = await a_key(desk.database, desk.clock, desk.main_connector, own, permissions=EVERYTHING)
    tenant = desk.tenant
    two = await a_key(desk.database, desk.clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS)
    return client(application, one.text), client(application, two.text)


async def test_both_parties_fetch_the_same_zip_file(office, application):
    agreement = await office.desk.in_force()
    await office.settle()
    of_main_connector, of_tenant = await clients(office, application)
    async with of_main_connector, of_tenant:
        answers = [await one.get(f"/v1/agreements/{agreement.id}/proof") for one in (of_main_connector, of_tenant)]
        receipts = (await of_tenant.get(f"/v1/agreements/{agreement.id}/receipts")).json()["items"]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content == await office.proof(agreement)
    assert answers[0].headers["content-type"] == "application/zip"
    assert f'"{agreement.reference}-proof.zip"' in answers[0].headers["content-disposition"]
    assert receipts[0]["seal"].encode() in answers[0].content


async def test_a_proof_that_is_not_ready_says_what_it_waits_for(office, application):
    agreement = await office.desk.in_force()
    draft = await office.desk.draft()
    of_main_connector, of_tenant = await clients(office, application)
    async with of_main_connector, of_tenant:
        waiting = await of_tenant.get(f"/v1/agreements/{agreement.id}/proof")
        nothing = await of_main_connector.get(f"/v1/agreements/{draft.id}/proof")
    assert (waiting.status_code, waiting.json()["type"].rpartition("/")[2]) == (409, "proof-not-ready")
    assert (nothing.status_code, nothing.json()["type"].rpartition("/")[2]) == (404, "agreement-document-not-found")


class Verifier:
    """Somebody with a bundle and files of what they trust."""

    def __init__(self, office, folder: Path) -> None:
        (folder / "ca.pem").write_bytes(chain_pem(AUTHORITY.root))
        self.trust = ["--trust", folder / "ca.pem"]
        self.stamps = ["--timestamp-trust", office.stamps.trust]
        self.seal = ["--seal-trust", office.keys.folder / "seal-1.pem"]
        self._desk = ADesk("postgresql://postgres@nowhere.invalid/none", office.desk.clock)

    async def verify(self, *words: object):
        return await self._desk.type("proof", "verify", *words)


async def test_a_bundle_is_made_and_verified_at_the_command_line(office, database_url, tmp_path):
    agreement = await office.desk.in_force()
    await office.settle()
    file = tmp_path / "proof.zip"
    desk = ADesk(database_url, office.desk.clock, seal_keys=office.keys)
    made = await desk.type("proof", "make", agreement.id, "--out", file)
    assert (made.code, made.errors, file.read_bytes()) == (0, "", await office.proof(agreement))
    anybody = Verifier(office, tmp_path)
    ended = await anybody.verify(file, *anybody.trust, *anybody.stamps, *anybody.seal)
    assert (ended.code, ended.errors) == (0, ""), ended.output
    assert ended.output.startswith(f"valid: agreement {agreement.reference}, proved to have been there at ")
    assert (await anybody.verify(file, *anybody.trust, *anybody.stamps)).code == 4
    told = json.loads((await anybody.verify(file, "--json")).output)
    assert (told["verdict"], told["agreement"]) == ("indeterminate", str(agreement.id))
    assert {"statement": "archive", "outcome": "passed", "file": "", "detail": told["findings"][0]["detail"]} == told[
        "findings"
    ][0]


async def test_what_is_no_bundle_and_what_was_changed_end_with_3(office, tmp_path):
    agreement = await office.desk.in_force()
    await office.settle()
    anybody = Verifier(office, tmp_path)
    content = await office.proof(agreement)
    for wrong in (b"no zip \x1b[2J", content[:-1], content.replace(b'"reference":"2', b'"reference":"3', 1)):
        file = tmp_path / "wrong.zip"
        file.write_bytes(wrong)
        ended = await anybody.verify(file, *anybody.trust, *anybody.stamps, *anybody.seal)
        assert (ended.code, ended.output[:8]) == (3, "invalid:")
        assert "\x1b" not in ended.output


async def test_a_file_that_is_not_there_is_wrong_usage(office, tmp_path):
    assert (await Verifier(office, tmp_path).verify(tmp_path / "none.zip")).code == 2
