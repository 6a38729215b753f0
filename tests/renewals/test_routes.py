"""Renewal requests over HTTP: told once, worked from lists, answered, and reported; refused with the reason."""

from typing import Any

import httpx
import pytest

from kanta_tenancy.renewals import working
from tests.parties.examples import a_key, a_tenant
from tests.renewals.practice import UNIT_OID, Practice

ARRIVAL = {
    "request_id": "1.2.246.10.32213086.10.77.118",
    "prescription_id": "1.2.246.10.32213086.93.2026.118",
    "unit": UNIT_OID,
    "prescriber_code": "123456",
    "kind": "two_years",
    "arrived_at": "2026-03-02T11:59:00Z",
}


AS_JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@pytest.fixture
async def surgery(both, database, clock):
    """The practice of a tenant, with clients of both sides."""
    practice = Practice(database, clock, both.caller, both.tenant)
    practice.agreement = await practice.agree(both.tenant.tenancy.id)
    return both


async def opened(both) -> dict[str, Any]:
    """Do over HTTP what is needed before a request arrives; return the unit and the people."""
    http = both.main_connector
    unit = await http.post(
        "/v1/renewal-units", json={"tenancy_id": str(both.tenant.tenancy.id), "oid": UNIT_OID, "name": "Saari"}
    )
    assert unit.status_code == 201, unit.text
    physician = await http.post(
        "/v1/prescribers",
        json={
            "code": "900001",
            "name": "Vesa Vastuu",
            "email": "vesa@example.org",
            "office": "responsible_physician",
            "since": "2020-01-01",
        },
    )
    assert physician.status_code == 201, physician.text
    author = await both.of_tenant.post(
        "/v1/prescribers",
        json={
            "code": "123456",
            "name": "Lea Lääkäri",
            "since": "2020-01-01",
            "units": [unit.json()["id"]],
            "shifts": [{"weekday": day, "begins": "08:00:00", "ends": "16:00:00"} for day in range(1, 6)],
        },
    )
    assert author.status_code == 201, author.text
    decided = await http.post(
        f"/v1/renewal-units/{unit.json()['id']}/decisions",
        json={"receives": True, "effective_on": "2026-03-02"},
        headers={"If-Match": '"1"'},
    )
    assert decided.status_code == 201, decided.text
    return {"unit": decided.json(), "author": author.json(), "physician": physician.json()}


async def test_a_request_from_its_arrival_to_the_patient_who_was_told(surgery, database, clock):
    http, tenant = surgery.main_connector, surgery.of_tenant
    made = await opened(surgery)
    told = await http.post("/v1/renewal-requests", json=ARRIVAL)
    assert (told.status_code, told.json()["state"], told.json()["hours_left"]) == (201, "arrived", 191)
    assert (await http.post("/v1/renewal-requests", json=ARRIVAL)).json()["id"] == told.json()["id"]
    await working.work(database, clock)
    (mine,) = (await tenant.get("/v1/renewal-requests", params={"prescriber": made["author"]["id"]})).json()["items"]
    assert (mine["state"], mine["party"], mine["ground"]) == ("with_prescriber", "tenant", "original")
    assert (await http.get("/v1/renewal-requests", params={"physician": "true"})).json()["items"] == []
    address = told.headers["location"]
    read = (await tenant.get(address)).json()
    assert read["moves"] == ["renew", "reject", "return"]
    assert read["explanation"]["steps"][0]["en"] == (
        "The request arrived at the main connector on 2 March 2026 13:59."
        " It lapses after 192 hours, on 10 March 2026 13:59."
    )
    assert read["kind_allows"]["certainty"] == "read"
    refused = await tenant.post(f"{address}/answer", json={"answer": "reject"})
    assert problem(refused) == (422, "renewal-request-refused")
    answered = (await tenant.post(f"{address}/answer", json={"answer": "reject", "reason": "care"})).json()
    assert (answered["state"], answered["duty"]["owed_by"], answered["moves"]) == ("rejected", "tenant", [])
    assert "cannot be requested electronically again" in answered["afterwards"]["en"]
    again = await http.post(f"{address}/answer", json={"answer": "renew"})
    assert problem(again) == (409, "renewal-request-move-not-allowed")
    (duty,) = (await tenant.get("/v1/renewal-duties")).json()["items"]
    assert duty["request"] == answered["id"]
    done = (await tenant.post(f"{address}/patient-told", json={"way": "letter"})).json()
    assert (done["duty"]["told_by"], [one["done"] for one in done["steps"]]) == (
        "tenant",
        ["routed", "rejected", "informed"],
    )
    assert problem(await tenant.post(f"{address}/patient-told", json={"way": "call"})) == (409, "renewal-duty-not-open")
    assert (await tenant.get("/v1/renewal-duties")).json()["items"] == []
    (listed,) = (await http.get("/v1/renewal-requests", params={"state": "rejected"})).json()["items"]
    assert listed["id"] == answered["id"]
    for asked in ({"request_id": ARRIVAL["request_id"]}, {"prescription_id": ARRIVAL["prescription_id"]}):
        assert [one["id"] for one in (await tenant.get("/v1/renewal-requests/found", params=asked)).json()] == [
            answered["id"]
        ]
    assert problem(await tenant.get("/v1/renewal-requests/found")) == (422, "renewal-request-refused")


