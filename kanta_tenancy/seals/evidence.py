"""What a checkpoint proves: that a chain ended there, and which entries led to it. Pure."""

from collections.abc import Sequence
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.journal import beginning, seal
from kanta_tenancy.machinery.sealing import merkle


class HeadProof(Record, frozen=True, kw_only=True):
    """That a chain ended at an entry when a checkpoint was made."""

    number: int  # of the checkpoint
    chain: UUID
    sequence: int
    digest: bytes
    position: int  # of its leaf in the tree
    size: int  # of the tree
    path: tuple[bytes, ...]  # RFC 9162, 2.1.3.1


class Slice(Record, frozen=True, kw_only=True):
    """Entries of a chain in a row, with what the first of them was sealed to."""

    chain: UUID
    first: int  # the number of the first entry
    before: bytes  # the digest of the entry before it, or what stands before a chain's first
    entries: tuple[str, ...]  # as they were hashed


def leaf_of(chain: UUID, sequence: int, digest: bytes) -> bytes:
    """Return the leaf of a chain's end: over its 16 octets, the entry's number as 8, and the entry's digest."""
    return merkle.leaf(chain.bytes + sequence.to_bytes(8, "big") + digest)


def root_of(heads: Sequence[tuple[UUID, int, bytes]]) -> bytes:
    """Return the root over the ends of all chains, in the order of their places."""
    return merkle.Tree([leaf_of(*head) for head in heads]).root


def is_proved(proof: HeadProof, root: bytes) -> bool:
    """Say whether a proof leads to the root that was sealed."""
    leaf = leaf_of(proof.chain, proof.sequence, proof.digest)
    return merkle.is_included(leaf, index=proof.position, size=proof.size, path=proof.path, root=root)


def leads_to(part: Slice, proof: HeadProof) -> bool:
    """Say whether a slice is of the chain that was proved, and ends where it ended."""
    if part.chain != proof.chain or not part.entries or part.first < 1:
        return False
    if part.first == 1 and part.before != beginning(part.chain):
        return False
    digest = part.before
    for sequence, entry in enumerate(part.entries, part.first):
        digest = seal(digest, sequence, entry)
    return (part.first + len(part.entries) - 1, digest) == (proof.sequence, proof.digest)
