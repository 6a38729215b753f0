"""What a new access key may let its holder do, and for how long."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from kanta_tenancy.parties.wording import Unfit

USUAL_LIFE: Final = timedelta(days=365)
LONGEST_LIFE: Final = timedelta(days=731)


def too_wide(asked: Iterable[Permission], *, giver: frozenset[str], for_tenant: bool) -> tuple[Flaw, ...]:
    """Say which permissions the key cannot have: those its giver lacks, and those that no tenant has."""
    flaws = []
    for permission in sorted(asked):
        if permission not in giver:
            flaws.append(Flaw(field="permissions", detail=f"{permission}: who gives it must have it"))
        elif for_tenant and permission not in TENANT_PERMISSIONS:
            flaws.append(Flaw(field="permissions", detail=f"{permission}: a tenant's key cannot have it"))
    return tuple(flaws)


def expiry(asked: datetime | None, now: datetime, *, giver_ends: datetime | None) -> datetime:
    """Return when a key made now expires: as asked, else after a year or with the key that makes it.

    Args:
        giver_ends: when the key that makes it expires; None: an operator makes it.

    Raises:
        Unfit: it has no time zone, is past, is more than 731 days away, or comes after `giver_ends`.
    """
    if asked is None:
        return min(now + USUAL_LIFE, giver_ends or now + USUAL_LIFE)
    if asked.tzinfo is None:
        raise Unfit("it has no time zone")
    if asked <= now:
        raise Unfit("it is past")
    if asked > now + LONGEST_LIFE:
        raise Unfit(f"a key lives no longer than {LONGEST_LIFE.days} days")
    if giver_ends is not None and asked > giver_ends:
        raise Unfit(f"a key ends no later than the key that makes it: {giver_ends:%Y-%m-%dT%H:%M:%SZ}")
    return asked
