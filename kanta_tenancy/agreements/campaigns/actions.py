"""What the main connector does with a campaign: create it, start it, hold it up, try again what failed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import structs
from msgspec.structs import replace

from kanta_tenancy.agreements.campaigns import cohorts, lifecycle, store
from kanta_tenancy.agreements.campaigns.errors import CampaignRefused
from kanta_tenancy.agreements.campaigns.lifecycle import Move, RowMove
from kanta_tenancy.agreements.campaigns.model import Campaign, CampaignStatus, Candidate, Cohort, NewCampaign, RowState
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.drafting import completeness
from kanta_tenancy.agreements.drafting.errors import DraftRefused
from kanta_tenancy.agreements.mandates import store as mandates
from kanta_tenancy.agreements.mandates import validity
from kanta_tenancy.agreements.model import Draft, Party
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.parties import wording


async def create(tx: Transaction, clock: Clock, new: NewCampaign) -> Campaign:
    """Put down a campaign; nothing is offered before it is started.

    Raises:
        CampaignRefused: it says something that cannot be done.
        ModelNotFound: its model is there in no language.
    """
    fit = await _fit(tx, clock, new)
    at = clock.now()
    campaign = Campaign(
        id=new_id(),
        name=fit.name,
        status=CampaignStatus.DRAFT,
        version=1,
        model=fit.model,
        model_version=fit.model_version,
        signatories=fit.signatories,
        services=fit.services,
        registers=fit.registers,
        cohorts=fit.cohorts,
        remind_after=fit.remind_after,
        sign_with_own_key=fit.sign_with_own_key,
        created_at=at,
    )
    await store.add(tx, campaign)
    await record(tx, _act("created", None, campaign, clock))
    return campaign


async def amend(tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int, new: NewCampaign) -> Campaign:
    """Write a campaign anew that was not started.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it was started, or is cancelled.
        CampaignRefused: it says something that cannot be done.
        ModelNotFound: its model is there in no language.
    """
    before = await store.take(tx, campaign_id, version)
    draft = lifecycle.move(before, Move.AMEND, at=clock.now())
    after = replace(draft, **structs.asdict(await _fit(tx, clock, new)))
    await store.save_draft(tx, after)
    await record(tx, _act("amended", before, after, clock))
    return after


async def start(tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int) -> Campaign:
    """Give every tenant that a cohort takes its place; offers are made from each one's day on.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it was started already.
        CampaignRefused: no cohort takes anybody.
    """
    before = await store.take(tx, campaign_id, version)
    at = clock.now()
    after = lifecycle.move(before, Move.START, at=at)
    places = cohorts.places(before.cohorts, await store.candidates(tx, day_in_finland(at), at))
    if not places:
        raise CampaignRefused("no cohort takes any tenant", flaws=(Flaw(field="cohorts", detail="take nobody"),))
    await store.give_places(tx, campaign_id, places)
    return await _save(tx, clock, "started", before, after, rows=len(places))


async def pause(tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int) -> Campaign:
    """Make no offers until the campaign is resumed; when this is committed, none is being made.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it is not running.
    """
    return await _moved(tx, clock, Move.PAUSE, "paused", campaign_id=campaign_id, version=version)


async def resume(tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int) -> Campaign:
    """Go on where the campaign was.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it is not paused.
    """
    return await _moved(tx, clock, Move.RESUME, "resumed", campaign_id=campaign_id, version=version)


async def cancel(tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int) -> Campaign:
    """Make no further offer; those that were made stand, each as an agreement of its own.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it has ended already.
    """
    return await _moved(tx, clock, Move.CANCEL, "cancelled", campaign_id=campaign_id, version=version)


async def retry(
    tx: Transaction, clock: Clock, *, campaign_id: UUID, version: int, states: Sequence[RowState]
) -> Campaign:
    """Have rows wait again that failed or were skipped; a campaign that was done runs again.

    Args:
        states: which of them; others than those two stay as they are.

    Raises:
        CampaignNotFound, CampaignChanged: there is none, or not at that version any more.
        CampaignMoveNotAllowed: it was not started, or is cancelled.
        CampaignRefused: there is no such row.
    """
    before = await store.take(tx, campaign_id, version)
    at = clock.now()
    after = lifecycle.move(before, Move.RETRY, at=at)
    again = [state for state in states if state in lifecycle.sources(RowMove.RETRY)]
    rows = await store.retry(tx, campaign_id, again, at=at)
    if not rows:
        raise CampaignRefused("there is nothing to try again")
    return await _save(tx, clock, "retried", before, after, rows=rows)


async def finish(tx: Transaction, clock: Clock, campaign_id: UUID) -> bool:
    """Put down that nobody waits any more in a running campaign; return whether that is so."""
    before = await store.take(tx, campaign_id)
    if before.status is not CampaignStatus.RUNNING or await store.is_waiting(tx, campaign_id):
        return False
    await _save(tx, clock, "done", before, lifecycle.move(before, Move.FINISH, at=clock.now()))
    return True


async def _moved(tx: Transaction, clock: Clock, how: Move, act: str, *, campaign_id: UUID, version: int) -> Campaign:
    before = await store.take(tx, campaign_id, version)
    return await _save(tx, clock, act, before, lifecycle.move(before, how, at=clock.now()))


async def _save(tx: Transaction, clock: Clock, act: str, before: Campaign, after: Campaign, **facts: int) -> Campaign:
    await store.save_move(tx, after)
    await record(tx, _act(act, before, after, clock, **facts))
    return after


def _act(action: str, before: Campaign | None, after: Campaign, clock: Clock, **facts: int) -> Act:
    return Act(
        action=f"campaign.{action}",
        subject=f"campaign/{after.id}",
        at=clock.now(),
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


async def _fit(tx: Transaction, clock: Clock, new: NewCampaign) -> NewCampaign:
    """Return what a campaign is to say, examined against the models, tenants and mandates that there are."""
    if not await models.languages(tx, new.model, new.model_version):
        flaw = Flaw(field="model", detail="no such model")
        raise ModelNotFound(f"there is no model {new.model} {new.model_version}", flaws=(flaw,))
    at = clock.now()
    everybody = await store.candidates(tx, day_in_finland(at), at)
    fit = _examined(new, everybody, day_in_finland(at))
    await _check_mandates(tx, fit)
    return fit


async def _check_mandates(tx: Transaction, new: NewCampaign) -> None:
    flaws = validity.strangers(new.signatories, await mandates.these(tx, validity.named(new.signatories)), None)
    if flaws:
        raise CampaignRefused("; ".join(flaw.detail for flaw in flaws), flaws=flaws)


def _examined(new: NewCampaign, everybody: Sequence[Candidate], today: date) -> NewCampaign:
    look = wording.Examination()
    name = look.text("name", wording.name, new.name, clause="")
    flaws = [*look.flaws, *_flaws(new), *_flaws_of_cohorts(new.cohorts, everybody, today)]
    said = Draft(
        language=Language.ENGLISH,  # any: what is examined is the same in each
        model=new.model,
        model_version=new.model_version,
        services=new.services or (),
        registers=new.registers or (),
        signatories=new.signatories,
    )
    try:
        said = completeness.examined(said)
    except DraftRefused as refusal:
        flaws += refusal.flaws
    if flaws:
        raise CampaignRefused(f"{len(flaws)} of its statements cannot be done", flaws=tuple(flaws))
    return replace(new, name=name, signatories=said.signatories, remind_after=tuple(sorted(set(new.remind_after))))


def _flaws(new: NewCampaign) -> list[Flaw]:
    found: list[Flaw] = []
    if not new.signatories or any(who.party is not Party.MAIN_CONNECTOR for who in new.signatories):
        detail = "one or two who sign for the main connector; the tenant's are carried over"
        found.append(Flaw(field="signatories", detail=detail, rule="K21"))
    if new.sign_with_own_key and len(new.signatories) > 1:
        detail = "one key signs for one of the two; let them sign each offer, or name one"
        found.append(Flaw(field="sign_with_own_key", detail=detail, rule="K21"))
    if not new.cohorts:
        found.append(Flaw(field="cohorts", detail="at least one"))
    return found


def _flaws_of_cohorts(those: Sequence[Cohort], everybody: Sequence[Candidate], today: date) -> list[Flaw]:
    found: list[Flaw] = []
    known = {candidate.tenancy_id for candidate in everybody}
    members = Counter(place.cohort for place in cohorts.places(those, everybody))
    for number, cohort in enumerate(those):
        path = f"cohorts[{number}]"
        found += catalogue.unknown(cohort.services, field=f"{path}.services")
        strange = [one for one in cohort.tenancies if one not in known]
        if strange:
            found.append(Flaw(field=f"{path}.tenancies", detail=f"{len(strange)} of them are no tenancies here"))
        if cohorts.too_far(cohort, members[number + 1], today):
            detail = "it begins, or the last of its tenants comes, more than ten years from today"
            found.append(Flaw(field=f"{path}.starts_on", detail=detail))
    return found
