"""The sweep and what is looked at by itself: each level put down once, whatever was missed, whoever else is at it."""

import asyncio
from datetime import timedelta

import pytest

from kanta_tenancy.assembly import promised
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.warnings.model import THIRD
from kanta_tenancy.promises import State
from tests.certificates.warnings.examples import DAY, MARCH_2, morning, noon

LAST_DAY = MARCH_2 + 150 * DAY
EVERY = [THIRD, 90, 60, 30, 14, 7, 3, 1, 0, -1]


async def test_through_its_last_months_each_level_is_told_once_on_its_day(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY + 20 * DAY)
    states = ["superseded"] * 9 + ["open"]
    assert await staffed.warnings(certificate) == list(zip(EVERY, states, strict=True))
    rows = await staffed.owner.fetch(
        "SELECT level, due_on, (decided_at AT TIME ZONE 'Europe/Helsinki')::date AS decided_on, ends_on"
        "  FROM certificate_warning"
    )
    assert {row["level"]: row["due_on"] for row in rows} == {
        level: LAST_DAY - (122 if level == THIRD else level) * DAY for level in EVERY
    }
    assert all(row["due_on"] == row["decided_on"] and row["ends_on"] == LAST_DAY for row in rows)
    assert await staffed.amiss() == []


async def test_after_a_week_without_anybody_at_work_everybody_gets_exactly_one_mail(staffed):
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    for days in (2, 5, 9, 16, 20, 32, 62, 80, 92, 123):
        end = MARCH_2 + days * DAY
        await staffed.certificate(end, f"palvelin{days}.example.org", responsible_id=aino, deputy_id=bertta)
        await staffed.certificate(end, f"toinen{days}.example.org")
    await staffed.live(MARCH_2 + 2 * DAY)
    before = len(await staffed.told())
    sent = len(await staffed.mails())
    staffed.clock.at = morning(MARCH_2 + 9 * DAY, hour=9)
    # What the week owed, from the sweep to the next people, is all due at once, and several instances are at it.
    await asyncio.gather(*(promised.pay(staffed.database, staffed.clock) for _ in range(4)))
    await staffed.work()
    assert sorted(email for _, email, _ in (await staffed.told())[before:]) == ["ada", "aino", "bertta", "tekla"]
    assert sorted((await staffed.mails())[sent:]) == [
        "ada@example.org", "aino@example.org", "bertta@example.org", "tekla@example.org"
    ]  # fmt: skip
    staffed.clock.advance(minutes=59)
    await staffed.work()
    assert len(await staffed.told()) == before + 4
    assert await staffed.amiss() == []


