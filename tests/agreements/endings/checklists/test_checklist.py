"""What has to be done before an end: every day of forty years, against a statement that walks from day to day."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.endings.checklists.checklist import (
    Certainty,
    Conflict,
    Due,
    End,
    Held,
    Item,
    Term,
    When,
    due_items,
    items,
)
from kanta_tenancy.agreements.ends import last_day_before
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.calendar import HELSINKI, start_of_day
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language

DAY = timedelta(days=1)
FORTY_YEARS = [date(2010, 1, 1) + n * DAY for n in range(40 * 365 + 10)]
LONG_AGO = date(2000, 1, 1)
BOTH = frozenset({"prescription", "patient_data"})

# Independent of the data file: what is due, how many days from the last day, and where that is not at each end.
LEAVES = {
    "technical_notice": -21, "renewal_intake": -8, "renewals_closed": 0, "disturbances_closed": 0, "last_archiving": 0,
    "logs_plan": 0, "access_rights": 0, "certificates": 0, "dpo_mandate": 0, "soteri_cessation": 0,
    "records_handed_over": 14, "end_confirmed": 14,
}  # fmt: skip
OF_PRESCRIPTIONS = {"renewal_intake", "renewals_closed"}
OF_ANY_SERVICE = {"technical_notice", "last_archiving"}
SINCE_2024 = {"soteri_cessation", "records_handed_over"}
AFTERWARDS = {"records_handed_over", "end_confirmed"}


def held(*services: str, since: date = LONG_AGO, until: date | None = None) -> Held:
    return Held(since=since, until=until, services=frozenset(services))


def an_end(until: datetime, **said: object) -> End:
    return End(**{"until": until, "delivered_on": None, "annex": (held(*BOTH),), "goes_on_with": None} | said)


def ending_with(last_day: date, **said: object) -> End:
    return an_end(start_of_day(last_day + DAY), **said)


def by_key(found: tuple[Due, ...]) -> dict[str, Due]:
    return {due.item.key: due for due in found}


def walked(day: date, days: int) -> date:
    """Walk over so many midnights in Finland, and say which day it is then."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=HELSINKI)
    step = int(math.copysign(1, days))
    for _ in range(abs(days)):
        noon = datetime.combine(noon.date() + step * DAY, noon.timetz())
    return noon.date()


def slow(end: End, known_on: date) -> dict[str, tuple[date, set[Conflict]]]:
    """State the same day by day, without the table: each item with its day and what is wrong with it."""
    last = (end.until - timedelta(microseconds=1)).astimezone(HELSINKI).date()
    stated = {}
    for key, days in LEAVES.items():
        due = walked(last, days)
        if is_wanted(key, end, due, last):
            midnight = datetime.combine(due + DAY, datetime.min.time(), HELSINKI)
            wrong = {Conflict.BEFORE_DELIVERY} if end.delivered_on and due < end.delivered_on else set()
            wrong |= {Conflict.BEFORE_TODAY} if due < known_on else set()
            wrong |= {Conflict.AFTER_END} if key not in AFTERWARDS and midnight > end.until else set()
            stated[key] = (due, wrong)
    return stated


def is_wanted(key: str, end: End, due: date, last: date) -> bool:
    if key in SINCE_2024 and last < date(2024, 1, 1):
        return False
    if key not in OF_PRESCRIPTIONS | OF_ANY_SERVICE:
        return end.goes_on_with is None
    lost, day = set(), min(due, last)
    while day <= last:
        for span in end.annex:
            if span.since <= day and (span.until is None or day < span.until):
                lost |= span.services - (end.goes_on_with or frozenset())
        day += DAY
    return bool(lost) if key in OF_ANY_SERVICE else "prescription" in lost


def fast(end: End, known_on: date) -> dict[str, tuple[date, set[Conflict]]]:
    return told(due_items(end, known_on=known_on))


def told(found: tuple[Due, ...]) -> dict[str, tuple[date, set[Conflict]]]:
    return {due.item.key: (due.due_on, set(due.conflicts)) for due in found}


def test_at_every_last_day_of_forty_years_the_items_are_those_of_the_walk():
    for day in FORTY_YEARS:
        end = ending_with(day, delivered_on=day - 30 * DAY)
        found = due_items(end, known_on=day - 30 * DAY)
        assert told(found) == slow(end, day - 30 * DAY), day
        for due in found:  # by the end of the day in Finland, also of a day of 23 or 25 hours
            midnight = datetime.combine(due.due_on + DAY, datetime.min.time(), HELSINKI)
            assert due.due_at == midnight, day


