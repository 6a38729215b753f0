"""What a campaign would do: to each tenant, and to the text of each agreement. Nothing is written."""

from collections import Counter
from collections.abc import Sequence

from kanta_tenancy import parties
from kanta_tenancy.agreements.campaigns import cohorts, judging, store
from kanta_tenancy.agreements.campaigns.model import Campaign, Candidate, Foreseen, Place
from kanta_tenancy.agreements.campaigns.redline import ClauseRedline, redline
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.agreements.models.model import Clause
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction


class Texts(Record, frozen=True, kw_only=True):
    """The texts that so many tenants go from and to; None where this service does not have one."""

    language: Language
    model: str  # that their agreements in force are on
    model_version: str
    tenants: int
    before: tuple[Clause, ...] | None
    after: tuple[Clause, ...] | None

    def redline(self) -> tuple[ClauseRedline, ...] | None:
        """Hold them against each other, clause by clause; None when one of them is not here."""
        return None if self.before is None or self.after is None else redline(self.before, self.after)


async def places(tx: Transaction, clock: Clock, campaign: Campaign) -> list[Place]:
    """Return who has a place in a campaign that was not started yet, or who is still waiting in one that was."""
    if campaign.started_at is not None:
        return await store.waiting(tx, campaign.id)
    return cohorts.places(campaign.cohorts, await _everybody(tx, clock))


async def foresee(tx: Transaction, clock: Clock, campaign: Campaign, those: Sequence[Place]) -> list[Foreseen]:
    """Say what would happen to each of these if it were its turn now."""
    at = clock.now()
    day = day_in_finland(at)
    tenancies = [place.tenancy_id for place in those]
    grounds = await store.grounds(tx, tenancies, day)
    both = await parties.the_parties_of_many(tx, tenancies, on_day=day)
    languages = await models.languages(tx, campaign.model, campaign.model_version)
    return [
        Foreseen(
            place=place,
            ground=(ground := grounds[place.tenancy_id]),
            obstacles=judging.obstacles(campaign, ground, both[place.tenancy_id], languages=languages, day=day, at=at),
        )
        for place in those
    ]


async def texts(
    tx: Transaction, clock: Clock, campaign: Campaign, those: Sequence[Place], language: Language | None = None
) -> list[Texts]:
    """Return what would change for these: for each text that their agreements in force are on, the old and the new.

    Args:
        language: only agreements in this one.
    """
    inside = {place.tenancy_id for place in those}
    wanted = Counter(
        (one.language, one.model, one.model_version)
        for one in await _everybody(tx, clock)
        if one.tenancy_id in inside and one.language is not None and language in {None, one.language}
    )
    found = []
    for (of, model, version), tenants in sorted(wanted.items(), key=str):
        if of is None or model is None or version is None:
            continue
        found.append(
            Texts(
                language=of,
                model=model,
                model_version=version,
                tenants=tenants,
                before=await _clauses(tx, model, version, of),
                after=await _clauses(tx, campaign.model, campaign.model_version, of),
            )
        )
    return found


async def _everybody(tx: Transaction, clock: Clock) -> list[Candidate]:
    at = clock.now()
    return await store.candidates(tx, day_in_finland(at), at)


async def _clauses(tx: Transaction, model: str, version: str, language: Language) -> tuple[Clause, ...] | None:
    try:
        return (await models.load(tx, model, version, language)).frozen.clauses
    except ModelNotFound:
        return None
