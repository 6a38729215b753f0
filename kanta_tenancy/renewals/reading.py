"""Questions about renewal requests that change nothing; work lists, the duty to tell, and how a request went."""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.renewals import situations
from kanta_tenancy.renewals.model import Duty, Policy, Position, Request, Situation, State, Step
from kanta_tenancy.renewals.reception import ListedUnit, Unit, UnitPosition
from kanta_tenancy.renewals.staff import KnownPrescriber, ListedPrescriber, Prevention
from kanta_tenancy.renewals.store import duties, prescribers, requests, units


class Whole(Record, frozen=True, kw_only=True):
    """A request with all that happened to it, and what is left to do."""

    request: Request
    steps: tuple[Step, ...]
    duty: Duty | None


class Wanted(Record, frozen=True, kw_only=True):
    """Which open requests a work list is of. What is left out does not narrow it."""

    tenancy_id: TenancyId | None = None
    own: bool = False  # of the main connector's own units
    person: UUID | None = None
    with_physician: bool = False


async def request(tx: Transaction, request_id: UUID) -> Request:
    """Read a request.

    Raises:
        RequestNotFound: the scope has none of that id.
    """
    return await requests.find(tx, request_id)


async def whole(tx: Transaction, request_id: UUID) -> Whole:
    """Read a request with all that happened to it.

    Raises:
        RequestNotFound: the scope has none of that id.
    """
    found = await requests.find(tx, request_id)
    steps = await requests.steps(tx, request_id)
    return Whole(request=found, steps=tuple(steps), duty=await duties.find(tx, request_id))


async def situation(tx: Transaction, of: Request, now: datetime) -> Situation:
    """Read what routing would look at now for a request; the main connector alone sees all of it."""
    return (await situations.load(tx, [of], now)).of(of)


async def open_requests(tx: Transaction, wanted: Wanted, *, after: Position | None, count: int) -> list[Request]:
    """Read a page of a work list: what lapses first before the rest; a tenant's is of its own."""
    return await requests.open_page(
        tx,
        holder=_holder(tx, wanted.tenancy_id, own=wanted.own),
        person=wanted.person,
        with_physician=wanted.with_physician,
        after=after,
        count=count,
    )


async def closed_requests(
    tx: Transaction, state: State, *, tenancy_id: TenancyId | None, after: Position | None, count: int
) -> list[Request]:
    """Read a page of the requests of one outcome, such as those that have lapsed, oldest first."""
    return await requests.closed_page(tx, state, holder=_holder(tx, tenancy_id, own=False), after=after, count=count)


async def of_prescription(tx: Transaction, prescription_id: str, *, count: int) -> list[Request]:
    """Read what became of every request for a prescription that is kept whole, newest first."""
    return await requests.of_prescription(tx, prescription_id, count=count)


async def of_request_id(tx: Transaction, request_id: str) -> list[Request]:
    """Read the request of an identifier of the national service, if it is there."""
    return list((await requests.known(tx, [request_id])).values())


async def open_duties(
    tx: Transaction, *, tenancy_id: TenancyId | None, after: Position | None, count: int
) -> list[Duty]:
    """Read a page of the patients that are still to be told, what is due first before the rest."""
    return await duties.open_page(tx, holder=_holder(tx, tenancy_id, own=False), after=after, count=count)


async def unit(tx: Transaction, unit_id: UUID) -> Unit:
    """Read a unit with its decisions.

    Raises:
        UnitNotFound: the scope has none of that id.
    """
    return await units.find(tx, unit_id)


async def listed_units(tx: Transaction, day: date, *, after: UnitPosition | None, count: int) -> list[ListedUnit]:
    return await units.page(tx, day, after=after, count=count)


async def prescriber(tx: Transaction, prescriber_id: UUID) -> KnownPrescriber:
    """Read somebody with their units, hours and absences.

    Raises:
        PrescriberNotFound: the scope has nobody of that id.
    """
    return await prescribers.find(tx, prescriber_id)


async def listed_prescribers(tx: Transaction, *, after: UUID | None, count: int) -> list[ListedPrescriber]:
    return await prescribers.page(tx, after=after, count=count)


async def listed_preventions(tx: Transaction, *, before: UUID | None, count: int) -> list[Prevention]:
    return await prescribers.page_preventions(tx, before=before, count=count)


async def policy(tx: Transaction, now: datetime) -> Policy:
    """Read how requests are followed now."""
    return await situations.policy(tx, now)


def _holder(tx: Transaction, tenancy_id: TenancyId | None, *, own: bool) -> UUID | None:
    """Return whose requests are meant; None: those of all that the scope sees."""
    if tx.scope.tenancy_id is not None:
        return tx.scope.tenancy_id
    return tx.scope.main_connector_id if own else tenancy_id
