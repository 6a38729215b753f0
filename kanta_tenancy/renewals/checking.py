"""Whether what is told of requests, units and prescribers can be kept (K15). Pure.

A request has room for identifiers, times and kinds, and for nothing else: what looks like a patient's name, personal
identity code, telephone number or anything said of a patient is refused by its name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.parties import wording
from kanta_tenancy.renewals.errors import (
    PatientDataRefused,
    PolicyRefused,
    PrescriberRefused,
    RequestRefused,
    UnitRefused,
)
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Arrival, Entitlement, Following, Office, Policy, Shift
from kanta_tenancy.renewals.staff import SaidPrescriber

FIELDS: Final = frozenset({*Arrival.__struct_fields__, "requests"})
OLDEST: Final = timedelta(days=31)  # of an arrival that is told late; it has lapsed long before
AHEAD: Final = timedelta(minutes=5)  # clocks of systems differ
FIRST_DAY: Final = date(2010, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]{0,38})){1,40}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PRESCRIPTION: Final = re.compile(r"1\.2\.246(?:\.(?:0|[1-9][0-9]{0,38})){1,40}")
_PERSONS: Final = "1.2.246.21"  # the root of personal identity codes
_CODE: Final = re.compile(r"[0-9]{5,7}|[0-9]{11}")
_LONGEST: Final = 128
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/-]{5,}[0-9]")
_WORDS: Final = re.compile(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_FLAWS: Final = 20

T = TypeVar("T")


def arrival(said: Arrival, now: datetime, path: str = "") -> Arrival:
    """Return a request as it is kept.

    Raises:
        PatientDataRefused: a value looks like data of a patient.
        RequestRefused: it cannot be one.
    """
    values = (said.request_id, said.prescription_id, said.unit, said.prescriber_code)
    _refuse_patient(tuple(_of_patient(dict(zip(_IDENTIFIERS, values, strict=True)), path)))
    look = wording.Examination(path)
    if len(said.request_id) > _LONGEST or not (_OID.fullmatch(said.request_id) or _UUID.fullmatch(said.request_id)):
        look.note("request_id", "an OID, or a UUID in lower case, is expected", clause=RULE)
    if len(said.prescription_id) > _LONGEST or not _PRESCRIPTION.fullmatch(said.prescription_id):
        look.note("prescription_id", "an OID under 1.2.246 is expected", clause=RULE)
    look.text("unit", wording.oid, said.unit, clause=RULE)
    code(look, "prescriber_code", said.prescriber_code)
    if said.arrived_at > now + AHEAD:
        look.note("arrived_at", "this time has not come", clause=RULE)
    elif said.arrived_at < now - OLDEST:
        look.note("arrived_at", f"this is more than {OLDEST.days} days ago", clause=RULE)
    return fit(look, replace(said, arrived_at=min(said.arrived_at, now)), RequestRefused)


_IDENTIFIERS: Final = ("request_id", "prescription_id", "unit", "prescriber_code")


def refuse_patient_data(said: Any) -> None:
    """Refuse what was sent for a request, as it came, if anything of it looks like data of a patient.

    Raises:
        PatientDataRefused: with each such field.
    """
    _refuse_patient(tuple(_of_patient(said, "")))


def _refuse_patient(found: Sequence[Flaw]) -> None:
    if found:
        raise PatientDataRefused(f"{found[0].field}: {found[0].detail}", rule=RULE, flaws=tuple(found[:_MOST_FLAWS]))


def _of_patient(said: Any, path: str) -> Iterator[Flaw]:
    """Yield every field that is none of ours, and every value that looks like a patient's."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            where = f"{path}{name}"
            if name not in FIELDS:
                yield Flaw(field=_shown(where), detail="there is no place for this; leave it out", rule=RULE)
            else:
                yield from _of_patient(value, f"{where}.")
    elif isinstance(said, list | tuple):
        for number, one in enumerate(said):
            yield from _of_patient(one, f"{path.removesuffix('.')}[{number}].")
    elif isinstance(said, str):
        why = _looks_like(said)
        if why is not None:
            yield Flaw(field=_shown(path.removesuffix(".")), detail=why, rule=RULE)


def _looks_like(text: str) -> str | None:
    if _UUID.fullmatch(text):  # digits and hyphens, some of them
        return None
    if holds_personal_identity_code(text) or text.startswith((f"{_PERSONS}.", f"{_PERSONS} ")) or text == _PERSONS:
        return "it looks like a personal identity code"
    if _PHONE.fullmatch(text.strip()) and not _CODE.fullmatch(text) and not _DATE.match(text):
        return "it looks like a telephone number"
    if _WORDS.search(text):
        return "it looks like a name, or words about somebody"
    return None


def _shown(field: str) -> str:
    """Return the name of a field as it may be repeated: a name of a field may be a patient's, too."""
    return "a field" if _looks_like(field) or len(field) > _LONGEST or not field.isprintable() else field


def code(look: wording.Examination, field: str, text: str) -> str:
    """Return a professional's identifier: 11 digits of the register, or 5 to 7 of the identification code.

    How long the latter is was not verified; six digits were seen.
    """
    if not _CODE.fullmatch(text):
        look.note(field, "11 digits, or 5 to 7, are expected", clause=RULE)
    return text


