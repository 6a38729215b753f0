"""A tenancy as it was on a day, or will be; and what will fall due until a day."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.annex import store as annex
from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.agreements.endings.model import Notice, ServiceAgreement
from kanta_tenancy.agreements.endings.store import notices, service_agreements
from kanta_tenancy.agreements.mandates import store as mandates
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.agreements.timeline import foreseeing
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import TheParties
from kanta_tenancy.promises import Position, State, Wanted, page

_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)
_LAST: Final = UUID(int=(1 << 128) - 1)


class AsOf(Record, frozen=True, kw_only=True):
    """What held as a day ended, by all that is known now."""

    day: date
    parties: TheParties  # by their names and with the contacts of that day
    annex: AnnexOnDay | None  # None: no agreement was in force
    agreement: Agreement | None
    notices: tuple[Notice, ...]  # on that agreement, given by then and not withdrawn by then
    service_agreements: tuple[ServiceAgreement, ...]  # those that held


async def as_of(tx: Transaction, tenancy_id: TenancyId, day: date) -> AsOf:
    """Return a tenancy as it was, is or will be as a day ends.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    both = await parties.the_parties_as_of(tx, tenancy_id, day)
    version = await annex.of_tenancy(tx, tenancy_id, day)
    agreement = None if version is None else await agreements.find(tx, version.agreement_id)
    given = [] if agreement is None else await notices.of_agreement(tx, agreement)
    others = await service_agreements.of_tenancy(tx, tenancy_id)
    return AsOf(
        day=day,
        parties=both,
        annex=version,
        agreement=agreement,
        notices=tuple(one for one in given if _stood(one, day)),
        service_agreements=tuple(one for one in others if one.holds_on(day)),
    )


class Asked(Record, frozen=True, kw_only=True):
    """Which forecast: of one tenancy or of all that the scope sees, until which day, after which item."""

    now: datetime
    until: date
    tenancy_id: TenancyId | None = None
    after: Position | None = None
    count: int


async def forecast(tx: Transaction, asked: Asked) -> list[Due]:
    """Return what will fall due until a day, and what is overdue, soonest first: promises and dated facts.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    of = asked.tenancy_id or tx.scope.tenancy_id
    if asked.tenancy_id is not None:
        await parties.check_tenancy(tx, asked.tenancy_id)
    found = await _promises(tx, of, asked) + await _changes(tx, of, asked) + await _mandates(tx, of, asked)
    return sorted(found, key=lambda one: one.place)[: asked.count]


async def _promises(tx: Transaction, of: TenancyId | None, asked: Asked) -> list[Due]:
    before = start_of_day(asked.until + _DAY) + _INSTANT  # what is due at the midnight that ends the day counts
    wanted = Wanted(states=(State.OWED,), tenancy_id=of, due_before=before)
    found = await page(tx, wanted, after=asked.after, count=asked.count)
    return [foreseeing.promised(one, asked.now) for one in found]


async def _changes(tx: Transaction, of: TenancyId | None, asked: Asked) -> list[Due]:
    begin = (day_in_finland(asked.now), _LAST)
    if asked.after is not None:
        day = day_in_finland(asked.after.due_at)
        begin = max(begin, (day, asked.after.id if start_of_day(day) == asked.after.due_at else _LAST))
    found = await annex.changes(tx, tenancy_id=of, after=begin, until=asked.until, count=asked.count)
    return [foreseeing.annex_changes(one.said_by, one.reference, one.tenancy_id, one.since) for one in found]


async def _mandates(tx: Transaction, of: TenancyId | None, asked: Asked) -> list[Due]:
    begin = (date.min, UUID(int=0))
    if asked.after is not None:
        midnight = day_in_finland(asked.after.due_at)
        begin = (midnight - _DAY, asked.after.id if start_of_day(midnight) == asked.after.due_at else _LAST)
    found = await mandates.running_out(tx, tenancy_id=of, after=begin, until=asked.until, count=asked.count)
    return [foreseeing.mandate_ends(one, day_in_finland(asked.now)) for one in found]


def _stood(notice: Notice, day: date) -> bool:
    withdrawn = (notice.main_connector_agrees_at, notice.tenant_agrees_at)
    if notice.given_on > day:
        return False
    return None in withdrawn or day_in_finland(max(one for one in withdrawn if one is not None)) > day
