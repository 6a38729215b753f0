"""A patient is told of a rejection and of a lapse: open until it is put down, reminded and escalated until then."""

import asyncio
from datetime import timedelta

import pytest

from kanta_tenancy.parties.model import Function
from kanta_tenancy.renewals.errors import DutyNotOpen, RenewalNotAllowed, RequestRefused
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Kind, Party, Reason, State, Way
from tests.parties.examples import named


async def mails(owner, topic: str = "renewal_request.patient_to_be_told") -> list[str]:
    rows = await owner.fetch("SELECT email FROM notice WHERE topic = $1 ORDER BY id", topic)
    return [row["email"] for row in rows]


async def test_a_rejection_begins_a_duty_that_stays_open_until_it_is_done(practice, clock, owner):
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.CARE)
    duty = (await practice.read(request)).duty
    assert (duty.owed_by, duty.outcome, duty.due_at) == (
        Party.TENANT,
        State.REJECTED,
        clock.now() + timedelta(hours=24),
    )
    await practice.tell_patient(request, Way.CALL)
    duty = (await practice.read(request)).duty
    assert (duty.told_by, duty.way, duty.told_at) == (Party.TENANT, Way.CALL, clock.now())
    with pytest.raises(DutyNotOpen):
        await practice.tell_patient(request, Way.LETTER)
    clock.advance(days=3)
    await practice.pay()
    assert await mails(owner) == []


async def test_one_who_was_told_with_the_answer_is_not_owed(practice, owner):
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.OTHER, told=Way.NATIONAL_SERVICE)
    whole = await practice.read(request)
    assert (whole.duty.way, [one.done for one in whole.steps]) == (
        Way.NATIONAL_SERVICE,
        ["routed", "rejected", "informed"],
    )
    assert [one.state for one in await practice.owed("renewal.remind")] == ["kept"]


@pytest.mark.parametrize("move", [Move.RENEW, Move.RETURN])
async def test_another_answer_begins_none(practice, move):
    request = await practice.followed()
    await practice.answer(request, move)
    assert (await practice.read(request)).duty is None
    with pytest.raises(DutyNotOpen):
        await practice.tell_patient(request)


async def test_people_are_reminded_each_day_and_from_the_second_on_the_main_connector_too(practice, clock, owner):
    await named(
        practice.database,
        clock,
        practice.realm,
        practice.tenant.organisation.id,
        function=Function.ADMINISTRATOR,
        email="toimisto@example.org",
    )
    main = (await owner.fetchrow("SELECT organisation_id FROM main_connector"))["organisation_id"]
    await named(
        practice.database, clock, practice.realm, main, function=Function.ADMINISTRATOR, email="hyl@example.org"
    )
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.CARE)
    clock.advance(hours=23)
    await practice.pay()
    assert await mails(owner) == []
    clock.advance(hours=1)
    await practice.pay()
    assert await mails(owner) == ["lea@example.org"]
    clock.advance(hours=24)
    await practice.pay()
    whole = await practice.read(request)
    assert whole.duty.escalated_at == clock.now()
    assert whole.steps[-1].done == "escalated"
    assert sorted(await mails(owner)) == ["hyl@example.org", "lea@example.org", "toimisto@example.org"]
    for _ in range(3):
        clock.advance(hours=24)
        await practice.pay()
    assert len(await mails(owner)) == 9, "each day, until it is done"
    await practice.tell_patient(request, by=practice.realm)
    clock.advance(days=5)
    await practice.pay()
    assert len(await mails(owner)) == 9
    assert (await practice.read(request)).duty.told_by is Party.MAIN_CONNECTOR


async def test_a_lapse_with_the_physician_is_the_main_connectors_to_tell(practice, clock):
    request = await practice.followed()
    clock.advance(days=7)
    await practice.work()
    clock.advance(days=2)
    await practice.work()
    duty = (await practice.read(request)).duty
    assert (duty.owed_by, duty.outcome, duty.opened_at) == (Party.MAIN_CONNECTOR, State.LAPSED, request.lapses_at)


async def test_of_many_who_tell_at_once_one_is_put_down(practice, owner):
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.CARE)

    async def told(by) -> bool:
        try:
            await practice.tell_patient(request, by=by)
        except DutyNotOpen:
            return False
        return True

    assert sum(await asyncio.gather(*(told(by) for by in [practice.realm, practice.tenant.caller] * 4))) == 1
    assert await owner.fetchval("SELECT count(*) FROM renewal_step WHERE done = 'informed'") == 1


@pytest.mark.parametrize("kind", [Kind.TELEPHONE, Kind.PRO_AUCTORE, Kind.EUROPEAN])
async def test_what_cannot_be_renewed_is_rejected_or_returned_only(practice, kind):
    request = await practice.followed(kind=kind)
    with pytest.raises(RenewalNotAllowed):
        await practice.answer(request, Move.RENEW)
    assert (await practice.answer(request, Move.REJECT, reason=Reason.OTHER)).state is State.REJECTED


async def test_a_rejection_says_its_class_of_reasons_and_nothing_else_does(practice):
    request = await practice.followed()
    with pytest.raises(RequestRefused):
        await practice.answer(request, Move.REJECT)
    with pytest.raises(RequestRefused):
        await practice.answer(request, Move.RENEW, reason=Reason.CARE)
