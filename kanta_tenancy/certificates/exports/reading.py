"""The inventory read whole, a page at a time, each in a transaction of its own.

So a slow reader holds no connection, and no snapshot. Certificates are never deleted and new ones come at the end: none
is missed and none told twice; what is said of one is as of when its page was read.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.certificates.exports import calendar, figures, store
from kanta_tenancy.certificates.exports.model import Ending, EndingPosition, ExportedCertificate
from kanta_tenancy.certificates.exports.tables import Form
from kanta_tenancy.certificates.findings import reading as findings
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.model import Source, State
from kanta_tenancy.certificates.looking.telling import short
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Entry

Transactions = Callable[[], AbstractAsyncContextManager[Transaction]]

_PAGE: Final = 500
_FAR_BACK: Final = timedelta(days=30)  # for how long a calendar shows a certificate that has lapsed and is in use


async def table(
    transactions: Transactions, form: Form, states: Collection[State], day: date, *, people: bool
) -> AsyncIterator[bytes]:
    """Write the certificates in these states in a form, in the order in which they came.

    Args:
        day: of which the systems and hosts are told that use each.
        people: whether who answers for each is told by name.
    """
    before = form.begin()  # not given out before something was read: trouble with that can still be told
    first = True
    async for page in _pages(transactions, states, day):
        rows = page if people else [replace(one, responsible=None, deputy=None) for one in page]
        yield before + form.more(rows, first=first)
        before, first = b"", False
    yield before + form.end()


async def metrics(transactions: Transactions) -> AsyncIterator[bytes]:
    """Write the figures of an inventory."""
    first, snoozed = True, list[Ending]()
    async for page in _endings(transactions):
        yield figures.ends(page, first=first)
        snoozed += (one for one in page if one.snoozed_until is not None)
        first = False
    async with transactions() as tx:
        yield figures.of_realm(
            snoozed=snoozed,
            unreadable=await store.unreadable(tx),
            sources=await _sources(tx),
            findings=await findings.count_open(tx),
        )


async def entries(tx: Transaction, clock: Clock) -> Sequence[Entry]:
    """Return the days on which certificates of a scope lapse, soonest first, for calendar feeds.

    Those that are in use though they lapsed in the last days stay; of many, the soonest two thousand count.
    """
    after = EndingPosition(not_after=clock.now() - _FAR_BACK, id=store.BEGINNING.id)
    return calendar.entries(map(_shown, await store.ending(tx, after=after, count=store.LONGEST_PAGE)))


async def _pages(
    transactions: Transactions, states: Collection[State], day: date
) -> AsyncIterator[list[ExportedCertificate]]:
    after: UUID | None = None
    while True:
        async with transactions() as tx:
            page = await store.page(tx, states, day, after=after, count=_PAGE)
        if not page:
            return
        yield [replace(one, name=short(one.name)) for one in page]
        after = page[-1].id


async def _endings(transactions: Transactions) -> AsyncIterator[list[Ending]]:
    """Go through the certificates in use, by their end; a first page is there even when it is empty."""
    after: EndingPosition | None = store.BEGINNING
    while after is not None:
        async with transactions() as tx:
            page = await store.ending(tx, after=after, count=store.LONGEST_PAGE)
        yield [_shown(one) for one in page]
        full = len(page) == store.LONGEST_PAGE
        after = EndingPosition(not_after=page[-1].not_after, id=page[-1].id) if full else None


async def _sources(tx: Transaction) -> list[Source]:
    found: list[Source] = []
    after: UUID | None = None
    while page := await inventory.sources_listed(tx, after=after, count=_PAGE):
        found += page
        after = page[-1].id
    return found


def _shown(one: Ending) -> Ending:
    return replace(one, name=short(one.name))
