"""A tenant whose data a disturbance hit owes what is its own once, and sees it in both rooms."""

import asyncio

import pytest

from kanta_tenancy.breaches.actions import saying
from kanta_tenancy.breaches.model import (
    Addressee,
    Correction,
    Item,
    RegisterKind,
)
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import assessing, duties
from kanta_tenancy.disturbances.case import DutyState
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Fact
from kanta_tenancy.parties import Function
from tests.breaches.desk import Register, of_tenant
from tests.breaches.event import mails, of_rule, recorded
from tests.breaches.examples import a_telling
from tests.disturbances.test_assessing import YES, Person
from tests.parties.examples import named


async def test_a_tenant_whose_data_it_is_has_a_row_of_its_own_in_both_rooms(person, desk, ours, neighbour, owner):
    await named(
        desk.database,
        desk.clock,
        desk.caller,
        neighbour.organisation.id,
        function=Function.DATA_PROTECTION_OFFICER,
        email="dpo@example.org",
    )
    its = Register(desk.database, desk.clock, neighbour.caller)
    async with desk.database.transaction(neighbour.caller) as tx:
        with pytest.raises(DisturbanceNotFound):
            await reading.whole(tx, person.id)
    await person.answers(breach=YES, data_of_tenants=YES)
    await recorded(ours, person, of_tenant(neighbour.tenancy.id))
    async with desk.database.transaction(neighbour.caller) as tx:
        seen = await reading.whole(tx, person.id)
    (breach,) = await its.listed()
    (own,) = seen.duties
    assert (own.rule, own.tenancy_id, own.state) == ("gdpr_authority_tenant", neighbour.tenancy.id, DutyState.PENDING)
    assert (own.carried_by, own.due_at) == (f"breach/{breach.id}", breach.authority_due_at)
    assert breach.disturbance_id == person.id
    assert [(one.carrier, one.matter.value) for one in seen.carried] == [(f"breach/{breach.id}", "authority")]
    assert seen.answers == ()
    desk.clock.advance(hours=25)
    await desk.pay()
    assert await mails(owner, "dpo@example.org") == ["breach.reminder"]
    await its.said(breach.id, a_telling(told_at=desk.clock.now(), items=(Item.NATURE,)))
    fulfilled = await of_rule(person, "gdpr_authority_tenant", tenancy_id=neighbour.tenancy.id)
    assert (fulfilled.state, fulfilled.settled_by) == (DutyState.SENT, "a test")
    assert await desk.amiss() == []


async def test_the_controllers_are_told_by_their_registers_and_not_a_second_time(person, ours, neighbour):
    await person.answers(breach=YES, data_of_tenants=YES)
    assert {"gdpr_processor", "practice_breach_record"} <= await person.open_duties()
    await recorded(ours, person, of_tenant(neighbour.tenancy.id))
    told = await of_rule(person, "gdpr_processor")
    assert (told.state, told.channel.value) == (DutyState.SENT, "service")
    assert told.carried_by.startswith("breach_report/")


async def test_a_tenants_report_takes_its_own_part_over_at_once_and_the_rest_with_its_message(
    person, desk, theirs, tenant
):
    await person.answers(breach=YES, data_of_tenants=YES, data_of_joint_registers=YES)
    breach = await recorded(theirs, person, of_tenant(tenant.tenancy.id, RegisterKind.PRESCRIPTION_CENTRE))
    for rule in ("gdpr_authority_tenant", "kela_breach_tenant"):
        assert (await of_rule(person, rule, tenancy_id=tenant.tenancy.id)).carried_by == f"breach/{breach.id}"
    assert (await of_rule(person, "practice_breach_record")).carried_by is None
    await desk.carry_on()
    assert (await of_rule(person, "practice_breach_record")).state is DutyState.SENT
    # Of the other tenants it says nothing: whom else it concerns the main connector finds out.
    assert (await of_rule(person, "gdpr_processor")).carried_by is None
    await theirs.said(breach.id, a_telling(addressee=Addressee.KELA, told_at=desk.clock.now(), how="By telephone"))
    kela = await of_rule(person, "kela_breach_tenant", tenancy_id=tenant.tenancy.id)
    assert (kela.state, kela.note) == (DutyState.SENT, "By telephone")
    await desk.pay()
    assert await desk.amiss() == []


