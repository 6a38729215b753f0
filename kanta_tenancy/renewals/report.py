"""How renewal requests went in a month: outcomes, time to the answer as a distribution, lapses, hand-overs. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from kanta_tenancy.kernel.distributions import within
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.renewals.model import OPEN, Figure, State

DAYS: Final = 8
_HOURS: Final = 24


class OfOutcome(Record, frozen=True, kw_only=True):
    outcome: State
    requests: int
    handed_over: int  # of them, those that the responsible physician had
    permille: int  # of all that were closed


class OfDay(Record, frozen=True, kw_only=True):
    """Requests that were answered on so many-th day of their eight."""

    day: int  # 1: within 24 hours
    requests: int


class Report(Record, frozen=True, kw_only=True):
    """How requests went that were closed in a month, in Finland."""

    month: date  # its first day
    language: Language
    made_at: datetime
    main_connector: str
    business_id: str
    tenant: str | None  # None: of all
    outcomes: tuple[OfOutcome, ...]
    days: tuple[OfDay, ...]
    requests: int
    lapsed: int
    handed_over: int
    median_hours: int | None  # of the answers, in whole hours; None: there was none
    nine_tenths_hours: int | None  # within which nine of ten were answered


class Heading(Record, frozen=True, kw_only=True):
    """What a report says of itself."""

    month: date
    language: Language
    made_at: datetime
    main_connector: str
    business_id: str
    tenant: str | None


def report(heading: Heading, figures: Sequence[Figure]) -> Report:
    """Put the figures of a month together."""
    total = _sum(figures, lambda _: True)
    answered = [one for one in figures if one.outcome is not State.LAPSED]
    return Report(
        month=heading.month,
        language=heading.language,
        made_at=heading.made_at,
        main_connector=heading.main_connector,
        business_id=heading.business_id,
        tenant=heading.tenant,
        outcomes=tuple(_outcome(state, figures, total) for state in State if state not in OPEN),
        days=tuple(
            OfDay(day=day, requests=sum(one.requests for one in answered if one.hours // _HOURS == day - 1))
            for day in range(1, DAYS + 1)
        ),
        requests=total,
        lapsed=_sum(figures, lambda one: one.outcome is State.LAPSED),
        handed_over=_sum(figures, lambda one: one.handed_over),
        median_hours=_within(answered, 500),
        nine_tenths_hours=_within(answered, 900),
    )


def _outcome(state: State, figures: Sequence[Figure], total: int) -> OfOutcome:
    of_it = [one for one in figures if one.outcome is state]
    requests = _sum(of_it, lambda _: True)
    return OfOutcome(
        outcome=state,
        requests=requests,
        handed_over=_sum(of_it, lambda one: one.handed_over),
        permille=round(1000 * requests / total) if total else 0,
    )


def _within(answered: Sequence[Figure], permille: int) -> int | None:
    """Return the whole hours within which so many of a thousand were answered."""
    return within(((one.hours, one.requests) for one in answered), permille)


def _sum(figures: Sequence[Figure], wanted: Callable[[Figure], bool]) -> int:
    return sum(one.requests for one in figures if wanted(one))
