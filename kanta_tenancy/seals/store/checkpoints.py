"""Checkpoints in PostgreSQL. The only module that reads `sql/queries/seals/checkpoint.sql`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.seals.errors import CheckpointNotFound
from kanta_tenancy.seals.model import Checkpoint, CheckpointHead, LostHead, SeenHead, Standing


class Leaf(Record, frozen=True, kw_only=True):
    leaf: bytes


HOLD: Final = statement("seals/checkpoint.hold", Nothing)
INSERT: Final = statement("seals/checkpoint.insert", Nothing)
INSERT_HEADS: Final = statement("seals/checkpoint.insert_heads", Nothing)
INSERT_TIMESTAMP: Final = statement("seals/checkpoint.insert_timestamp", Nothing)
NEWEST: Final = statement("seals/checkpoint.newest", Checkpoint)
OLDEST: Final = statement("seals/checkpoint.oldest", Checkpoint)
UNSTAMPED: Final = statement("seals/checkpoint.unstamped", Checkpoint)
STANDING: Final = statement("seals/checkpoint.standing", Standing)
HEADS_AT: Final = statement("seals/checkpoint.heads_at", CheckpointHead)
COVERING: Final = statement("seals/checkpoint.covering", Checkpoint)
HEAD_OF: Final = statement("seals/checkpoint.head_of", CheckpointHead)
LEAVES: Final = statement("seals/checkpoint.leaves", Leaf)
MOVED: Final = statement("seals/checkpoint.moved", SeenHead)
GONE: Final = statement("seals/checkpoint.gone", SeenHead)
MISSING: Final = statement("seals/checkpoint.missing", LostHead)

_BEYOND: Final = 2**31 - 1


async def hold(tx: Transaction) -> None:
    """Hold the making of checkpoints of this main connector until the transaction ends."""
    await HOLD.run(tx, main_connector_id=tx.scope.main_connector_id)


async def add(tx: Transaction, checkpoint: Checkpoint, heads: Sequence[CheckpointHead], *, known: int) -> None:
    """Keep a checkpoint with the heads of the chains that moved.

    Args:
        known: how many places there were before; those from it on are new.
    """
    owned = {"main_connector_id": tx.scope.main_connector_id, "number": checkpoint.number}
    await INSERT.run(
        tx,
        at=checkpoint.at,
        size=checkpoint.size,
        root=checkpoint.root,
        certificate=checkpoint.certificate,
        seal=checkpoint.seal,
        **owned,
    )
    await INSERT_HEADS.run(
        tx,
        positions=[head.position for head in heads],
        chains=[head.chain for head in heads],
        sequences=[head.sequence for head in heads],
        digests=[head.digest for head in heads],
        firsts=[head.position >= known for head in heads],
        **owned,
    )


async def add_timestamp(tx: Transaction, number: int, token: bytes, received_at: datetime) -> None:
    realm = tx.scope.main_connector_id
    await INSERT_TIMESTAMP.run(tx, main_connector_id=realm, number=number, token=token, received_at=received_at)


async def newest(tx: Transaction, *, before: int | None = None, count: int = 1) -> list[Checkpoint]:
    """Read a page of checkpoints, newest first."""
    bound = _BEYOND if before is None else before
    return await NEWEST.all(tx, main_connector_id=tx.scope.main_connector_id, before=bound, count=count)


async def oldest(tx: Transaction, *, after: int, count: int) -> list[Checkpoint]:
    """Read a page of checkpoints, oldest first."""
    return await OLDEST.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)


async def find(tx: Transaction, number: int) -> Checkpoint:
    """Read one checkpoint.

    Raises:
        CheckpointNotFound: the realm has none of that number.
    """
    found = await oldest(tx, after=number - 1, count=1) if 0 < number <= _BEYOND else []
    if not found or found[0].number != number:
        raise CheckpointNotFound(f"no checkpoint {number}")
    return found[0]


async def unstamped(tx: Transaction, *, count: int) -> list[Checkpoint]:
    return await UNSTAMPED.all(tx, main_connector_id=tx.scope.main_connector_id, count=count)


async def standing(tx: Transaction) -> list[Standing]:
    return await STANDING.all(tx, main_connector_id=tx.scope.main_connector_id)


async def heads_at(tx: Transaction, number: int) -> list[CheckpointHead]:
    return await HEADS_AT.all(tx, main_connector_id=tx.scope.main_connector_id, number=number)


async def head_of(tx: Transaction, chain: UUID, number: int) -> CheckpointHead | None:
    return await HEAD_OF.one(tx, main_connector_id=tx.scope.main_connector_id, chain=chain, number=number)


async def covering(tx: Transaction, chain: UUID, sequence: int) -> Checkpoint | None:
    """Return the first checkpoint that has seen an entry of a chain and is stamped; else the first that has seen it."""
    return await COVERING.one(tx, main_connector_id=tx.scope.main_connector_id, chain=chain, sequence=sequence)


async def leaves(tx: Transaction, number: int) -> list[bytes]:
    return [row.leaf for row in await LEAVES.all(tx, number=number)]


async def moved(tx: Transaction, *, after: int, upto: int) -> list[SeenHead]:
    return await MOVED.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, upto=upto)


async def gone(tx: Transaction, *, after: int, upto: int) -> list[SeenHead]:
    return await GONE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, upto=upto)


async def missing(tx: Transaction, heads: Sequence[CheckpointHead]) -> list[LostHead]:
    """Return those of some heads that the journal of the realm does not have."""
    return await MISSING.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        chains=[head.chain for head in heads],
        sequences=[head.sequence for head in heads],
        digests=[head.digest for head in heads],
    )
