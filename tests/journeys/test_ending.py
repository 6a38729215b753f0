"""An ending over HTTP, from the notice to its last item, as each party sees it."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from kanta_tenancy.agreements import place_hold
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.machinery.postgres import outbox
from tests.agreements.conftest import Desk
from tests.agreements.endings.checklists.test_endings import OPEN
from tests.agreements.endings.test_notices import a_notice, given
from tests.desk import ADesk
from tests.journeys.conftest import Realm
from tests.parties.test_imports import SOMEBODY_WAITS

NOTICE = {"party": "tenant", "given_on": "2026-03-02", "message": "We leave"}


@pytest.fixture
async def agreement(database, clock, realm: Realm) -> Agreement:
    return await Desk(database, clock, realm.caller, realm.tenant).in_force()


async def notice(http: httpx.AsyncClient, agreement: Agreement) -> dict[str, Any]:
    answer = await http.post(f"/v1/agreements/{agreement.id}/notices", json=NOTICE)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ending(http: httpx.AsyncClient, agreement: Agreement) -> dict[str, Any]:
    answer = await http.get(f"/v1/agreements/{agreement.id}/ending")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def keep(http: httpx.AsyncClient, item: dict[str, Any]) -> httpx.Response:
    headers = {"If-Match": f'"{item["promise_version"]}"'}
    return await http.post(f"/v1/promises/{item['promise_id']}/keep", json={"evidence": "Done"}, headers=headers)


async def test_the_act_that_makes_the_end_known_tells_what_comes_too_late(realm: Realm, agreement):
    octets = {"content": b"%PDF-1.7\n%%EOF\n", "headers": {"Content-Type": "application/octet-stream"}}
    tenancy = f"/v1/tenancies/{agreement.tenancy_id}"
    exhibit = (await realm.main_connector.post(f"{tenancy}/exhibits?name=contract.pdf", **octets)).json()
    contract = {"name": "S-1", "since": "2026-01-01", "exhibit_id": exhibit["id"]}
    period = {"notice_period": {"count": 14, "unit": "days"}}
    told = await realm.main_connector.post(f"{tenancy}/service-agreements", json=contract | period)
    assert (told.status_code, told.json()["conflicts"]) == (201, [])  # no end is known yet
    known = await notice(realm.of_tenant, agreement)
    late = known["conflicts"]
    assert [(one["item"], one["owner"], one["due_on"]) for one in late] == [
        ("technical_notice", "main_connector", "2026-02-23")
    ]
    assert late[0]["conflicts"] == ["before_delivery", "before_today"]
    assert (await ending(realm.of_tenant, agreement))["conflicts"] == late
    ends = {"last_day": "2026-03-06"} | contract | period
    path = f"/v1/service-agreements/{told.json()['id']}"
    changed = await realm.main_connector.put(path, json=ends, headers={"If-Match": '"1"'})
    assert {one["item"] for one in changed.json()["conflicts"]} == {"technical_notice", "renewal_intake"}


async def test_each_party_sees_what_is_its_own_to_do_and_keeps_it(database, clock, realm: Realm, agreement):
    missing = await realm.main_connector.get(f"/v1/agreements/{agreement.id}/ending")
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/agreement-ending-not-found")
    await notice(realm.of_tenant, agreement)
    own = await ending(realm.of_tenant, agreement)
    assert {item["owner"] for item in own["items"]} == {"tenant"}
    everything = await ending(realm.main_connector, agreement)
    assert len(everything["items"]) == 12
    for item in everything["items"]:
        assert set(item["title"]) == {"fi", "sv", "en"}
        assert item["explanation"]["rule"] == item["rule"] == "K20.5"
        assert item["explanation"]["sources"]
        assert item["certainty"] in {"guidance", "inferred"}
    theirs = next(item for item in everything["items"] if item["owner"] == "main_connector")
    assert (await keep(realm.of_tenant, theirs)).status_code == 409
    release = {"item": "soteri_cessation", "because": "It goes on elsewhere"}
    path = f"/v1/agreements/{agreement.id}/ending/releases"
    assert (await realm.of_tenant.post(path, json=release)).status_code == 403
    assert (await realm.main_connector.post(path, json=release)).status_code == 200
    assert (await realm.main_connector.post(path, json=release)).status_code == 409
    for http in (realm.of_tenant, realm.main_connector):
        for item in (await ending(http, agreement))["items"]:
            if item["state"] == "owed":
                assert (await keep(http, item)).status_code == 200
    await outbox.carry_on(database, clock, SUBSCRIBERS)
    done = await ending(realm.main_connector, agreement)
    assert done["complete"] is True
    assert done["completed_at"] is not None
    released = next(item for item in done["items"] if item["item"] == "soteri_cessation")
    assert (released["state"], released["result"]) == ("released", {"because": "It goes on elsewhere"})


@pytest.fixture
async def two(database, clock, realm: Realm, agreement) -> list[Agreement]:
    """Two agreements that end, a day after one another; a hold stands on the second."""
    await notice(realm.of_tenant, agreement)
    desk = Desk(database, clock, realm.caller, realm.tenant)
    other = Desk(database, clock, realm.caller, await desk.another_tenant(2700000))
    second = await other.in_force()
    clock.advance(days=1)
    await given(other, second, a_notice(given_on=date(2026, 3, 3)))
    async with database.transaction(realm.caller) as tx:
        await place_hold(tx, second.id, "disturbance/7", OPEN, at=clock.now())
    clock.at = datetime(2026, 3, 20, 9, tzinfo=UTC)
    return [agreement, second]


async def test_the_list_tells_what_is_open_overdue_and_held_and_goes_on_page_by_page(realm: Realm, two):
    seen, path = [], "/v1/endings?limit=1&state=open"
    while path:
        answer = (await realm.main_connector.get(path)).json()
        seen += answer["items"]
        path = answer["next"]
    told = [(one["reference"], one["last_day"], one["open"], one["overdue"], one["holds"]) for one in seen]
    assert told == [(two[0].reference, "2026-04-02", 12, 1, 0), (two[1].reference, "2026-04-03", 12, 1, 1)]
    assert (await realm.main_connector.get("/v1/endings?state=complete")).json()["items"] == []
    [own] = (await realm.of_tenant.get("/v1/endings")).json()["items"]
    assert (own["agreement_id"], own["open"], own["overdue"]) == (str(two[0].id), 5, 0)


async def test_the_command_lists_the_same(database_url, clock, two):
    desk = ADesk(database_url, clock)
    listed = await desk.type("agreements", "endings")
    assert listed.output.splitlines() == [
        f"2026-04-02\t{two[0].reference}\tnotice\topen\t12\t1\t0\t0",
        f"2026-04-03\t{two[1].reference}\tnotice\topen\t12\t1\t0\t1",
    ]
    assert (await desk.type("agreements", "endings", "--state", "complete")).output == ""
    as_json = await desk.type("agreements", "endings", "--state", "open", "--json")
    assert as_json.output.count('"overdue":1') == 2


async def test_whoever_changes_an_end_in_the_moment_in_which_it_is_paid_is_answered_all_the_same(
    realm: Realm, agreement, owner
):
    """A worker holds the promise and then the agreement, an act the agreement first: PostgreSQL lets one begin anew."""
    given_ = await notice(realm.of_tenant, agreement)
    path, headers = f"/v1/notices/{given_['id']}/withdrawal", {"If-Match": f'"{given_["version"]}"'}
    agreed = await realm.of_tenant.post(path, headers=headers)
    headers = {"If-Match": agreed.headers["ETag"]}
    async with owner.transaction():
        # Whoever looks for a deadlock first is the one to give way: that is the act, however busy the machine is.
        await owner.execute("SET LOCAL deadlock_timeout = '1min'")
        await owner.execute("SELECT FROM promise WHERE kind = 'agreement.end' FOR UPDATE")
        answering = asyncio.create_task(realm.main_connector.post(path, headers=headers))
        await owner.execute(SOMEBODY_WAITS)
        await owner.execute("SELECT FROM agreement WHERE id = $1 FOR UPDATE", agreement.id)
    answer = await answering
    assert answer.status_code == 200, answer.text
    assert await owner.fetchval("SELECT in_force_until FROM agreement WHERE id = $1", agreement.id) is None
    assert await owner.fetchval("SELECT state FROM promise WHERE kind = 'agreement.end'") == "released"
    assert await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%notice.withdrawn%'") == 1
