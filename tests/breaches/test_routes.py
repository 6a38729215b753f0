"""Breaches over HTTP: repeated safely, said from the version that was seen, refused with the reason."""

from typing import Any

import httpx
import pytest

from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.parties.examples import a_key, owner_of

REPORT = {
    "title": "A letter to the wrong house",
    "what": "A summary was posted to a neighbour.",
    "found_at": "2026-03-02T12:00:00Z",
    "concerned": [{"register": "client_documents", "producer": {"kind": "tenant"}}],
    "damage": ["confidentiality"],
}
TOLD = {"addressee": "authority", "told_at": "2026-03-02T12:00:00Z", "how": "The form"}
ITEMS = (
    "nature", "categories_of_persons", "number_of_persons", "categories_of_records", "number_of_records",
    "contact_point", "consequences", "measures",
)  # fmt: skip


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def reported(http: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    """Report a breach and return the one of it that comes into the caller's register."""
    answer = await http.post("/v1/breach-reports", json=REPORT | said)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/breach-reports/{answer.json()['id']}"
    (breach,) = answer.json()["breaches"]
    return breach


async def done(http: httpx.AsyncClient, breach: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    """Say something of a breach, from the version in hand."""
    seen = {"If-Match": f'"{breach["version"]}"'}
    answer = await http.post(f"/v1/breaches/{breach['id']}/{what}", json=body, headers=seen)
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def duties(breach: dict[str, Any]) -> dict[str, str]:
    return {one["kind"]: one["state"] for one in breach["duties"] if one["state"] != "not_needed"}


async def test_a_tenants_breach_goes_through_its_life(both):
    http = both.of_tenant
    breach = await reported(http)
    read = await http.get(f"/v1/breaches/{breach['id']}")
    seen = read.json()
    assert (seen["clock"]["deadline"], seen["clock"]["later_reading"]) == (
        "2026-03-05T12:00:00Z",
        "2026-03-05T13:00:00Z",
    )
    assert seen["controllerships"][0]["law"] == "Act 703/2023, sections 13 and 69"
    assert duties(seen) == {"decide_risk": "open", "notify_authority": "open", "document": "open"}
    again = await http.get(f"/v1/breaches/{breach['id']}", headers={"If-None-Match": read.headers["etag"]})
    assert again.status_code == 304
    breach = await done(http, seen, "moves", move="confirm", reason="The neighbour called")
    breach = await done(
        http, breach, "awareness", aware_at="2026-03-02T11:00:00Z", ground="told_by_other", reason="She called at one"
    )
    assert breach["authority_due_at"] == "2026-03-05T11:00:00Z"
    breach = await done(http, breach, "risk", risk="high", ground="Health data")
    breach = await done(http, breach, "tellings", **TOLD, items=["nature"], reference="D-1")
    assert duties(breach) == {
        "decide_risk": "done",
        "notify_authority": "done",
        "supplement_notice": "open",
        "tell_persons": "open",
        "document": "open",
    }
    for item in ITEMS:
        breach = await done(http, breach, "content", item=item, text=f"About {item}")
    breach = await done(http, breach, "tellings", **TOLD, items=list(ITEMS))
    assert breach["notice_is_complete"]
    number = breach["version"]
    breach = await done(http, breach, "corrections", number=number, reason="It was saved and not sent")
    assert (breach["notice_is_complete"], breach["entries"][-1]["said"]["type"]) == (False, "correction")
    breach = await done(http, breach, "tellings", **TOLD, items=list(ITEMS))
    breach = await done(http, breach, "tellings", **TOLD | {"addressee": "persons", "how": "A letter"})
    breach = await done(http, breach, "moves", move="close", reason="All is done")
    assert (breach["state"], breach["next_moves"]) == ("closed", ["reopen"])
    assert (await http.get("/v1/breaches", params={"only": "open"})).json()["items"] == []
    (listed,) = (await http.get("/v1/breaches")).json()["items"]
    assert listed["state"] == "closed"
    assert (await http.get(f"/v1/breaches/{breach['id']}/reminders")).json() == {"items": []}


async def test_who_is_controller_is_told_with_its_law_and_steps(both):
    asked = {"register": "will", "producer": "tenant", "on_behalf_of": "main_connector"}
    for http in (both.main_connector, both.of_tenant):
        found = (await http.get("/v1/controllership", params=asked)).json()
        assert [one["kind"] for one in found["controllers"]] == ["main_connector", "kela"]
        assert (found["contact_point"]["kind"], found["law"], found["certainty"]) == (
            "kela",
            "Act 703/2023, section 72(3)",
            "assumed",
        )
        assert found["explanation"]["steps"][-1]["sv"].startswith("De är gemensamt personuppgiftsansvariga.")
    assert problem(await both.of_tenant.get("/v1/controllership", params={"register": "will"})) == (
        422,
        "request-invalid",
    )


async def test_a_report_names_controllers_and_what_came_of_it_to_whoever_may_know(both):
    tenant = str(both.tenant.tenancy.id)
    data = [
        {"register": "client_documents", "producer": {"kind": "tenant", "tenancy_id": tenant}},
        {"register": "own_register", "producer": {"kind": "main_connector"}},
    ]
    made = (await both.main_connector.post("/v1/breach-reports", json=REPORT | {"concerned": data})).json()
    assert [one["controllers"][0]["kind"] for one in made["controllerships"]] == ["tenant", "main_connector"]
    assert [one["tenancy_id"] for one in made["breaches"]] == [tenant, None]
    assert (await both.main_connector.get(f"/v1/breach-reports/{made['id']}")).json() == made
    assert problem(await both.of_tenant.get(f"/v1/breach-reports/{made['id']}")) == (404, "breach-report-not-found")
    assert (await both.of_tenant.get("/v1/breach-reports")).json()["items"] == []
    own, other = made["breaches"]
    assert [one["id"] for one in (await both.of_tenant.get("/v1/breaches")).json()["items"]] == [own["id"]]
    assert problem(await both.of_tenant.get(f"/v1/breaches/{other['id']}")) == (404, "breach-not-found")
    of_tenant = await both.main_connector.get("/v1/breaches", params={"tenancy_id": tenant})
    assert [one["id"] for one in of_tenant.json()["items"]] == [own["id"]]


async def test_help_is_asked_and_answered(both):
    breach = await reported(both.of_tenant)
    body = {"question": "What does the log say?"}
    asked = await both.of_tenant.post(f"/v1/breaches/{breach['id']}/help-requests", json=body)
    assert (asked.status_code, asked.headers["etag"]) == (201, '"1"')
    address = asked.headers["location"]
    assert (await both.main_connector.get(address)).json() == asked.json()
    (listed,) = (await both.main_connector.get("/v1/breach-help-requests")).json()["items"]
    assert listed["question"] == "What does the log say?"
    first = {"answer": "We are looking", "is_final": False}
    answered = await both.main_connector.post(f"{address}/answers", json=first, headers={"If-Match": '"1"'})
    assert (answered.status_code, answered.json()["state"]) == (201, "asked")
    stale = await both.main_connector.post(f"{address}/answers", json=first, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "breach-help-changed")
    own = await both.of_tenant.post(f"{address}/answers", json=first, headers={"If-Match": '"2"'})
    assert problem(own) == (409, "breach-help-of-another")
    gone = await both.of_tenant.post(f"{address}/taking-back", json={"reason": "Found"}, headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.json()["state"], gone.json()["because"]) == (200, "taken_back", "Found")
    late = await both.main_connector.post(f"{address}/answers", json=first, headers={"If-Match": '"3"'})
    assert problem(late) == (409, "breach-help-settled")
    (of_breach,) = (await both.of_tenant.get(f"/v1/breaches/{breach['id']}/help-requests")).json()["items"]
    assert of_breach["id"] == asked.json()["id"]
    assert (await both.of_tenant.get(address, headers={"If-None-Match": '"3"'})).status_code == 304


async def test_a_repeated_request_has_one_effect(both):
    http, key = both.of_tenant, {"Idempotency-Key": "once"}
    first, again = [await http.post("/v1/breach-reports", json=REPORT, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    (breach,) = (await http.get("/v1/breaches")).json()["items"]
    seen = key | {"If-Match": f'"{breach["version"]}"'}
    body = {"risk": "risk", "ground": "x"}
    twice = [await http.post(f"/v1/breaches/{breach['id']}/risk", json=body, headers=seen) for _ in range(2)]
    assert twice[0].json() == twice[1].json()
    assert len((await http.get(f"/v1/breaches/{breach['id']}")).json()["entries"]) == breach["version"] + 1
    question = {"question": "x"}
    asked = [
        await http.post(f"/v1/breaches/{breach['id']}/help-requests", json=question, headers=key) for _ in range(2)
    ]
    assert asked[0].json() == asked[1].json()


async def test_what_is_refused_is_refused_with_its_reason(both):
    http = both.of_tenant
    breach = await reported(http)
    address = f"/v1/breaches/{breach['id']}"
    seen = {"If-Match": f'"{breach["version"]}"'}
    code = await http.post("/v1/breach-reports", json=REPORT | {"what": "Seen:\n131052-308T"})
    assert (problem(code), code.json()["errors"][0]["field"]) == ((422, "breach-refused"), "what")
    assert "131052" not in code.text
    assert problem(await http.post(f"{address}/risk", json={"risk": "risk", "ground": "x"})) == (
        428,
        "version-not-named",
    )
    old = await http.post(f"{address}/risk", json={"risk": "risk", "ground": "x"}, headers={"If-Match": '"1"'})
    assert (problem(old), old.json()["facts"]) == ((412, "breach-changed"), {"version": breach["version"]})
    unfinished = await http.post(f"{address}/moves", json={"move": "close", "reason": "x"}, headers=seen)
    assert problem(unfinished) == (409, "breach-move-not-allowed")
    elsewhere = await http.post(
        f"{address}/data",
        json={"concerned": [{"register": "own_register", "producer": {"kind": "main_connector"}}]},
        headers=seen,
    )
    assert problem(elsewhere) == (422, "breach-refused")
    touched = {"concerned": [{"register": "will", "producer": {"kind": "tenant"}}]}
    assert duties(await done(http, breach, "data", **touched))["tell_kela"] == "open"


async def test_the_register_is_read_by_pages_and_fetched_whole(both):
    http = both.of_tenant
    for hour in (3, 1, 2):
        await reported(http, found_at=f"2026-03-02T0{hour}:00:00Z", title=f"=cmd{hour}")
    period = {"since": "2026-03-02", "until": "2026-03-02"}
    seen: list[str] = []
    following: str | None = "/v1/breach-register?since=2026-03-02&until=2026-03-02&limit=1"
    while following:
        page = (await http.get(following)).json()
        seen += [one["title"] for one in page["items"]]
        following = page["next"]
    assert seen == ["=cmd1", "=cmd2", "=cmd3"]
    file = await http.get("/v1/breach-register/csv", params=period)
    assert file.headers["content-type"].startswith("text/csv")
    assert "breaches-2026-03-02-2026-03-02.csv" in file.headers["content-disposition"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0].startswith('"id","tenancy_id","title"')) == (4, True)
    assert '"\'=cmd1"' in lines[1]
    other = {"since": "2026-03-03", "until": "2026-03-03"}
    assert (await http.get("/v1/breach-register", params=other)).json()["items"] == []
    of_tenant = period | {"tenancy_id": str(both.tenant.tenancy.id)}
    assert len((await both.main_connector.get("/v1/breach-register", params=of_tenant)).json()["items"]) == 3
    assert (await both.main_connector.get("/v1/breach-register", params=period)).json()["items"] == []
    for wrong in ({"since": "2026-03-03", "until": "2026-03-02"}, {"since": "2026-03-03", "until": "2300-01-01"}):
        assert problem(await http.get("/v1/breach-register", params=wrong)) == (422, "breach-refused")


async def test_lists_go_on_page_by_page(both):
    http = both.of_tenant
    for number in range(3):
        breach = await reported(http, title=f"Number {number}")
        await http.post(f"/v1/breaches/{breach['id']}/help-requests", json={"question": f"Number {number}"})
    for address, told in (
        ("/v1/breaches?limit=1", "title"),
        ("/v1/breaches?limit=1&only=open", "title"),
        ("/v1/breach-reports?limit=1", "title"),
        ("/v1/breach-help-requests?limit=1", "question"),
    ):
        for caller in (http, both.main_connector):
            seen: list[str] = []
            following: str | None = address
            while following:
                page = (await caller.get(following)).json()
                seen += [one[told] for one in page["items"]]
                following = page["next"]
            assert seen == ["Number 2", "Number 1", "Number 0"], address


@pytest.mark.parametrize("permissions", [TENANT_PERMISSIONS - {Permission.BREACHES_WRITE}])
async def test_nobody_writes_without_the_permission(both, database, clock, permissions):
    own = await owner_of(database, both.caller)
    token = await a_key(database, clock, both.caller, own, permissions=permissions)
    http = both.main_connector
    answer = await http.post("/v1/breach-reports", json=REPORT, headers={"Authorization": f"Bearer {token.text}"})
    assert problem(answer) == (403, "permission-missing")
