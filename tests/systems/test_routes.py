"""The register over HTTP: repeated safely, changed from the version that was seen, refused with the reason."""

from typing import Any

import httpx
import pytest

from kanta_tenancy.assembly.feeds import entries
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.joining.conftest import has_services
from tests.parties.examples import a_key, owner_of
from tests.systems.examples import MARCH_2

SYSTEM = {
    "kind": "information_system",
    "name": "Saaristo Care",
    "system_class": "A3",
    "producer": {"name": "Ohjelmistotalo Oy", "email": "poikkeamat@example.org"},
    "upkeep": {"keeper": "Käyttöpalvelu Oy", "support_phone": "+358 20 123 4567", "service_hours": "ma-pe 8-16"},
    "register_entry": {"reference": "Astori 117", "checked_on": "2026-02-01"},
}
CERTIFICATE = {
    "kind": "security",
    "issuer": "Arviointilaitos Oy",
    "number": "2026-117",
    "granted_on": "2026-01-01",
    "last_day": "2026-12-31",
}
OCTETS = {"Content-Type": "application/octet-stream"}


async def registered(http: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await http.post("/v1/systems", json=SYSTEM | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(http: httpx.AsyncClient, system: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    """Do something with a system, from the version in hand."""
    seen = {"If-Match": f'"{system["version"]}"'}
    answer = await http.post(f"/v1/systems/{system['id']}/{what}", json=body, headers=seen)
    assert answer.status_code in {200, 201}, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def deployed(http: httpx.AsyncClient, system: dict[str, Any], tenancy_id: object, **said: Any) -> dict[str, Any]:
    body = {"system_id": system["id"], "service": "prescription", "since": "2026-01-01"} | said
    answer = await http.post(
        "/v1/deployments", json=body | ({} if tenancy_id is None else {"tenancy_id": str(tenancy_id)})
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_system_goes_through_its_life(both):
    http = both.main_connector
    made = await http.post("/v1/systems", json=SYSTEM)
    address = made.headers["location"]
    assert (made.headers["etag"], made.json()["state"]) == ('"1"', "planned")
    assert made.json()["next_moves"] == ["amend", "take_into_use", "withdraw"]
    assert [one["what"] for one in made.json()["findings"]] == ["certificate_missing", "joint_test_missing"]
    system = await done(http, made.json(), "use", on="2026-03-02")
    system = await done(http, system, "releases", number="2026.1", since="2026-01-01")
    system = await done(http, system, "certificates", **CERTIFICATE)
    system = await done(
        http, system, "certificates", kind="interoperability", issuer="Kela", number="7", granted_on="2026-01-01"
    )
    assert (system["state"], system["in_use_on"], system["findings"]) == ("in_use", "2026-03-02", [])
    assert [(one["stands"], one["last_day"]) for one in system["certificates"]] == [(True, "2026-12-31"), (True, None)]
    release = system["releases"][0]["id"]
    body = {"number": "2026.1", "since": "2026-01-01", "until": "2026-06-01"}
    changed = await http.put(f"{address}/releases/{release}", json=body, headers={"If-Match": '"5"'})
    assert changed.json()["releases"][0]["until"] == "2026-06-01"
    amended = await http.put(address, json=SYSTEM | {"system_class": "A2"}, headers={"If-Match": '"6"'})
    assert (amended.json()["system_class"], amended.headers["etag"]) == ("A2", '"7"')
    read = await http.get(address)
    assert read.json() == amended.json()
    assert (await http.get(address, headers={"If-None-Match": '"7"'})).status_code == 304
    over = await done(http, read.json(), "withdrawal", on="2026-03-02", reason="Another one came")
    assert (over["state"], over["withdrawn_because"], over["next_moves"]) == ("withdrawn", "Another one came", [])
    (listed,) = (await http.get("/v1/systems", params={"state": "withdrawn"})).json()["items"]
    assert (listed["name"], listed["security_last_day"]) == ("Saaristo Care", None)
    assert (await http.get("/v1/systems", params={"kind": "intermediary"})).json()["items"] == []


async def test_a_certificate_is_shown_listed_and_withdrawn(both):
    http = both.main_connector
    system = await done(http, await registered(http), "certificates", **CERTIFICATE)
    certificate = system["certificates"][0]["id"]
    address = f"/v1/systems/{system['id']}/certificates/{certificate}"
    shown = await http.post(
        f"{address}/document?name=todistus.txt", content="Hyväksytty".encode(), headers=OCTETS | {"If-Match": '"2"'}
    )
    assert (shown.status_code, shown.json()["certificates"][0]["document_name"]) == (201, "todistus.txt")
    file = await http.get(f"{address}/document")
    assert (file.content.decode(), "todistus.txt" in file.headers["content-disposition"]) == ("Hyväksytty", True)
    (ending,) = (await http.get("/v1/conformity-certificates", params={"before": "2027-01-01"})).json()["items"]
    assert (ending["system"], ending["last_day"], ending["days_left"]) == ("Saaristo Care", "2026-12-31", 304)
    assert (await http.get("/v1/conformity-certificates", params={"before": "2026-12-31"})).json()["items"] == []
    assert (await http.get(f"{address}/warnings")).json() == {"items": []}
    assert (await both.of_tenant.get(f"{address}/document")).status_code == 404
    gone = await done(http, shown.json(), f"certificates/{certificate}/withdrawal", reason="A mistake")
    assert (gone["certificates"][0]["stands"], gone["certificates"][0]["withdrawn_because"]) == (False, "A mistake")
    assert (await http.get("/v1/conformity-certificates")).json()["items"] == []


async def test_the_next_warning_stands_in_the_forecast_and_in_calendars(both, database, clock):
    http = both.main_connector
    await done(http, await registered(http), "certificates", **CERTIFICATE)
    due = (await http.get("/v1/forecast", params={"until": "2026-10-02"})).json()["items"]
    assert [(one["kind"], one["title"]["en"]) for one in due] == [
        (
            "conformity_certificate.warn",
            "The last day of the security certificate of the system Saaristo Care is 31 December 2026.",
        )
    ]
    assert (await http.get("/v1/forecast", params={"until": "2026-10-01"})).json()["items"] == []
    assert (await both.of_tenant.get("/v1/forecast", params={"until": "2026-10-02"})).json()["items"] == []
    async with database.transaction(both.caller) as tx:
        assert [entry.summary.en for entry in await entries(tx, clock)] == [due[0]["title"]["en"]]


async def test_who_depends_on_what_is_told_of_any_day_to_whom_it_concerns(both, owner):
    http, tenancy = both.main_connector, both.tenant.tenancy.id
    await has_services(owner, both.caller, (tenancy, ["prescription", "imaging"], MARCH_2, None))
    system = await registered(http)
    made = await deployed(http, system, tenancy)
    await deployed(http, system, tenancy, service="patient_data", since="2026-04-01")
    await deployed(http, system, None, service="log_store")
    told = (await http.get(f"/v1/tenancies/{tenancy}/systems")).json()
    assert (told["day"], [(one["service"], one["name"]) for one in told["items"]]) == (
        "2026-03-02",
        [("prescription", "Saaristo Care")],
    )
    assert (told["not_in_annex"], told["without_system"]) == ([], ["imaging"])
    assert told["items"][0]["upkeep"]["support_phone"] == "+358 20 123 4567"
    later = (await http.get(f"/v1/tenancies/{tenancy}/systems", params={"day": "2026-04-01"})).json()
    assert (len(later["items"]), later["not_in_annex"]) == (2, ["patient_data"])
    one = await http.get(f"/v1/tenancies/{tenancy}/systems", params={"service": "patient_data", "day": "2026-04-01"})
    assert [each["service"] for each in one.json()["items"]] == ["patient_data"]
    behind = (await http.get(f"/v1/systems/{system['id']}/deployments")).json()["items"]
    assert {(each["tenant"], each["service"]) for each in behind} == {
        (both.tenant.organisation.name, "prescription"),
        (None, "log_store"),
    }
    assert (await http.get(f"/v1/systems/{system['id']}/reach")).json() == {
        "day": "2026-03-02",
        "tenants": 1,
        "deployments": 2,
    }
    assert [each["service"] for each in (await http.get("/v1/systems/own")).json()["items"]] == ["log_store"]
    assert (await http.get("/v1/deployments/mismatches")).json()["items"] == [
        {
            "tenancy_id": str(tenancy),
            "tenant": both.tenant.organisation.name,
            "not_in_annex": [],
            "without_system": ["imaging"],
        }
    ]
    assert (await http.get(f"/v1/deployments/{made['id']}")).json() == made
    await a_tenant_sees_its_own(both, system, made)


async def a_tenant_sees_its_own(both: Any, system: dict[str, Any], made: dict[str, Any]) -> None:
    http = both.of_tenant
    own = f"/v1/tenancies/{both.tenant.tenancy.id}/systems"
    assert (await http.get(own)).json() == (await both.main_connector.get(own)).json()
    assert [one["service"] for one in (await http.get("/v1/deployments")).json()["items"]] == [
        "patient_data",
        "prescription",
    ]
    assert (await http.get(f"/v1/deployments/{made['id']}")).json() == made
    assert (await http.get(f"/v1/systems/{system['id']}/reach")).json()["deployments"] == 1
    assert (await http.get("/v1/systems/own")).json()["items"] == []
    assert [one["without_system"] for one in (await http.get("/v1/deployments/mismatches")).json()["items"]] == [
        ["imaging"]
    ]
    seen = {"If-Match": '"1"'}
    period = {"since": "2026-01-01"}
    assert problem(await http.put(f"/v1/deployments/{made['id']}", json=period, headers=seen)) == (
        403,
        "permission-missing",
    )


async def test_a_deployment_is_ended_from_the_version_that_was_seen(both):
    http = both.main_connector
    made = await deployed(http, await registered(http), both.tenant.tenancy.id)
    address = f"/v1/deployments/{made['id']}"
    period = {"since": "2026-01-01", "until": "2026-06-01"}
    assert problem(await http.put(address, json=period)) == (428, "version-not-named")
    ended = await http.put(address, json=period, headers={"If-Match": '"1"'})
    assert (ended.json()["until"], ended.headers["etag"]) == ("2026-06-01", '"2"')
    assert problem(await http.put(address, json=period, headers={"If-Match": '"1"'})) == (412, "deployment-changed")
    assert (await http.get(address, headers={"If-None-Match": '"2"'})).status_code == 304


async def test_a_repeated_request_has_one_effect(both):
    http, key = both.main_connector, {"Idempotency-Key": "once"}
    first, again = [await http.post("/v1/systems", json=SYSTEM, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    body = {"system_id": first.json()["id"], "service": "will", "since": "2026-01-01"}
    both_times = [await http.post("/v1/deployments", json=body, headers=key) for _ in range(2)]
    assert both_times[0].json() == both_times[1].json()
    address = f"/v1/systems/{first.json()['id']}/certificates"
    recorded = [await http.post(address, json=CERTIFICATE, headers=key | {"If-Match": '"1"'}) for _ in range(2)]
    assert [one.json()["version"] for one in recorded] == [2, 2]
    assert len((await http.get("/v1/deployments")).json()["items"]) == 1


async def test_what_is_refused_is_refused_with_its_reason(both):
    http = both.main_connector
    system = await registered(http)
    address, seen = f"/v1/systems/{system['id']}", {"If-Match": '"1"'}
    assert problem(await http.post("/v1/systems", json=SYSTEM)) == (409, "information-system-name-taken")
    wrong = await http.post("/v1/systems", json=SYSTEM | {"name": "x", "system_class": "Z"})
    assert (problem(wrong), wrong.json()["errors"][0]["field"]) == ((422, "information-system-refused"), "system_class")
    answer = await http.post(f"{address}/use", json={"on": "2026-03-03"}, headers=seen)
    assert (problem(answer), answer.json()["errors"][0]["field"]) == ((422, "information-system-refused"), "on")
    await deployed(http, system, both.tenant.tenancy.id)
    body = {"system_id": system["id"], "service": "prescription", "since": "2026-02-01"}
    again = await http.post("/v1/deployments", json=body | {"tenancy_id": str(both.tenant.tenancy.id)})
    assert problem(again) == (409, "deployment-overlaps")
    leaving = {"on": "2026-03-02", "reason": "x"}
    answer = await http.post(f"{address}/withdrawal", json=leaving, headers=seen)
    assert (problem(answer), answer.json()["facts"]) == ((409, "information-system-still-serves"), {"deployments": 1})
    nothing = {"system_id": "01975d3a-6f00-7000-8000-000000000001", "service": "will", "since": "2026-01-01"}
    assert problem(await http.post("/v1/deployments", json=nothing)) == (404, "information-system-not-found")


async def test_lists_go_on_page_by_page(both):
    http = both.main_connector
    for name in ("b", "A", "c"):
        system = await done(http, await registered(http, name=name), "certificates", **CERTIFICATE | {"number": name})
        await deployed(http, system, both.tenant.tenancy.id, service="will", since="2026-01-01")
        await deployed(http, system, both.tenant.tenancy.id)
    for address, told, expected in (
        ("/v1/systems?limit=1", "name", ["A", "b", "c"]),
        ("/v1/conformity-certificates?limit=1", "system", ["b", "A", "c"]),
        ("/v1/deployments?limit=1", "service", ["prescription", "will"] * 3),
        (f"/v1/systems/{system['id']}/deployments?limit=1", "service", ["prescription", "will"]),
    ):
        seen: list[str] = []
        following: str | None = address
        while following:
            page = (await http.get(following)).json()
            seen += [one[told] for one in page["items"]]
            following = page["next"]
        assert seen == expected, address


@pytest.mark.parametrize("permissions", [TENANT_PERMISSIONS, frozenset(Permission) - {Permission.SYSTEMS_WRITE}])
async def test_nobody_writes_without_the_permission(both, database, clock, permissions):
    own = await owner_of(database, both.caller)
    token = await a_key(database, clock, both.caller, own, permissions=permissions)
    http = both.main_connector
    answer = await http.post("/v1/systems", json=SYSTEM, headers={"Authorization": f"Bearer {token.text}"})
    assert problem(answer) == (403, "permission-missing")
