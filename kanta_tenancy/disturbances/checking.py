"""Whether what people say of a disturbance can be kept: texts, instants, services, no personal identity code. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.disturbances.case import SaidReport
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.lifecycle import RULE
from kanta_tenancy.disturbances.register import Period
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.parties import wording

FIRST: Final = datetime(2010, 1, 1, tzinfo=UTC)  # there was nothing to disturb before
AHEAD: Final = timedelta(minutes=5)  # clocks differ
LAST_DAY: Final = date(2199, 12, 31)
LONGEST_WHAT: Final = 4_000
LONGEST_LINES: Final = 2_000
MOST_MESSAGE_IDS: Final = 50
LARGEST_COUNT: Final = 1_000_000

T = TypeVar("T")


def report(said: SaidReport, now: datetime, look: wording.Examination) -> SaidReport:
    """Return what was reported as it is kept, and note every flaw."""
    started(said.since, now, look)
    service(said.service, look)
    for field, count in (("units_hit", said.units_hit), ("users_hit", said.users_hit)):
        if count is not None and not 0 <= count <= LARGEST_COUNT:
            look.note(field, f"a number from 0 to {LARGEST_COUNT} is meant", clause=RULE)
    if len(said.message_ids) > MOST_MESSAGE_IDS:
        look.note("message_ids", f"there are {len(said.message_ids)}; {MOST_MESSAGE_IDS} are taken", clause=RULE)
    return replace(
        said,
        what=lines("what", said.what, look, longest=LONGEST_WHAT),
        symptom=optional_lines("symptom", said.symptom, look),
        tried=optional_lines("tried", said.tried, look),
        contact=None if said.contact is None else line("contact", said.contact, look),
        message_ids=tuple(line(f"message_ids[{at}]", one, look) for at, one in enumerate(said.message_ids)),
    )


def started(since: datetime, now: datetime, look: wording.Examination, field: str = "since") -> None:
    """Note an instant that cannot be when something began."""
    if since > now + AHEAD:
        look.note(field, "this time has not come", clause=RULE)
    elif since < FIRST:
        look.note(field, f"a time from {FIRST.year} on is meant", clause=RULE)


def period(since: date, until: date) -> Period:
    """Return a period of the register.

    Raises:
        DisturbanceRefused: it ends before it begins, or no register has it.
    """
    look = wording.Examination()
    for field, day in (("since", since), ("until", until)):
        if not FIRST.date() <= day <= LAST_DAY:
            look.note(field, f"a day from {FIRST.date()} to {LAST_DAY} is meant", clause=RULE)
    if until < since:
        look.note("until", "it is before the first day", clause=RULE)
    return fit(look, Period(since=since, until=until))


def line(field: str, text: str, look: wording.Examination) -> str:
    """Return one line as it is kept, and note its flaws."""
    return _free_of_codes(field, look.text(field, wording.name, text, clause=RULE), look)


def lines(field: str, text: str, look: wording.Examination, *, longest: int = LONGEST_LINES) -> str:
    """Return a text of several lines as it is kept, and note its flaws."""
    shown = look.text(field, wording.lines, text, clause=RULE)
    if len(shown) > longest:
        look.note(field, f"it has {len(shown)} characters; {longest} are allowed", clause=RULE)
    return _free_of_codes(field, shown, look)


def optional_lines(field: str, text: str | None, look: wording.Examination) -> str | None:
    """Do as `lines` does with a text that may be left out; an empty one is left out."""
    return None if text is None or not text.strip() else lines(field, text, look)


def _free_of_codes(field: str, text: str, look: wording.Examination) -> str:
    """Note a personal identity code: a report holds no patient data, and what was kept once cannot be taken back."""
    for number, each in enumerate(text.splitlines(), 1):
        if holds_personal_identity_code(each):
            look.note(field, f"line {number} holds a personal identity code: write no patient's data", clause=RULE)
    return text


def service(key: str | None, look: wording.Examination) -> None:
    """Note a key that is no service of the catalogue."""
    if key is not None and key not in {one.key for one in catalogue.services()}:
        look.note("service", "this is no service of the catalogue", clause=RULE)


def fit(look: wording.Examination, value: T) -> T:
    """Return the value when nothing was noted.

    Raises:
        DisturbanceRefused: with every flaw.
    """
    if look.flaws:
        first = look.flaws[0]
        raise DisturbanceRefused(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
    return value
