"""What routing looks at, read for many requests at once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements.annex import reading as annexes
from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.renewals import requirements
from kanta_tenancy.renewals.model import House, Office, Policy, Prescriber, Request, Situation, Span
from kanta_tenancy.renewals.staff import AtHouse
from kanta_tenancy.renewals.store import policies, prescribers

SERVICE: Final = "prescription"  # of the catalogue
_ALWAYS: Final = (Span(since=datetime(2010, 1, 1, tzinfo=UTC), until=None),)


class Situations:
    """The houses of some requests, as they are at one instant; who is given a request has one more."""

    def __init__(
        self,
        realm: UUID,
        houses: dict[UUID, House],
        *,
        physicians: tuple[Prescriber, ...],
        policy: Policy,
        ending: dict[UUID, AgreementId],
    ) -> None:
        self._realm = realm
        self._houses = houses
        self._physicians = physicians
        self._policy = policy
        self._ending = ending

    def of(self, request: Request) -> Situation:
        house = self._houses[request.tenancy_id or self._realm]
        return Situation(house=house, physicians=self._physicians, policy=self._policy)

    def ending_of(self, request: Request) -> AgreementId | None:
        """Return the agreement of a request's tenant whose end is known and still to come; None: there is none."""
        return self._ending.get(request.tenancy_id or self._realm)

    def moved(self, before: Request, after: Request) -> None:
        """Count that a request went from one person to another, or was closed."""
        if before.person != after.person or not after.is_open:
            self._count(before, -1)
            if after.is_open:
                self._count(after, 1)

    def _count(self, request: Request, more: int) -> None:
        key = request.tenancy_id or self._realm
        house = self._houses[key]
        self._houses[key] = replace(house, prescribers=_counted(house.prescribers, request.person, more))


async def load(tx: Transaction, requests: Sequence[Request], now: datetime) -> Situations:
    """Read what routing looks at for some requests, in as many questions for many as for one."""
    realm = tx.scope.main_connector_id
    tenancies = {one.tenancy_id for one in requests if one.tenancy_id is not None}
    holders = {*tenancies, realm}
    since = min((one.arrived_at for one in requests), default=now)
    people = await prescribers.of_houses(tx, holders, day=day_in_finland(since), after=since)
    prevented = await prescribers.preventions(tx, holders, after=now)
    said = await annexes.annexes_of_many(tx, tenancies) if tenancies else {}
    served: dict[UUID, tuple[Span, ...]] = {tenancy_id: _served(versions) for tenancy_id, versions in said.items()}
    houses = {
        holder: House(
            prescribers=tuple(one.prescriber() for one in people if one.holder == holder and _prescribes(one)),
            prevented=tuple(Span(since=one.since, until=one.until) for one in prevented if one.holder == holder),
            serves=_ALWAYS if holder == realm else served.get(holder, ()),
        )
        for holder in holders
    }
    physicians = tuple(
        one.prescriber() for one in people if one.holder == realm and one.office is not Office.PRESCRIBER
    )
    ending: dict[UUID, AgreementId] = {}
    for tenancy_id, versions in said.items():
        agreement_id = _ends(versions, now)
        if agreement_id is not None:
            ending[tenancy_id] = agreement_id
    return Situations(realm, houses, physicians=physicians, policy=await policy(tx, now), ending=ending)


async def policy(tx: Transaction, now: datetime) -> Policy:
    """Return how requests are followed: as the main connector chose, or as the data says."""
    return await policies.newest(tx) or requirements.following_on(day_in_finland(now))


def _prescribes(one: AtHouse) -> bool:
    """Whether somebody handles requests of units of the house; a physician without one has those of prevented ones."""
    return one.office is Office.PRESCRIBER or bool(one.units)


def _served(said: Iterable[AnnexOnDay]) -> tuple[Span, ...]:
    return tuple(
        Span(since=start_of_day(one.since), until=None if one.until is None else start_of_day(one.until))
        for one in said
        if SERVICE in one.services
    )


def _ends(said: Sequence[AnnexOnDay], now: datetime) -> AgreementId | None:
    last = said[-1] if said else None
    if last is None or last.until is None or last.until <= day_in_finland(now):
        return None
    return last.agreement_id


def _counted(people: tuple[Prescriber, ...], who: UUID | None, more: int) -> tuple[Prescriber, ...]:
    return tuple(replace(one, load=max(one.load + more, 0)) if one.id == who else one for one in people)
