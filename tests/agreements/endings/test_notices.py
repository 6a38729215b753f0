"""Notice of termination, from either party, and the end that follows from its delivery."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements.endings import notices, reading
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import NewNotice, Notice
from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.promises import State, Wanted, page
from tests.agreements.conftest import Desk

TODAY = date(2026, 3, 2)  # the day of the clock


def a_notice(party: Party = Party.TENANT, **said: object) -> NewNotice:
    return NewNotice(**{"party": party, "given_on": TODAY, "message": "We leave.\n\nAino"} | said)


async def given(desk: Desk, agreement: Agreement, said: NewNotice, by: Party | None = None) -> Notice:
    async with desk.database.transaction(desk.caller(by or said.party)) as tx:
        return await notices.give(tx, desk.clock, agreement_id=agreement.id, said=said)


async def delivered(desk: Desk, notice: Notice, on: date, by: Party, how: str = "receipt of the post") -> Notice:
    async with desk.database.transaction(desk.caller(by)) as tx:
        return await notices.deliver(
            tx, desk.clock, notice_id=notice.id, version=notice.version, delivered_on=on, how=how
        )


async def agreed(desk: Desk, notice: Notice, by: Party) -> Notice:
    async with desk.database.transaction(desk.caller(by)) as tx:
        return await notices.agree_to_withdraw(tx, desk.clock, notice_id=notice.id, version=notice.version)


async def promises(desk: Desk, agreement: Agreement) -> list[tuple[State, datetime]]:
    async with desk.database.transaction(desk.main_connector) as tx:
        found = await page(tx, Wanted(subject=f"agreement/{agreement.id}", kind="agreement.end"), after=None, count=50)
    return [(one.state, one.due_at) for one in found]


async def test_what_a_tenant_hands_in_is_delivered_that_day_and_the_end_is_known(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice())
    assert (notice.delivered_on, notice.delivered_how) == (TODAY, notices.HANDED_IN_HERE)
    ending = await desk.read(agreement)
    assert (ending.status, ending.last_day) == (Status.IN_FORCE, date(2026, 4, 2))
    assert ending.in_force_until == datetime(2026, 4, 2, 21, tzinfo=UTC)
    assert (ending.end_ground, ending.end_source) == (Ground.NOTICE, notice.id)
    assert ending.end_explanation.rule == "K20.1"
    assert await promises(desk, agreement) == [(State.OWED, ending.in_force_until)]
    for day, services in ((date(2026, 4, 2), ("prescription", "patient_data")), (date(2026, 4, 3), ())):
        assert await desk.services_on(day) == services


async def test_the_month_runs_from_the_day_of_delivery_and_not_from_the_day_of_the_letter(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice(Party.MAIN_CONNECTOR))
    assert (await desk.read(agreement)).in_force_until is None
    desk.clock.advance(days=10)
    await delivered(desk, notice, date(2026, 3, 9), Party.MAIN_CONNECTOR)
    assert (await desk.read(agreement)).last_day == date(2026, 4, 9)


async def test_a_tenant_says_when_the_main_connectors_notice_reached_it(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice(Party.MAIN_CONNECTOR))
    told = await delivered(desk, notice, TODAY, Party.TENANT, "read here")
    assert (told.delivered_on, told.version) == (TODAY, 2)


async def test_what_a_tenant_gave_on_paper_the_main_connector_puts_down(desk):
    desk.clock.at = datetime(2026, 2, 2, 9, tzinfo=UTC)
    agreement = await desk.in_force()
    desk.clock.at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    said = a_notice(given_on=date(2026, 2, 27), delivered_on=date(2026, 2, 28), delivered_how="stamp on the letter")
    await given(desk, agreement, said, by=Party.MAIN_CONNECTOR)
    assert (await desk.read(agreement)).last_day == date(2026, 3, 28)


@pytest.mark.parametrize(
    ("said", "by", "fields"),
    [
        ({"message": None}, Party.TENANT, ["message"]),
        ({"given_on": date(2026, 3, 3)}, Party.TENANT, ["given_on", "delivered_on"]),
        ({"delivered_on": date(2026, 2, 1)}, Party.TENANT, ["delivered_on"]),
        ({"party": Party.MAIN_CONNECTOR}, Party.TENANT, ["party"]),
        ({"delivered_on": date(2026, 3, 3), "delivered_how": "x"}, Party.MAIN_CONNECTOR, ["delivered_on"]),
        ({"delivered_on": date(2026, 3, 1), "delivered_how": "x"}, Party.MAIN_CONNECTOR, ["delivered_on"]),
        ({"delivered_on": TODAY}, Party.MAIN_CONNECTOR, ["delivered_how"]),
        (
            {"given_on": date(2026, 2, 1), "delivered_on": date(2026, 3, 1), "delivered_how": "x"},
            Party.MAIN_CONNECTOR,
            ["delivered_on"],  # the agreement is in force from the day after
        ),
        ({"message": "a\x07"}, Party.MAIN_CONNECTOR, ["message"]),
    ],
)
async def test_a_notice_that_cannot_be_names_the_field(desk, said, by, fields):
    agreement = await desk.in_force()
    with pytest.raises(OccurrenceRefused) as refused:
        await given(desk, agreement, a_notice(**said), by=by)
    assert [flaw.field for flaw in refused.value.flaws] == fields


async def test_a_notice_refers_only_to_a_file_of_its_tenancy(desk):
    agreement = await desk.in_force()
    with pytest.raises(ExhibitNotFound):
        await given(desk, agreement, a_notice(message=None, exhibit_id=new_id()))
    exhibit = await desk.exhibit(Party.TENANT)
    assert (await given(desk, agreement, a_notice(message=None, exhibit_id=exhibit.id))).exhibit_id == exhibit.id


async def test_a_tenant_cannot_say_that_its_own_letter_arrived(desk):
    agreement = await desk.in_force()
    said = a_notice()
    notice = await given(desk, agreement, said, by=Party.MAIN_CONNECTOR)
    with pytest.raises(OccurrenceChanged):
        await delivered(desk, replace(notice, version=2), TODAY, Party.MAIN_CONNECTOR)
    with pytest.raises(OccurrenceRefused, match="receiving party"):
        await delivered(desk, notice, TODAY, Party.TENANT)


async def test_a_delivery_is_told_once(desk, owner):
    notice = await given(desk, await desk.in_force(), a_notice())
    with pytest.raises(MoveNotAllowed):
        await delivered(desk, notice, TODAY, Party.MAIN_CONNECTOR)
    with pytest.raises(asyncpg.RaiseError, match="does not change"):
        await owner.execute("UPDATE termination_notice SET delivered_on = $1", TODAY - timedelta(days=30))


async def test_a_notice_falls_away_only_when_both_agree(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice())
    first = await agreed(desk, notice, Party.TENANT)
    assert not first.is_withdrawn
    assert (await desk.read(agreement)).last_day == date(2026, 4, 2)
    with pytest.raises(MoveNotAllowed):
        await agreed(desk, first, Party.TENANT)
    second = await agreed(desk, first, Party.MAIN_CONNECTOR)
    assert second.is_withdrawn
    goes_on = await desk.read(agreement)
    assert (goes_on.in_force_until, goes_on.end_ground, goes_on.end_explanation) == (None, None, None)
    assert [state for state, _ in await promises(desk, agreement)] == [State.RELEASED]
    assert await desk.services_on(date(2027, 1, 1)) == ("prescription", "patient_data")


async def test_after_a_withdrawn_notice_another_one_ends_the_agreement_again(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice())
    await agreed(desk, await agreed(desk, notice, Party.TENANT), Party.MAIN_CONNECTOR)
    await given(desk, agreement, a_notice())
    until = (await desk.read(agreement)).in_force_until
    assert sorted(await promises(desk, agreement)) == [(State.OWED, until), (State.RELEASED, until)]


async def test_neither_party_agrees_for_the_other_whatever_the_program_says(desk):
    await given(desk, await desk.in_force(), a_notice())
    for party, column in ((Party.MAIN_CONNECTOR, "tenant_agrees_at"), (Party.TENANT, "main_connector_agrees_at")):
        with pytest.raises(asyncpg.RaiseError, match="the other party"):
            async with desk.database.transaction(desk.caller(party)) as tx:
                await tx.connection.execute(f"UPDATE termination_notice SET {column} = now()")  # noqa: S608 -- a name of ours


async def test_of_two_notices_the_earlier_end_comes(desk):
    agreement = await desk.in_force()
    first = await given(desk, agreement, a_notice())
    desk.clock.advance(days=5)
    await given(
        desk, agreement, a_notice(Party.MAIN_CONNECTOR, delivered_on=TODAY + timedelta(days=5), delivered_how="x")
    )
    assert (await desk.read(agreement)).end_source == first.id


async def test_notice_is_given_on_an_agreement_in_force_only(desk):
    offered = await desk.offered()
    with pytest.raises(MoveNotAllowed):
        await given(desk, offered, a_notice())
    agreement = await desk.sign_all(offered)
    notice = await given(desk, agreement, a_notice())
    desk.clock.at = datetime(2026, 4, 2, 21, tzinfo=UTC)  # its end has come, and nobody has put that down yet
    with pytest.raises(MoveNotAllowed):
        await given(desk, agreement, a_notice(given_on=date(2026, 4, 3)))
    with pytest.raises(MoveNotAllowed):
        await agreed(desk, notice, Party.TENANT)


async def test_both_parties_read_a_notice_and_the_journal_names_it(desk, owner):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice())
    for caller in (desk.main_connector, desk.tenant.caller):
        async with desk.database.transaction(caller) as tx:
            assert await reading.notices(tx, agreement.id) == [notice]
    kinds = [row["kind"] for row in await owner.fetch("SELECT kind FROM outbox ORDER BY id")]
    assert kinds[-2:] == ["notice.given", "agreement.ending"]
