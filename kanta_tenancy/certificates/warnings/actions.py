"""Somebody says that they see to it: nobody else is told of a warning then, until there is a more urgent one."""

from uuid import UUID

from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.findings import KeptFinding
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.warnings import levels
from kanta_tenancy.certificates.warnings.errors import FindingNotFound, FindingNotOpen, WarningNotOpen
from kanta_tenancy.certificates.warnings.model import Digest, Level
from kanta_tenancy.certificates.warnings.store import amiss, digests, sweeps, warnings
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record


async def acknowledge_warning(tx: Transaction, clock: Clock, certificate_id: UUID, level: Level) -> None:
    """Acknowledge the open warning of a certificate, which is named, so that a newer one is not silenced unseen.

    Raises:
        CertificateNotFound: the scope has none of that id.
        WarningNotOpen: none of that level is open.
    """
    await sweeps.hold(tx)  # before any warning, as whoever else changes warnings does
    await inventory.certificate(tx, certificate_id)
    at = clock.now()
    if not await warnings.acknowledge(tx, certificate_id, level, by=tx.actor.name, at=at):
        raise WarningNotOpen(f"no warning of level {levels.name(level)} is open")
    act = Act(
        action="certificate_warning.acknowledged",
        subject=f"certificate/{certificate_id}",
        at=at,
        facts={"level": levels.name(level)},
    )
    await record(tx, act)


async def acknowledge_finding(tx: Transaction, clock: Clock, finding_id: UUID) -> KeptFinding:
    """Acknowledge a finding that is open; one that comes back or grows more severe is another one.

    Raises:
        FindingNotFound: the scope has none of that id.
        FindingNotOpen: it was cleared, or somebody acknowledged it before.
    """
    await sweeps.hold(tx)
    before = await _finding(tx, finding_id)
    at = clock.now()
    if not await amiss.acknowledge(tx, finding_id, by=tx.actor.name, at=at):
        raise FindingNotOpen("the finding was cleared, or somebody sees to it already")
    act = Act(
        action="certificate_finding.acknowledged",
        subject=f"certificate_finding/{finding_id}",
        at=at,
        facts={"rule": before.rule, "about": before.subject},
    )
    await record(tx, act)
    return await _finding(tx, finding_id)


async def _finding(tx: Transaction, finding_id: UUID) -> KeptFinding:
    for one in await findings.some(tx, [finding_id]):
        return one
    raise FindingNotFound(f"no finding {finding_id}")


async def acknowledge_digest(tx: Transaction, clock: Clock, digest_id: UUID, *, version: int) -> Digest:
    """Acknowledge all that a digest tells of. What was superseded meanwhile is told of by a newer digest.

    Raises:
        DigestNotFound, DigestChanged: there is none, or not at that version any more.
        DigestAcknowledged: somebody did before.
    """
    await sweeps.hold(tx)
    at = clock.now()
    before = await digests.find(tx, digest_id)
    after, closed = await digests.acknowledge(tx, digest_id, version=version, by=tx.actor.name, at=at)
    seen_to = await amiss.acknowledge_items(tx, digest_id, by=tx.actor.name, at=at)
    act = Act(
        action="certificate_digest.acknowledged",
        subject=f"certificate_digest/{digest_id}",
        at=at,
        before=digest_of(before),
        after=digest_of(after),
        facts={"closed": len(closed), "findings": seen_to},
    )
    await record(tx, act)
    return after
