import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.parties import soteri
from kanta_tenancy.parties.model import Finding, SoteriCheck

DAY = date(2026, 3, 2)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def a_check(checked_on: date = DAY, finding: Finding = Finding.REGISTERED, recorded: int = 0) -> SoteriCheck:
    return SoteriCheck(
        id=uuid.uuid4(),
        finding=finding,
        entry_reference="S-1",
        checked_on=checked_on,
        recorded_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(minutes=recorded),
    )


checks = st.lists(st.builds(a_check, days, st.sampled_from(Finding), st.integers(0, 100)), max_size=6)


def test_without_a_look_nothing_is_shown():
    flaw = soteri.missing([], DAY, field="tenant.soteri")
    assert flaw is not None
    assert (flaw.field, flaw.rule) == ("tenant.soteri", "K1.2")


def test_a_look_counts_from_its_day_on():
    assert soteri.missing([a_check(DAY)], DAY) is None
    assert soteri.missing([a_check(DAY)], DAY - timedelta(days=1)) is not None


def test_who_is_no_longer_registered_is_not_shown_to_be():
    gone = [a_check(date(2026, 1, 1)), a_check(date(2026, 2, 1), Finding.NOT_REGISTERED)]
    assert soteri.missing(gone, DAY) is not None
    assert soteri.missing(gone, date(2026, 1, 31)) is None
    assert soteri.missing([*gone, a_check(DAY)], DAY) is None


def test_of_two_looks_on_one_day_the_later_record_counts():
    first, second = a_check(recorded=1), a_check(finding=Finding.NOT_REGISTERED, recorded=2)
    assert soteri.latest([second, first], DAY) == second


@pytest.mark.parametrize(
    ("on_day", "late"),
    [(date(2025, 12, 31), False), (date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2027, 1, 1), True)],
)
def test_the_yearly_look_is_due_by_the_end_of_march(on_day, late):
    assert (soteri.recheck_overdue([a_check(date(2025, 1, 1))], on_day) is not None) is late
    assert soteri.recheck_overdue([], on_day) is None


@given(checks, days)
def test_the_order_in_which_evidence_is_given_does_not_matter(evidence, day):
    assert soteri.missing(evidence, day) == soteri.missing(evidence[::-1], day)
    assert soteri.recheck_overdue(evidence, day) == soteri.recheck_overdue(evidence[::-1], day)


@given(checks, days)
def test_only_a_positive_last_look_by_that_day_suffices(evidence, day):
    known = [check for check in evidence if check.checked_on <= day]
    last = max(known, key=lambda check: (check.checked_on, check.recorded_at, check.id), default=None)
    shown = last is not None and last.finding is Finding.REGISTERED
    assert (soteri.missing(evidence, day) is None) is shown


@given(checks, days, days)
def test_what_is_seen_later_changes_nothing_about_an_earlier_day(evidence, day, later):
    later = max(later, day + timedelta(days=1))
    assert soteri.missing([*evidence, a_check(later)], day) == soteri.missing(evidence, day)


def test_the_last_year_that_there_is_has_no_next_march():
    assert soteri.recheck_overdue([a_check(date.max)], date.max) is None
