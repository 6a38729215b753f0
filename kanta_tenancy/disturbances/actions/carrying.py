"""What a room above sees to in the place of duties of a disturbance: said by it, in the transaction of its own act."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances import carrying as rules
from kanta_tenancy.disturbances import history
from kanta_tenancy.disturbances.actions import closing
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import Answered, Basis, Carried, Disturbance, DutyState, State
from kanta_tenancy.disturbances.model import Answer, Fact, Matter
from kanta_tenancy.disturbances.store import carried as store
from kanta_tenancy.disturbances.store import disturbances, duties
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record

# While facts bring duties; afterwards those that are there follow, and none is added.
_NEW: Final = "Something is to be told of it that another room sees to"
_ASSESSED: Final = frozenset({State.REPORTED, State.ACKNOWLEDGED, State.OVER})


class Shown(Record, frozen=True, kw_only=True):
    """What the room above knows of the event, and what says so: proposed where no person has answered."""

    facts: tuple[Fact, ...]
    by: str
    reason: str


class Told(Record, frozen=True, kw_only=True):
    """That a party told somebody, as whoever told them put it down here."""

    tenancy_id: TenancyId | None
    matter: Matter
    told_at: datetime
    how: str


async def carry(
    tx: Transaction, disturbance_id: UUID, said: Sequence[Carried], *, at: datetime, shown: Shown | None = None
) -> None:
    """Say how something stands that a disturbance asks, from where it is seen to; its duties stand so from now on.

    In a tenant's scope only what is the tenant's own is said; whoever calls it in the whole realm says the rest. Of a
    disturbance that was joined to another it is said of both.

    Args:
        shown: proposed as answers; in the whole realm only.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    own = [one for one in said if tx.scope.tenancy_id in {None, one.tenancy_id}]
    current: UUID | None = disturbance_id
    while current is not None:
        current = await _carry(tx, current, own, shown, at=at)


async def told_before(tx: Transaction, disturbance_id: UUID) -> list[Told]:
    """Return whom people told here of what a room above could see to now, so that nobody tells them again.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    found = await disturbances.find(tx, disturbance_id)
    while found.joined_to is not None:
        found = await disturbances.find(tx, found.joined_to)
    last = rules.latest(await duties.of_disturbance(tx, found.id))
    return [
        Told(
            tenancy_id=one.tenancy_id, matter=matter, told_at=one.state_at, how=one.note or f"disturbance_duty/{one.id}"
        )
        for one in last
        if one.is_told and one.carried_by is None and (matter := rules.rule_of(one).matter) is not None
    ]


async def _carry(
    tx: Transaction, disturbance_id: UUID, said: Sequence[Carried], shown: Shown | None, *, at: datetime
) -> UUID | None:
    """Say it of one disturbance; return the one that it was joined to."""
    whole = tx.scope.tenancy_id is None
    if whole:
        await disturbances.hold(tx, disturbance_id)
    known = {(one.tenancy_id, one.carrier, one.matter): one for one in await store.of_disturbance(tx, disturbance_id)}
    new = [one for one in said if not rules.same(one, known.get((one.tenancy_id, one.carrier, one.matter)))]
    if new:
        await store.add(tx, disturbance_id, new)  # waits for whoever holds the disturbance: what is read now is theirs
    found = await disturbances.find(tx, disturbance_id)
    if new and found.joined_to is None:
        await (_renew(tx, found, new, shown, at=at) if whole else duty_actions.follow(tx, found.id, at=at))
    return found.joined_to


async def _renew(
    tx: Transaction, found: Disturbance, new: Sequence[Carried], shown: Shown | None, *, at: datetime
) -> None:
    tenants = {one.tenancy_id for one in new if one.tenancy_id is not None}
    await disturbances.add_parties(tx, found.id, tenants, reported=False)
    if found.state is State.CLOSED and any(one.state is DutyState.PENDING for one in new):
        await closing.open_again(tx, found.id, because=_NEW, at=at)
        found = await disturbances.find(tx, found.id)
    if found.state not in _ASSESSED:
        await duty_actions.follow(tx, found.id, at=at)
        return
    proposed = await _proposed(tx, found.id, shown, at=at)
    await disturbances.add_answers(tx, found.id, proposed)
    renewed = await duty_actions.renew(tx, found, at=at)
    act = history.of_disturbance(
        "carried",
        found,
        found,
        at=at,
        carriers=", ".join(sorted({one.carrier for one in new})),
        answers=len(proposed),
        duties_added=sum(len(one.added) for one in renewed),
    )
    await record(tx, act)


async def _proposed(tx: Transaction, disturbance_id: UUID, shown: Shown | None, *, at: datetime) -> list[Answered]:
    """Return the answers that are proposed: to what no person has answered, and does not stand already."""
    known = await disturbances.answers(tx, disturbance_id)
    facts: Collection[Fact] = () if shown is None else shown.facts
    open_ = [
        fact
        for fact in facts
        if fact not in known or (known[fact].basis is Basis.REPORT and known[fact].answer is not Answer.YES)
    ]
    return [
        Answered(
            fact=fact,
            answer=Answer.YES,
            basis=Basis.REPORT,
            answered_by="" if shown is None else shown.by,
            answered_at=at,
            reason=None if shown is None else shown.reason,
        )
        for fact in open_
    ]
