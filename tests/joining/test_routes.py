"""Dealings with Kela over HTTP: repeated safely, changed from the version that was seen, refused with the reason."""

import csv
import io

import httpx
import pytest
from docx import Document

from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.joining.conftest import has_services
from tests.joining.examples import MARCH_2
from tests.joining.test_applications import in_production
from tests.parties.examples import a_key, a_tenant, owner_of

CHANGE = {"kind": "access_point", "description": "A new supplier", "effective_on": "2026-04-01"}
STEP = {"move": "apply", "on": "2026-03-02", "evidence": "Case 7 in the Extranet"}


async def drafted(http: httpx.AsyncClient, **said: object) -> dict:
    body = {"name": "Kanta 2026", "services": ["prescription"]} | said
    answer = await http.post("/v1/joining/applications", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def planned(http: httpx.AsyncClient, **said: object) -> dict:
    answer = await http.post("/v1/joining/change-notices", json=CHANGE | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_an_application_is_drafted_read_amended_and_taken_on(both):
    http = both.main_connector
    made = await http.post("/v1/joining/applications", json={"name": "Kanta", "services": ["will", "prescription"]})
    address = made.headers["location"]
    assert (made.headers["etag"], made.json()["services"]) == ('"1"', ["prescription", "will"])
    assert made.json()["next_moves"] == ["amend", "apply", "withdraw"]
    amended = await http.put(address, json={"name": "Kanta 2", "services": ["will"]}, headers={"If-Match": '"1"'})
    assert (amended.json()["name"], amended.headers["etag"]) == ("Kanta 2", '"2"')
    taken = await http.post(f"{address}/steps", json=STEP, headers={"If-Match": '"2"'})
    assert (taken.json()["stage"], taken.headers["etag"]) == ("applied", '"3"')
    read = await http.get(address)
    assert read.json() == taken.json()
    assert read.json()["steps"][0] | {"recorded_at": None, "recorded_by": None} == {
        "number": 1, "move": "apply", "stage": "applied", "on": "2026-03-02", "reference": None,
        "evidence": "Case 7 in the Extranet", "recorded_at": None, "recorded_by": None,
    }  # fmt: skip
    assert (await http.get(address, headers={"If-None-Match": '"3"'})).status_code == 304


async def test_a_repeated_request_has_one_effect(both):
    http = both.main_connector
    key = {"Idempotency-Key": "once"}
    body = {"name": "Kanta", "services": ["will"]}
    first, again = [await http.post("/v1/joining/applications", json=body, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    assert len((await http.get("/v1/joining/applications")).json()["items"]) == 1
    notices = [await http.post("/v1/joining/change-notices", json=CHANGE, headers=key) for _ in range(2)]
    assert notices[0].json()["id"] == notices[1].json()["id"]
    sending = {"sent_on": "2026-03-02", "sent_by": "Aino"}
    address = f"/v1/joining/change-notices/{notices[0].json()['id']}/sending"
    sent = [await http.post(address, json=sending, headers=key | {"If-Match": '"1"'}) for _ in range(2)]
    assert [one.status_code for one in sent] == [200, 200]
    assert len((await http.get("/v1/promises", params={"state": "kept"})).json()["items"]) == 1


async def test_what_is_refused_is_refused_with_its_reason(both):
    http = both.main_connector
    made = await drafted(http)
    address = f"/v1/joining/applications/{made['id']}"
    seen = {"If-Match": '"1"'}
    move = {**STEP, "move": "report"}
    assert problem(await http.post(f"{address}/steps", json=move, headers=seen)) == (409, "joining-step-not-allowed")
    late = {**STEP, "on": "2026-03-03"}
    assert problem(await http.post(f"{address}/steps", json=late, headers=seen)) == (422, "joining-refused")
    stale = {"If-Match": '"9"'}
    assert problem(await http.post(f"{address}/steps", json=STEP, headers=stale)) == (
        412,
        "joining-application-changed",
    )
    assert problem(await http.post(f"{address}/steps", json=STEP)) == (428, "version-not-named")
    nowhere = "/v1/joining/applications/01975d3a-6f00-7000-8000-000000000001"
    assert problem(await http.get(nowhere)) == (404, "joining-application-not-found")
    assert problem(await http.post("/v1/joining/applications", json={"name": "x", "services": ["no"]})) == (
        422,
        "joining-refused",
    )


async def test_a_change_is_told_its_due_day_with_the_reason_and_the_conflict_at_once(both):
    http = both.main_connector
    in_time = await planned(http)
    assert (in_time["due_on"], in_time["known_on"], in_time["conflicts"]) == ("2026-03-11", "2026-03-02", [])
    assert in_time["explanation"]["inputs"]["certainty"] == "excerpt"
    late = await planned(http, effective_on="2026-03-10", known_on="2026-02-20")
    assert [one["what"] for one in late["conflicts"]] == ["due_before_known", "due_before_today"]
    assert set(late["conflicts"][0]["sentence"]) == {"fi", "sv", "en"}


async def test_a_notice_is_planned_anew_sent_ruled_out_or_cancelled(both, clock):
    http = both.main_connector
    moved, ruled_out, cancelled = [await planned(http) for _ in range(3)]
    seen = {"If-Match": '"1"'}
    base = "/v1/joining/change-notices"
    again = await http.put(f"{base}/{moved['id']}", json=CHANGE | {"effective_on": "2026-03-24"}, headers=seen)
    assert (again.json()["due_on"], again.headers["etag"]) == ("2026-03-03", '"2"')
    clock.advance(days=2)
    again = await http.put(
        f"{base}/{moved['id']}", json=CHANGE | {"effective_on": "2026-03-24"}, headers={"If-Match": '"2"'}
    )
    assert (again.json()["known_on"], again.headers["etag"]) == ("2026-03-02", '"3"')
    sending = {"sent_on": "2026-03-04", "sent_by": "Aino Ahola", "reference": "Kela 7"}
    sent = await http.post(f"{base}/{moved['id']}/sending", json=sending, headers={"If-Match": '"3"'})
    assert (sent.json()["status"], [one["what"] for one in sent.json()["conflicts"]]) == ("sent", ["sent_late"])
    reason = {"reason": "Kela said that it need not be told"}
    assert (await http.post(f"{base}/{ruled_out['id']}/not-needed", json=reason, headers=seen)).json()["status"] == (
        "not_needed"
    )
    done = await http.post(f"{base}/{cancelled['id']}/cancellation", json=reason, headers=seen)
    assert (done.json()["status"], done.json()["because"]) == ("cancelled", reason["reason"])
    again = await http.post(f"{base}/{cancelled['id']}/sending", json=sending, headers={"If-Match": '"2"'})
    assert problem(again) == (409, "change-notice-settled")
    assert problem(await http.put(f"{base}/{cancelled['id']}", json=CHANGE, headers=seen)) == (
        412,
        "change-notice-changed",
    )
    assert (await http.get(f"{base}/{cancelled['id']}")).json() == done.json()
    early = await planned(http)
    sending = {"sent_on": "2026-03-03", "sent_by": "Aino"}
    answer = await http.post(f"{base}/{early['id']}/sending", json=sending, headers=seen)
    assert (problem(answer), answer.json()["errors"][0]["field"]) == ((422, "joining-refused"), "sent_on")


async def test_lists_go_page_by_page(both):
    http = both.main_connector
    for day in ("2026-05-01", "2026-04-01", "2026-06-01"):
        await planned(http, effective_on=day)
    await drafted(http)
    await drafted(http)
    for address in ("/v1/joining/change-notices", "/v1/joining/change-notices?status=planned"):
        seen, following = [], f"{address}{'&' if '?' in address else '?'}limit=1"
        while following:
            page = (await http.get(following)).json()
            seen += [one["effective_on"] for one in page["items"]]
            following = page["next"]
        assert seen == ["2026-04-01", "2026-05-01", "2026-06-01"]
    assert (await http.get("/v1/joining/change-notices", params={"status": "sent"})).json()["items"] == []
    page = (await http.get("/v1/joining/applications", params={"limit": 1})).json()
    rest = (await http.get(page["next"])).json()
    assert page["items"][0]["id"] > rest["items"][0]["id"]
    assert rest["next"] is None


@pytest.fixture
async def in_use(both, database, clock, owner):
    """Two tenants with services, one of which an application covers."""
    other = await a_tenant(database, clock, both.caller, 1234567, name="=Summa Oy")
    await has_services(
        owner,
        both.caller,
        (both.tenant.tenancy.id, ["prescription", "will"], MARCH_2.replace(year=2025), None),
        (other.tenancy.id, ["prescription"], MARCH_2, None),
    )
    await in_production(database, clock, both.caller, "prescription")
    return both


async def test_the_roster_is_json_csv_and_a_document_that_say_the_same(in_use):
    http = in_use.main_connector
    asked = {"day": "2026-03-02", "language": "fi"}
    items = (await http.get("/v1/joining/roster", params=asked)).json()["items"]
    said = {
        (service["name"], one["name"], one["business_id"], service["covered"])
        for one in items
        for service in one["services"]
    }
    assert len(said) == 3
    answer = await http.get("/v1/joining/roster/csv", params=asked)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="roster-2026-03-02.csv"' in answer.headers["content-disposition"]
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert {
        (row["service"], row["tenant"].removeprefix("'"), row["business_id"], row["application_in_production"] == "yes")
        for row in rows
    } == said
    answer = await http.get("/v1/joining/roster/docx", params=asked)
    table = Document(io.BytesIO(answer.content)).tables[1]
    written = {tuple(cell.text for cell in row.cells[:3]) for row in table.rows[1:]}
    assert written == {one[:3] for one in said}


async def test_the_roster_of_a_day_of_a_service_and_of_today(in_use):
    http = in_use.main_connector

    async def tenants(**asked: str) -> int:
        return len((await http.get("/v1/joining/roster", params=asked)).json()["items"])

    assert (await tenants(), await tenants(day="2026-03-01"), await tenants(day="2020-01-01")) == (2, 1, 0)
    assert (await tenants(service="will"), await tenants(service="imaging")) == (1, 0)
    lines = (await http.get("/v1/joining/roster/csv", params={"service": "will"})).content.count(b"\r\n")
    assert lines == 2
    page = (await http.get("/v1/joining/roster", params={"limit": 1})).json()
    assert len((await http.get(page["next"])).json()["items"]) == 1
    for address in ("roster", "roster/csv", "roster/docx"):
        answer = await http.get(f"/v1/joining/{address}", params={"service": "nonsense"})
        assert problem(answer) == (422, "joining-refused")


async def test_coverage_warns_and_refuses_nothing(in_use):
    http = in_use.main_connector
    found = (await http.get("/v1/joining/coverage", params={"day": "2026-03-02"})).json()
    assert [(one["key"], one["tenants"], one["warning"] is None) for one in found["items"]] == [
        ("prescription", 2, True),
        ("will", 1, False),
    ]
    own = await http.get("/v1/joining/coverage", params={"tenancy_id": str(in_use.tenant.tenancy.id)})
    assert [one["tenants"] for one in own.json()["items"]] == [1, 1]
    nobody = {"tenancy_id": "01975d3a-6f00-7000-8000-000000000001"}
    assert problem(await http.get("/v1/joining/coverage", params=nobody)) == (404, "tenancy-not-found")


@pytest.mark.parametrize(
    "address", ["applications", "change-notices", "roster", "roster/csv", "roster/docx", "coverage"]
)
async def test_a_tenant_never_applies_and_sees_nothing_of_it(in_use, address):
    answer = await in_use.of_tenant.get(f"/v1/joining/{address}")
    assert problem(answer) == (403, "permission-missing")
    if "/" not in address and address not in {"roster", "coverage"}:
        answer = await in_use.of_tenant.post(f"/v1/joining/{address}", json={})
        assert problem(answer) == (403, "permission-missing")
    assert not {Permission.JOINING_READ, Permission.JOINING_WRITE} & TENANT_PERMISSIONS


async def test_who_may_only_read_does_not_write(both, database, clock):
    own = await owner_of(database, both.caller)
    token = await a_key(database, clock, both.caller, own, permissions={Permission.JOINING_READ})
    headers = {"Authorization": f"Bearer {token.text}"}
    assert (await both.main_connector.get("/v1/joining/applications", headers=headers)).status_code == 200
    answer = await both.main_connector.post("/v1/joining/change-notices", json=CHANGE, headers=headers)
    assert problem(answer) == (403, "permission-missing")
