"""How the journal names what was decided about trust: acts of the main connector, on its own chain."""

from datetime import datetime
from typing import Final

from kanta_tenancy.machinery.postgres.journal import Act, digest_of
from kanta_tenancy.trust.model import Anchor, Policy

POLICY: Final = "trust_policy"


def of_anchor(done: str, before: Anchor | None, after: Anchor, *, at: datetime) -> Act:
    return Act(
        action=f"trust_anchor.{done}",
        subject=f"trust_anchor/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={"kind": after.kind.value, "sha256": after.sha256},
    )


def of_policy(before: Policy, after: Policy, *, at: datetime) -> Act:
    return Act(
        action=f"{POLICY}.changed",
        subject=POLICY,
        at=at,
        before=digest_of(before) if before.version else None,
        after=digest_of(after),
        facts={"version": after.version, "level": after.level.value, "obligation": after.obligation.value},
    )