async def test_after_an_outage_the_most_urgent_is_open_and_those_that_were_passed_are_superseded(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.work()
    staffed.clock.at = morning(LAST_DAY - 5 * DAY, hour=11)
    await staffed.work()
    assert await staffed.warnings(certificate) == [
        (THIRD, "superseded"), (90, "superseded"), (60, "superseded"), (30, "superseded"), (14, "superseded"),
        (7, "open"),
    ]  # fmt: skip
    assert await staffed.told() == [((LAST_DAY - 5 * DAY).isoformat(), "tekla", 1)]


async def test_two_schedulers_at_once_tell_once(staffed):
    certificates = [await staffed.certificate(LAST_DAY, f"palvelin{one}.example.org") for one in range(20)]
    await staffed.work()
    staffed.clock.at = morning(LAST_DAY - 60 * DAY)
    for _ in range(3):
        await asyncio.gather(*(promised.pay(staffed.database, staffed.clock) for _ in range(4)))
    assert await staffed.told() == [((LAST_DAY - 60 * DAY).isoformat(), "tekla", 20)]
    assert [await staffed.open(one) for one in certificates] == [60] * 20
    assert await staffed.owner.fetchval("SELECT count(*) FROM notice") == 1


async def test_nobody_is_told_before_six_in_the_morning(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.work()
    staffed.clock.at = morning(LAST_DAY - 122 * DAY) - timedelta(seconds=1)
    await staffed.work()
    assert await staffed.warnings(certificate) == []
    staffed.clock.advance(seconds=1)
    await staffed.work()
    assert await staffed.warnings(certificate) == [(THIRD, "open")]


async def test_the_sweep_is_armed_by_the_first_certificate_and_again_each_morning(staffed):
    assert await staffed.ledger("certificate.sweep") == []
    await staffed.certificate(LAST_DAY)
    await staffed.work()
    (promise,) = await staffed.ledger("certificate.sweep")
    assert (promise.state, promise.due_at) == (State.OWED, morning(MARCH_2 + DAY))
    for days in (1, 2, 9):
        staffed.clock.at = morning(MARCH_2 + days * DAY, hour=8)
        await staffed.work()
        (promise,) = await staffed.ledger("certificate.sweep")
        assert (promise.state, promise.due_at) == (State.OWED, morning(MARCH_2 + (days + 1) * DAY))
    assert await staffed.amiss() == []


async def test_a_realm_whose_sweep_nobody_owes_is_found_by_the_audit(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.work()
    await staffed.owner.execute("DELETE FROM promise_work; DELETE FROM promise")
    assert [one.key for one in await staffed.amiss()] == [f"certificate.sweep/{staffed.realm}"]


async def test_a_clock_that_goes_back_puts_nothing_down_twice(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 60 * DAY, step=20)
    before = await staffed.warnings(certificate), await staffed.told()
    staffed.clock.at = morning(LAST_DAY - 70 * DAY)
    await staffed.work()
    assert (await staffed.warnings(certificate), await staffed.told()) == before


async def test_a_mark_that_was_put_back_puts_nothing_down_twice_and_holds_nothing_up(staffed):
    known = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 60 * DAY, step=20)
    before, told = await staffed.owner.fetch("SELECT * FROM certificate_warning"), await staffed.told()
    await staffed.owner.execute("UPDATE certificate_sweep SET swept_through = $1", MARCH_2)
    await staffed.live(LAST_DAY - 59 * DAY)
    assert await staffed.owner.fetch("SELECT * FROM certificate_warning") == before
    assert await staffed.told() == told
    other = await staffed.certificate(LAST_DAY - 8 * DAY, "toinen.example.org")
    await staffed.hear()
    await staffed.owner.execute("UPDATE certificate_sweep SET swept_through = $1", MARCH_2)
    staffed.clock.at = morning(LAST_DAY - 38 * DAY)
    await staffed.work()
    earlier = [(THIRD, "superseded"), (90, "superseded")]
    assert await staffed.warnings(known) == [*earlier, (60, "open")]
    assert await staffed.warnings(other) == [*earlier, (60, "superseded"), (30, "open")]
    assert await staffed.amiss() == []


@pytest.mark.parametrize(
    ("days", "level"), [(200, None), (121, THIRD), (90, 90), (45, 60), (8, 14), (7, 7), (0, 0), (-1, -1), (-900, -1)]
)
async def test_what_arrives_late_is_looked_at_at_once(staffed, days, level):
    certificate = await staffed.certificate(MARCH_2 + days * DAY)
    await staffed.hear()
    assert await staffed.open(certificate) == level
    put_down = [one for one, _ in await staffed.warnings(certificate)]
    assert put_down == (EVERY[: EVERY.index(level) + 1] if level is not None else [])


async def test_what_is_urgent_and_arrives_late_is_told_within_a_quarter_the_rest_in_the_morning(staffed):
    await staffed.certificate(MARCH_2 + 80 * DAY, "hidas.example.org")
    await staffed.work()
    assert await staffed.told() == []
    for one in range(5):
        await staffed.certificate(MARCH_2 + 5 * DAY, f"kiire{one}.example.org")
        staffed.clock.advance(minutes=1)
        await staffed.work()
    assert await staffed.told() == []
    staffed.clock.advance(minutes=10)
    await staffed.work()
    assert await staffed.told() == [(MARCH_2.isoformat(), "tekla", 6)]
    await staffed.certificate(MARCH_2 + 80 * DAY, "toinen.example.org")
    staffed.clock.at = morning(MARCH_2 + DAY)
    await staffed.work()
    assert await staffed.told() == [(MARCH_2.isoformat(), "tekla", 6), ((MARCH_2 + DAY).isoformat(), "tekla", 1)]


async def test_one_that_arrives_while_a_sweep_is_at_work_is_heard_of_after_it(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.work()
    certificate = await staffed.certificate(MARCH_2 + 20 * DAY, "toinen.example.org")
    async with staffed.owner.transaction():
        await staffed.owner.execute("SELECT FROM certificate_sweep FOR UPDATE")
        await staffed.hear()
        assert await staffed.warnings(certificate) == []
    staffed.clock.advance(seconds=10)
    await staffed.hear()
    assert await staffed.open(certificate) == 30


async def test_one_that_was_replaced_or_retired_is_released_and_warned_of_no_more(staffed):
    replaced, retired = [await staffed.certificate(LAST_DAY, f"{name}.example.org") for name in ("old", "unused")]
    await staffed.live(LAST_DAY - 60 * DAY, step=10)
    newer = await staffed.certificate(LAST_DAY + 365 * DAY, "old.example.org", days=400)
    await staffed.done(actions.replace, replaced, successor_id=newer)
    await staffed.done(actions.retire, retired, because="The server is gone")
    told = await staffed.told()
    await staffed.live(LAST_DAY + 20 * DAY, step=10)
    for one in (replaced, retired):
        assert (await staffed.warnings(one))[-1] == (60, "released")
    assert await staffed.told() == told


async def test_one_that_is_in_use_again_is_told_of_again(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 60 * DAY, step=10)
    await staffed.done(actions.retire, certificate, because="A mistake")
    await staffed.work()
    await staffed.done(actions.restore, certificate, because="It is in use")
    await staffed.live(LAST_DAY - 59 * DAY)
    assert await staffed.open(certificate) == 60
    days = [day for day, *_ in await staffed.told()]
    assert days[-2:] == [(LAST_DAY - one * DAY).isoformat() for one in (60, 59)]


async def test_one_that_is_snoozed_is_told_of_again_on_the_day_after_its_last_quiet_one(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 60 * DAY, step=10)
    until = LAST_DAY - 20 * DAY
    await staffed.done(actions.snooze, certificate, until=until, because="The issuer is slow")
    told = await staffed.told()
    await staffed.live(until)
    assert (await staffed.warnings(certificate))[-1] == (60, "released")
    assert await staffed.told() == told
    await staffed.live(until + DAY)
    assert await staffed.open(certificate) == 30
    assert (await staffed.told())[len(told) :] == [((until + DAY).isoformat(), "tekla", 1)]


async def test_a_snooze_that_ended_during_an_outage_is_over_all_the_same(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 60 * DAY, step=10)
    await staffed.done(actions.snooze, certificate, until=LAST_DAY - 40 * DAY, because="Holidays")
    await staffed.work()
    staffed.clock.at = morning(LAST_DAY - 35 * DAY)
    await staffed.work()
    assert await staffed.open(certificate) == 60


async def test_what_cannot_be_read_and_what_never_ends_is_passed_over(staffed):
    never = await staffed.certificate(MARCH_2, not_after=noon(MARCH_2).replace(year=9999, month=12, day=31, hour=23))
    await staffed.live(MARCH_2 + 3 * DAY)
    assert await staffed.warnings(never) == []


async def test_what_happens_is_in_the_journal(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 122 * DAY)
    rows = await staffed.owner.fetch(
        "SELECT entry::jsonb -> 'facts' AS facts FROM journal_entry"
        " WHERE entry::jsonb ->> 'action' LIKE 'certificate_warnings.%' ORDER BY sequence"
    )
    through = LAST_DAY - 122 * DAY
    assert [row["facts"] for row in rows] == [
        f'{{"after": "{through - DAY}", "opened": 1, "through": "{through}", "superseded": 0}}',
        f'{{"digests": 1, "findings": 0, "certificates": 1, "first_ends_on": "{LAST_DAY}"}}',
    ]
