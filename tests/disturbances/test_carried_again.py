"""What was told where another room sees to it, and is to be told there again, opens a closed disturbance."""

from datetime import timedelta

import pytest

from kanta_tenancy.disturbances.actions import carrying
from kanta_tenancy.disturbances.case import DutyState, FindingKind, State
from kanta_tenancy.disturbances.model import Matter
from tests.disturbances.examples import a_carried
from tests.disturbances.test_assessing import YES
from tests.disturbances.test_closing import CAUSE, Closer


class Carrier(Closer):
    """The named person beside a room above, whose word on the disturbance comes from the scope that it is about."""

    async def is_seen_to(self, caller, state, matter=Matter.AUTHORITY):
        self.desk.clock.advance(minutes=1)
        at = self.desk.clock.now()
        due_at = at + timedelta(hours=72) if state is DutyState.PENDING else None
        said = a_carried(
            tenancy_id=caller.scope.tenancy_id, matter=matter, state=state, due_at=due_at, counted_from=at, said_at=at
        )
        async with self.desk.database.transaction(caller) as tx:
            await carrying.carry(tx, self.id, [said], at=at)

    async def is_closed(self):
        await self.ends()
        await self.tells_everybody()
        await self.finds_out(cause=CAUSE, remedy="The key was replaced")
        assert (await self.closes()).state is State.CLOSED


@pytest.fixture
async def breached(desk, tenant) -> Carrier:
    """A breach of everybody's data that a tenant reported; the authority is to be told by both."""
    taken = await desk.reported(tenant.caller)
    person = Carrier(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(breach=YES, data_of_tenants=YES, data_of_main_connector=YES)
    return person


@pytest.mark.parametrize("done", [DutyState.SENT, DutyState.NOT_NEEDED], ids=str)
async def test_a_tenant_that_has_to_tell_again_where_it_is_seen_to_opens_what_was_closed(breached, desk, tenant, done):
    await breached.is_seen_to(tenant.caller, done)
    await breached.is_closed()
    await desk.carry_on()
    assert (await desk.read(breached.id)).state is State.CLOSED
    await breached.is_seen_to(tenant.caller, DutyState.PENDING)
    assert (await desk.read(breached.id)).state is State.CLOSED  # a tenant's scope opens none: its message does
    await desk.carry_on()
    after = await desk.read(breached.id)
    assert (after.state, after.closed_at, after.closed_by) == (State.OVER, None, None)
    assert (await desk.duties(breached.id))["gdpr_authority_tenant"].state is DutyState.PENDING
    last = (await breached.read()).findings[-1]
    assert (last.kind, last.text) == (
        FindingKind.NEW_FACTS,
        "Where it is seen to, something is to be told of it again",
    )
    await desk.carry_on()
    assert [one.kind for one in (await breached.read()).findings].count(FindingKind.NEW_FACTS) == 1
    assert await desk.amiss() == []


async def test_the_main_connectors_own_opens_it_in_the_same_transaction(breached, desk, tenant):
    await breached.is_seen_to(desk.caller, DutyState.SENT)
    await breached.is_closed()
    await breached.is_seen_to(desk.caller, DutyState.PENDING)
    assert (await desk.read(breached.id)).state is State.OVER
    assert (await breached.read()).findings[-1].text == "Something is to be told of it that another room sees to"
    await desk.carry_on()
    assert await desk.amiss() == []


async def test_what_is_still_told_where_it_is_seen_to_leaves_it_closed(breached, desk, tenant):
    await breached.is_seen_to(tenant.caller, DutyState.SENT)
    await breached.is_closed()
    for caller in (tenant.caller, desk.caller):
        await breached.is_seen_to(caller, DutyState.NOT_NEEDED)
        await desk.carry_on()
    assert (await desk.read(breached.id)).state is State.CLOSED
