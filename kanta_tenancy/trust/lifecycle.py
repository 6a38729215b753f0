"""Which moves a kept certificate allows, and how a policy follows another. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.trust.errors import AnchorRemoved
from kanta_tenancy.trust.model import Anchor, Policy, Standing, Wish


class Move(enum.StrEnum):
    REMOVE = "remove"


MOVES: Final[Mapping[tuple[Standing, Move], Standing]] = {(Standing.KEPT, Move.REMOVE): Standing.REMOVED}


def remove(anchor: Anchor, *, at: datetime, by: str, because: str) -> Anchor:
    """Say that a certificate is trusted no longer. What was removed stays so: loaded again, it is another row.

    Raises:
        AnchorRemoved: it was removed before.
    """
    if (anchor.standing, Move.REMOVE) not in MOVES:
        raise AnchorRemoved(f"the certificate is {anchor.standing.value}", standing=anchor.standing.value)
    # A clock may be behind that of the instance that loaded it.
    moment = max(at, anchor.loaded_at)
    return replace(anchor, removed_at=moment, removed_by=by, removed_because=because, version=anchor.version + 1)


def follow(before: Policy, wish: Wish, *, at: datetime, by: str) -> Policy:
    """Return the next version of a policy; it holds from now on, and what held before stays known."""
    return Policy(
        version=before.version + 1,
        level=wish.level,
        obligation=wish.obligation,
        authorities=wish.authorities,
        fresh_for_hours=wish.fresh_for_hours,
        since=at if before.since is None else max(at, before.since),
        decided_by=by,
    )


def wish_of(policy: Policy) -> Wish:
    return Wish(
        level=policy.level,
        obligation=policy.obligation,
        authorities=policy.authorities,
        fresh_for_hours=policy.fresh_for_hours,
    )
