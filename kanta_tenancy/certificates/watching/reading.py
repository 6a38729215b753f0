"""Questions about watched servers, sources and the watch itself that change nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.certificates.watching import owing, rounds
from kanta_tenancy.certificates.watching.errors import EndpointNotFound
from kanta_tenancy.certificates.watching.model import (
    EndpointPosition,
    Observation,
    ObservationPosition,
    WatchedEndpoint,
    WatchStanding,
)
from kanta_tenancy.certificates.watching.rhythm import rhythm_on
from kanta_tenancy.certificates.watching.store import endpoints, observations
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import State, Wanted

_STANDING: Final = (State.OWED, State.BROKEN)


async def endpoint(tx: Transaction, endpoint_id: UUID) -> WatchedEndpoint:
    """Read a watched server.

    Raises:
        EndpointNotFound: the scope has none of that id.
    """
    found = await endpoints.find(tx, endpoint_id)
    if found is None:
        raise EndpointNotFound(f"no watched server {endpoint_id}")
    return found


async def listed(
    tx: Transaction,
    *,
    ended_too: bool = False,
    system_id: UUID | None = None,
    after: EndpointPosition | None,
    count: int,
) -> list[WatchedEndpoint]:
    """Read a page of watched servers, newest first."""
    before = None if after is None else after.id
    return await endpoints.page(tx, ended_too=ended_too, system_id=system_id, before=before, count=count)


async def observed(
    tx: Transaction, endpoint_id: UUID, *, after: ObservationPosition | None, count: int
) -> list[Observation]:
    """Read a page of what a server did, newest first.

    Raises:
        EndpointNotFound: the scope has no such server.
    """
    await endpoint(tx, endpoint_id)
    return await observations.page(tx, endpoint_id, before=None if after is None else after.id, count=count)


async def watch(tx: Transaction, kinds: Sequence[str], now: datetime) -> WatchStanding:
    """Tell how the watch itself stands: answers also when nothing works but the API.

    Args:
        kinds: of the promises by which the service watches certificates.
    """
    rhythm = rhythm_on(day_in_finland(now))
    wanted = Wanted(kind=owing.ROUND, states=_STANDING, subject=owing.round_subject(tx.scope.main_connector_id))
    standing = await promises.page(tx, wanted, after=None, count=1)
    due = standing[0].due_at if standing else None
    return WatchStanding(
        next_round_at=due,
        late_since=due if due is not None and due + rhythm.overdue_after < now else None,
        overdue=await rounds.overdue(tx, kinds, now - rhythm.overdue_after),
    )
