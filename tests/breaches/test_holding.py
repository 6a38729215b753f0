"""An open breach of the main connector's own holds the disturbance open of which it is a part."""

import pytest

from kanta_tenancy.breaches.model import Move
from kanta_tenancy.disturbances.case import FindingKind, State
from kanta_tenancy.disturbances.errors import DisturbanceUnfinished
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.disturbances.examples import Desk
from tests.disturbances.test_closing import CAUSE, Closer


@pytest.fixture
async def person(database, clock, realm, tenant) -> Closer:
    """A disturbance that a tenant reported, and that nothing but a breach keeps from being closed."""
    desk = Desk(database, clock, realm)
    person = Closer(desk, (await desk.reported(tenant.caller)).disturbance_id)
    await person.acknowledges()
    await person.ends()
    await person.tells_everybody()
    await person.finds_out(cause=CAUSE, remedy="Renewed")
    return person


async def held(person: Closer) -> list[str]:
    return [one.key for one in (await person.read()).holds]


async def test_it_is_closed_once_the_breach_is_none_and_opened_again_with_it(person, ours: Register):
    (breach,) = (await ours.reported(of_main_connector(), disturbance_id=person.id)).breaches
    with pytest.raises(DisturbanceUnfinished) as refused:
        await person.closes()
    assert [one.field for one in refused.value.flaws] == [f"holds.breach/{breach.id}"]
    await ours.moved(breach.id, Move.DISMISS)
    assert await held(person) == []
    assert (await person.closes()).state is State.CLOSED
    await ours.moved(breach.id, Move.REOPEN)
    found = await person.read()
    assert (found.disturbance.state, found.findings[-1].kind) == (State.OVER, FindingKind.NEW_FACTS)
    assert await held(person) == [f"breach/{breach.id}"]


async def test_confirming_a_breach_changes_nothing_of_the_hold(person, ours: Register):
    (breach,) = (await ours.reported(of_main_connector(), disturbance_id=person.id)).breaches
    before = (await person.read()).holds
    await ours.moved(breach.id, Move.CONFIRM)
    assert (await person.read()).holds == before


async def test_a_breach_in_a_tenants_register_holds_nothing(person, ours, theirs, tenant):
    await theirs.reported(of_tenant(tenant.tenancy.id), disturbance_id=person.id)
    await ours.carry_on()
    assert await held(person) == []
    await person.tells_everybody()  # what the disturbance asks by it is a duty like any other
    assert (await person.closes()).state is State.CLOSED


async def test_the_main_connectors_part_of_what_a_tenant_reports_opens_a_closed_one(person, ours, theirs, tenant):
    await person.closes()
    await theirs.reported(of_tenant(tenant.tenancy.id), of_main_connector(), disturbance_id=person.id)
    await ours.carry_on()
    assert (await person.read()).disturbance.state is State.OVER
    assert len(await held(person)) == 1


async def test_a_breach_of_no_disturbance_holds_nothing(person, ours: Register):
    (breach,) = (await ours.reported(of_main_connector())).breaches
    await ours.moved(breach.id, Move.DISMISS)
    assert await held(person) == []
