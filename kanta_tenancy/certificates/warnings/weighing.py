"""What has come to a level is put down: by the sweep in windows from its mark, and by itself what came late or changed.

Whoever puts something down holds the mark of the realm, so that nothing is missed between the two: what arrives is
judged by the mark, and the sweep looks at everything after it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import Level, Mark, Swept, WarningState, Weighable
from kanta_tenancy.certificates.warnings.store import amiss, sweeps, warnings
from kanta_tenancy.certificates.warnings.store.warnings import Put
from kanta_tenancy.kernel.calendar import last_day
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record

_BATCH: Final = 1_000


async def catch_up(tx: Transaction, now: datetime) -> date | None:
    """Sweep up to the newest morning, however many were missed; whoever comes second finds nothing left to do.

    Returns:
        Up to which day everything was looked at; None: the realm has no certificates.
    """
    mark = await sweeps.hold(tx)
    if mark is None:
        return None
    through = levels.day_reached(now)
    if through <= mark.swept_through:
        return mark.swept_through
    by_kind = thresholds.thresholds_on(through, await sweeps.kinds_in_use(tx))
    windows = levels.windows(by_kind, mark.swept_through, through)
    swept = await sweeps.sweep(tx, windows, through, at=now)
    await sweeps.advance(tx, through, at=now)
    again = await sweeps.snoozes_over(tx, since=mark.swept_through, before=through)
    await weigh(tx, again, through, at=now)
    await _journal(tx, mark, through, swept, at=now)
    return through


async def weigh(tx: Transaction, ids: Collection[UUID], through: date, *, at: datetime) -> list[Put]:
    """Look at certificates by themselves: warn of what they have come to, release what is warned of no longer.

    Returns:
        The warnings that were opened.
    """
    opened: list[Put] = []
    every = list(ids)
    for start in range(0, len(every), _BATCH):
        opened += await _weigh(tx, every[start : start + _BATCH], through, at=at)
    return opened


async def _weigh(tx: Transaction, ids: Iterable[UUID], through: date, *, at: datetime) -> list[Put]:
    found = await sweeps.to_weigh(tx, ids)
    quiet = [one for one in found if not _is_told_of(one, through)]
    loud = [one for one in found if _is_told_of(one, through)]
    await warnings.close(tx, [one.id for one in quiet], WarningState.RELEASED, at=at)
    rows = [row for one in loud for row in _rows(one, through)]
    opened = [row for row in rows if row.state is WarningState.OPEN]
    await warnings.close(tx, [row.certificate_id for row in opened], WarningState.SUPERSEDED, at=at)
    await warnings.put(tx, rows, at=at)
    await warnings.tell_anew(tx, [one.id for one in loud])
    await amiss.tell_anew(tx, [one.id for one in loud])
    return opened


def _is_told_of(one: Weighable, through: date) -> bool:
    return one.in_use and (one.snoozed_until is None or one.snoozed_until < through)


def _rows(one: Weighable, through: date) -> list[Put]:
    each = thresholds.thresholds_on(through, (one.kind,))[one.kind]
    weighed = levels.weigh(one, each.levels, through, one.known)
    found: list[tuple[Level, WarningState]] = [(level, WarningState.SUPERSEDED) for level in weighed.superseded]
    if weighed.opened is not None:
        found.append((weighed.opened, WarningState.OPEN))
    return [
        Put(certificate_id=one.id, level=level, due_on=due_on, ends_on=last_day(one.not_after), state=state)
        for level, state in found
        if (due_on := levels.due_on(one, level)) is not None
    ]


async def _journal(tx: Transaction, mark: Mark, through: date, swept: Swept, *, at: datetime) -> None:
    if swept.opened or swept.superseded:
        act = Act(
            action="certificate_warnings.put_down",
            subject=f"certificate_sweep/{tx.scope.main_connector_id}",
            at=at,
            facts={
                "after": mark.swept_through.isoformat(),
                "through": through.isoformat(),
                "opened": swept.opened,
                "superseded": swept.superseded,
            },
        )
        await record(tx, act)
