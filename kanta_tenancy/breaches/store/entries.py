"""What was said of breaches in PostgreSQL. The only module that reads `sql/queries/breaches/entry.sql`."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.model import Breach, Entry, Reminded
from kanta_tenancy.breaches.store.breaches import holder_of
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class EntryOf(Entry, frozen=True, kw_only=True):
    breach_id: UUID


class ReminderOf(Record, frozen=True, kw_only=True):
    breach_id: UUID
    turn: int
    hours: int


INSERT: Final = statement("breaches/entry.insert", Nothing)
OF_BREACH: Final = statement("breaches/entry.of_breach", Entry)
OF_BREACHES: Final = statement("breaches/entry.of_breaches", EntryOf)
ADD_REMINDER: Final = statement("breaches/entry.add_reminder", Nothing)
REMINDERS: Final = statement("breaches/entry.reminders", Reminded)
REMINDERS_OF: Final = statement("breaches/entry.reminders_of", ReminderOf)


async def add(tx: Transaction, entries: Iterable[tuple[Breach, Entry]]) -> None:
    """Write entries of breaches that are new, or that the transaction holds."""
    rows = [
        {
            "main_connector_id": tx.scope.main_connector_id,
            "breach_id": breach.id,
            "holder": holder_of(tx, breach.tenancy_id),
            "number": entry.number,
            "said": msgspec.to_builtins(entry.said),
            "said_by": entry.said_by,
            "said_at": entry.said_at,
        }
        for breach, entry in entries
    ]
    await INSERT.run_many(tx, rows)


async def of_breach(tx: Transaction, breach_id: UUID) -> list[Entry]:
    return await OF_BREACH.all(tx, main_connector_id=tx.scope.main_connector_id, breach_id=breach_id)


async def of_breaches(tx: Transaction, breach_ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Return what was said of each of these breaches, in one round trip."""
    found: dict[UUID, list[Entry]] = {one: [] for one in breach_ids}
    rows = await OF_BREACHES.all(tx, main_connector_id=tx.scope.main_connector_id, breach_ids=list(breach_ids))
    for row in rows:
        entry = Entry(number=row.number, said=row.said, said_by=row.said_by, said_at=row.said_at)
        found[row.breach_id].append(entry)
    return found


async def add_reminders(tx: Transaction, breach: Breach, reminded: Iterable[Reminded]) -> None:
    rows = [
        {
            "main_connector_id": tx.scope.main_connector_id,
            "breach_id": breach.id,
            "holder": holder_of(tx, breach.tenancy_id),
            **msgspec.structs.asdict(one),
        }
        for one in reminded
    ]
    await ADD_REMINDER.run_many(tx, rows)


async def reminders(tx: Transaction, breach_id: UUID) -> list[Reminded]:
    return await REMINDERS.all(tx, main_connector_id=tx.scope.main_connector_id, breach_id=breach_id)


async def given(tx: Transaction, breach_ids: Sequence[UUID]) -> dict[tuple[UUID, int], list[int]]:
    """Return after how many hours people were reminded, by breach and turn, in one round trip."""
    found: dict[tuple[UUID, int], list[int]] = {}
    rows = await REMINDERS_OF.all(tx, main_connector_id=tx.scope.main_connector_id, breach_ids=list(breach_ids))
    for row in rows:
        found.setdefault((row.breach_id, row.turn), []).append(row.hours)
    return found
