"""People are reminded of the 72 hours at 24, 48, 66 and 71, once each, over outages, clock changes and restarts."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.breaches.model import Decision, Item, RegisterKind, Risk
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.messages import mailing
from kanta_tenancy.parties import Function
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.breaches.examples import NOON, a_telling, an_awareness
from tests.parties.examples import named, owner_of

HOUR = timedelta(hours=1)


@pytest.fixture
async def people(database, clock, realm, tenant) -> None:
    """Somebody to tell, of both parties."""
    own = await owner_of(database, realm)
    theirs = tenant.organisation.id
    await named(database, clock, realm, own, function=Function.DATA_PROTECTION_OFFICER, email="tietosuoja@example.org")
    await named(database, clock, realm, own, function=Function.ADMINISTRATOR, email="hallinta@example.org")
    await named(database, clock, realm, theirs, function=Function.DATA_PROTECTION_OFFICER, email="dpo@example.org")
    await named(database, clock, realm, theirs, function=Function.ADMINISTRATOR, email="admin@example.org")
    await named(database, clock, realm, theirs, function=Function.AGREEMENTS, email="avtal@example.org")


@pytest.fixture
async def breach(theirs, tenant, people) -> UUID:
    return (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id


async def told(owner) -> list[tuple[int, str]]:
    rows = await owner.fetch("SELECT key, email FROM notice WHERE topic = 'breach.reminder' ORDER BY told_at, email")
    return [(int(row["key"].split("/")[3]), row["email"]) for row in rows]


async def live(register: Register, hours: int, *, step: int = 1) -> None:
    """Let hours pass, and have what is due paid after each."""
    for _ in range(0, hours, step):
        register.clock.advance(hours=step)
        await promised.pay(register.database, register.clock)


async def test_each_reminder_comes_once_and_more_people_hear_of_it_when_little_time_is_left(theirs, breach, owner):
    await promised.pay(theirs.database, theirs.clock)
    await live(theirs, 100)
    assert await told(owner) == [
        (0, "dpo@example.org"),
        (24, "dpo@example.org"),
        (48, "dpo@example.org"),
        *((hours, email) for hours in (66, 71, 72) for email in ("admin@example.org", "dpo@example.org")),
    ]
    given = (await theirs.whole(breach)).reminders
    assert [(one.hours, one.told, one.people, one.decided_at - one.due_at) for one in given] == [
        (hours, True, people, timedelta(0)) for hours, people in ((0, 1), (24, 1), (48, 1), (66, 2), (71, 2), (72, 2))
    ]
    assert [one.state for one in await theirs.owed("breach.remind")] == [promises.State.KEPT]
    assert await theirs.amiss() == []


async def test_after_an_outage_the_most_urgent_is_told_and_the_others_are_overtaken(theirs, breach, owner):
    theirs.clock.advance(hours=50)
    assert await promised.pay(theirs.database, theirs.clock) == 1
    assert await promised.pay(theirs.database, theirs.clock) == 0
    assert await told(owner) == [(48, "dpo@example.org")]
    assert [(one.hours, one.told) for one in (await theirs.whole(breach)).reminders] == [
        (0, False),
        (24, False),
        (48, True),
    ]
    (promise,) = await theirs.owed("breach.remind")
    assert promise.due_at == NOON + 66 * HOUR
    assert await theirs.amiss() == []


async def test_several_schedulers_at_once_remind_once(theirs, breach, owner):
    await asyncio.gather(*(promised.pay(theirs.database, theirs.clock) for _ in range(4)))
    assert await told(owner) == [(0, "dpo@example.org")]


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (Decision(risk=Risk.UNLIKELY, ground="x"), [0, 24]),
        (a_telling(items=(Item.NATURE,)), [0, 24]),
        (Decision(risk=Risk.RISK, ground="x"), [0, 24, 48, 66, 66, 71, 71, 72, 72]),
    ],
)
async def test_nobody_is_reminded_of_what_is_done_or_not_needed(theirs, breach, owner, said, hours):
    await promised.pay(theirs.database, theirs.clock)
    await live(theirs, 30)
    await theirs.said(breach, said)
    await live(theirs, 60)
    assert [one for one, _ in await told(owner)] == hours
    assert await theirs.amiss() == []


async def test_an_earlier_awareness_hurries_the_reminders_and_tells_none_twice(theirs, breach, owner):
    await promised.pay(theirs.database, theirs.clock)
    await theirs.said(breach, an_awareness(aware_at=NOON - 70 * HOUR, reason="It was in the post on Friday"))
    await promised.pay(theirs.database, theirs.clock)
    assert sorted(one for one, _ in await told(owner)) == [0, 66, 66]
    await live(theirs, 3)
    assert sorted(one for one, _ in await told(owner)) == [0, 66, 66, 71, 71, 72, 72]


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)])
async def test_in_the_nights_when_clocks_are_set_the_reminders_keep_their_hours(theirs, tenant, people, owner, night):
    theirs.clock.at = night
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=night)).breaches[0].id
    await live(theirs, 75)
    given = (await theirs.whole(breach)).reminders
    assert [one.decided_at - night for one in given if one.hours] == [hours * HOUR for hours in (24, 48, 66, 71, 72)]
    due = (await theirs.whole(breach)).breach.authority_due_at
    shift = 1 if night.month == 3 else -1
    assert due.astimezone(HELSINKI).hour == (night.astimezone(HELSINKI).hour + shift) % 24


async def test_the_mail_says_how_long_there_is_and_what_is_not_decided(theirs, breach, owner):
    theirs.clock.advance(hours=48)
    await promised.pay(theirs.database, theirs.clock)
    await mailing.gather(theirs.database, theirs.clock)
    row = await owner.fetchrow("SELECT subject, lines, facts, urgent, message_id FROM notice")
    assert (row["urgent"], row["message_id"] is not None) == (True, True)
    subject, lines, facts = (msgspec.json.decode(row[name]) for name in ("subject", "lines", "facts"))
    assert subject["sv"] == "Tiden för att anmäla en personuppgiftsincident löper"
    assert [line["en"] for line in lines] == [
        "The Data Protection Ombudsman is to be notified by 5 March 2026 14:00, 72 hours after the controller became"
        " aware.",
        "24 hours are left.",
        "Nobody has decided on the risk yet. Where a risk is unlikely, put down the decision and its ground: then no"
        " notice is needed.",
        "Not everything has to be known: the notice can be given in phases.",
    ]
    assert [value for _, value in facts] == ["A letter to the wrong house", str(breach), "K4.2"]


async def test_when_the_time_is_over_the_mail_says_what_to_do_now(theirs, breach, owner):
    theirs.clock.advance(hours=72)
    await promised.pay(theirs.database, theirs.clock)
    row = await owner.fetchrow("SELECT subject, lines FROM notice LIMIT 1")
    assert msgspec.json.decode(row["subject"])["en"] == "The time to notify a personal data breach is over"
    assert msgspec.json.decode(row["lines"])[1]["en"].startswith("Give the notice now, and put down why it is late.")


async def test_where_a_tenant_has_nobody_the_main_connectors_people_are_told_so(ours, neighbour, people, owner):
    await ours.reported(of_tenant(neighbour.tenancy.id))
    await promised.pay(ours.database, ours.clock)
    assert await told(owner) == [(0, "tietosuoja@example.org")]
    lines = msgspec.json.decode(await owner.fetchval("SELECT lines FROM notice"))
    assert lines[-1]["en"] == "The tenant has nobody who could be told of this: reach it by another way."


async def test_the_main_connector_is_told_of_a_tenants_report_and_of_its_own_hours(ours, theirs, people, owner):
    await theirs.reported(of_main_connector())
    await ours.carry_on()
    rows = await owner.fetch("SELECT topic, email FROM notice ORDER BY topic")
    assert [(row["topic"], row["email"]) for row in rows] == [
        ("breach.reminder", "tietosuoja@example.org"),
        ("breach.reported", "tietosuoja@example.org"),
    ]


async def test_whoever_found_one_in_another_register_is_told_once_what_to_do(theirs, people, owner):
    breach = (await theirs.reported(of_main_connector(RegisterKind.PERSONAL_HEALTH_RECORD))).breaches[0].id
    await live(theirs, 80, step=8)
    assert await told(owner) == [(0, "dpo@example.org")]
    lines = msgspec.json.decode(await owner.fetchval("SELECT lines FROM notice"))
    assert [line["en"] for line in lines] == [
        "The data is not of a register of your own: tell its controller without delay."
    ]
    assert [one.hours for one in (await theirs.whole(breach)).reminders] == [0]
    assert await theirs.amiss() == []


async def test_the_keeper_owes_nothing_for_what_is_not_there_any_more(ours, theirs, breach):
    (promise,) = await theirs.owed("breach.remind")
    for changed in ({"key": promise.key.replace("/1", "/7")}, {"subject": f"breach/{new_id()}"}):
        async with ours.database.transaction(ours.caller) as tx:
            outcome = await promised.KEEPERS[promise.kind](tx, ours.clock, msgspec.structs.replace(promise, **changed))
        assert isinstance(outcome, promises.Released)


async def test_a_forgotten_promise_is_missed_by_the_audit(theirs, breach, owner):
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise WHERE kind LIKE 'breach.%'")
    found = await theirs.amiss()
    assert {(one.what, one.key.split("/")[0]) for one in found} == {
        (promises.What.MISSING, "breach.notify_authority"),
        (promises.What.MISSING, "breach.remind"),
    }
