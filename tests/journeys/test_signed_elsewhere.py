"""A tenant that signs on paper, by a mandate on record, as clients of the API see it."""

from typing import Any

import httpx

from tests.journeys.conftest import Realm, put_own_key
from tests.journeys.test_from_draft_to_in_force import a_draft, offered
from tests.parties.examples import a_tenant

SCAN = b"%PDF-1.7\nsigned by hand\n%%EOF\n"
WHO = "Aino & Eino <Oy>"


async def a_mandate(http: httpx.AsyncClient, realm: Realm, **said: Any) -> dict[str, Any]:
    made = await http.post(
        "/v1/mandates",
        json={
            "party": "tenant",
            "tenancy_id": str(realm.tenant.tenancy.id),
            "person": WHO,
            "ground": "trade_register",
            "valid_from": "2026-01-01",
        }
        | said,
    )
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/mandates/{made.json()['id']}"
    return made.json()


async def a_scan(http: httpx.AsyncClient, realm: Realm, content: bytes = SCAN) -> str:
    made = await http.post(
        f"/v1/tenancies/{realm.tenant.tenancy.id}/exhibits?name=scan.pdf",
        content=content,
        headers={"Content-Type": "application/octet-stream"},
    )
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def on_offer_by(realm: Realm, mandate: dict[str, Any]) -> dict[str, Any]:
    first, second = a_draft(realm)["signatories"]
    return await offered(realm, signatories=[first, second | {"mandate_id": mandate["id"]}])


def paper(scan: str, **said: Any) -> dict[str, Any]:
    return {"party": "tenant", "signed_on": "2026-03-02", "received_by": "Eino", "exhibit_id": scan} | said


async def put_down(http: httpx.AsyncClient, agreement: dict[str, Any], body: dict[str, Any], **headers: str):
    return await http.post(
        f"/v1/agreements/{agreement['id']}/signatures/paper",
        json=body,
        headers={"If-Match": f'"{agreement["version"]}"'} | headers,
    )


async def test_from_a_mandate_to_a_paper_that_nothing_verifies(realm: Realm, signing_keys):
    put_own_key(signing_keys, realm)
    mandate = await a_mandate(realm.of_tenant, realm, valid_until="2026-03-20")
    assert mandate["recorded_by"] == "tenant"
    agreement = await on_offer_by(realm, mandate)
    assert [one["field"] for one in agreement["warnings"]] == ["signatories[1].mandate_id"]
    forecast = await realm.of_tenant.get("/v1/forecast?until=2026-03-20")
    assert "mandate.ends" in {one["kind"] for one in forecast.json()["items"]}
    path, body = f"/v1/agreements/{agreement['id']}", paper(await a_scan(realm.main_connector, realm))
    first = await put_down(realm.main_connector, agreement, body, **{"Idempotency-Key": "paper"})
    again = await put_down(realm.main_connector, agreement, body, **{"Idempotency-Key": "paper"})
    assert (first.status_code, first.json()["status"]) == (200, "partly_signed"), first.text
    assert again.json() == first.json()
    done = await realm.main_connector.post(
        f"{path}/signatures/own-key", json={}, headers={"If-Match": first.headers["etag"]}
    )
    assert done.json()["status"] == "in_force", done.text
    seen = (await realm.of_tenant.get(path)).json()["signatures"]
    assert [(one["manner"], one["mandate_on_record"]) for one in seen] == [("paper", True), ("digital", False)]
    assert (seen[0]["certificate_sha256"], seen[0]["paper"]["put_down_by"]) == (None, "main_connector")
    page = await realm.of_tenant.get(f"{path}/verification", headers={"Accept": "text/html"})
    assert "There are signatures on paper too (1): scans, which cannot be verified" in page.text
    told = (await realm.of_tenant.get(f"{path}/verification")).json()
    assert (told["verdict"], len(told["signatures"]), len(told["on_paper"])) == ("indeterminate", 1, 1)
    assert "cannot be verified" in told["on_paper"][0]["note"]["en"]
    receipts = (await realm.of_tenant.get(f"{path}/receipts")).json()["items"]
    assert {one["party"]: one["form"] for one in receipts} == {"main_connector": "file", "tenant": "paper"}
    content = await realm.of_tenant.get(f"/v1/exhibits/{seen[0]['paper']['exhibit_id']}/content")
    assert content.content == SCAN
    assert content.headers["content-disposition"].startswith("attachment")
    scan = {"party": "tenant", "exhibit_id": await a_scan(realm.of_tenant, realm, SCAN * 2), "because": "Unreadable"}
    better = await realm.of_tenant.post(
        f"{path}/signatures/paper/scans", json=scan, headers={"If-Match": done.headers["etag"]}
    )
    assert better.json()["signatures"][0]["paper"]["later_scans"][0]["because"] == "Unreadable"
    actions = {entry["action"] for entry in (await realm.of_tenant.get("/v1/journal")).json()["items"]}
    assert {"mandate.recorded", "agreement.signed", "agreement.scanned_anew"} <= actions


async def test_each_reason_why_a_mandate_does_not_hold_has_a_problem_of_its_own(realm: Realm, clock):
    mandate = await a_mandate(realm.main_connector, realm, valid_from="2026-03-03", valid_until="2026-03-10")
    agreement = await on_offer_by(realm, mandate)
    body = paper(await a_scan(realm.main_connector, realm))
    early = await put_down(realm.main_connector, agreement, body)
    clock.advance(days=9)
    late = await put_down(realm.main_connector, agreement, body | {"signed_on": "2026-03-11"})
    ended = await realm.of_tenant.post(
        f"/v1/mandates/{mandate['id']}/end", json={"because": "She has left"}, headers={"If-Match": '"1"'}
    )
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "tenant")
    over = await put_down(realm.main_connector, agreement, body | {"signed_on": "2026-03-11"})
    assert [(one.status_code, one.json()["type"]) for one in (early, late, over)] == [
        (409, "/problems/agreement-mandate-not-begun"),
        (409, "/problems/agreement-mandate-expired"),
        (409, "/problems/agreement-mandate-ended"),
    ]


async def test_nobody_puts_down_anything_in_anothers_tenancy(database, clock, realm: Realm, other_realm: Realm):
    neighbour = await a_tenant(database, clock, realm.caller, 2900000)
    theirs = {"party": "tenant", "person": WHO, "ground": "procuration", "valid_from": "2026-01-01"}
    for http, tenancy in (
        (realm.of_tenant, neighbour.tenancy.id),
        (other_realm.of_tenant, realm.tenant.tenancy.id),
        (other_realm.main_connector, realm.tenant.tenancy.id),
    ):
        answer = await http.post("/v1/mandates", json=theirs | {"tenancy_id": str(tenancy)})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/tenancy-not-found")
    agreement = await offered(realm)
    scan = await a_scan(other_realm.main_connector, other_realm)
    assert (await put_down(realm.main_connector, agreement, paper(scan))).status_code == 404
