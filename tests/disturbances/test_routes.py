"""Disturbances over HTTP: reported in a moment, repeated safely, changed from the version that was seen."""

from typing import Any

import httpx

from tests.disturbances.examples import NOON
from tests.parties.examples import named, owner_of
from tests.systems.test_routes import problem

REPORT = {"what": "Prescriptions do not open", "since": "2026-03-02T13:30:00+02:00", "ongoing": True}
OCTETS = {"Content-Type": "application/octet-stream"}


async def reported(http: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await http.post("/v1/disturbances", json=REPORT | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(http: httpx.AsyncClient, path: str, version: int, **body: Any) -> dict[str, Any]:
    """Do something from the version in hand."""
    answer = await http.post(path, json=body or None, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


async def test_a_nurse_reports_and_the_named_person_takes_it_to_its_end(both):
    made = await both.of_tenant.post("/v1/disturbances", json=REPORT | {"service": "prescription"})
    assert made.status_code == 201
    taken = made.json()
    path = made.headers["location"]
    assert (path, taken["repeated"], taken["similar"]) == (f"/v1/disturbances/{taken['disturbance_id']}", False, [])
    http = both.main_connector
    (listed,) = (await http.get("/v1/disturbances")).json()["items"]
    assert (listed["state"], listed["what"], listed["reference"]) == ("reported", REPORT["what"], taken["reference"])
    assert listed["next_moves"] == ["acknowledge", "join"]
    one = await done(http, f"{path}/acknowledgement", 1)
    answers = [
        {"fact": "deviation", "answer": "yes"},
        {"fact": "risk_to_safety", "answer": "no", "reason": "Paper"},
        {"fact": "risk_to_security", "answer": "no"},
    ]
    one = await done(http, f"{path}/answers", one["version"], answers=answers)
    whole = (await http.get(path)).json()
    assert {duty["rule"] for duty in whole["duties"]} >= {"contract_kela", "section_90_producer"}
    assert all(duty["explanation"]["steps"] for duty in whole["duties"])
    assert "section_90_security" in {duty["rule"] for duty in whole["possible_duties"]}
    assert "section_90_supervisor" not in {duty["rule"] for duty in whole["possible_duties"]}  # it was answered
    history = (await http.get(f"{path}/answers")).json()["items"]
    assert [(one["basis"], one["reason"]) for one in history if one["fact"] == "risk_to_safety"] == [
        ("person", "Paper")
    ]
    body = {"since": REPORT["since"], "detected_at": REPORT["since"], "title": "Recept", "service": "prescription"}
    described = await http.put(path, json=body, headers={"If-Match": f'"{one["version"]}"'})
    assert (described.status_code, described.json()["title"]) == (200, "Recept")
    one = await done(http, f"{path}/telling", described.json()["version"], text={"fi": "Tutkimme"})
    one = await done(http, f"{path}/end", one["version"], until=NOON.isoformat())
    assert (one["state"], one["next_moves"]) == ("over", ["assess", "close", "reopen"])
    one = await done(http, f"{path}/reopening", one["version"], because="It came back")
    one = await done(http, f"{path}/dismissal", one["version"], because="A cable was out")
    assert (one["state"], one["because"], one["next_moves"]) == ("dismissed", "A cable was out", [])
    assert (await http.get("/v1/disturbances")).json()["items"] == []
    assert len((await http.get("/v1/disturbances?state=dismissed")).json()["items"]) == 1
    assert len((await http.get("/v1/disturbances?state=any")).json()["items"]) == 1


async def test_the_same_key_is_the_same_report_for_days_and_the_same_content_for_minutes(both, clock):
    headers = {"Idempotency-Key": "monitor-117"}
    first = await both.main_connector.post("/v1/disturbances", json=REPORT, headers=headers)
    clock.advance(days=2)
    again = await both.main_connector.post("/v1/disturbances", json=REPORT, headers=headers)
    assert again.json() == first.json()
    other = await both.main_connector.post("/v1/disturbances", json=REPORT | {"what": "x"}, headers=headers)
    assert problem(other) == (422, "idempotency-key-reused")
    fresh = await reported(both.main_connector)
    repeated = await reported(both.main_connector)
    assert (fresh["repeated"], repeated["repeated"]) == (False, True)
    assert repeated["report_id"] == fresh["report_id"]


async def test_similar_ones_are_offered_and_joined(both):
    first = await reported(both.main_connector, service="prescription")
    second = await both.main_connector.post(
        "/v1/disturbances", json=REPORT | {"service": "prescription", "what": "Recipes fail"}
    )
    (similar,) = second.json()["similar"]
    assert similar["id"] == first["disturbance_id"]
    joining = REPORT | {"what": "Recipes fail again", "join": similar["id"]}
    joined = await both.main_connector.post("/v1/disturbances", json=joining)
    assert joined.json()["disturbance_id"] == first["disturbance_id"]
    path = f"/v1/disturbances/{second.json()['disturbance_id']}"
    one = await done(both.main_connector, f"{path}/joining", 1, to=first["disturbance_id"])
    assert (one["state"], one["joined_to"]) == ("joined", first["disturbance_id"])
    whole = (await both.main_connector.get(f"/v1/disturbances/{first['disturbance_id']}")).json()
    assert (len(whole["reports"]), whole["joined"]) == (3, [second.json()["disturbance_id"]])


async def test_a_personal_identity_code_is_refused_with_its_place_and_not_repeated(both):
    answer = await both.of_tenant.post("/v1/disturbances", json=REPORT | {"symptom": "HETU 131052-308T"})
    assert problem(answer) == (422, "disturbance-refused")
    assert answer.json()["errors"][0]["field"] == "symptom"
    assert "131052" not in answer.text


async def test_a_file_is_brought_and_only_ever_saved(both):
    taken = await reported(both.of_tenant)
    path = f"/v1/disturbances/reports/{taken['report_id']}/attachments"
    page = b"<html><script>alert(1)</script></html>"
    made = await both.of_tenant.post(f"{path}?name=page.html", content=page, headers=OCTETS)
    assert (made.status_code, made.json()["media_type"]) == (201, "text/plain; charset=utf-8")
    fetched = await both.main_connector.get(made.headers["location"])
    assert fetched.content == page
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"].startswith("attachment;")
    refused = await both.of_tenant.post(f"{path}?name=x.exe", content=b"MZ\x00\x00", headers=OCTETS)
    assert problem(refused) == (422, "disturbance-refused")
    whole = (await both.of_tenant.get(f"/v1/disturbances/{taken['disturbance_id']}")).json()
    assert [one["name"] for one in whole["attachments"]] == ["page.html"]


async def test_a_duty_is_read_with_its_addressee_and_text_and_fulfilled(both):
    http = both.main_connector
    taken = await reported(http, service="prescription", patient_safety="yes")
    await done(http, f"/v1/disturbances/{taken['disturbance_id']}/acknowledgement", 1)
    open_ones = (await http.get("/v1/disturbances/duties")).json()["items"]
    by_rule = {one["rule"]: one for one in open_ones}
    path = f"/v1/disturbances/duties/{by_rule['kela_phone']['id']}"
    whole = (await http.get(path)).json()
    assert (whole["addressee"]["phone"], whole["addressee"]["certainty"]) == ("020 634 7787", "excerpt")
    assert (whole["duty"]["channels"], whole["duty"]["certainty"]) == (["phone"], "excerpt")
    text = (await http.get(f"{path}/text?language=sv")).json()
    assert text["subject"].startswith("Anmälan om störning")
    assert "Recepttjänsten" in text["text"]
    duty = await done(http, f"{path}/telling", 1, channel="phone", note="Spoke with the duty desk")
    duty = await done(http, f"{path}/failure", duty["version"], note="It was the wrong desk")
    assert (duty["state"], duty["next_moves"]) == ("failed", ["send", "release"])
    duty = await done(http, f"{path}/telling", duty["version"], channel="phone", note="The right one")
    duty = await done(http, f"{path}/acknowledgement", duty["version"], note="Ticket 9")
    assert (duty["state"], duty["next_moves"]) == ("acknowledged", [])
    released = await done(
        http, f"/v1/disturbances/duties/{by_rule['contract_tenants']['id']}/release", 1, note="None is hit"
    )
    assert released["state"] == "not_needed"
    path = f"/v1/disturbances/duties/{by_rule['contract_kela']['id']}"
    told = (await done(http, f"{path}/mail", 1, language="fi"))["note"]
    assert told == "tekninentuki@kanta.fi, without a document: The service has no seal"
    stale = await http.post(f"{path}/telling", json={"channel": "mail", "note": "x"}, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "disturbance-duty-changed")


async def test_a_tenant_is_not_asked_and_does_not_manage(both):
    taken = await reported(both.of_tenant)
    path = f"/v1/disturbances/{taken['disturbance_id']}"
    refused = await both.of_tenant.post(f"{path}/acknowledgement", headers={"If-Match": '"1"'})
    assert problem(refused) == (403, "permission-missing")
    whole = (await both.of_tenant.get(path)).json()
    assert (whole["answers"], whole["possible_duties"], whole["calls"]) == ([], [], [])
    assert [duty["rule"] for duty in whole["duties"]] == ["contract_named_person"]
    assert len((await both.of_tenant.get("/v1/disturbances/questions")).json()["items"]) == 23


async def test_people_are_named_and_read_again(both, database, clock):
    own = await owner_of(database, both.caller)
    contact = await named(database, clock, both.caller, own, function="disturbances")
    http = both.main_connector
    empty = await http.get("/v1/disturbances/roster")
    assert (empty.json()["people"], empty.headers["etag"]) == ([], '"0"')
    hours = [{"days": [1, 2, 3, 4, 5], "from": "08:00", "until": "16:00"}]
    body = {"people": [{"contact_id": str(contact.id), "hours": hours}]}
    said = await http.put("/v1/disturbances/roster", json=body, headers={"If-Match": '"0"'})
    assert (said.status_code, said.headers["etag"]) == (200, '"1"')
    assert (await http.get("/v1/disturbances/roster")).json()["people"] == body["people"]
    again = await http.put("/v1/disturbances/roster", json=body, headers={"If-Match": '"0"'})
    assert problem(again) == (412, "disturbance-roster-changed")
    assert (await both.of_tenant.get("/v1/disturbances/roster")).json()["people"] == []


async def test_each_party_says_for_itself_whether_it_is_covered(both):
    for http in (both.main_connector, both.of_tenant):
        before = await http.get("/v1/disturbances/nis2")
        assert (before.json()["covered"], before.headers["etag"]) == (None, '"0"')
        said = await http.put("/v1/disturbances/nis2", json={"covered": True}, headers={"If-Match": '"0"'})
        assert (said.status_code, said.json()["covered"], said.json()["version"]) == (200, True, 1)
    again = await both.of_tenant.put("/v1/disturbances/nis2", json={"covered": False}, headers={"If-Match": '"7"'})
    assert problem(again) == (412, "disturbance-own-word-changed")


async def test_authorities_are_those_of_the_day_and_reached_as_the_main_connector_says(both):
    http = both.main_connector

    async def supervisor(day: str) -> dict[str, Any]:
        items = (await http.get(f"/v1/disturbances/authorities?day={day}")).json()["items"]
        return next(one for one in items if one["key"] == "supervisor")

    assert (await supervisor("2025-12-31"))["name"]["fi"] == "Valvira"
    assert (await supervisor("2026-01-01"))["name"]["fi"] == "Lupa- ja valvontavirasto"
    body, seen = {"email": "kirjaamo@example.org"}, {"If-Match": '"0"'}
    said = await http.put("/v1/disturbances/authorities/supervisor", json=body, headers=seen)
    assert (said.status_code, said.json()["contact_certainty"]) == (200, "read")
    assert (await supervisor("2026-03-02"))["email"] == "kirjaamo@example.org"
    wrong = await http.put("/v1/disturbances/authorities/producer", json=body, headers=seen)
    assert problem(wrong) == (422, "disturbance-refused")
    wrong = await http.put("/v1/disturbances/authorities/kela", json={"form": "http://x.example"}, headers=seen)
    assert problem(wrong) == (422, "disturbance-refused")


async def test_maintenance_stands_on_the_status_page_for_programs_and_for_people(both):
    body = {
        "title": "New <version>",
        "since": "2026-03-16T20:00:00+02:00",
        "until": "2026-03-16T22:00:00+02:00",
        "service": "prescription",
        "text": {"sv": "Ingen <b>tillgång</b>"},
    }
    made = await both.main_connector.post("/v1/maintenance", json=body)
    assert (made.status_code, made.json()["kind"], made.json()["state"]) == (201, "maintenance", "planned")
    (line,) = (await both.main_connector.get("/v1/disturbances/status")).json()["items"]
    assert (line["phase"], line["title"], line["text"]) == ("planned", "New <version>", body["text"])
    page = await both.main_connector.get(
        "/v1/disturbances/status", headers={"Accept": "text/html", "Accept-Language": "sv"}
    )
    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.text
    assert '<html lang="sv">' in page.text
    assert "Planerat underhåll: New &lt;version&gt;" in page.text
    assert "Ingen &lt;b&gt;tillgång&lt;/b&gt;" in page.text
    assert "Recepttjänsten" in page.text
    cancelled = await done(
        both.main_connector, f"/v1/maintenance/{made.json()['id']}/cancellation", 1, because="Not ready"
    )
    assert cancelled["state"] == "cancelled"
    assert (await both.of_tenant.get("/v1/disturbances/status")).json()["items"] == []
    empty = await both.of_tenant.get("/v1/disturbances/status", headers={"Accept": "text/html"})
    assert "No disturbances and no maintenance are known." in empty.text