async def test_the_record_of_one_that_is_joined_is_seen_to_in_the_one_that_goes_on(
    person, desk, ours, neighbour, tenant
):
    other = Person(desk, (await desk.reported(tenant.caller, what="The same, from elsewhere")).disturbance_id)
    await other.acknowledges()
    await other.answers(breach=YES, data_of_tenants=YES)
    await recorded(ours, other, of_tenant(neighbour.tenancy.id))
    await person.answers(breach=YES, data_of_tenants=YES)
    await other._act(assessing.join, to=person.id)  # noqa: SLF001 -- the same person
    its = Register(desk.database, desk.clock, neighbour.caller)
    (breach,) = await its.listed()
    kept = await of_rule(person, "gdpr_authority_tenant", tenancy_id=neighbour.tenancy.id)
    assert (kept.state, kept.carried_by) == (DutyState.PENDING, f"breach/{breach.id}")
    await its.said(breach.id, a_telling(told_at=desk.clock.now(), items=(Item.NATURE,)))
    for caller in (desk.caller, neighbour.caller):
        async with desk.database.transaction(caller) as tx:
            found = await reading.whole(tx, person.id)
        assert [one.state for one in found.duties if one.tenancy_id == neighbour.tenancy.id] == [DutyState.SENT]
    await its.said(breach.id, Correction(number=(await its.whole(breach.id)).breach.version, reason="Another case"))
    kept = await of_rule(person, "gdpr_authority_tenant", tenancy_id=neighbour.tenancy.id)
    assert kept.state is DutyState.PENDING
    assert await desk.amiss() == []


@pytest.mark.parametrize("first", ["the telling", "the answer"])
async def test_a_tenant_that_tells_while_the_facts_change_is_seen_to_have_told(person, desk, ours, neighbour, first):
    """Whoever comes second waits for the first, and sees what it wrote: of a suspicion the facts bring no row yet."""
    await recorded(ours, person, of_tenant(neighbour.tenancy.id), suspected=True)
    its = Register(desk.database, desk.clock, neighbour.caller)
    (breach,) = await its.listed()
    version = (await desk.read(person.id)).version
    desk.clock.advance(minutes=1)
    gate = asyncio.Event()

    async def tell(*, wait: bool) -> None:
        if wait:
            await gate.wait()
        async with desk.database.transaction(neighbour.caller) as tx:
            said = a_telling(told_at=desk.clock.now(), items=(Item.NATURE,))
            await saying.say(tx, desk.clock, breach.id, said, version=breach.version)
            gate.set()
            await asyncio.sleep(0 if wait else 0.3)

    async def answer(*, wait: bool) -> None:
        if wait:
            await gate.wait()
        async with desk.database.transaction(desk.caller) as tx:
            await assessing.answer(tx, desk.clock, person.id, {Fact.BREACH: YES}, version=version)
            gate.set()
            await asyncio.sleep(0 if wait else 0.3)

    await asyncio.gather(tell(wait=first != "the telling"), answer(wait=first == "the telling"))
    kept = await of_rule(person, "gdpr_authority_tenant", tenancy_id=neighbour.tenancy.id)
    assert (kept.state, kept.carried_by) == (DutyState.SENT, f"breach/{breach.id}")


async def test_a_neighbour_hears_nothing_of_it(person, desk, ours, tenant, neighbour):
    await person.answers(breach=YES, data_of_tenants=YES)
    await recorded(ours, person, of_tenant(neighbour.tenancy.id))
    async with desk.database.transaction(tenant.caller) as tx:
        seen = await reading.whole(tx, person.id)
    assert seen.carried == ()
    assert {one.tenancy_id for one in seen.duties} == {tenant.tenancy.id}


async def test_a_tenants_own_duty_that_no_record_sees_to_stays_its_own(person, desk, ours, tenant):
    await person.answers(breach=YES, data_of_tenants=YES)
    kept = await of_rule(person, "gdpr_authority_tenant", tenancy_id=tenant.tenancy.id)
    async with desk.database.transaction(tenant.caller) as tx:
        await duties.settle(tx, desk.clock, kept.id, DutyMove.SEND, version=kept.version, note="Form 1")
    assert (await of_rule(person, "gdpr_authority_tenant", tenancy_id=tenant.tenancy.id)).state is DutyState.SENT


async def test_what_the_main_connector_itself_put_down_no_tenant_has_to_tell_it(person, desk, tenant):
    await person.answers(breach=YES, deviation=YES)
    kept = await of_rule(person, "contract_breach_main_connector", tenancy_id=tenant.tenancy.id)
    assert (kept.state, kept.settled_by) == (DutyState.SENT, "a test")
    assert await desk.amiss() == []
