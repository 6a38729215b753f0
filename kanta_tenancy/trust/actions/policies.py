"""What signatures are to reach is decided; what was decided before stays known."""

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.trust import checking, history, lifecycle
from kanta_tenancy.trust.errors import PolicyChanged
from kanta_tenancy.trust.model import Policy, Wish
from kanta_tenancy.trust.store import policies as store


async def decide(tx: Transaction, clock: Clock, wish: Wish, *, version: int | None) -> Policy:
    """Decide on a policy that holds from now on; the same again changes nothing.

    Args:
        version: that the caller saw, 0 while there was none; None at the command line, where nobody saw one.

    Raises:
        PolicyChanged: it is at another version.
        PolicyRefused: an authority is not acceptable, or the level needs one.
    """
    fit = checking.wish(wish)
    before = await store.newest(tx)
    if version is not None and before.version != version:
        raise PolicyChanged(f"the policy is at version {before.version}, not {version}", version=before.version)
    if before.version and lifecycle.wish_of(before) == fit:
        return before
    at = clock.now()
    after = lifecycle.follow(before, fit, at=at, by=tx.actor.name)
    await store.add(tx, after)
    await record(tx, history.of_policy(before, after, at=at))
    return after
