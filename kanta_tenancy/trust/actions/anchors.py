"""Certificates are loaded and removed; each act has its entry in the journal, and a promise to warn before the end."""

from collections.abc import Sequence
from uuid import UUID

from cryptography import x509

from kanta_tenancy import promises
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.trust import checking, examining, history, lifecycle, owing
from kanta_tenancy.trust.model import Anchor, AnchorId, AnchorKind, Loaded
from kanta_tenancy.trust.store import anchors as store


async def load(
    tx: Transaction, clock: Clock, kind: AnchorKind, certificates: Sequence[x509.Certificate]
) -> tuple[Loaded, ...]:
    """Keep certificates, as `examining.read` gives them; of one that is kept for this already nothing changes.

    Returns:
        What became of each, in the order in which they were given.

    Raises:
        AnchorRefused: one of them cannot be kept for this; none is loaded then.
    """
    examining.check(certificates, kind)
    at = clock.now()
    asked = [examining.anchor(each, kind, AnchorId(new_id()), at=at, by=tx.actor.name) for each in certificates]
    new = [anchor for anchor in sorted(asked, key=_fingerprint) if await store.add(tx, anchor)]
    there = {anchor.sha256: anchor for anchor in await store.kept(tx, kind, [anchor.sha256 for anchor in asked])}
    await promises.owe_many(tx, [owing.to_warn(anchor, at=at) for anchor in new])
    for anchor in new:
        await record(tx, history.of_anchor("loaded", None, anchor, at=at))
    return tuple(Loaded(anchor=there.get(one.sha256, one), new=one in new) for one in asked)


async def remove(tx: Transaction, clock: Clock, anchor_id: UUID, *, version: int | None, because: str) -> Anchor:
    """Trust a certificate no longer; who did so, when and why stays with it.

    Args:
        version: that the caller saw; None at the command line, where nobody saw one.

    Raises:
        AnchorNotFound, AnchorChanged: there is none, or not at that version any more.
        AnchorRemoved: it was removed before.
        AnchorRefused: the reason is none, or cannot be kept.
    """
    reason = checking.reason(because)
    before = await store.take(tx, anchor_id, version)
    at = clock.now()
    after = lifecycle.remove(before, at=at, by=tx.actor.name, because=reason)
    await store.remove(tx, after)
    await promises.release(tx, owing.warning_key(after), at=at, because="the certificate was removed")
    await record(tx, history.of_anchor("removed", before, after, at=at))
    return after


def _fingerprint(anchor: Anchor) -> str:
    return anchor.sha256
