"""People are warned before a certificate ends and when it has ended: owed once, paid late, never twice."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.messages import mailing
from kanta_tenancy.parties import Function
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.model import InformationSystem, Warned, WarningOutcome
from tests.parties.examples import named, owner_of
from tests.systems.examples import Register
from tests.systems.test_certificates import amiss, ledger

LAST_DAY = date(2026, 12, 31)
DAY = timedelta(days=1)


def morning(day: date, hour: int = 7) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=HELSINKI).astimezone(UTC)


@pytest.fixture
async def system(register, database, clock, realm, tenant) -> InformationSystem:
    """A system whose certificate ends, with somebody to tell of it and a tenant behind it."""
    own = await owner_of(database, realm)
    await named(database, clock, realm, own, function=Function.TECHNICAL, email="tekniikka@example.org")
    await named(database, clock, realm, own, function=Function.AGREEMENTS, email="sopimukset@example.org")
    made = await register.certified(await register.in_use())
    await register.deployed(made, tenant.tenancy.id)
    return made


async def notices(owner) -> list[tuple[str, str, bool]]:
    rows = await owner.fetch(
        "SELECT key, email, urgent FROM notice WHERE topic = 'conformity_certificate.ends' ORDER BY told_at, key"
    )
    return [(row["key"].split("/")[2], row["email"], row["urgent"]) for row in rows]


async def warned(register: Register, system: InformationSystem) -> list[Warned]:
    async with register.database.transaction(register.caller) as tx:
        return await reading.warnings(tx, system.id, system.certificates[0].id)


async def live(register: Register, until: date, step: timedelta = DAY) -> None:
    """Let mornings pass, and have what is due paid on each."""
    day = register.clock.now().astimezone(HELSINKI).date()
    while day <= until:
        register.clock.at = max(register.clock.now(), morning(day))
        await promised.pay(register.database, register.clock)
        day += step


async def test_through_a_year_each_warning_goes_to_the_technical_contact_once(register, system, owner):
    await live(register, LAST_DAY + 40 * DAY)
    assert await notices(owner) == [
        (str(left), "tekniikka@example.org", left <= 7) for left in (90, 60, 30, 14, 7, 0, -1)
    ]
    given = await warned(register, system)
    assert [(one.days_left, one.outcome, one.people) for one in given] == [
        (left, WarningOutcome.TOLD, 1) for left in (90, 60, 30, 14, 7, 0, -1)
    ]
    assert [one.decided_at.astimezone(HELSINKI).date() for one in given] == [
        LAST_DAY - left * DAY for left in (90, 60, 30, 14, 7, 0, -1)
    ]
    (promise,) = await ledger(register)
    assert (promise.state, promise.result) == (promises.State.KEPT, {"last_day": "2026-12-31"})
    assert await amiss(register) == []


async def test_after_an_outage_the_most_urgent_is_told_and_the_others_are_overtaken(register, system, owner):
    register.clock.at = morning(LAST_DAY - 20 * DAY)
    assert await promised.pay(register.database, register.clock) == 1
    assert await notices(owner) == [("30", "tekniikka@example.org", False)]
    assert [(one.days_left, one.outcome, one.people) for one in await warned(register, system)] == [
        (90, WarningOutcome.SUPERSEDED, 0),
        (60, WarningOutcome.SUPERSEDED, 0),
        (30, WarningOutcome.TOLD, 1),
    ]
    (promise,) = await ledger(register)
    assert (promise.state, promise.due_at) == (promises.State.OWED, morning(LAST_DAY - 14 * DAY, hour=6))
    assert await promised.pay(register.database, register.clock) == 0
    assert await amiss(register) == []


async def test_two_schedulers_at_once_warn_once(register, system, owner):
    register.clock.at = morning(LAST_DAY - 90 * DAY)
    await asyncio.gather(*(promised.pay(register.database, register.clock) for _ in range(4)))
    assert await notices(owner) == [("90", "tekniikka@example.org", False)]


async def test_nobody_is_warned_before_six_in_the_morning(register, system, owner):
    register.clock.at = morning(LAST_DAY - 90 * DAY, hour=5)
    assert await promised.pay(register.database, register.clock) == 0
    register.clock.at = morning(LAST_DAY - 90 * DAY, hour=6)
    assert await promised.pay(register.database, register.clock) == 1


async def test_one_that_was_replaced_is_warned_of_no_more(register, system, owner):
    await live(register, LAST_DAY - 60 * DAY)
    await register.certified(system, number="longer", granted_on=date(2026, 10, 1), last_day=date(2029, 9, 30))
    await live(register, LAST_DAY + 10 * DAY)
    assert [left for left, _, _ in await notices(owner)] == ["90", "60"]
    assert await amiss(register) == []


async def test_when_the_replacement_is_withdrawn_nothing_is_told_twice(register, system, owner):
    await live(register, LAST_DAY - 60 * DAY)
    extended = await register.certified(
        system, number="longer", granted_on=date(2026, 10, 1), last_day=date(2029, 9, 30)
    )
    await live(register, LAST_DAY - 25 * DAY)
    await register.decertified(extended, extended.certificates[1].id)
    assert await amiss(register) == []
    await live(register, LAST_DAY)
    assert [left for left, _, _ in await notices(owner)] == ["90", "60", "30", "14", "7", "0"]
    assert await amiss(register) == []


async def test_one_that_is_recorded_after_it_ended_is_told_of_at_once(register, system, owner):
    other = await register.certified(await register.system(name="Archive"), last_day=date(2026, 2, 1))
    assert await promised.pay(register.database, register.clock) == 1
    assert [left for left, _, urgent in await notices(owner) if urgent] == ["-1"]
    assert [one.outcome for one in await warned(register, other)] == [WarningOutcome.SUPERSEDED] * 6 + [
        WarningOutcome.TOLD
    ]
    assert await amiss(register) == []


async def test_the_mail_says_what_ends_and_how_many_it_hits(register, system, owner):
    register.clock.at = morning(LAST_DAY + DAY)
    await promised.pay(register.database, register.clock)
    await mailing.gather(register.database, register.clock)
    row = await owner.fetchrow("SELECT subject, lines, facts, message_id FROM notice")
    assert row["message_id"] is not None
    said = [msgspec.json.decode(row[name]) for name in ("subject", "lines", "facts")]
    assert said[0]["en"] == "A system's certificate has ended"
    assert [line["en"].partition(".")[0] for line in said[1]] == [
        "The last day of the security certificate of the system Saaristo Care is 31 December 2026",
        "Tenants whose services run on the system today: 1",
        "An expired security certificate is a significant deviation (703/2023, sections 81 and 90): tell the producer"
        " of the information system service",
    ]
    assert [value for _, value in said[2]] == ["Arviointilaitos Oy", "2026-117", "K3.1"]


async def test_where_nobody_is_named_the_warning_is_put_down_with_nobody_told(register, owner):
    system = await register.certified(await register.system())
    await live(register, LAST_DAY - 90 * DAY)
    assert await notices(owner) == []
    assert [(one.outcome, one.people) for one in await warned(register, system)] == [(WarningOutcome.TOLD, 0)]


async def test_it_is_journalled_and_announced_to_the_main_connector_alone(register, system, owner):
    await live(register, LAST_DAY - 60 * DAY)
    body = await owner.fetch(
        "SELECT tenancy_id, body FROM outbox WHERE kind = 'conformity_certificate.ending' ORDER BY at"
    )
    assert [(row["tenancy_id"], msgspec.json.decode(row["body"])["days_left"]) for row in body] == [
        (None, 90),
        (None, 60),
    ]
    entries = await owner.fetch(
        "SELECT entry::jsonb -> 'facts' AS facts FROM journal_entry WHERE entry LIKE '%conformity_certificate.warned%'"
    )
    assert [msgspec.json.decode(row["facts"]) for row in entries] == [
        {"days_left": left, "overtaken": None, "people": 1} for left in (90, 60)
    ]
    await outbox.carry_on(register.database, register.clock, SUBSCRIBERS)
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE state = 'dead'") == 0


async def test_the_keeper_owes_nothing_for_what_is_not_there_any_more(register, owner):
    system = await register.certified(await register.system())
    async with register.database.transaction(register.caller) as tx:
        promise = (await promises.page(tx, promises.Wanted(), after=None, count=1))[0]
        outcome = await promised.KEEPERS[promise.kind](
            tx, register.clock, msgspec.structs.replace(promise, key=promise.key.replace("/1", "/7"))
        )
        assert isinstance(outcome, promises.Released)
        nowhere = msgspec.structs.replace(promise, subject=f"conformity_certificate/{UUID(int=7)}")
        assert isinstance(await promised.KEEPERS[promise.kind](tx, register.clock, nowhere), promises.Released)
    assert await warned(register, system) == []
