"""Calendar feeds as another library reads them, and by the letter of RFC 5545."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import calendars, texts
from kanta_tenancy.messages.model import Entry
from tests.messages.examples import an_entry

REALM = uuid.UUID(int=42)
INSTANTS = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, ZoneInfo("Europe/Helsinki")])
)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)


def written(*entries: Entry, language: Language = Language.ENGLISH, name: str = "Kanta") -> bytes:
    return calendars.calendar(entries, name=name, language=language, realm=REALM)


def events(content: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    assert calendar.errors == []
    return [event for event in calendar.walk("VEVENT") if isinstance(event, icalendar.Event)]


@given(st.lists(INSTANTS | DAYS, max_size=20))
def test_another_library_reads_the_same_days_and_instants(times: list[date | datetime]):
    entries = [an_entry(number, on=on) for number, on in enumerate(times)]
    found = {str(event["uid"]): event for event in events(written(*entries))}
    assert len(found) == len(entries)
    for entry in entries:
        event = found[f"{entry.uid}@{REALM}"]
        assert event.errors == []
        if isinstance(entry.on, datetime):
            assert event["dtstart"].dt == entry.on.astimezone(UTC).replace(microsecond=0)
            assert event["dtstart"].dt.utcoffset() == timedelta(0)
        else:
            assert event["dtstart"].dt == entry.on
            assert event["dtend"].dt == entry.on + timedelta(days=1)


@pytest.mark.parametrize("language", Language)
def test_it_says_what_and_why_in_the_language_of_the_feed(language: Language):
    (event,) = events(written(an_entry(), language=language))
    assert event["summary"] == an_entry().summary.said_in(language)
    assert an_entry().description.said_in(language) in event["description"]
    assert event["description"].endswith("K20.1")
    assert event["dtstamp"].dt == event["last-modified"].dt == an_entry().changed_at


@given(TEXTS, TEXTS)
def test_no_text_breaks_out_of_its_value(summary: str, name: str):
    said = Sentence(fi=summary, sv=summary, en=summary)
    content = written(an_entry(summary=said, description=said), name=name)
    (event,) = events(content)
    assert {key.upper() for key in event} == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "SUMMARY", "DESCRIPTION", "TRANSP",
    }  # fmt: skip
    assert str(event["summary"]) == texts.lines(summary)
    assert len(icalendar.Calendar.from_ical(content).subcomponents) == 1


@given(st.lists(TEXTS, max_size=5))
def test_lines_end_as_they_should_and_are_no_longer_than_they_may(texts: list[str]):
    said = [Sentence(fi=text, sv=text, en=text) for text in texts]
    content = written(*(an_entry(number, summary=one) for number, one in enumerate(said)))
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character was cut in two


def test_the_order_in_which_entries_come_changes_nothing():
    entries = [an_entry(number) for number in range(5)]
    assert written(*entries) == written(*reversed(entries))


def test_a_change_of_content_is_a_change_of_version_and_nothing_else_is():
    before = calendars.version(written(an_entry()))
    assert calendars.version(written(an_entry())) == before
    assert calendars.version(written(an_entry(on=date(2026, 4, 1)))) != before
    assert 0 < before < 10**18


def test_an_empty_calendar_is_one():
    assert events(written()) == []


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        written(an_entry(on=datetime(2026, 3, 31, 9, 0)))
