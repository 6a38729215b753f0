"""Annex 1 over time, against a model that asks for each day what was signed last and holds by then."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.annex.model import AnnexPeriod, AnnexSaid
from kanta_tenancy.agreements.annex.periods import periods
from kanta_tenancy.kernel.identifiers import AgreementId

FIRST = date(2027, 2, 20)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]


def said(*days: int) -> list[AnnexSaid]:
    return [AnnexSaid(said_by=AgreementId(UUID(int=n + 1)), since=DAYS[day]) for n, day in enumerate(days)]


def holds(found: tuple[AnnexPeriod, ...], day: date) -> list[AgreementId]:
    return [one.said_by for one in found if one.since <= day and (one.until is None or day < one.until)]


@given(st.lists(st.integers(0, 50), max_size=8), st.none() | st.integers(0, 55))
def test_on_each_day_what_was_signed_last_of_what_holds_by_then(later: list[int], ends: int | None):
    versions = said(0, *later)
    until = None if ends is None else DAYS[ends]
    found = periods(versions, until)
    for day in DAYS:
        by_then = [one.said_by for one in versions if one.since <= day]
        over = until is not None and day >= until
        assert holds(found, day) == ([] if over else by_then[-1:])
    assert [one.said_by for one in found] == [one.said_by for one in versions]
    assert all(one.until is None or one.until >= one.since for one in found)


def test_what_is_overtaken_before_its_day_never_holds():
    _, overtaken, last = periods(said(0, 30, 10), None)
    assert (overtaken.since, overtaken.until) == (DAYS[30], DAYS[30])
    assert (last.since, last.until) == (DAYS[10], None)