async def test_many_at_once_and_an_answer_that_is_repeated_safely(surgery):
    http = surgery.main_connector
    await opened(surgery)
    batch = {"requests": [ARRIVAL | {"request_id": f"1.2.246.1.{number}"} for number in range(1, 4)]}
    batch["requests"].append(ARRIVAL | {"unit": "1.2.246.10.9.9", "request_id": "1.2.246.1.9"})
    key = {"Idempotency-Key": "batch-1"}
    first = await http.post("/v1/renewal-requests/batch", json=batch, headers=key)
    assert [one["outcome"] for one in first.json()["items"]] == ["new", "new", "new", "unknown_unit"]
    assert (await http.post("/v1/renewal-requests/batch", json=batch, headers=key)).json() == first.json()
    assert (await surgery.of_tenant.post("/v1/renewal-requests/batch", json=batch)).status_code == 403
    page = (await http.get("/v1/renewal-requests", params={"limit": 2})).json()
    assert len(page["items"]) == 2
    assert len((await http.get(page["next"])).json()["items"]) == 1


@pytest.mark.parametrize(
    "extra",
    [
        {"patient_name": "Matti Meikäläinen"},
        {"hetu": "131052-308T"},
        {"potilas": {"puhelin": "+358401234567"}},
        {"free_text": "kipulääke loppui"},
        {"kind": "Matti Meikäläinen, 131052-308T"},
    ],
)
async def test_what_is_a_patients_is_refused_by_its_name_and_said_nowhere(surgery, owner, extra):
    await opened(surgery)
    for body, path in ((ARRIVAL | extra, ""), ({"requests": [ARRIVAL, ARRIVAL | extra]}, "requests[1].")):
        address = "/v1/renewal-requests" + ("/batch" if path else "")
        answer = await surgery.main_connector.post(address, json=body)
        assert problem(answer) == (422, "renewal-patient-data-refused")
        assert [flaw["field"] for flaw in answer.json()["errors"]] == [f"{path}{name}" for name in extra]
        for value in ("Matti", "131052", "358401234567", "loppui"):
            assert value not in answer.text
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 0


async def test_a_field_whose_name_is_a_patients_is_not_repeated(surgery):
    answer = await surgery.main_connector.post("/v1/renewal-requests", json=ARRIVAL | {"131052-308T": True})
    assert problem(answer) == (422, "renewal-patient-data-refused")
    assert "131052" not in answer.text


async def test_what_is_merely_wrong_is_refused_as_everywhere(surgery):
    answer = await surgery.main_connector.post("/v1/renewal-requests", json=ARRIVAL | {"kind": "yearly"})
    assert problem(answer) == (422, "request-invalid")
    broken = b'{"x": 1, "kind": "y"'  # refused where it is wrong first, and no JSON further on
    answer = await surgery.main_connector.post("/v1/renewal-requests", content=broken, headers=AS_JSON)
    assert problem(answer) == (422, "request-invalid")


async def test_a_unit_is_decided_about_seen_and_withdrawn(surgery):
    http = surgery.main_connector
    unit = (await opened(surgery))["unit"]
    address = f"/v1/renewal-units/{unit['id']}"
    stop = {"receives": False, "effective_on": "2026-06-01"}
    decided = (await http.post(f"{address}/decisions", json=stop, headers={"If-Match": '"2"'})).json()
    decision = decided["decisions"][1]["id"]
    seen = {"code_service": {"on": "2026-03-02", "reference": "K-1"}}
    put = await http.put(f"{address}/decisions/{decision}", json=seen, headers={"If-Match": '"3"'})
    assert put.json()["decisions"][1]["code_service_reference"] == "K-1"
    seen = {"extranet": {"on": "2026-03-03", "reference": "E-1"}}
    early = await http.put(f"{address}/decisions/{decision}", json=seen, headers={"If-Match": '"4"'})
    assert problem(early) == (422, "renewal-unit-refused")
    gone = await http.post(
        f"{address}/decisions/{decision}/withdrawal", json={"reason": "They stay"}, headers={"If-Match": '"4"'}
    )
    assert gone.json()["decisions"][1]["withdrawn_because"] == "They stay"
    first = unit["decisions"][0]["id"]
    late = await http.post(f"{address}/decisions/{first}/withdrawal", json={"reason": "x"}, headers={"If-Match": '"5"'})
    assert problem(late) == (409, "renewal-decision-settled")
    stale = await http.put(address, json={"name": "Saari 2", "changes_on": "2026-09-01"}, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "renewal-unit-changed")
    amended = await http.put(address, json={"name": "Saari 2", "changes_on": "2026-09-01"}, headers={"If-Match": '"5"'})
    assert amended.json()["name"] == "Saari 2"
    (listed,) = (await surgery.of_tenant.get("/v1/renewal-units")).json()["items"]
    assert (listed["name"], listed["receives"], listed["effective_on"]) == ("Saari 2", True, "2026-03-02")
    assert (await surgery.of_tenant.get(address)).headers["etag"] == '"6"'
    twice = await http.post("/v1/renewal-units", json={"oid": UNIT_OID, "name": "x"})
    assert problem(twice) == (409, "renewal-unit-taken")


