"""What is left to do is tracked until it is done: promised, reminded, escalated, told to the tenant (K19)."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.disturbances.errors import DisturbanceNotFound, DisturbanceRefused
from kanta_tenancy.disturbances.follow_ups import actions, lifecycle, reading, store
from kanta_tenancy.disturbances.follow_ups.errors import (
    FollowUpChanged,
    FollowUpMoveNotAllowed,
    FollowUpNotFound,
    FollowUpOfAnother,
)
from kanta_tenancy.disturbances.follow_ups.lifecycle import MOVES
from kanta_tenancy.disturbances.follow_ups.model import (
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Move,
    Owner,
    SaidAction,
    SaidFault,
)
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import State as PromiseState
from kanta_tenancy.promises.actions import keep_by_hand
from tests.disturbances.examples import NOON, Desk
from tests.disturbances.test_closing import CAUSE, Closer
from tests.parties.examples import a_tenant, named, owner_of

TODAY = date(2026, 3, 2)
WEEK = timedelta(days=7)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=NOON.tzinfo))


def a_follow_up() -> FollowUp:
    return FollowUp(
        id=new_id(),
        tenancy_id=None,
        kind=FollowUpKind.ACTION,
        owner=Owner.MAIN_CONNECTOR,
        what="x",
        due_on=TODAY,
        noticed_at=NOON,
        reported_by="x",
        reported_at=NOON,
        state=FollowUpState.OPEN,
        state_at=NOON,
        round=1,
        version=1,
    )


@given(st.lists(st.sampled_from((Move.FINISH, Move.DROP, Move.REOPEN)), max_size=20))
def test_a_walk_goes_where_the_table_says_and_nowhere_else(moves):
    one = a_follow_up()
    for wanted in moves:
        to = MOVES.get((one.state, wanted))
        assert (wanted in lifecycle.next_moves(one)) == (to is not None)
        if to is None:
            with pytest.raises(FollowUpMoveNotAllowed):
                lifecycle.settle(one, wanted, note="x", by="x", at=NOON)
            continue
        before, one = one, lifecycle.settle(one, wanted, note="x", by="x", at=NOON)
        assert (one.state, one.version) == (to, before.version + 1)
        assert one.round == before.round + (wanted is Move.REOPEN)
        assert (one.settled_by is None) == (one.state is FollowUpState.OPEN)


@given(instants, instants)
def test_reminders_come_a_week_and_a_day_before_when_it_is_due_and_every_week_after(due, now):
    told = lifecycle.next_reminder(due, now, WEEK)
    marks = [due - WEEK, due - timedelta(days=1), *(due + WEEK * week for week in range(60))]
    assert told == min(mark for mark in marks if mark > now)


def test_it_is_due_at_the_end_of_its_day_in_finland():
    ends = lifecycle.due_at(a_follow_up())
    assert ends == NOON.replace(hour=22)  # two hours before midnight, UTC


class Office:
    """Who tracks follow-ups, and the tenant."""

    def __init__(self, desk: Desk, tenant) -> None:
        self.desk = desk
        self.tenant = tenant

    async def planned(self, disturbance_id: UUID, **said) -> FollowUp:
        fit = {"what": "Watch the certificate", "owner": Owner.MAIN_CONNECTOR, "due_on": TODAY + timedelta(days=30)}
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await actions.add_action(tx, self.desk.clock, disturbance_id, SaidAction(**fit | said))

    async def notified(self, by: Caller | None = None, **said) -> FollowUp:
        fit = {"what": "Two lines of the list are swapped", "noticed_at": NOON}
        async with self.desk.database.transaction(by or self.tenant.caller) as tx:
            return await actions.notify_fault(tx, self.desk.clock, SaidFault(**fit | said))

    async def settled(self, one: FollowUp, wanted: Move, *, by: Caller | None = None, note: str = "Ticket 9"):
        async with self.desk.database.transaction(by or self.desk.caller) as tx:
            return await actions.settle(tx, self.desk.clock, one.id, wanted, note=note, version=one.version)

    async def changed(self, one: FollowUp, **said) -> FollowUp:
        fit = {"what": one.what, "owner": one.owner, "due_on": one.due_on, "contact_id": one.contact_id}
        async with self.desk.database.transaction(self.desk.caller) as tx:
            return await actions.change(tx, self.desk.clock, one.id, SaidAction(**fit | said), version=one.version)

    async def read(self, one: FollowUp, by: Caller | None = None) -> FollowUp:
        async with self.desk.database.transaction(by or self.desk.caller) as tx:
            return await reading.follow_up(tx, one.id)

    async def open_ones(self, kind: FollowUpKind, by: Caller | None = None) -> list[UUID]:
        async with self.desk.database.transaction(by or self.desk.caller) as tx:
            return [one.id for one in await reading.open_ones(tx, kind, None, after=None, count=99)]

    async def told(self, topic: str) -> list[tuple[str, dict[str, str]]]:
        """Return whom was told what, of a topic, in order."""
        async with self.desk.database.transaction(self.desk.caller) as tx:
            rows = await tx.connection.fetch(
                "SELECT email, subject FROM notice WHERE topic = $1 ORDER BY told_at, email", topic
            )
        return [(row["email"], row["subject"]) for row in rows]


@pytest.fixture
async def office(desk, tenant, database, clock, realm) -> Office:
    own = await owner_of(database, realm)
    for function, name in ((Function.DISTURBANCES, "paivystys"), (Function.ADMINISTRATOR, "paakayttaja")):
        await named(database, clock, realm, own, function=function, email=f"{name}@example.org", name=name)
    await named(
        *(database, clock, realm, tenant.organisation.id),
        function=Function.DISTURBANCES,
        email="praktik@example.org",
        name="Praktik",
    )
    return Office(desk, tenant)


@pytest.fixture
async def disturbance_id(desk, tenant) -> UUID:
    return (await desk.reported(tenant.caller)).disturbance_id


async def test_it_is_promised_by_whoever_does_it_until_the_end_of_its_day(office, desk, disturbance_id, tenant):
    await office.planned(disturbance_id)
    await office.planned(disturbance_id, what="Renew it", owner=Owner.TENANT, tenancy_id=tenant.tenancy.id)
    await office.planned(disturbance_id, what="Mend it", owner=Owner.PRODUCER)
    owed = await desk.owed("disturbance.follow_up")
    assert sorted((one.owner, one.title.en) for one in owed) == [
        ("main_connector", "After a disturbance: Mend it"),
        ("main_connector", "After a disturbance: Watch the certificate"),
        ("tenant", "After a disturbance: Renew it"),
    ]
    assert {one.due_at for one in owed} == {NOON.replace(month=4, day=1, hour=21)}
    assert len(await desk.owed("disturbance.follow_up_remind")) == 3
    assert await desk.amiss() == []


async def test_it_is_done_with_what_shows_it_and_the_promise_is_kept(office, desk, disturbance_id):
    one = await office.planned(disturbance_id)
    done = await office.settled(one, Move.FINISH, note="Alarm 117 rings")
    assert (done.state, done.note, done.settled_by) == (FollowUpState.DONE, "Alarm 117 rings", "a test")
    assert [each.state for each in await desk.ledger("disturbance.follow_up")] == [PromiseState.KEPT]
    assert await desk.owed("disturbance.follow_up_remind") == []
    assert await office.open_ones(FollowUpKind.ACTION) == []
    assert await desk.amiss() == []


async def test_what_was_not_done_after_all_is_owed_anew(office, desk, disturbance_id):
    one = await office.planned(disturbance_id)
    for wanted, state in ((Move.FINISH, FollowUpState.DONE), (Move.DROP, FollowUpState.DROPPED)):
        one = await office.settled(one, wanted)
        one = await office.settled(one, Move.REOPEN, note="The alarm is silent")
        assert (one.state, one.settled_by, one.note) == (FollowUpState.OPEN, None, "The alarm is silent")
        assert len(await desk.owed("disturbance.follow_up")) == 1, state
    assert await desk.amiss() == []


async def test_another_day_moves_the_promise_and_another_party_gets_one_of_its_own(
    office, desk, disturbance_id, tenant
):
    one = await office.planned(disturbance_id, tenancy_id=tenant.tenancy.id)
    one = await office.changed(one, due_on=TODAY + timedelta(days=60))
    (owed,) = await desk.owed("disturbance.follow_up")
    assert (owed.owner, owed.due_at) == ("main_connector", lifecycle.due_at(one))
    one = await office.changed(one, owner=Owner.TENANT)
    (owed,) = await desk.owed("disturbance.follow_up")
    assert (owed.owner, one.round) == ("tenant", 2)
    assert await desk.amiss() == []


async def test_a_tenant_finishes_its_own_and_nothing_else(office, desk, disturbance_id, tenant):
    theirs = await office.planned(disturbance_id, owner=Owner.TENANT, tenancy_id=tenant.tenancy.id)
    ours = await office.planned(disturbance_id, tenancy_id=tenant.tenancy.id)
    for one, wanted in ((ours, Move.FINISH), (theirs, Move.DROP)):
        with pytest.raises(FollowUpOfAnother):
            await office.settled(one, wanted, by=tenant.caller)
    done = await office.settled(theirs, Move.FINISH, by=tenant.caller)
    assert done.state is FollowUpState.DONE
    await desk.carry_on()
    told = await office.told("disturbance.follow_up")
    assert [to for to, _ in told] == ["paivystys@example.org", "praktik@example.org"]
    assert told[0][1]["en"] == "Done after a disturbance"
    assert await desk.amiss() == []


async def test_a_fault_that_a_tenant_notifies_is_the_main_connectors_to_see_to_and_the_tenant_is_told(
    office, desk, tenant
):
    fault = await office.notified()
    assert (fault.tenancy_id, fault.owner, fault.due_on) == (
        tenant.tenancy.id,
        Owner.MAIN_CONNECTOR,
        TODAY + timedelta(days=30),
    )
    await desk.carry_on()
    assert [to for to, _ in await office.told("disturbance.follow_up")] == ["paivystys@example.org"]
    fault = await office.changed(fault, owner=Owner.MANUFACTURER, due_on=TODAY + timedelta(days=10))
    await desk.carry_on()
    desk.clock.advance(hours=1)
    fault = await office.settled(fault, Move.FINISH, note="Version 2026.2")
    await desk.carry_on()
    told = await office.told("disturbance.follow_up")
    assert [to for to, _ in told] == ["paivystys@example.org", "praktik@example.org", "praktik@example.org"]
    assert (await office.read(fault, tenant.caller)).told_at == desk.clock.now()
    assert (await office.read(fault)).version == fault.version
    await desk.carry_on()
    assert len(await office.told("disturbance.follow_up")) == 3
    assert await desk.amiss() == []


async def test_a_tenant_does_not_say_who_mends_a_fault_or_whose_it_is(office, database, clock, realm):
    other = await a_tenant(database, clock, realm, 3000000)
    for said in (
        {"owner": Owner.KELA},
        {"due_on": TODAY},
        {"contact_id": new_id()},
        {"tenancy_id": other.tenancy.id},
    ):
        with pytest.raises(DisturbanceRefused):
            await office.notified(**said)


async def test_people_are_reminded_and_what_is_overdue_goes_to_everybody_who_could_see_to_it(
    office, desk, disturbance_id, tenant
):
    clock = desk.clock
    person = await named(
        *(desk.database, clock, desk.caller, tenant.organisation.id),
        function=Function.TECHNICAL,
        email="ada@example.org",
        name="Ada",
    )
    owner = {"owner": Owner.TENANT, "tenancy_id": tenant.tenancy.id, "contact_id": person.id}
    one = await office.planned(disturbance_id, due_on=TODAY + timedelta(days=9), **owner)
    due = lifecycle.due_at(one)
    seen = []
    for at in (due - WEEK, due - timedelta(days=1), due, due + WEEK, due + 2 * WEEK):
        clock.at = at - timedelta(minutes=1)
        await desk.pay()
        assert len(await office.told("disturbance.follow_up_due")) == len(seen), "nobody is told too early"
        clock.at = at
        await desk.pay()
        told = [to for to, _ in await office.told("disturbance.follow_up_due")]
        assert set(told[len(seen) :]) == {"praktik@example.org", "ada@example.org"} | (
            {"paivystys@example.org"} if at >= due else set()
        )
        seen = told
    await office.settled(one, Move.FINISH)
    clock.advance(days=60)
    await desk.pay()
    assert len(await office.told("disturbance.follow_up_due")) == len(seen)


async def test_runs_that_were_missed_are_told_once(office, desk, disturbance_id, clock):
    one = await office.planned(disturbance_id)
    clock.at = lifecycle.due_at(one) + timedelta(days=40)
    for _ in range(3):
        await desk.pay()
    assert [to for to, _ in await office.told("disturbance.follow_up_due")] == [
        "paakayttaja@example.org",
        "paivystys@example.org",
    ]


async def test_a_promise_that_is_kept_by_hand_is_done_with_its_evidence(office, desk, disturbance_id):
    one = await office.planned(disturbance_id)
    (owed,) = await desk.owed("disturbance.follow_up")
    async with desk.database.transaction(desk.caller) as tx:
        await keep_by_hand(tx, desk.clock, promise_id=owed.id, version=owed.version, evidence="Seen on site")
    await desk.carry_on()
    done = await office.read(one)
    assert (done.state, done.note) == (FollowUpState.DONE, "Seen on site")
    await desk.carry_on()
    assert await desk.amiss() == []


async def test_of_two_who_settle_at_once_one_does(office, disturbance_id):
    one = await office.planned(disturbance_id)
    results = await asyncio.gather(
        office.settled(one, Move.FINISH), office.settled(one, Move.DROP), return_exceptions=True
    )
    assert [isinstance(each, FollowUpChanged) for each in results].count(True) == 1


async def test_closing_leaves_them_open_and_they_live_on(office, desk, disturbance_id, clock):
    person = Closer(desk, disturbance_id)
    await person.acknowledges()
    one = await office.planned(disturbance_id)
    await person.ends()
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    await person.closes()
    assert (await office.read(one)).state is FollowUpState.OPEN
    later = await office.planned(disturbance_id, what="Tell the next audit")
    async with desk.database.transaction(desk.caller) as tx:
        left = await reading.of_disturbance(tx, disturbance_id, after=None, count=9)
    assert [each.id for each in left] == [one.id, later.id]
    clock.at = lifecycle.due_at(one)
    await desk.pay()
    assert len(await office.told("disturbance.follow_up_due")) >= 2


@pytest.mark.parametrize(
    "said",
    [
        {"what": "Call patient 131052-308T"},
        {"what": " "},
        {"due_on": TODAY - timedelta(days=1)},
        {"due_on": TODAY + timedelta(days=4000)},
        {"owner": Owner.TENANT},
        {"contact_id": UUID(int=7)},
    ],
    ids=["code", "empty", "past", "far", "nobody", "stranger"],
)
async def test_what_cannot_be_is_refused(office, disturbance_id, said):
    with pytest.raises(DisturbanceRefused):
        await office.planned(disturbance_id, **said)


async def test_a_person_of_the_other_party_is_refused(office, desk, disturbance_id, tenant):
    person = await named(desk.database, desk.clock, desk.caller, tenant.organisation.id, email="ada@example.org")
    with pytest.raises(DisturbanceRefused):
        await office.planned(disturbance_id, tenancy_id=tenant.tenancy.id, contact_id=person.id)


async def test_of_what_is_not_there_nothing_is_left(office):
    with pytest.raises(DisturbanceNotFound):
        await office.planned(new_id())
    with pytest.raises(DisturbanceNotFound):
        await office.notified(disturbance_id=new_id())


async def test_a_list_is_paged_without_gap_or_overlap(office, desk, disturbance_id, tenant):
    made = [
        await office.planned(disturbance_id, due_on=TODAY + timedelta(days=day), tenancy_id=tenant.tenancy.id)
        for day in (9, 3, 3, 1, 7)
    ]
    expected = [one.id for one in sorted(made, key=lambda one: (one.due_on, one.id))]
    for caller in (desk.caller, tenant.caller):
        seen: list[UUID] = []
        after = None
        async with desk.database.transaction(caller) as tx:
            while page := await reading.open_ones(tx, FollowUpKind.ACTION, None, after=after, count=2):
                seen += [one.id for one in page]
                after = store.Position(due_on=page[-1].due_on, id=page[-1].id)
        assert seen == expected


async def test_a_tenant_sees_its_own_and_no_other(office, desk, disturbance_id, tenant):
    other = await a_tenant(desk.database, desk.clock, desk.caller, 3000000)
    ours = await office.planned(disturbance_id)
    theirs = await office.planned(disturbance_id, tenancy_id=tenant.tenancy.id)
    fault = await office.notified(other.caller)
    assert await office.open_ones(FollowUpKind.ACTION, tenant.caller) == [theirs.id]
    assert await office.open_ones(FollowUpKind.FAULT, tenant.caller) == []
    assert await office.open_ones(FollowUpKind.FAULT, other.caller) == [fault.id]
    for one, caller in ((ours, tenant.caller), (fault, tenant.caller), (theirs, other.caller)):
        with pytest.raises(FollowUpNotFound):
            await office.read(one, caller)
