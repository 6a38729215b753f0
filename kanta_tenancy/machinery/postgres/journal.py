"""The journal: who did what, when; each entry sealed with the one before, in the transaction of the act itself."""

import hashlib
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.acting import Actor
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Statement, statement


class Act(Record, frozen=True, kw_only=True):
    """What was done, by its journal name, and what it changed."""

    action: str  # such as `agreement.offered`
    subject: str  # such as `agreement/0199…`
    at: datetime
    tenancy_id: TenancyId | None = None  # None: an act of the main connector on its own account
    before: str | None = None  # SHA-256 of the subject's state, see `digest_of`; None: it did not exist
    after: str | None = None
    facts: Mapping[str, str | int | None] = {}


class Entry(Record, frozen=True, kw_only=True):
    """An act as it is hashed and kept; its JSON, keys in this order, is the text of the entry."""

    at: datetime
    actor: Actor
    action: str
    subject: str
    request_id: str
    before: str | None
    after: str | None
    facts: Mapping[str, str | int | None]


class Kept(Record, frozen=True, kw_only=True):
    """A row of the journal, as read back."""

    chain: UUID
    sequence: int
    entry: str
    digest: bytes


class Head(Record, frozen=True, kw_only=True):
    """Where a chain ends, as the database remembers it apart from the entries."""

    chain: UUID
    sequence: int
    digest: bytes


class _Sequence(Record, frozen=True, kw_only=True):
    sequence: int


class _Chain(Record, frozen=True, kw_only=True):
    chain: UUID


RECORD: Final[Statement[_Sequence]] = statement("postgres/journal.record", _Sequence)
CHAINS: Final[Statement[_Chain]] = statement("postgres/journal.chains", _Chain)
HEAD: Final[Statement[Head]] = statement("postgres/journal.head", Head)
ENTRIES: Final[Statement[Kept]] = statement("postgres/journal.entries", Kept)

BATCH: Final = 1_000  # entries or chains read at once: memory stays flat however long they are


async def record(tx: Transaction, act: Act, *, announce: msgspec.Struct | None = None) -> int:
    """Journal an act and, with `announce`, tell other rooms of it by the outbox; all in the act's transaction.

    Args:
        announce: a tagged Struct; its tag becomes the message's kind.

    Returns:
        The entry's number in its chain.
    """
    entry = Entry(
        at=act.at,
        actor=tx.actor,
        action=act.action,
        subject=act.subject,
        request_id=tx.request_id,
        before=act.before,
        after=act.after,
        facts=act.facts,
    )
    kept = await RECORD.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=act.tenancy_id,
        at=act.at,
        entry=msgspec.json.encode(entry).decode(),
        message_id=None if announce is None else new_id(),
        message_kind=None if announce is None else str(announce.__struct_config__.tag),
        message_body=None if announce is None else msgspec.to_builtins(announce),
    )
    if kept is None:
        raise LookupError("record_act() returned no row")
    return kept.sequence


def digest_of(state: msgspec.Struct) -> str:
    """Return the SHA-256 of a subject's state, by which the journal names it without repeating its content."""
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()


def seal(previous: bytes, sequence: int, entry: str) -> bytes:
    """Return the digest of an entry that follows one with the digest `previous`; the same rule as record_act()."""
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + entry.encode()).digest()


def beginning(chain: UUID) -> bytes:
    """Return the digest that stands before the first entry of a chain."""
    return hashlib.sha256(chain.bytes).digest()


class Walk:
    """Follows a chain from its beginning and says, entry by entry, what is wrong with it."""

    def __init__(self, chain: UUID) -> None:
        self.chain = chain
        self.sequence = 0  # of the entry that it has come to
        self.count = 0
        self._digest = beginning(chain)

    def follow(self, entries: Iterable[Kept]) -> Iterator[str]:
        """Go on with the next entries; a sentence for each break."""
        for kept in entries:
            if kept.sequence != self.sequence + 1:
                yield f"chain {self.chain}: entry {self.sequence + 1} is missing before {kept.sequence}"
            elif seal(self._digest, kept.sequence, kept.entry) != kept.digest:
                yield f"chain {self.chain}: entry {kept.sequence} was changed"
            self._digest, self.sequence = kept.digest, kept.sequence
            self.count += 1

    def end(self, head: Head | None) -> Iterator[str]:
        """Compare the last entry with where the database says that the chain ends."""
        if head is None:
            yield f"chain {self.chain}: its head is missing"
        elif head.sequence == self.sequence and head.digest != self._digest:
            yield f"chain {self.chain}: its head is not the digest of its last entry, {self.sequence}"
        elif head.sequence != self.sequence:
            yield f"chain {self.chain}: it ends at entry {self.sequence}, its head at {head.sequence}"


def breaks(chain: UUID, entries: Iterable[Kept], head: Head | None) -> list[str]:
    """Say what is wrong with a chain, entry by entry; an empty list means that it is whole.

    A chain that was cut at its end together with its head, or made anew from the start, cannot be told from
    a whole one by this alone: that takes a checkpoint kept elsewhere.
    """
    walk = Walk(chain)
    return [*walk.follow(entries), *walk.end(head)]


async def verify_chain(tx: Transaction, walk: Walk) -> AsyncGenerator[str]:
    """Read a chain in batches, however long it is, and say what is wrong with it.

    Others may write while it is read. The head is read before the entries that it is compared with, so an honest
    chain always has as many entries as its head says, or more; it is read again until nobody wrote in between.
    """
    while True:
        head = await HEAD.one(tx, chain=walk.chain)
        before = walk.sequence
        while True:
            entries = await ENTRIES.all(tx, chain=walk.chain, after=walk.sequence, batch=BATCH)
            for sentence in walk.follow(entries):
                yield sentence
            if len(entries) < BATCH:
                break
        if head is None or head.sequence >= walk.sequence or walk.sequence == before:
            break
    for sentence in walk.end(head):
        yield sentence


async def chains(tx: Transaction, *, after: UUID) -> list[UUID]:
    """Return the next chains of the scope, by id: those that have a head or an entry."""
    return [row.chain for row in await CHAINS.all(tx, after=after, batch=BATCH)]