def unit(oid: str, name: str) -> tuple[str, str]:
    """Return the OID and the name of a unit as they are kept.

    Raises:
        UnitRefused: one of them cannot be.
    """
    look = wording.Examination()
    kept = (
        look.text("oid", wording.oid, oid, clause=RULE),
        look.text("name", wording.name, name, clause=RULE),
    )
    return fit(look, kept, UnitRefused)


def day(field: str, on: date, *, not_before: date | None = None, not_after: date | None = None) -> date:
    """Return a day.

    Raises:
        UnitRefused: it is out of reach.
    """
    look = wording.Examination()
    if not FIRST_DAY <= on <= LAST_DAY:
        look.note(field, f"a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()} is meant", clause=RULE)
    elif not_before is not None and on < not_before:
        look.note(field, f"it is before {not_before.isoformat()}", clause=RULE)
    elif not_after is not None and on > not_after:
        look.note(field, "this day has not come", clause=RULE)
    return fit(look, on, UnitRefused)


def line(field: str, text: str) -> str:
    """Return a reference or a reason as it is kept.

    Raises:
        UnitRefused: it is empty, or cannot be kept.
    """
    look = wording.Examination()
    return fit(look, look.text(field, wording.name, text, clause=RULE), UnitRefused)


def prescriber(said: SaidPrescriber, look: wording.Examination, *, at_main_connector: bool) -> SaidPrescriber:
    """Return what is said of somebody as it is kept, and note every flaw."""
    if said.office is not Office.PRESCRIBER and not at_main_connector:
        look.note("office", "a responsible physician is the main connector's", clause=RULE)
    if said.office is not Office.PRESCRIBER and said.entitlement is not Entitlement.FULL:
        look.note("entitlement", "a responsible physician may prescribe everything", clause=RULE)
    if not FIRST_DAY <= said.since <= LAST_DAY:
        look.note("since", "this day is out of reach", clause=RULE)
    if said.until is not None and not said.since <= said.until <= LAST_DAY:
        look.note("until", "it is before the first day", clause=RULE)
    _shifts(look, said.shifts)
    return replace(
        said,
        name=look.text("name", wording.name, said.name, clause=RULE),
        email=look.optional("email", wording.email, said.email, clause=RULE),
        units=tuple(sorted(set(said.units))),
    )


def _shifts(look: wording.Examination, shifts: Sequence[Shift]) -> None:
    for number, one in enumerate(shifts):
        if not 1 <= one.weekday <= 7:  # noqa: PLR2004 -- the days of a week
            look.note(f"shifts[{number}].weekday", "1 for Monday to 7 for Sunday is expected", clause=RULE)
        if one.ends != time() and one.ends <= one.begins:
            look.note(f"shifts[{number}].ends", "it ends before it begins; 00:00 is the end of the day", clause=RULE)
        if one.begins.tzinfo is not None or one.ends.tzinfo is not None:
            look.note(f"shifts[{number}]", "the clock in Finland is meant: no offset", clause=RULE)
    for number, one in enumerate(shifts):
        if any(one.weekday == other.weekday and _overlap(one, other) for other in shifts[:number]):
            look.note(f"shifts[{number}]", "it overlaps with another one of that day", clause=RULE)


def _overlap(one: Shift, other: Shift) -> bool:
    return one.begins < (other.ends if other.ends != time() else time.max) and other.begins < (
        one.ends if one.ends != time() else time.max
    )


def span(since: datetime, until: datetime | None) -> None:
    """Refuse a time that ends before it begins, or is out of reach.

    Raises:
        PrescriberRefused: with the flaw.
    """
    look = wording.Examination()
    if until is not None and until <= since:
        look.note("until", "it is not after the beginning", clause=RULE)
    if not FIRST_DAY <= day_in_finland(since) <= LAST_DAY:
        look.note("since", "this time is out of reach", clause=RULE)
    fit(look, None, PrescriberRefused)


def policy(said: Policy, data: Following, hours: int) -> Policy:
    """Return how requests are to be followed.

    Args:
        hours: after which a request lapses.

    Raises:
        PolicyRefused: warnings would come too late, in no order or never, or the physician would not have a day.
    """
    look = wording.Examination()
    warns = said.warn_after_hours
    if not warns or list(warns) != sorted(set(warns)):
        look.note("warn_after_hours", "some hours, each once and ascending, are expected", clause=RULE)
    elif not (warns[0] > 0 and warns[-1] < hours):
        look.note("warn_after_hours", f"hours from 1 to {hours - 1} are expected", clause=RULE)
    latest = hours - data.physician_hours
    if not 0 < said.hand_over_after_hours <= latest:
        detail = f"hours from 1 to {latest} are expected: the responsible physician is to have a day"
        look.note("hand_over_after_hours", detail, clause=RULE)
    return fit(look, said, PolicyRefused)


def fit(look: wording.Examination, value: T, refusal: type[DomainError]) -> T:
    """Return the value when nothing was noted.

    Raises:
        DomainError: of the type that was asked for, with every flaw.
    """
    if look.flaws:
        first = look.flaws[0]
        raise refusal(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
    return value
