"""What ical.js reads in a calendar feed of ours: the same days, instants and texts, at odd hours too."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import calendars
from kanta_tenancy.messages.model import Entry
from tests.interop.ical_js import IcalJs
from tests.messages.examples import an_entry, words

REALM = uuid.UUID(int=42)
HELSINKI = ZoneInfo("Europe/Helsinki")
ODD_TEXTS = [
    "plain", "a;b,c\\d:e", "line\nline", "åäö 👩‍⚕️ 日本語", "END:VEVENT", "x" * 300, "ä" * 200, '"quoted"', "\\n", "",
]  # fmt: skip


@pytest.fixture(scope="module")
def ical_js() -> IcalJs:
    return IcalJs()


def as_written(on: date | datetime) -> str:
    if isinstance(on, datetime):
        return f"{on.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    return on.isoformat()


def times() -> list[date | datetime]:
    """Return every day of a leap year, and instants around both nights when the clocks are moved."""
    days: list[date | datetime] = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]
    for night in (datetime(2028, 3, 26, tzinfo=UTC), datetime(2028, 10, 29, tzinfo=UTC)):
        days += [(night + timedelta(minutes=15 * number)).astimezone(HELSINKI) for number in range(24)]
    return days


@pytest.mark.parametrize("language", Language)
def test_the_same_days_instants_and_texts(ical_js: IcalJs, language: Language):
    dice = random.Random(7)  # noqa: S311 -- which text goes where is no secret
    entries: list[Entry] = []
    for number, on in enumerate(times()):
        said = words(dice.choice(ODD_TEXTS))
        entries.append(an_entry(number, on=on, summary=said, description=said))
    read = ical_js.read(calendars.calendar(entries, name="Kanta", language=language, realm=REALM))
    found = {event["uid"]: event for event in read["events"]}
    assert read["name"] == "Kanta"
    assert len(found) == len(entries)
    for entry in entries:
        event = found[f"{entry.uid}@{REALM}"]
        assert event["start"] == as_written(entry.on)
        assert event["whole_day"] == (not isinstance(entry.on, datetime))
        assert event["summary"] == entry.summary.said_in(language)
        assert event["description"].startswith(entry.description.said_in(language))
        if event["whole_day"]:
            assert event["end"] == as_written(entry.on + timedelta(days=1))
