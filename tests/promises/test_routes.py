from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import msgspec
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.promises import Kept, Owner, PromiseKept, Wanted, pay_due, store
from kanta_tenancy.promises.store import page
from tests.journeys.conftest import Realm, a_whole_realm
from tests.promises.examples import EXPLANATION, NOON, owed, promised


@pytest.fixture
async def both(database, clock) -> AsyncIterator[Realm]:
    clock.at = NOON
    application = build_application(read_settings({}), database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


def of_people(both: Realm):
    tenancy_id = both.tenant.tenancy.id
    return [
        owed(1, owner=Owner.TENANT, tenancy_id=tenancy_id, explanation=EXPLANATION, due_at=NOON - timedelta(days=1)),
        owed(2, owner=Owner.MAIN_CONNECTOR, tenancy_id=tenancy_id, kind="test.tell"),
        owed(3, owner=Owner.MAIN_CONNECTOR, due_at=NOON + timedelta(days=1)),
        owed(4, tenancy_id=tenancy_id, due_at=NOON + timedelta(days=2), subject="test/1"),
    ]


async def listed(http: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await http.get("/v1/promises", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()["items"]]


async def one(http: httpx.AsyncClient, key: str) -> dict:
    return next(each for each in (await http.get("/v1/promises")).json()["items"] if each["key"] == key)


async def keep(http: httpx.AsyncClient, promise: dict, evidence: str = "Handed over on 2 March, letter 7", **headers):
    sent = {"If-Match": f'"{promise["version"]}"'} | headers
    return await http.post(f"/v1/promises/{promise['id']}/keep", json={"evidence": evidence}, headers=sent)


async def test_a_list_shows_what_is_asked_for_by_due_time(database, both):
    await promised(database, both.caller, *of_people(both))
    every = [f"test.end/{number}" for number in (1, 2, 3, 4)]
    of = both.main_connector
    assert await listed(of) == every
    assert await listed(both.of_tenant) == [every[0], every[1], every[3]]
    assert await listed(of, state="owed") == every
    assert await listed(of, state="overdue") == [every[0]]
    assert await listed(of, state="kept") == []
    assert await listed(of, owner="main_connector") == [every[1], every[2]]
    assert await listed(of, kind="test.tell") == [every[1]]
    assert await listed(of, subject="test/1") == [every[0], every[3]]
    assert await listed(of, tenancy_id=str(both.tenant.tenancy.id), state="owed") == [every[0], every[1], every[3]]
    assert await listed(of, due_before="2026-03-02") == [every[0]]
    assert await listed(of, due_before="2026-03-03", state="overdue") == [every[0]]
    answer = (await of.get("/v1/promises", params={"limit": 3})).json()
    assert [each["overdue"] for each in answer["items"]] == [True, False, False]
    rest = (await of.get(answer["next"])).json()
    assert ([each["key"] for each in rest["items"]], rest["next"]) == ([every[3]], None)


async def test_a_list_begins_with_what_is_open_and_not_with_history(database, owner, both):
    await promised(database, both.caller, *of_people(both))
    kept, owed_, released, broken = (f"test.end/{number}" for number in (1, 2, 3, 4))
    async with database.transaction(both.caller) as tx:
        await promises.keep(tx, kept, at=NOON)
        await promises.release(tx, released, at=NOON, because="It was a mistake")
    await owner.execute("UPDATE promise SET state = 'broken' WHERE key = $1", broken)
    assert await listed(both.main_connector) == [owed_, broken]
    assert await listed(both.main_connector, state="open") == [owed_, broken]
    assert await listed(both.main_connector, state="any") == [kept, owed_, released, broken]
    assert await listed(both.main_connector, state="any", due_from="2026-03-03") == [released, broken]


async def test_a_list_begins_with_what_is_due_as_its_day_begins(database, both):
    midnight = NOON.replace(hour=22)  # 3 March begins in Finland
    dues = (midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=1))
    await promised(database, both.caller, *(owed(number, due_at=due) for number, due in enumerate(dues)))
    asked = {"due_from": "2026-03-03", "due_before": "2026-03-04"}
    assert await listed(both.main_connector, **asked) == ["test.end/1"]
    first = (await both.main_connector.get("/v1/promises", params={"limit": 1, "due_from": "2026-03-03"})).json()
    rest = (await both.main_connector.get(first["next"])).json()
    assert [one["key"] for one in first["items"] + rest["items"]] == ["test.end/1", "test.end/2"]


async def test_a_day_of_the_filter_begins_in_finland(database, both):
    night = NOON.replace(hour=22)  # midnight in Finland: it is 3 March there
    await promised(database, both.caller, owed(1, due_at=night), owed(2, due_at=night - timedelta(seconds=1)))
    assert await listed(both.main_connector, due_before="2026-03-03") == ["test.end/2"]


async def test_one_promise_is_read_with_its_explanation_in_three_languages(database, both):
    await promised(database, both.caller, *of_people(both))
    promise = await one(both.of_tenant, "test.end/1")
    answer = await both.of_tenant.get(f"/v1/promises/{promise['id']}")
    assert answer.json()["explanation"] == msgspec.json.decode(msgspec.json.encode(EXPLANATION))
    assert answer.json()["title"] == {"fi": "Sopimus päättyy", "sv": "Avtalet upphör", "en": "The agreement ends"}
    assert answer.headers["etag"] == '"1"'
    seen = await both.of_tenant.get(f"/v1/promises/{promise['id']}", headers={"If-None-Match": '"1"'})
    assert seen.status_code == 304


async def test_a_person_keeps_a_promise_once_with_evidence_and_the_journal_says_who(database, clock, owner, both):
    await promised(database, both.caller, *of_people(both))
    promise = await one(both.of_tenant, "test.end/1")
    first = await keep(both.of_tenant, promise, "Sent by post\r\nReceipt 17", **{"Idempotency-Key": "k"})
    again = await keep(both.of_tenant, promise, "Sent by post\r\nReceipt 17", **{"Idempotency-Key": "k"})
    assert first.status_code == 200, first.text
    assert (first.json(), first.headers["etag"]) == (again.json(), '"2"')
    kept = first.json()
    assert (kept["state"], kept["due_at"], kept["settled_at"]) == (
        "kept",
        "2026-03-01T12:00:00Z",
        "2026-03-02T12:00:00Z",
    )
    assert kept["result"] == {"evidence": "Sent by post\nReceipt 17", "kept_by": "billing"}
    journal = (await both.of_tenant.get("/v1/journal")).json()["items"][-1]
    assert (journal["action"], journal["subject"]) == ("promise.kept", f"promise/{kept['id']}")
    refused = await keep(both.of_tenant, promise | {"version": 2})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/promise-settled")
    heard = []

    async def listen(tx, message):
        heard.append(msgspec.convert({"type": message.kind, **message.body}, PromiseKept))

    await outbox.carry_on(database, clock, {"promise.kept": listen})
    assert [(told.key, told.kind, told.subject) for told in heard] == [("test.end/1", "test.end", "test/1")]


async def test_of_two_who_keep_the_same_promise_at_once_one_is_told_that_it_changed(database, both):
    await promised(database, both.caller, *of_people(both))
    promise = await one(both.main_connector, "test.end/1")
    assert (await keep(both.main_connector, promise)).status_code == 200
    stale = await keep(both.of_tenant, promise)
    assert (stale.status_code, stale.json()["type"], stale.json()["facts"]) == (
        412,
        "/problems/promise-changed",
        {"version": 2},
    )


@pytest.mark.parametrize(
    ("key", "main_connector", "tenant"),
    [("test.end/1", 200, 200), ("test.end/2", 200, 409), ("test.end/3", 200, 404), ("test.end/4", 409, 409)],
)
async def test_who_may_keep_what(database, both, key, main_connector, tenant):
    await promised(database, both.caller, *of_people(both))
    promise = await one(both.main_connector, key)
    by_tenant = await keep(both.of_tenant, promise)
    assert by_tenant.status_code == tenant
    if tenant == 200:
        promise = promise | {"version": 2}
    answer = await keep(both.main_connector, promise)
    assert answer.status_code == (409 if tenant == 200 else main_connector)
    if main_connector == 409:
        assert (answer.json()["type"], answer.json()["facts"]) == ("/problems/promise-of-another", {"owner": "system"})


async def test_what_the_system_gave_up_the_main_connector_does_by_hand_and_the_tenant_does_not(database, owner, both):
    await promised(database, both.caller, *of_people(both))
    await owner.execute("UPDATE promise SET state = 'broken', last_error = 'x', attempts = 12 WHERE key = 'test.end/4'")
    promise = await one(both.main_connector, "test.end/4")
    assert (await keep(both.of_tenant, promise)).status_code == 409
    kept = (await keep(both.main_connector, promise)).json()
    assert (kept["state"], kept["last_error"], kept["attempts"]) == ("kept", None, 12)


@pytest.mark.parametrize(("evidence", "code"), [("", 422), ("\n \n", 422), ("a\u202eb", 422), ("a" * 201, 422)])
async def test_evidence_that_cannot_be_kept_is_refused(database, both, evidence, code):
    await promised(database, both.caller, *of_people(both))
    answer = await keep(both.main_connector, await one(both.main_connector, "test.end/1"), evidence)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (code, "evidence")


async def test_a_promise_that_its_keeper_is_paying_is_kept_by_hand_after_that_or_not_at_all(database, clock, both):
    """Whoever comes second finds it settled: the keeper's transaction holds the row."""
    await promised(database, both.caller, owed(1, owner=Owner.SYSTEM))
    promise = await one(both.main_connector, "test.end/1")

    async def keeper(tx, clock, paid):
        return Kept(result={"by": "keeper"})

    await pay_due(database, clock, {"test.end": keeper})
    assert (await keep(both.main_connector, promise)).status_code == 412
    async with database.transaction(both.caller) as tx:
        (kept,) = await page(tx, Wanted(), after=None, count=9)
        assert await store.find(tx, kept.id) == kept
    assert kept.result == {"by": "keeper"}


@pytest.mark.parametrize(
    "made_up",
    [
        '"0199a0d2-0000-7000-8000-000000000001"',
        '{"due_at": "2026-03-02T12:00:00", "id": "0199a0d2-0000-7000-8000-000000000001"}',
        '{"due_at": "9999-12-31T23:00:00-12:00", "id": "0199a0d2-0000-7000-8000-000000000001"}',
        '{"due_at": "0001-01-01T00:00:00+14:00", "id": "0199a0d2-0000-7000-8000-000000000001"}',
        "[]",
    ],
)
async def test_a_place_in_the_list_that_somebody_made_up_is_refused(both, made_up):
    after = urlsafe_b64encode(made_up.encode()).decode().rstrip("=")
    answer = await both.main_connector.get("/v1/promises", params={"after": after})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_at_the_end_of_the_calendar_is_refused_or_answered(both, day):
    answer = await both.main_connector.get("/v1/promises", params={"due_before": day})
    assert answer.status_code in {200, 422}
