"""Questions about breaches that change nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches.checking import Period
from kanta_tenancy.breaches.duties import duties
from kanta_tenancy.breaches.model import Breach, Entry, FindingPosition, Help, HelpAnswer, Reminded, Report
from kanta_tenancy.breaches.register import RegisterLine, line
from kanta_tenancy.breaches.store import breaches, entries, helping, reports
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction

Transactions = Callable[[], AbstractAsyncContextManager[Transaction]]
_PAGE: Final = 200


class Whole(Record, frozen=True, kw_only=True):
    """A breach with all that was said of it, of what people were reminded, what help was asked for."""

    breach: Breach
    entries: tuple[Entry, ...]
    reminders: tuple[Reminded, ...]
    help: tuple[Help, ...]


class Answered(Record, frozen=True, kw_only=True):
    """A request for help with its answers."""

    asked: Help
    answers: tuple[HelpAnswer, ...]


async def report(tx: Transaction, report_id: UUID) -> tuple[Report, list[Breach]]:
    """Read a report, with the breaches that came of it as far as the scope sees them.

    Raises:
        BreachReportNotFound: the scope has none of that id.
    """
    return await reports.find(tx, report_id), await breaches.of_report(tx, report_id)


async def newest_reports(
    tx: Transaction, *, disturbance_id: UUID | None = None, before: UUID | None, count: int
) -> list[Report]:
    return await reports.page(tx, disturbance_id=disturbance_id, before=before, count=count)


async def newest(
    tx: Transaction, *, tenancy_id: TenancyId | None = None, only_open: bool = False, before: UUID | None, count: int
) -> list[Breach]:
    """Read a page of breaches, newest first: of the realm, of one tenant, or of the tenant that asks."""
    whose = tx.scope.tenancy_id or tenancy_id
    return await breaches.page(tx, holder=whose, only_open=only_open, before=before, count=count)


async def whole(tx: Transaction, breach_id: UUID) -> Whole:
    """Read a breach with all that belongs to it.

    Raises:
        BreachNotFound: the scope has none of that id.
    """
    breach = await breaches.find(tx, breach_id)
    return Whole(
        breach=breach,
        entries=tuple(await entries.of_breach(tx, breach_id)),
        reminders=tuple(await entries.reminders(tx, breach_id)),
        help=tuple(await helping.of_breach(tx, breach_id)),
    )


async def newest_help(
    tx: Transaction, *, tenancy_id: TenancyId | None = None, before: UUID | None, count: int
) -> list[Help]:
    """Read a page of requests for help, newest first: of the realm, of one tenant, or of the tenant that asks."""
    return await helping.page(tx, tenancy_id=tx.scope.tenancy_id or tenancy_id, before=before, count=count)


async def help_with_answers(tx: Transaction, help_id: UUID) -> Answered:
    """Read a request for help with its answers.

    Raises:
        HelpNotFound: the scope has none of that id.
    """
    asked = await helping.find(tx, help_id)
    return Answered(asked=asked, answers=tuple(await helping.answers(tx, help_id)))


async def register_page(
    tx: Transaction,
    tenancy_id: TenancyId | None,
    period: Period,
    *,
    after: FindingPosition | None,
    count: int,
) -> list[RegisterLine]:
    """Read a page of a party's register: every breach and suspicion found in a period, in the order of finding.

    Args:
        tenancy_id: whose; None: the main connector's, or that of the tenant that asks.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    whose = tx.scope.tenancy_id or tenancy_id
    if whose is not None:
        await parties.check_tenancy(tx, whose)
    found = await breaches.found_within(
        tx,
        breaches.holder_of(tx, whose),
        start_of_day(period.since),
        start_of_day(period.until + timedelta(days=1)),
        after=after,
        count=count,
    )
    said = await entries.of_breaches(tx, [one.id for one in found])
    return [line(one, said[one.id], cases.read(said[one.id]), duties(said[one.id])) for one in found]


async def register(
    transactions: Transactions, tenancy_id: TenancyId | None, period: Period
) -> AsyncIterator[list[RegisterLine]]:
    """Read all of a party's register in a period, a page at a time; at least one page, which may be empty.

    Each page has a transaction of its own, so a slow reader holds no connection, and no more than a page is held in
    memory. Nothing is deleted, so whatever was in the register when this began comes once; what is put into it
    meanwhile may come. What is said of a breach is as of when its page was read.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    after: FindingPosition | None = None
    while True:
        async with transactions() as tx:
            found = await register_page(tx, tenancy_id, period, after=after, count=_PAGE)
        yield found
        if len(found) < _PAGE:
            return
        after = position(found[-1])


def position(line: RegisterLine) -> FindingPosition:
    return FindingPosition(found_at=line.found_at, id=line.id)
