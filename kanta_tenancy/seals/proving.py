"""Proofs out of the database: that a chain ended at an entry when a checkpoint was made, and what led there."""

from uuid import UUID

from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.sealing import merkle
from kanta_tenancy.seals.errors import CheckpointNotFound
from kanta_tenancy.seals.evidence import HeadProof, Slice
from kanta_tenancy.seals.model import Checkpoint
from kanta_tenancy.seals.store import checkpoints as store


async def prove(tx: Transaction, chain: UUID, checkpoint: Checkpoint) -> HeadProof:
    """Prove where a chain of the scope ended at a checkpoint.

    Raises:
        CheckpointNotFound: the chain was not there yet.
    """
    head = await store.head_of(tx, chain, checkpoint.number)
    if head is None:
        raise CheckpointNotFound(f"checkpoint {checkpoint.number} has seen no such chain")
    tree = merkle.Tree(await store.leaves(tx, checkpoint.number))
    return HeadProof(
        number=checkpoint.number,
        chain=chain,
        sequence=head.sequence,
        digest=head.digest,
        position=head.position,
        size=checkpoint.size,
        path=tree.path(head.position),
    )


async def cut(tx: Transaction, chain: UUID, *, first: int, last: int) -> Slice:
    """Return the entries of a chain from one number to another.

    Raises:
        LookupError: the chain has not all of them.
    """
    before = journal.beginning(chain)
    if first > 1:
        kept = await journal.ENTRIES.all(tx, chain=chain, after=first - 2, batch=1)
        before = _expected(kept, first - 1)[0].digest
    entries: list[journal.Kept] = []
    while first + len(entries) <= last:
        after = first + len(entries) - 1
        batch = await journal.ENTRIES.all(tx, chain=chain, after=after, batch=min(journal.BATCH, last - after))
        entries += _expected(batch, after + 1)
    return Slice(chain=chain, first=first, before=before, entries=tuple(kept.entry for kept in entries))


def _expected(kept: list[journal.Kept], first: int) -> list[journal.Kept]:
    if not kept or [one.sequence for one in kept] != list(range(first, first + len(kept))):
        raise LookupError(f"entry {first} is not in the journal")
    return kept
