"""Documents, the register and the bundle of a disturbance over HTTP."""

import csv
import hashlib
import io
from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.documents import certificates, verify
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.proofs import bundle
from tests.disturbances.test_routes import reported
from tests.journeys.conftest import Realm, a_whole_realm
from tests.seals.examples import a_folder, a_seal, checkpointed
from tests.systems.test_routes import problem

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def keys(tmp_path):
    return a_folder(tmp_path)


@pytest.fixture
async def sealing(database, clock, keys) -> AsyncIterator[Realm]:
    """A realm over HTTP, at an instance that has the keys of the seal."""
    await a_seal(database, keys, clock)
    settings = read_settings({"KANTA_SEAL_KEYS": str(keys.folder)})
    application = build_application(settings, database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


async def a_duty(realm: Realm) -> str:
    taken = await reported(realm.of_tenant, service="prescription")
    whole = (await realm.main_connector.get(f"/v1/disturbances/{taken['disturbance_id']}")).json()
    return next(one["id"] for one in whole["duties"] if one["rule"] == "practice_tenants" or one["tenancy_id"] is None)


async def test_a_document_is_drawn_up_once_listed_and_fetched_as_it_was_sealed(sealing, keys, clock):
    http, path = sealing.main_connector, f"/v1/disturbances/duties/{await a_duty(sealing)}/documents"
    headers = {"Idempotency-Key": "one"}
    made = await http.post(path, json={"language": "sv"}, headers=headers)
    assert made.status_code == 201, made.text
    again = await http.post(path, json={"language": "sv"}, headers=headers)
    other = await http.post(path, json={"language": "sv"})
    assert made.json() == again.json() == other.json()
    second = (await http.post(path, json={"language": "fi"})).json()
    first_page = (await http.get(f"{path}?limit=1")).json()
    assert [one["id"] for one in first_page["items"]] == [second["id"]]
    (older,) = (await http.get(first_page["next"])).json()["items"]
    assert older == made.json()
    fetched = await http.get(made.headers["location"])
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, DOCX)
    assert "attachment" in fetched.headers["content-disposition"]
    assert hashlib.sha256(fetched.content).hexdigest() == made.json()["sha256"]
    trust = certificates((keys.folder / "seal-1.pem").read_bytes())
    report = verify(fetched.content, trust=trust, at=clock.now())
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].comments.startswith("Sealed by the service")


async def test_an_instance_without_the_seals_keys_draws_nothing_up(both):
    answer = await both.main_connector.post(f"/v1/disturbances/duties/{await a_duty(both)}/documents", json={})
    assert problem(answer) == (503, "seal-not-set-up")


async def test_the_register_comes_by_pages_and_whole_as_a_table(both):
    for number in range(3):
        await reported(both.main_connector, what=f"=HYPERLINK({number})")
    asked = "since=2026-03-01&until=2026-03-31"
    first = (await both.main_connector.get(f"/v1/disturbances/register?{asked}&limit=2")).json()
    rest = (await both.main_connector.get(first["next"])).json()
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert (len(ids), rest["next"]) == (3, None)
    table = await both.main_connector.get(f"/v1/disturbances/register/csv?{asked}")
    assert table.headers["content-disposition"].endswith("disturbances-2026-03-01-2026-03-31.csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == ids
    backwards = await both.main_connector.get("/v1/disturbances/register?since=2026-03-02&until=2026-03-01")
    assert problem(backwards) == (422, "disturbance-refused")


async def test_the_bundle_waits_for_a_checkpoint(sealing, database, clock, keys):
    taken = await reported(sealing.of_tenant)
    path = f"/v1/disturbances/{taken['disturbance_id']}/proof"
    assert problem(await sealing.main_connector.get(path)) == (409, "proof-not-ready")
    await checkpointed(database, keys, clock, sealing.caller)
    for http in (sealing.main_connector, sealing.of_tenant):
        answer = await http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert "case.json" in bundle.read(answer.content)
