"""Chains, findings on demand and renewals over HTTP, for a main connector and for a tenant."""

import uuid

import pytest

from kanta_tenancy.certificates.chains import jobs
from tests.certificates.chains.authority import BEGAN, DAY, YEAR, a_server, an_authority, der
from tests.systems.test_routes import problem

ROOT = an_authority("Root")
ISSUING = an_authority("Issuing", by=ROOT)
SERVER = a_server(ISSUING)
NEW = a_server(ISSUING, starts=BEGAN + YEAR - 20 * DAY)
NOBODY = uuid.UUID(int=7)


async def handed_in(client, certificate, **said: str) -> str:
    answer = await client.post(
        "/v1/certificates", params=said, content=der(certificate), headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]["id"]


@pytest.fixture
async def kept(both) -> str:
    return await handed_in(both.main_connector, SERVER)


async def test_a_certificate_is_examined_on_demand_once_for_each_key(both, kept):
    where = f"/v1/certificates/{kept}"
    assert (await both.main_connector.get(f"{where}/chain")).json()["end"] == "not_examined"
    key = {"Idempotency-Key": "one"}
    first = await both.main_connector.post(f"{where}/examination", headers=key)
    assert (first.status_code, first.json()["end"], first.json()["missing_issuer"]) == (
        200,
        "issuer_missing",
        "CN=Issuing",
    )
    await handed_in(both.main_connector, ISSUING.certificate)
    assert (await both.main_connector.post(f"{where}/examination", headers=key)).json() == first.json()
    again = await both.main_connector.post(f"{where}/examination", headers={"Idempotency-Key": "two"})
    assert [one["subject"] for one in again.json()["links"]] == ["CN=palvelin.example.org", "CN=Issuing"]
    found = (await both.main_connector.get("/v1/certificate-findings", params={"family": "chain"})).json()
    assert found["items"] == []


async def test_a_chain_is_told_with_its_end(both, kept, database, clock):
    for one in (ISSUING, ROOT):
        await handed_in(both.main_connector, one.certificate)
    await jobs.examine_waiting(database, clock)
    chain = (await both.main_connector.get(f"/v1/certificates/{kept}/chain")).json()
    assert (chain["certificate_id"], chain["end"], chain["missing_issuer"]) == (kept, "root", None)
    assert [one["authority"] for one in chain["links"]] == [False, True, True]
    assert [one["revocation"] for one in chain["links"]] == [None, None, None]


async def test_a_tenant_sees_the_issuers_above_its_own_certificate_and_no_other(both, database, clock):
    own = await handed_in(both.main_connector, SERVER, tenancy_id=str(both.tenant.tenancy.id))
    issuing = await handed_in(both.main_connector, ISSUING.certificate)
    await jobs.examine_waiting(database, clock)
    chain = (await both.of_tenant.get(f"/v1/certificates/{own}/chain")).json()
    assert [(one["subject"], one["certificate_id"]) for one in chain["links"]] == [
        ("CN=palvelin.example.org", own),
        ("CN=Issuing", None),
    ]
    for where in ("chain", "lint", "renewals"):
        told = await both.of_tenant.get(f"/v1/certificates/{issuing}/{where}")
        assert problem(told) == (404, "certificate-not-found")
    told = await both.of_tenant.post(f"/v1/certificates/{own}/examination")
    assert told.status_code == 403


async def test_what_is_not_there_is_not_found(both):
    for where in ("chain", "lint", "renewals"):
        told = await both.main_connector.get(f"/v1/certificates/{NOBODY}/{where}")
        assert problem(told) == (404, "certificate-not-found")
    told = await both.main_connector.post(f"/v1/certificates/{NOBODY}/examination")
    assert problem(told) == (404, "certificate-not-found")


async def test_it_is_held_against_a_profile_on_demand(both, kept):
    told = (await both.main_connector.get(f"/v1/certificates/{kept}/lint", params={"profile": "dvv-server"})).json()
    assert told["profile"] == "dvv-server"
    assert [(one["rule"], one["severity"], one["certainty"]) for one in told["findings"]] == [
        ("dvv.server.key", "error", "excerpt")
    ]
    own = (await both.main_connector.get(f"/v1/certificates/{kept}/lint")).json()
    assert (own["profile"], own["findings"]) == ("rfc5280", [])
    refused = await both.main_connector.get(f"/v1/certificates/{kept}/lint", params={"profile": "nobody's"})
    assert problem(refused) == (422, "certificate-profile-unknown")
    assert "dvv-server" in refused.json()["detail"]


async def test_renewals_are_suggested_and_recorded_ones_told(both, kept, database, clock):
    new = await handed_in(both.main_connector, NEW)
    await jobs.examine_waiting(database, clock)
    line = (await both.main_connector.get(f"/v1/certificates/{kept}/renewals")).json()
    assert (line["suggested_successor"]["certificate_id"], line["suggested_successor"]["overlap_days"]) == (new, 20)
    version = (await both.main_connector.get(f"/v1/certificates/{kept}")).headers["etag"]
    done = await both.main_connector.post(
        f"/v1/certificates/{kept}/replacement", json={"successor_id": new}, headers={"If-Match": version}
    )
    assert done.status_code == 200, done.text
    line = (await both.main_connector.get(f"/v1/certificates/{new}/renewals")).json()
    assert [(one["step"], one["certificate_id"], one["overlap_days"]) for one in line["certificates"]] == [
        (-1, kept, 20),
        (0, new, None),
    ]
    assert line["suggested_predecessor"] is None