async def test_a_unit_receives_only_where_somebody_is_responsible(surgery):
    http = surgery.main_connector
    unit = (await http.post("/v1/renewal-units", json={"oid": UNIT_OID, "name": "x"})).json()
    body = {"receives": True, "effective_on": "2026-03-02"}
    answer = await http.post(f"/v1/renewal-units/{unit['id']}/decisions", json=body, headers={"If-Match": '"1"'})
    assert problem(answer) == (409, "renewal-nobody-responsible")


async def test_people_and_absences_are_the_tenants_to_tell(surgery):
    tenant = surgery.of_tenant
    made = await opened(surgery)
    address = f"/v1/prescribers/{made['author']['id']}"
    absence = {"since": "2026-03-03T06:00:00Z", "until": "2026-03-10T06:00:00Z"}
    away = (await tenant.post(f"{address}/absences", json=absence)).json()
    assert [one["since"] for one in away["absences"]] == ["2026-03-03T06:00:00Z"]
    back = await tenant.post(f"{address}/absences/{away['absences'][0]['id']}/withdrawal", json=None)
    assert back.json()["absences"] == []
    again = await tenant.post(f"{address}/absences/{away['absences'][0]['id']}/withdrawal")
    assert problem(again) == (404, "prescriber-absence-not-found")
    wrong = await tenant.post(f"{address}/absences", json=absence | {"until": "2026-03-01T06:00:00Z"})
    assert problem(wrong) == (422, "prescriber-refused")
    said = {"name": "Lea", "since": "2020-01-01", "entitlement": "limited", "units": [made["unit"]["id"]]}
    changed = await tenant.put(address, json=said, headers={"If-Match": '"1"'})
    assert (changed.json()["entitlement"], changed.headers["etag"]) == ("limited", '"2"')
    overlapping = [{"weekday": 1, "begins": "08:00:00", "ends": "12:00:00"}] * 2
    refused = await tenant.put(address, json=said | {"shifts": overlapping}, headers={"If-Match": '"2"'})
    assert problem(refused) == (422, "prescriber-refused")
    assert problem(await tenant.put(address, json=said | {"office": "deputy"}, headers={"If-Match": '"2"'})) == (
        422,
        "prescriber-refused",
    )
    other = await tenant.post("/v1/prescribers", json=said | {"code": "123456"})
    assert problem(other) == (409, "prescriber-taken")
    prevented = (await tenant.post("/v1/renewal-preventions", json={})).json()
    assert prevented["tenancy_id"] == str(surgery.tenant.tenancy.id)
    ended = (await tenant.post(f"/v1/renewal-preventions/{prevented['id']}/end")).json()
    assert ended["until"] == ended["since"], "it never was"
    assert len((await tenant.get("/v1/renewal-preventions")).json()["items"]) == 1
    assert [one["code"] for one in (await tenant.get("/v1/prescribers")).json()["items"]] == ["123456"]
    assert len((await surgery.main_connector.get("/v1/prescribers")).json()["items"]) == 2


async def test_how_requests_are_followed_is_read_by_all_and_chosen_by_the_main_connector(surgery):
    tenant = surgery.of_tenant
    assert (await tenant.get("/v1/renewal-policy")).json() == {
        "warn_after_hours": [72, 120, 144, 168],
        "hand_over_after_hours": 144,
        "decided_at": None,
    }
    said = {"warn_after_hours": [24, 96], "hand_over_after_hours": 120}
    assert (await tenant.post("/v1/renewal-policy", json=said)).status_code == 403
    chosen = await surgery.main_connector.post("/v1/renewal-policy", json=said)
    assert (await tenant.get("/v1/renewal-policy")).json() == chosen.json()
    refused = await surgery.main_connector.post("/v1/renewal-policy", json=said | {"hand_over_after_hours": 190})
    assert problem(refused) == (422, "renewal-policy-refused")


async def test_a_neighbour_sees_none_of_it(surgery, database, clock):
    await opened(surgery)
    told = await surgery.main_connector.post("/v1/renewal-requests", json=ARRIVAL)
    neighbour = await a_tenant(database, clock, surgery.caller, 2900000)
    token = await a_key(
        database, clock, neighbour.caller, neighbour.organisation.id, permissions={"renewals.read", "renewals.answer"}
    )
    mine = {"Authorization": f"Bearer {token.text}"}
    http = surgery.of_tenant
    assert (await http.get(told.headers["location"], headers=mine)).status_code == 404
    for path in ("renewal-requests", "renewal-units", "prescribers", "renewal-duties"):
        assert (await http.get(f"/v1/{path}", headers=mine)).json()["items"] == []
    answer = await http.post(f"{told.headers['location']}/answer", json={"answer": "renew"}, headers=mine)
    assert answer.status_code == 404
