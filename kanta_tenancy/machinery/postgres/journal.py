"""The journal: who did what, when; each entry sealed with the one before, in the transaction of the act itself."""

import hashlib
from collections.abc import Iterable, Mapping
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


RECORD: Final[Statement[_Sequence]] = statement("postgres/journal.record", _Sequence)
HEADS: Final[Statement[Head]] = statement("postgres/journal.heads", Head)
ENTRIES: Final[Statement[Kept]] = statement("postgres/journal.entries", Kept)


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


def breaks(chain: UUID, entries: Iterable[Kept], head: Head | None) -> list[str]:
    """Say what is wrong with a chain, entry by entry; an empty list means that it is whole.

    A chain that was cut at its end together with its head, or made anew from the start, cannot be told from
    a whole one by this alone: that takes a checkpoint kept elsewhere.
    """
    found: list[str] = []
    previous, sequence = beginning(chain), 0
    for kept in entries:
        if kept.sequence != sequence + 1:
            found.append(f"chain {chain}: entry {sequence + 1} is missing before {kept.sequence}")
        elif seal(previous, kept.sequence, kept.entry) != kept.digest:
            found.append(f"chain {chain}: entry {kept.sequence} was changed")
        previous, sequence = kept.digest, kept.sequence
    if head is None:
        found.append(f"chain {chain}: its head is missing")
    elif (head.sequence, head.digest) != (sequence, previous):
        found.append(f"chain {chain}: it ends at entry {sequence}, its head at {head.sequence}")
    return found