@given(
    until=st.datetimes(datetime(2010, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)),
    midnight=st.booleans(),
    delivered=st.none() | st.integers(0, 60),
    known=st.integers(-400, 60),
    changes=st.lists(
        st.tuples(st.integers(-40, 20), st.frozensets(st.sampled_from(sorted(BOTH | {"imaging"})))), max_size=4
    ),
    goes_on=st.none() | st.frozensets(st.sampled_from(sorted(BOTH))),
)
def test_at_any_instant_and_with_any_annex_too(until, *, midnight, delivered, known, changes, goes_on):
    last = last_day_before(until)
    if midnight:
        until = start_of_day(last + DAY)
    spans = sorted(dict(changes).items())
    days = [last + n * DAY for n, _ in spans]
    annex = tuple(
        held(*services, since=day, until=following)
        for day, following, (_, services) in zip(days, [*days[1:], None], spans, strict=False)
    )
    end = an_end(
        until,
        annex=annex,
        goes_on_with=goes_on,
        delivered_on=None if delivered is None else last - delivered * DAY,
    )
    known_on = last + known * DAY
    assert fast(end, known_on) == slow(end, known_on)


def test_with_a_months_notice_the_notice_to_kela_leaves_nine_days():
    delivered, last = date(2026, 3, 2), date(2026, 4, 2)
    found = by_key(due_items(ending_with(last, delivered_on=delivered), known_on=delivered))
    assert found["technical_notice"].due_on - delivered == 10 * DAY  # nine whole days lie between
    assert found["technical_notice"].conflicts == ()
    february = by_key(due_items(ending_with(date(2026, 2, 28), delivered_on=date(2026, 1, 28)), known_on=delivered))
    assert february["technical_notice"].due_on == date(2026, 2, 7)


def test_what_is_due_before_the_notice_was_delivered_is_flagged():
    delivered = date(2026, 3, 2)
    found = by_key(due_items(ending_with(delivered + 14 * DAY, delivered_on=delivered), known_on=delivered + 8 * DAY))
    assert found["technical_notice"].conflicts == (Conflict.BEFORE_DELIVERY, Conflict.BEFORE_TODAY)
    assert found["renewal_intake"].conflicts == (Conflict.BEFORE_TODAY,)
    assert found["access_rights"].conflicts == ()


def test_an_end_at_once_leaves_no_day_for_what_is_to_be_done_before_it():
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    found = by_key(due_items(an_end(at), known_on=date(2026, 3, 2)))
    assert found["renewal_intake"].conflicts == (Conflict.BEFORE_TODAY,)
    assert found["access_rights"].conflicts == (Conflict.AFTER_END,)
    assert found["records_handed_over"].conflicts == ()


def test_intake_is_stopped_only_where_prescriptions_are_among_the_services_of_those_days():
    last = date(2026, 4, 30)
    until = {
        date(2026, 4, 22): False,  # gone before the day on which intake would be stopped
        date(2026, 4, 23): True,
    }
    for gone, wanted in until.items():
        annex = (held("prescription", until=gone), held("imaging", since=gone))
        assert ("renewal_intake" in by_key(due_items(ending_with(last, annex=annex), known_on=last))) is wanted, gone


def test_where_another_agreement_goes_on_with_every_service_nothing_has_to_be_done():
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert due_items(an_end(at, goes_on_with=BOTH), known_on=date(2026, 3, 2)) == ()
    found = by_key(due_items(an_end(at, goes_on_with=frozenset({"patient_data"})), known_on=date(2026, 3, 2)))
    assert set(found) == OF_PRESCRIPTIONS | OF_ANY_SERVICE


def test_a_term_holds_from_its_day_on():
    said = Sentence(fi="a", sv="b", en="c")
    old = Term(since=date(2020, 1, 1), days=-5, certainty=Certainty.INFERRED, sources=("x",), why=said)
    new = replace(old, since=date(2026, 3, 1), days=-10)
    item = Item(key="x", owner=Party.TENANT, when=When.ALWAYS, title=said, terms=(old, new))
    for last, days in (
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), 5),
        (date(2026, 2, 28), 5),
        (date(2026, 3, 1), 10),
    ):
        found = due_items(ending_with(last), known_on=last, of=[item])
        assert [due.due_on for due in found] == ([] if days is None else [last - days * DAY])


def test_every_explanation_says_how_sure_it_is_and_none_calls_itself_law():
    sure = {
        Certainty.GUIDANCE: ("ei laista", "inte ur lag", "not from law"),
        Certainty.INFERRED: ("ehdotus, ei laki", "varken lag eller avtal", "neither law nor agreement"),
    }
    for due in due_items(ending_with(date(2026, 4, 2)), known_on=date(2026, 3, 2)):
        explained = due.explanation
        assert (explained.rule, explained.result) == ("K20.5", due.due_on.isoformat())
        assert explained.sources
        assert explained.inputs["certainty"] == due.certainty
        for language, words in zip(Language, sure[due.certainty], strict=True):
            assert words in explained.steps[-1].said_in(language)


def test_the_table_is_whole():
    keys = [item.key for item in items()]
    assert len(set(keys)) == len(keys)
    for item in items():
        assert all((item.title.fi, item.title.sv, item.title.en))
        assert [term.since for term in item.terms] == sorted({term.since for term in item.terms})
        assert item.service is None or item.service in {one.key for one in catalogue.services() if one.tickable}
        assert all(term.days <= 0 or item.follows for term in item.terms)


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_nights_of_the_clock_change_are_days_like_others(night):
    for offset in range(-22, 22):
        end = ending_with(night + offset * DAY)
        assert fast(end, night) == slow(end, night)
