"""Mandates over time: put down, named by an offer, ended; and that nobody signs by one that does not hold."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from kanta_tenancy.agreements.bodies import shown
from kanta_tenancy.agreements.drafting import actions as drafting
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.mandates import reading
from kanta_tenancy.agreements.mandates.errors import (
    MandateChanged,
    MandateEnded,
    MandateExpired,
    MandateNotBegun,
    MandateNotFound,
    MandateOver,
    MandateRefused,
)
from kanta_tenancy.agreements.mandates.model import MandateGround
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.parties.errors import TenancyNotFound
from kanta_tenancy.promises import Owner
from tests.agreements.examples import a_draft, a_signatory, both_sign

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


async def offered_by(desk, party: Party, **said):
    """Offer an agreement whose signatory of a party signs by a mandate that was put down."""
    mandate = await desk.mandate(party, **said)
    signatories = tuple(
        a_signatory(who.party, mandate_id=mandate.id) if who.party is party else who for who in both_sign()
    )
    return mandate, await desk.offered(a_draft(signatories=signatories))


def of(agreement, party: Party):
    return next(who for who in agreement.signatories if who.party is party)


async def seen(desk, caller: Caller) -> set:
    async with desk.database.transaction(caller) as tx:
        return {one.id for one in await reading.newest(tx, before=None, count=50, tenancy_id=None)}


@pytest.mark.parametrize("party", list(Party))
async def test_a_signature_by_a_mandate_that_holds_names_it_for_ever(desk, party):
    mandate, agreement = await offered_by(desk, party)
    agreement = await desk.sign_all(agreement)
    assert agreement.status is Status.IN_FORCE
    told = {one.party: (one.mandate_id, one.mandate_on_record) for one in shown(await desk.read(agreement)).signatures}
    assert told == {one: (mandate.id, True) if one is party else (None, False) for one in Party}


@pytest.mark.parametrize("on_paper", [True, False])
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"valid_from": TODAY + DAY}, MandateNotBegun),
        ({"valid_until": TODAY + 9 * DAY}, MandateExpired),
        ({}, MandateEnded),
    ],
)
async def test_nobody_signs_by_a_mandate_that_does_not_hold_on_that_day(desk, said, refusal, on_paper):
    mandate, agreement = await offered_by(desk, Party.TENANT, **said)
    if refusal is not MandateNotBegun:
        desk.clock.advance(days=10)
    if refusal is MandateEnded:
        await desk.end_mandate(mandate)
    with pytest.raises(refusal):
        await (desk.sign_on_paper if on_paper else desk.sign)(agreement, of(agreement, Party.TENANT))
    assert (await desk.read(agreement)).signatures == ()


async def test_a_paper_that_was_signed_while_the_mandate_held_is_accepted_after_it_ended(desk):
    mandate, agreement = await offered_by(desk, Party.TENANT)
    desk.clock.advance(days=3)
    await desk.end_mandate(mandate)
    agreement = await desk.sign_on_paper(agreement, of(agreement, Party.TENANT), signed_on=TODAY)
    assert agreement.signatures[0].mandate_id == mandate.id


async def test_of_a_signature_and_the_end_of_its_mandate_at_once_each_knows_of_the_other(desk):
    mandate, agreement = await offered_by(desk, Party.TENANT)
    copy = await desk.signed_copy(agreement, of(agreement, Party.TENANT))
    signed, ended = await asyncio.gather(
        desk.hand_in(agreement, Party.TENANT, copy), desk.end_mandate(mandate), return_exceptions=True
    )
    assert ended.ended_on == TODAY
    assert isinstance(signed, MandateEnded) or signed.signatures[0].mandate_id == mandate.id


async def test_the_main_connector_may_for_both_and_the_mandate_says_so_a_tenant_for_its_own(desk):
    assert (await desk.mandate(Party.TENANT)).recorded_by is Party.MAIN_CONNECTOR
    own = await desk.mandate(Party.TENANT, by=Party.TENANT)
    assert (own.recorded_by, own.organisation_id) == (Party.TENANT, desk.tenant.organisation.id)
    with pytest.raises(MandateRefused, match="its own people"):
        await desk.mandate(Party.MAIN_CONNECTOR, by=Party.TENANT)
    theirs = await desk.mandate(Party.MAIN_CONNECTOR)
    with pytest.raises(MandateRefused, match="its own people"):
        await desk.end_mandate(theirs, by=Party.TENANT)
    assert (await desk.end_mandate(own, by=Party.TENANT)).ended_by is Party.TENANT


async def test_a_mandate_ends_once_on_a_day_that_can_be(desk, owner):
    mandate = await desk.mandate(Party.TENANT)
    for day in (TODAY + DAY, date(2025, 12, 31)):
        with pytest.raises(MandateRefused):
            await desk.end_mandate(mandate, on=day)
    ended = await desk.end_mandate(mandate)
    with pytest.raises(MandateChanged):
        await desk.end_mandate(mandate)
    with pytest.raises(MandateOver):
        await desk.end_mandate(ended)
    with pytest.raises(asyncpg.RaiseError, match="does not change"):
        await owner.execute("UPDATE mandate SET ended_on = ended_on - 1")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"valid_until": date(2025, 1, 1)}, ["valid_until"]),
        ({"ground": MandateGround.POWER_OF_ATTORNEY}, ["exhibit_id"]),
        ({"ground": MandateGround.OTHER}, ["words"]),
        ({"tenancy_id": None}, ["tenancy_id"]),
        ({"person": "Aino\u202e"}, ["person"]),
    ],
)
async def test_a_mandate_that_cannot_be_names_the_field(desk, said, fields):
    with pytest.raises(MandateRefused) as refused:
        await desk.mandate(Party.TENANT, **said)
    assert [flaw.field for flaw in refused.value.flaws] == fields


async def test_a_power_of_attorney_is_shown_by_a_document_of_the_tenancy(desk):
    exhibit = await desk.exhibit(Party.TENANT)
    mandate = await desk.mandate(Party.TENANT, ground=MandateGround.POWER_OF_ATTORNEY, exhibit_id=exhibit.id)
    assert mandate.exhibit_id == exhibit.id
    other = await desk.another_tenant(1100000)
    with pytest.raises(ExhibitNotFound):
        await desk.mandate(
            Party.TENANT, ground=MandateGround.POWER_OF_ATTORNEY, exhibit_id=exhibit.id, tenancy_id=other.tenancy.id
        )
    with pytest.raises(TenancyNotFound):
        await desk.mandate(Party.TENANT, by=Party.TENANT, tenancy_id=other.tenancy.id)


async def test_a_tenant_sees_the_main_connectors_mandates_by_which_somebody_signs_with_it(desk, database):
    used, _ = await offered_by(desk, Party.MAIN_CONNECTOR, tenancy_id=None)
    idle = await desk.mandate(Party.MAIN_CONNECTOR, tenancy_id=None)
    neighbour = await desk.another_tenant(1100000)
    theirs = await desk.mandate(Party.TENANT, tenancy_id=neighbour.tenancy.id)
    assert await seen(desk, desk.tenant.caller) == {used.id}
    assert await seen(desk, neighbour.caller) == {theirs.id}
    assert await seen(desk, desk.main_connector) == {used.id, idle.id, theirs.id}
    async with database.transaction(neighbour.caller) as tx:
        with pytest.raises(MandateNotFound):
            await reading.mandate(tx, used.id)


async def test_a_draft_names_mandates_of_its_own_signatories_only(desk):
    mandate = await desk.mandate(Party.MAIN_CONNECTOR, person="Somebody Else")
    with pytest.raises(DraftRefused, match="mandate of Somebody Else"):
        await desk.draft(a_draft(signatories=(a_signatory(mandate_id=mandate.id), a_signatory(Party.TENANT))))


async def test_an_offer_is_refused_when_a_mandate_is_over_and_warns_when_it_soon_is(desk, database):
    mandate = await desk.mandate(Party.TENANT, valid_until=TODAY + 20 * DAY)
    signatories = (a_signatory(), a_signatory(Party.TENANT, mandate_id=mandate.id))
    draft = await desk.draft(a_draft(signatories=signatories))
    async with database.transaction(desk.main_connector) as tx:
        plan = await drafting.plan_offer(tx, desk.clock, agreement_id=draft.id, version=draft.version)
        made = await drafting.offer_and_warn(tx, desk.clock, plan)
        await drafting.withdraw(
            tx, desk.clock, agreement_id=draft.id, version=made.agreement.version, because="Once more"
        )
    assert [flaw.field for flaw in made.warnings] == ["signatories[1].mandate_id"]
    draft = await desk.draft(a_draft(signatories=signatories))
    await desk.end_mandate(mandate)
    with pytest.raises(DraftIncomplete, match="was ended"):
        await desk.offer(draft)


async def test_the_forecast_tells_of_a_mandate_that_ends_before_its_signature(desk, database):
    mandate, agreement = await offered_by(desk, Party.TENANT, valid_until=TODAY + 20 * DAY)

    async def foreseen(until: date, caller: Caller = desk.main_connector):
        async with database.transaction(caller) as tx:
            asked = timeline.Asked(now=desk.clock.now(), until=until, count=50)
            return [one for one in await timeline.forecast(tx, asked) if one.kind == "mandate.ends"]

    assert await foreseen(TODAY + 19 * DAY) == []
    (due,) = await foreseen(TODAY + 20 * DAY)
    assert (due.subject, due.owner, due.overdue) == (f"agreement/{agreement.id}", Owner.TENANT, False)
    assert await foreseen(TODAY + 20 * DAY, desk.tenant.caller) == [due]
    await desk.end_mandate(mandate)
    (due,) = await foreseen(TODAY)
    assert due.overdue
    async with database.transaction(desk.main_connector) as tx:
        await drafting.withdraw(tx, desk.clock, agreement_id=agreement.id, version=agreement.version, because="x")
    assert await foreseen(TODAY + 20 * DAY) == []
