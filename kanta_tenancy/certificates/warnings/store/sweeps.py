"""The sweep in PostgreSQL. The only module that reads `sql/queries/certificates/sweep.sql`."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from kanta_tenancy.certificates.warnings.model import THIRD, Mark, Span, Swept, Weighable, Window
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class OneCertificate(Record, frozen=True, kw_only=True):
    id: UUID


class OneKind(Record, frozen=True, kw_only=True):
    kind: str


BEGIN: Final = statement("certificates/sweep.begin", Nothing)
HOLD: Final = statement("certificates/sweep.hold", Mark)
HOLD_UNLESS_HELD: Final = statement("certificates/sweep.hold_unless_held", Mark)
MARK: Final = statement("certificates/sweep.mark", Mark)
ADVANCE: Final = statement("certificates/sweep.advance", Nothing)
KINDS_IN_USE: Final = statement("certificates/sweep.kinds_in_use", OneKind)
BEFORE_SWEEPING: Final = statement("certificates/sweep.before_sweeping", Nothing)
UNDO_SWEEPING: Final = statement("certificates/sweep.undo_sweeping", Nothing)
SWEEP: Final = statement("certificates/sweep.sweep", Swept)
SNOOZES_OVER: Final = statement("certificates/sweep.snoozes_over", OneCertificate)
ANY_CERTIFICATE: Final = statement("certificates/sweep.any_certificate", OneCertificate)
MISSED: Final = statement("certificates/sweep.missed", OneCertificate)
OUTLIVED: Final = statement("certificates/sweep.outlived", OneCertificate)
TO_WEIGH: Final = statement("certificates/sweep.to_weigh", Weighable)


async def begin(tx: Transaction, through: date, *, at: datetime) -> bool:
    """Have a mark for the realm; return whether it had none."""
    return bool(await BEGIN.run(tx, main_connector_id=tx.scope.main_connector_id, through=through, at=at))


async def hold(tx: Transaction) -> Mark | None:
    """Read the mark and hold it until the transaction ends; None: the realm has none."""
    return await HOLD.one(tx, main_connector_id=tx.scope.main_connector_id)


async def hold_unless_held(tx: Transaction) -> Mark | None:
    """Read the mark and hold it, without waiting for whoever holds it; None: it is held."""
    return await HOLD_UNLESS_HELD.one(tx, main_connector_id=tx.scope.main_connector_id)


async def mark(tx: Transaction) -> Mark | None:
    return await MARK.one(tx, main_connector_id=tx.scope.main_connector_id)


async def advance(tx: Transaction, through: date, *, at: datetime) -> None:
    await ADVANCE.run(tx, main_connector_id=tx.scope.main_connector_id, through=through, at=at)


async def kinds_in_use(tx: Transaction) -> list[str]:
    """Return the kinds that certificates in use are of: nobody need look for those of the others."""
    return [one.kind for one in await KINDS_IN_USE.all(tx, main_connector_id=tx.scope.main_connector_id)]


async def sweep(tx: Transaction, windows: Collection[Window], through: date, *, at: datetime) -> Swept:
    """Put down what has come to a level within these windows, in one statement.

    What was put down before is not looked for, as nothing before the mark is within a window. It is when a mark was put
    back, or the rules of time in Finland changed: then the key of warnings refuses them, and they are looked for.
    """
    await BEFORE_SWEEPING.run(tx)
    try:
        return await _sweep(tx, windows, through, at=at, anew=False)
    except asyncpg.UniqueViolationError:
        await UNDO_SWEEPING.run(tx)
    return await _sweep(tx, windows, through, at=at, anew=True)


async def _sweep(tx: Transaction, windows: Collection[Window], through: date, *, at: datetime, anew: bool) -> Swept:
    by_days = [one for one in windows if one.level != THIRD]
    by_third = [one for one in windows if one.level == THIRD]
    swept = await SWEEP.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        kinds=[one.kind for one in by_days],
        levels=[one.level for one in by_days],
        lengths=[timedelta(days=one.level) for one in by_days],
        due_ons=[one.due_on for one in by_days],
        since=[one.since for one in by_days],
        until=[one.until for one in by_days],
        third=THIRD,
        kinds_by_third=[one.kind for one in by_third],
        thirds_due_on=[one.due_on for one in by_third],
        thirds_since=[one.since for one in by_third],
        thirds_until=[one.until for one in by_third],
        through=through,
        at=at,
        anew=anew,
    )
    return swept or Swept(opened=0, superseded=0)


async def snoozes_over(tx: Transaction, *, since: date, before: date) -> list[UUID]:
    """Return the certificates in use whose snooze was over on one of these days."""
    rows = await SNOOZES_OVER.all(tx, main_connector_id=tx.scope.main_connector_id, since=since, before=before)
    return [one.id for one in rows]


async def to_weigh(tx: Transaction, ids: Iterable[UUID]) -> list[Weighable]:
    """Read those of these certificates that say when they end."""
    return await TO_WEIGH.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(ids))


async def any_certificate(tx: Transaction) -> bool:
    """Say whether the realm has a certificate at all."""
    return await ANY_CERTIFICATE.one(tx, main_connector_id=tx.scope.main_connector_id) is not None


async def missed(tx: Transaction, spans: Collection[Span], through: date, *, settled_before: datetime) -> list[UUID]:
    """Return the certificates in use that had come to a level by a day without having been put down at it.

    Args:
        settled_before: what came or changed its state since then is on its way still.
    """
    by_days = [one for one in spans if one.level is not None]
    by_third = [one for one in spans if one.level is None and one.third_until is not None]
    rows = await MISSED.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        kinds=[one.kind for one in by_days],
        levels=[one.level for one in by_days],
        since=[one.since for one in by_days],
        until=[one.until for one in by_days],
        third_until=[one.third_until for one in by_days],
        third=THIRD,
        kinds_by_third=[one.kind for one in by_third],
        ends_since=[one.since for one in by_third],
        thirds_until=[one.third_until for one in by_third],
        through=through,
        settled_before=settled_before,
    )
    return [one.id for one in rows]


async def outlived(tx: Transaction, through: date, *, settled_before: datetime) -> list[UUID]:
    """Return the certificates of which a warning is open although people are to be told of them no longer."""
    realm = tx.scope.main_connector_id
    rows = await OUTLIVED.all(tx, main_connector_id=realm, through=through, settled_before=settled_before)
    return [one.id for one in rows]
