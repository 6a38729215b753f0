"""What somebody typed into the form, read into a report, with every flaw told in the reader's languages. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from kanta_tenancy.disturbances import checking
from kanta_tenancy.disturbances.case import Place, SaidReport
from kanta_tenancy.disturbances.form.model import Wrong
from kanta_tenancy.disturbances.form.words import FLAWS, flaw
from kanta_tenancy.disturbances.model import Answer
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.parties import wording

DAY: Final = "since_day"  # when it began stands in two fields
TIME: Final = "since_time"
LONGEST: Final[Mapping[str, int]] = {
    "what": checking.LONGEST_WHAT,
    "symptom": checking.LONGEST_LINES,
    "tried": checking.LONGEST_LINES,
    "contact": wording.LONGEST,
    "message_ids": checking.MOST_MESSAGE_IDS * (wording.LONGEST + 1),
}
ORDER: Final = (
    "what",
    DAY,
    TIME,
    "ongoing",
    "patient_safety",
    "data_protection",
    "contact",
    "system",
    "service",
    "place",
    "symptom",
    "tried",
    "message_ids",
    "units_hit",
    "users_hit",
    "files",
)
# As browsers send them, and as people in Finland write them where a browser has no field for them.
_DAYS: Final = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\. ?(?P<year>[0-9]{4})"),
)
_TIME: Final = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2}(?:\.[0-9]+)?)?")
_YES_OR_NO: Final = {"yes": True, "no": False}
_COUNT: Final = re.compile(r"[0-9]{1,9}")

E = TypeVar("E", Answer, Place)


def read(typed: Mapping[str, str], now: datetime) -> SaidReport | tuple[Wrong, ...]:
    """Return what was reported, or everything that is wrong with it, in the order of the form."""
    wrong: list[Wrong] = []
    since = _since(typed, wrong)
    ongoing = _YES_OR_NO.get(typed.get("ongoing", ""))
    if ongoing is None:
        wrong.append(Wrong(field="ongoing", said=FLAWS["ongoing"]))
    said = SaidReport(
        what=_text(typed, "what"),
        since=since or now,
        ongoing=bool(ongoing),
        system_id=_system(typed, wrong),
        service=_text(typed, "service") or None,
        place=_chosen(Place, typed.get("place")),
        patient_safety=_chosen(Answer, typed.get("patient_safety")),
        data_protection=_chosen(Answer, typed.get("data_protection")),
        symptom=_text(typed, "symptom") or None,
        tried=_text(typed, "tried") or None,
        message_ids=tuple(line.strip() for line in _text(typed, "message_ids").splitlines() if line.strip()),
        units_hit=_count(typed, "units_hit", wrong),
        users_hit=_count(typed, "users_hit", wrong),
        contact=_text(typed, "contact") or None,
    )
    look = wording.Examination()
    fit = checking.report(said, now, look)
    wrong += _worded((one.field for one in look.flaws), typed)
    return in_order(wrong) if wrong else fit


def of_system() -> tuple[Wrong, ...]:
    """Return that the system which was chosen is none that the party sees now."""
    return (Wrong(field="system", said=FLAWS["system"]),)


def in_order(wrong: Iterable[Wrong]) -> tuple[Wrong, ...]:
    """Return flaws as the form has their fields."""
    return tuple(sorted(wrong, key=lambda one: ORDER.index(one.field)))


def _text(typed: Mapping[str, str], field: str) -> str:
    """Return what was typed; browsers send the end of a line as two characters."""
    return typed.get(field, "").replace("\r\n", "\n").strip()


def _system(typed: Mapping[str, str], wrong: list[Wrong]) -> UUID | None:
    text = _text(typed, "system")
    try:
        return UUID(text) if text else None
    except ValueError:
        wrong.append(Wrong(field="system", said=FLAWS["system"]))
        return None


def _chosen(kind: type[E], given: str | None) -> E:
    return kind(given) if given in {one.value for one in kind} else kind("unknown")


def _count(typed: Mapping[str, str], field: str, wrong: list[Wrong]) -> int | None:
    text = "".join(typed.get(field, "").split())
    if text and not (text.isascii() and _COUNT.fullmatch(text)):
        wrong.append(Wrong(field=field, said=FLAWS["count"]))
        return None
    return int(text) if text else None


def _since(typed: Mapping[str, str], wrong: list[Wrong]) -> datetime | None:
    """Read day and time of day in Finland; of an hour that the clock shows twice, the first is meant."""
    day, time = _text(typed, DAY), _text(typed, TIME)
    date = next((found for shape in _DAYS if day.isascii() and (found := shape.fullmatch(day))), None)
    clock = _TIME.fullmatch(time) if time.isascii() else None
    if date is not None and clock is not None:
        year, month, number = (int(date[name]) for name in ("year", "month", "day"))
        try:
            return datetime(year, month, number, int(clock[1]), int(clock[2]), tzinfo=HELSINKI)
        except ValueError:
            wrong.append(Wrong(field=DAY, said=FLAWS["no_such_time"]))
            return None
    if date is None:
        wrong.append(Wrong(field=DAY, said=FLAWS["day"]))
    if clock is None:
        wrong.append(Wrong(field=TIME, said=FLAWS["time"]))
    return None


def _worded(fields: Iterable[str], typed: Mapping[str, str]) -> list[Wrong]:
    """Say in the reader's languages what the rules refused; each field once."""
    named = dict.fromkeys(field.partition("[")[0] for field in fields)
    return [
        Wrong(field=DAY, said=FLAWS["since"]) if field == "since" else Wrong(field=field, said=_why(field, typed))
        for field in named
    ]


def _why(field: str, typed: Mapping[str, str]) -> Sentence:
    text = _text(typed, field)
    for number, line in enumerate(text.splitlines(), 1):
        if holds_personal_identity_code(line):
            return flaw("personal_identity_code", line=number)
    if field == "what" and not text:
        return FLAWS["what"]
    if field in {"units_hit", "users_hit"}:
        return FLAWS["count"]
    if field == "message_ids":
        return flaw("message_ids", most=checking.MOST_MESSAGE_IDS, longest=wording.LONGEST)
    longest = LONGEST.get(field)
    if longest is not None and len(text) > longest:
        return flaw("too_long", length=len(text), longest=longest)
    return FLAWS["unfit"]
