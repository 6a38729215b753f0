"""A checkpoint: where all chains of a main connector's journal end now, under one root that the service seals."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.machinery.sealing import merkle
from kanta_tenancy.seals import sealing
from kanta_tenancy.seals.evidence import leaf_of
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import (
    Checkpoint,
    CheckpointHead,
    CheckpointStatement,
    Kind,
    SealCertificate,
    Standing,
)
from kanta_tenancy.seals.store import checkpoints as store


class Made(Record, frozen=True, kw_only=True):
    checkpoint: Checkpoint
    moved: int  # chains that had moved since the one before; none: it is the one before
    rewritten: int  # chains that have lost what the one before saw; that is nobody's honest work


async def checkpoint(tx: Transaction, keys: SealKeys, clock: Clock) -> Made:
    """Make a checkpoint of the realm, unless nothing has moved since the newest one.

    A chain that has lost what the newest checkpoint saw does not keep the others from being sealed: `journal verify`
    finds it by the checkpoints that saw it whole. A chain that is gone keeps its place, as it was seen last.

    Raises:
        SealNotSetUp, SealKeyUnusable: it cannot be sealed.
    """
    await store.hold(tx)
    at = clock.now()
    certificate = await sealing.in_charge(tx, at)
    found = await store.newest(tx)
    last = found[0] if found else None
    if last is None or last.certificate != certificate.sha256:
        await _tell(tx, certificate, at)
    chains = await store.standing(tx)
    rewritten = sum(not chain.is_kept for chain in chains)
    places, moved = _placed(chains)
    if last is not None and not moved:
        return Made(checkpoint=last, moved=0, rewritten=rewritten)
    said = _statement(tx, places, last, at)
    made = Checkpoint(
        number=said.number,
        at=at,
        size=said.size,
        root=bytes.fromhex(said.root),
        certificate=certificate.sha256,
        seal=await sealing.seal(tx, keys, Kind.CHECKPOINT, said, at=at),
    )
    known = sum(chain.position is not None for chain in chains)
    await store.add(tx, made, moved, known=known)
    return Made(checkpoint=made, moved=len(moved), rewritten=rewritten)


async def _tell(tx: Transaction, certificate: SealCertificate, at: datetime) -> None:
    """Journal, in the main connector's own chain, with which certificate its checkpoints are sealed from now on."""
    await record(
        tx,
        Act(
            action="seal.taken_over",
            subject=f"seal_certificate/{certificate.number}",
            at=at,
            facts={
                "certificate": certificate.sha256,
                "takes_over_at": certificate.takes_over_at.isoformat(),
                "predecessor": certificate.predecessor_fate.value,
                "registered_by": certificate.registered_by,
            },
        ),
    )


def _placed(chains: Sequence[Standing]) -> tuple[list[CheckpointHead], list[CheckpointHead]]:
    """Return all chains at their places, new ones behind, and of those the ones that moved."""
    places: list[CheckpointHead] = []
    moved: list[CheckpointHead] = []
    for place, chain in enumerate(chains):
        now = (chain.sequence, chain.digest)
        known = (chain.known_sequence, chain.known_digest)
        sequence, digest = known if chain.sequence is None else now
        if sequence is None or digest is None or chain.position not in {None, place}:
            raise LookupError(f"place {place} of the tree is missing")
        head = CheckpointHead(position=place, chain=chain.chain, sequence=sequence, digest=digest)
        places.append(head)
        if (sequence, digest) != known:
            moved.append(head)
    return places, moved


def _statement(
    tx: Transaction, places: Sequence[CheckpointHead], last: Checkpoint | None, at: datetime
) -> CheckpointStatement:
    root = merkle.Tree([leaf_of(head.chain, head.sequence, head.digest) for head in places]).root
    return CheckpointStatement(
        main_connector_id=tx.scope.main_connector_id,
        number=1 if last is None else last.number + 1,
        at=at,
        size=len(places),
        root=root.hex(),
        previous=None if last is None else hashlib.sha256(last.seal.encode()).hexdigest(),
    )
