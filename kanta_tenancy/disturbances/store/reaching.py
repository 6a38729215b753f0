"""Rosters, calls, and what parties say of themselves. The only module that reads `disturbances/reaching.sql`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Called, OnCall, OwnWord, Roster
from kanta_tenancy.disturbances.errors import OwnWordChanged, RosterChanged
from kanta_tenancy.disturbances.store.disturbances import Version
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

ROSTER: Final = statement("disturbances/reaching.roster", Roster)
SAVE_ROSTER: Final = statement("disturbances/reaching.save_roster", Version)
ADD_CALL: Final = statement("disturbances/reaching.add_call", Nothing)
CALLS: Final = statement("disturbances/reaching.calls", Called)
OWN_WORDS: Final = statement("disturbances/reaching.own_words", OwnWord)
SAVE_OWN_WORD: Final = statement("disturbances/reaching.save_own_word", Version)


async def roster(tx: Transaction) -> Roster | None:
    """Read whom the main connector has named; None: it has said nothing. A tenant sees none."""
    return await ROSTER.one(tx, main_connector_id=tx.scope.main_connector_id)


async def save_roster(tx: Transaction, people: Sequence[OnCall], *, seen: int, at: datetime) -> int:
    """Write whom the main connector has named over the version that the caller saw, 0 for none.

    Returns:
        The version that it has now.

    Raises:
        RosterChanged: it is at another version.
    """
    saved = await SAVE_ROSTER.one(
        tx, main_connector_id=tx.scope.main_connector_id, people=msgspec.to_builtins(people), seen=seen, at=at
    )
    if saved is None:
        raise RosterChanged(f"the roster is no longer at version {seen}")
    return saved.version


async def add_call(tx: Transaction, disturbance_id: UUID, call: Called) -> None:
    await ADD_CALL.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        disturbance_id=disturbance_id,
        **msgspec.structs.asdict(call),
    )


async def calls(tx: Transaction, disturbance_id: UUID) -> list[Called]:
    """Read who was called, in order; a tenant sees none."""
    return await CALLS.all(tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id)


async def own_words(
    tx: Transaction, abouts: Collection[str], tenancy_ids: Collection[TenancyId | None]
) -> list[OwnWord]:
    """Read what parties say of themselves; without a tenancy, the main connector."""
    holders = [tx.scope.main_connector_id if one is None else one for one in tenancy_ids]
    return await OWN_WORDS.all(tx, main_connector_id=tx.scope.main_connector_id, abouts=list(abouts), holders=holders)


async def save_own_word(
    tx: Transaction,
    tenancy_id: TenancyId | None,
    about: str,
    word: Mapping[str, Any],
    *,
    seen: int,
    by: str,
    at: datetime,
) -> int:
    """Write what a party says over the version that the caller saw, 0 for none.

    Returns:
        The version that it has now.

    Raises:
        OwnWordChanged: it is at another version.
    """
    saved = await SAVE_OWN_WORD.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        holder=tx.scope.main_connector_id if tenancy_id is None else tenancy_id,
        about=about,
        word=dict(word),
        seen=seen,
        said_by=by,
        at=at,
    )
    if saved is None:
        raise OwnWordChanged(f"it is no longer at version {seen}")
    return saved.version
