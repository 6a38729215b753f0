"""Whether what people say of a breach can be kept: texts, instants, and what law wants beside them (K4.2). Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.errors import BreachRefused
from kanta_tenancy.breaches.lifecycle import RULE
from kanta_tenancy.breaches.model import (
    Addressee,
    Awareness,
    Concerned,
    Concerning,
    Correction,
    Decision,
    Exemption,
    Item,
    Movement,
    NewReport,
    Party,
    PartyKind,
    Said,
    Statement,
    Telling,
)
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import wording

FIRST: Final = datetime(2018, 5, 25, tzinfo=UTC)  # the Regulation applies from that day on
AHEAD: Final = timedelta(minutes=5)  # clocks differ
LONGEST: Final = 4_000
LONGEST_REASON: Final = 2_000
MOST_CONCERNED: Final = 2_000
# Without these nobody can be told in plain language what the breach means to them (Article 34(2)).
_TO_PERSONS: Final = (Item.NATURE, Item.CONTACT_POINT, Item.CONSEQUENCES, Item.MEASURES)

_LONGEST_WAIT: Final = timedelta(days=366)
_LAST_DAY: Final = date(2199, 12, 31)

T = TypeVar("T")


class Period(Record, frozen=True, kw_only=True):
    """Days in Finland; the last is a whole one too."""

    since: date
    until: date


def report(said: NewReport, now: datetime, *, own: TenancyId | None) -> NewReport:
    """Return what was reported as it is kept.

    Args:
        own: the tenancy that reports; None: the main connector does.

    Raises:
        BreachRefused: with every flaw.
    """
    look = wording.Examination()
    _instant(look, "found_at", said.found_at, now)
    if said.began_at is not None:
        _instant(look, "began_at", said.began_at, now)
        if said.began_at > said.found_at:
            look.note("began_at", "it was found before it began", clause=RULE)
    if not said.damage:
        look.note("damage", "say what happened to the data", clause=RULE)
    fit_one = replace(
        said,
        title=_line(look, "title", said.title),
        what=_lines(look, "what", said.what, LONGEST),
        place=None if said.place is None or not said.place.strip() else _line(look, "place", said.place),
        damage=tuple(dict.fromkeys(said.damage)),
        concerned=_data(look, said.concerned, own),
    )
    return _fit(look, fit_one)


def data(said: Sequence[Concerned], *, own: TenancyId | None) -> tuple[Concerned, ...]:
    """Return which data a breach concerns as it is kept.

    Raises:
        BreachRefused: with every flaw.
    """
    look = wording.Examination()
    return _fit(look, _data(look, said, own))


def sayable(case: Case, said: Said, now: datetime) -> Said:
    """Return what is said of a breach as it is kept.

    Raises:
        BreachRefused: with every flaw.
    """
    look = wording.Examination()
    if not case.is_controllers and isinstance(said, Awareness | Decision):
        look.note("", "whoever is no controller of the data decides nothing of it", clause="K14")
    return _fit(look, _said(look, case, said, now))


def lines(field: str, text: str, *, longest: int = LONGEST) -> str:
    """Return a text of several lines as it is kept.

    Raises:
        BreachRefused: it is none, too long, or cannot be kept.
    """
    look = wording.Examination()
    return _fit(look, _lines(look, field, text, longest))


def wanted_by(instant: datetime, now: datetime) -> datetime:
    """Return by when help is wanted.

    Raises:
        BreachRefused: that time is over, or more than a year away.
    """
    look = wording.Examination()
    if not now < instant <= now + _LONGEST_WAIT:
        look.note("wanted_by", "a time to come is meant, within a year", clause=RULE)
    return _fit(look, instant)


def period(since: date, until: date) -> Period:
    """Return a period of a register.

    Raises:
        BreachRefused: it ends before it begins, or no register has it.
    """
    look = wording.Examination()
    for field, day in (("since", since), ("until", until)):
        if not FIRST.date() <= day <= _LAST_DAY:
            detail = f"a day from {FIRST.date().isoformat()} to {_LAST_DAY.isoformat()} is meant"
            look.note(field, detail, clause=RULE)
    if until < since:
        look.note("until", "it is before the first day", clause=RULE)
    return _fit(look, Period(since=since, until=until))


def _said(look: wording.Examination, case: Case, said: Said, now: datetime) -> Said:
    if isinstance(said, Awareness):
        _instant(look, "aware_at", said.aware_at, now)
    if isinstance(said, Correction) and said.number not in {one.number for one in case.told}:
        look.note("number", "there is no telling of that number that still holds", clause=RULE)
    match said:
        case Telling():
            return _telling(look, case, said, now)
        case Decision():
            return replace(said, ground=_lines(look, "ground", said.ground, LONGEST))
        case Statement():
            return replace(said, text=_lines(look, "text", said.text, LONGEST))
        case Awareness() | Correction() | Movement():
            return replace(said, reason=_lines(look, "reason", said.reason, LONGEST_REASON))
        case Concerning():
            return said


def _telling(look: wording.Examination, case: Case, said: Telling, now: datetime) -> Telling:
    _instant(look, "told_at", said.told_at, now)
    if said.addressee is Addressee.AUTHORITY:
        _to_authority(look, case, said)
    elif said.items or said.late_because is not None:
        look.note("", "items and a reason for being late belong to a notice to the authority", clause=RULE)
    if said.addressee is Addressee.PERSONS:
        _to_persons(look, case, said)
    elif said.exemption is not None or said.exemption_ground is not None:
        look.note("exemption", "only the persons can be left untold for a reason", clause=RULE)
    return replace(
        said,
        how=_lines(look, "how", said.how, LONGEST_REASON),
        reference=_optional(look, "reference", said.reference),
        items=tuple(dict.fromkeys(said.items)),
        late_because=_optional(look, "late_because", said.late_because),
        exemption_ground=_optional(look, "exemption_ground", said.exemption_ground),
    )


def _to_authority(look: wording.Examination, case: Case, said: Telling) -> None:
    """Note what a notice to the authority lacks (Article 33(1), (3) and (4))."""
    if not case.is_controllers:
        look.note("addressee", "the controller notifies the authority; tell the controller", clause="K14")
    unknown = [item.value for item in said.items if item not in case.content]
    if unknown:
        look.note("items", f"say first what is known of them: {', '.join(unknown)}", clause="GDPR 33(3)")
    due = case.authority_due_at
    late = due is not None and said.told_at > due and not case.tellings(Addressee.AUTHORITY)
    if late and not (said.late_because or "").strip():
        look.note("late_because", "the 72 hours were over: say why it is late", clause="GDPR 33(1)")
    if not late and said.late_because is not None:
        look.note("late_because", "the notice is not late", clause="GDPR 33(1)")


def _to_persons(look: wording.Examination, case: Case, said: Telling) -> None:
    """Note what keeps the persons from being told, or left untold (Article 34(2) and (3))."""
    if not case.is_controllers:
        look.note("addressee", "the controller tells the persons", clause="K14")
    missing = [item.value for item in _TO_PERSONS if item not in case.content]
    if said.exemption is None and missing:
        look.note("", f"say first what the persons are to be told: {', '.join(missing)}", clause="GDPR 34(2)")
    if (said.exemption is None) != (said.exemption_ground is None):
        look.note("exemption_ground", "an exemption and its ground go together", clause="GDPR 34(3)")
    if said.exemption is Exemption.DISPROPORTIONATE and missing:
        look.note("", f"say first what the public is to be told: {', '.join(missing)}", clause="GDPR 34(3)")


def _data(look: wording.Examination, said: Sequence[Concerned], own: TenancyId | None) -> tuple[Concerned, ...]:
    if not 1 <= len(said) <= MOST_CONCERNED:
        look.note("concerned", f"there are {len(said)}; from 1 to {MOST_CONCERNED} are taken", clause="K14")
    return tuple(
        dict.fromkeys(
            replace(
                one,
                producer=_party(look, f"concerned[{at}].producer", one.producer, own),
                on_behalf_of=None
                if one.on_behalf_of is None
                else _party(look, f"concerned[{at}].on_behalf_of", one.on_behalf_of, own),
            )
            for at, one in enumerate(said)
        )
    )


def _party(look: wording.Examination, field: str, party: Party, own: TenancyId | None) -> Party:
    """Return who is named, and note what does not fit who it is."""
    if party.kind is PartyKind.TENANT:
        return _tenant(look, field, party, own)
    if party.tenancy_id is not None:
        look.note(f"{field}.tenancy_id", "only a tenant has a tenancy", clause="K14")
    if party.kind in {PartyKind.MAIN_CONNECTOR, PartyKind.KELA}:
        if party.name is not None:
            look.note(f"{field}.name", "it is known who that is", clause="K14")
        return party
    if party.name is None:
        look.note(f"{field}.name", "say who that is", clause="K14")
        return party
    return replace(party, name=_line(look, f"{field}.name", party.name))


def _tenant(look: wording.Examination, field: str, party: Party, own: TenancyId | None) -> Party:
    tenancy_id = party.tenancy_id or own
    if tenancy_id is None:
        look.note(f"{field}.tenancy_id", "say which tenant", clause="K14")
    elif own is not None and tenancy_id != own:
        # A tenant learns of no other one, not even whether it is there.
        look.note(f"{field}.tenancy_id", "name another provider by its name, as `other`", clause="K14")
    if party.name is not None:
        look.note(f"{field}.name", "a tenant is known by its tenancy", clause="K14")
    return replace(party, tenancy_id=tenancy_id)


def _instant(look: wording.Examination, field: str, instant: datetime, now: datetime) -> None:
    if instant > now + AHEAD:
        look.note(field, "this time has not come", clause=RULE)
    elif instant < FIRST:
        look.note(field, f"a time from {FIRST.date().isoformat()} on is meant", clause=RULE)


def _line(look: wording.Examination, field: str, text: str) -> str:
    return _free_of_codes(look, field, look.text(field, wording.name, text, clause=RULE))


def _lines(look: wording.Examination, field: str, text: str, longest: int) -> str:
    shown = look.text(field, wording.lines, text, clause=RULE)
    if len(shown) > longest:
        look.note(field, f"it has {len(shown)} characters; {longest} are allowed", clause=RULE)
    return _free_of_codes(look, field, shown)


def _optional(look: wording.Examination, field: str, text: str | None) -> str | None:
    return None if text is None or not text.strip() else _lines(look, field, text, LONGEST_REASON)


def _free_of_codes(look: wording.Examination, field: str, text: str) -> str:
    """Note a personal identity code: the register says how many people it is about, never who, and keeps that."""
    for number, each in enumerate(text.splitlines(), 1):
        if holds_personal_identity_code(each):
            look.note(field, f"line {number} holds a personal identity code: write nobody's data", clause=RULE)
    return text


def _fit(look: wording.Examination, value: T) -> T:
    if look.flaws:
        first = look.flaws[0]
        detail = f"{first.field}: {first.detail}" if first.field else first.detail
        raise BreachRefused(detail, rule=first.rule, flaws=tuple(look.flaws))
    return value
