"""From the end of a disturbance on over HTTP: found out, closed, what is left, faults, and a month in figures."""

from typing import Any

import httpx
import pytest

from tests.disturbances.examples import NOON
from tests.disturbances.test_routes import done, problem
from tests.journeys.conftest import Realm

REPORT = {"what": "Prescriptions do not open", "since": NOON.isoformat(), "ongoing": True, "service": "prescription"}
PLAN = {"what": "Watch the certificate", "owner": "main_connector", "due_on": "2026-04-01"}
FAULT = {"what": "Two lines are swapped", "noticed_at": NOON.isoformat()}


async def over(both: Realm) -> tuple[str, dict[str, Any]]:
    """Have the tenant report a disturbance, and the main connector take it to its end."""
    taken = (await both.of_tenant.post("/v1/disturbances", json=REPORT)).json()
    path = f"/v1/disturbances/{taken['disturbance_id']}"
    one = await done(both.main_connector, f"{path}/acknowledgement", 1)
    return path, await done(both.main_connector, f"{path}/end", one["version"], until=NOON.isoformat())


async def told(http: httpx.AsyncClient, path: str) -> None:
    """Put down of every duty that it was told."""
    for duty in (await http.get(path)).json()["duties"]:
        if duty["state"] == "pending":
            await done(
                http, f"/v1/disturbances/duties/{duty['id']}/telling", duty["version"], channel="phone", note="Told"
            )


async def test_a_disturbance_is_closed_with_what_is_left_of_it_and_reopened_for_new_facts(both):
    http = both.main_connector
    path, one = await over(both)
    refused = await http.post(f"{path}/closing", headers={"If-Match": f'"{one["version"]}"'})
    assert problem(refused) == (409, "disturbance-unfinished")
    fields = [flaw["field"] for flaw in refused.json()["errors"]]
    assert fields[-2:] == ["cause", "remedy"]
    assert all(field.startswith("duties.") for field in fields[:-2])
    await told(http, path)
    cause = {"cause": "certificate", "text": "It had expired"}
    one = await done(http, f"{path}/findings", one["version"], cause=cause, remedy="It was renewed")
    planned = await http.post(f"{path}/follow-ups", json=PLAN)
    assert (planned.status_code, planned.headers["location"]) == (201, f"/v1/follow-ups/{planned.json()['id']}")
    one = await done(http, f"{path}/closing", one["version"])
    assert (one["state"], one["next_moves"], one["closed_by"] is not None) == ("closed", ["reopen"], True)
    left = (await http.get(f"{path}/follow-ups")).json()["items"]
    assert [(each["what"], each["state"]) for each in left] == [("Watch the certificate", "open")]
    assert (await http.get("/v1/disturbances?state=closed")).json()["items"][0]["id"] == one["id"]
    one = await done(http, f"{path}/reopening", one["version"], because="A pharmacy called")
    assert (one["state"], one["closed_at"]) == ("over", None)
    findings = (await http.get(path)).json()["findings"]
    assert [(each["kind"], each["cause"], each["text"]) for each in findings] == [
        ("cause", "certificate", "It had expired"),
        ("remedy", None, "It was renewed"),
        ("new_facts", None, "A pharmacy called"),
    ]
    seen = (await both.of_tenant.get(path)).json()
    assert (seen["findings"], seen["disturbance"]["state"]) == ([], "over")


async def test_a_tenant_notifies_a_fault_and_sees_it_corrected(both):
    made = await both.of_tenant.post("/v1/faults", json=FAULT, headers={"Idempotency-Key": "fault-1"})
    again = await both.of_tenant.post("/v1/faults", json=FAULT, headers={"Idempotency-Key": "fault-1"})
    assert (made.status_code, again.json()) == (201, made.json())
    fault, path = made.json(), made.headers["location"]
    assert (fault["owner"], fault["due_on"], fault["next_moves"]) == (
        "main_connector",
        "2026-04-01",
        ["change", "finish", "drop"],
    )
    refused = await both.of_tenant.post(
        f"{path}/completion", json={"evidence": "x"}, headers={"If-Match": f'"{fault["version"]}"'}
    )
    assert problem(refused) == (409, "follow-up-of-another")
    change = {"what": FAULT["what"], "owner": "manufacturer", "due_on": "2026-03-20"}
    changed = await both.main_connector.put(path, json=change, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["due_at"]) == (200, "2026-03-20T22:00:00Z")
    stale = await both.main_connector.put(path, json=change, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "follow-up-changed")
    fault = await done(both.main_connector, f"{path}/completion", 2, evidence="Version 2026.2")
    fault = await done(both.main_connector, f"{path}/reopening", fault["version"], because="It came back")
    fault = await done(both.main_connector, f"{path}/dropping", fault["version"], because="The system is withdrawn")
    refused = await both.main_connector.post(
        f"{path}/completion", json={"evidence": "x"}, headers={"If-Match": f'"{fault["version"]}"'}
    )
    assert problem(refused) == (409, "follow-up-move-not-allowed")
    assert (await both.of_tenant.get(path)).json()["state"] == "dropped"
    assert (await both.of_tenant.get("/v1/faults")).json()["items"] == []
    assert len((await both.of_tenant.get("/v1/faults?state=any")).json()["items"]) == 1


async def test_lists_are_of_a_kind_a_state_and_a_tenant_and_paged(both):
    http = both.main_connector
    path, _ = await over(both)
    for day in (9, 3, 6):
        plan = PLAN | {"due_on": f"2026-05-0{day}", "tenancy_id": str(both.tenant.tenancy.id)}
        assert (await http.post(f"{path}/follow-ups", json=plan)).status_code == 201
    await http.post(f"{path}/follow-ups", json=PLAN)
    for state, of, expected in (
        ("open", both.tenant.tenancy.id, ["2026-05-03", "2026-05-06", "2026-05-09"]),
        ("open", None, ["2026-04-01", "2026-05-03", "2026-05-06", "2026-05-09"]),
        ("any", None, ["2026-04-01", "2026-05-06", "2026-05-03", "2026-05-09"]),
        ("done", None, []),
    ):
        address: str | None = f"/v1/follow-ups?state={state}&limit=2" + (f"&tenancy={of}" if of else "")
        seen = []
        while address:
            page = (await http.get(address)).json()
            seen += [one["due_on"] for one in page["items"]]
            address = page["next"]
        assert seen == expected
    assert (await http.get("/v1/faults")).json()["items"] == []
    assert len((await both.of_tenant.get("/v1/follow-ups")).json()["items"]) == 3


async def test_a_month_is_fetched_in_three_forms_by_the_main_connector_alone(both):
    await over(both)
    month = "month=2026-03-17"
    shown = (await both.main_connector.get(f"/v1/disturbance-summary?{month}")).json()
    assert (shown["month"], shown["events"], shown["still_open"]) == ("2026-03-01", 1, 1)
    table = await both.main_connector.get(f"/v1/disturbance-summary/csv?{month}")
    assert table.headers["content-disposition"].startswith('attachment; filename="disturbances-2026-03.csv"')
    assert '"2026-03","events","","1"' in table.text
    for language in ("fi", "sv", "en"):
        paper = await both.main_connector.get(f"/v1/disturbance-summary/docx?{month}&language={language}")
        assert paper.content[:2] == b"PK"
    assert problem(await both.of_tenant.get(f"/v1/disturbance-summary?{month}")) == (403, "permission-missing")


@pytest.mark.parametrize("path", ["follow-ups", "faults"])
async def test_a_page_that_no_list_gave_is_refused(both, path):
    assert problem(await both.main_connector.get(f"/v1/{path}?after=nonsense"))[0] == 422
