"""Questions about follow-ups that change nothing; a tenant's are of itself."""

from uuid import UUID

from kanta_tenancy.disturbances.follow_ups import store
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, FollowUpState, Position
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction


async def follow_up(tx: Transaction, follow_up_id: UUID) -> FollowUp:
    """Read a follow-up.

    Raises:
        FollowUpNotFound: the scope has none of that id.
    """
    return await store.find(tx, follow_up_id)


async def open_ones(
    tx: Transaction, kind: FollowUpKind, tenancy_id: TenancyId | None, *, after: Position | None, count: int
) -> list[FollowUp]:
    """Read a page of what is open, the earliest due first."""
    return await store.open_ones(tx, kind, tx.scope.tenancy_id or tenancy_id, after=after, count=count)


async def settled(
    tx: Transaction,
    kind: FollowUpKind,
    states: tuple[FollowUpState, ...],
    tenancy_id: TenancyId | None,
    *,
    before: UUID | None,
    count: int,
) -> list[FollowUp]:
    """Read a page of what is in these states, the newest first."""
    return await store.page(tx, kind, states, tx.scope.tenancy_id or tenancy_id, before=before, count=count)


async def of_disturbance(tx: Transaction, disturbance_id: UUID, *, after: UUID | None, count: int) -> list[FollowUp]:
    """Read a page of what a disturbance has left, in the order in which it was put down.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    await disturbances.find(tx, disturbance_id)
    return await store.of_disturbance(tx, disturbance_id, after=after, count=count)
