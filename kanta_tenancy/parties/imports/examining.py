"""Whether each row of a file is acceptable in itself. Pure; every flaw is found, not only the first."""

import enum
import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Final, TypeVar

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import checking
from kanta_tenancy.parties.imports.rows import BadRow, Entry, Part
from kanta_tenancy.parties.model import Finding, Function, NewContact, NewEvidence, NewOrganisation, Role
from kanta_tenancy.parties.wording import Examination, Unfit, name

E = TypeVar("E", bound=enum.StrEnum)
T = TypeVar("T")

_NAMES: Final = {f"parallel_names.{language}": f"name_{language}" for language in Language}
_DAY: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_FINNISH_DAY: Final = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")


class GoodContact(Record, frozen=True, kw_only=True):
    part: Part
    new: NewContact
    from_today: bool  # the file does not say since when


class GoodEvidence(Record, frozen=True, kw_only=True):
    part: Part
    new: NewEvidence


class Good(Record, frozen=True, kw_only=True):
    """An organisation whose own row is acceptable, with those of its other rows that are."""

    part: Part
    role: Role
    new: NewOrganisation
    reference: str | None
    contacts: tuple[GoodContact, ...]
    evidence: tuple[GoodEvidence, ...]

    def orphans(self, spoilt: Collection[int]) -> list[BadRow]:
        """Return the rows that are good in themselves, but whose organisation is not."""
        parts = [one.part for one in self.contacts] + [one.part for one in self.evidence]
        return _orphans(self.part, parts, spoilt)


def examine(entry: Entry, today: date, unread: frozenset[int]) -> tuple[Good | None, list[BadRow]]:
    """Return what of an entry is acceptable, and every flaw of the rest; None when the organisation itself is not.

    Args:
        unread: the rows that have a flaw already.
    """
    look = _Look(today)
    role = look.choice(entry.organisation, "role", Role, Role.TENANT)
    reference = look.parsed(entry.organisation, "tenancy_reference", name)
    new = look.organisation(entry.organisation)
    contacts = [look.contact(part) for part in entry.contacts]
    evidence = [look.evidence(part) for part in entry.soteri]
    spoilt = unread | {row.row for row in look.bad}
    if entry.organisation.row in spoilt:
        return None, look.bad + _orphans(entry.organisation, (*entry.contacts, *entry.soteri), spoilt)
    good = Good(
        part=entry.organisation,
        role=role,
        new=new,
        reference=reference,
        contacts=tuple(one for one in contacts if one.part.row not in spoilt),
        evidence=tuple(one for one in evidence if one.part.row not in spoilt),
    )
    return good, look.bad


def day(text: str) -> date:
    """Read a day, written 2026-03-31 or, as Finnish spreadsheets do, 31.3.2026.

    Raises:
        Unfit: it is written otherwise, or the calendar has no such day.
    """
    stripped = text.strip()
    written = _DAY.fullmatch(stripped) or _FINNISH_DAY.fullmatch(stripped)
    if written is None:
        raise Unfit("a day is written 2026-03-31 or 31.3.2026")
    try:
        return date(int(written["year"]), int(written["month"]), int(written["day"]))
    except ValueError as why:
        raise Unfit("the calendar has no such day") from why


def _orphans(of: Part, parts: Iterable[Part], spoilt: Collection[int]) -> list[BadRow]:
    rows = {part.row: part.line for part in parts if part.row not in spoilt}
    reason = f"its organisation, on line {of.line}, is not acceptable"
    return [BadRow(line=line, row=row, field="business_id", reason=reason) for row, line in sorted(rows.items())]


class _Look:
    """Turns the texts of one entry into what they mean, and collects the rows where that fails."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.bad: list[BadRow] = []

    def organisation(self, part: Part) -> NewOrganisation:
        new = NewOrganisation(
            business_id=part.values.get("business_id", ""),
            name=part.values.get("name", ""),
            language=self.choice(part, "language", Language, None),
            oid=part.values.get("oid"),
            parallel_names={
                language: part.values[f"name_{language}"] for language in Language if f"name_{language}" in part.values
            },
        )
        seen = Examination()
        kept = checking.organisation(new, seen)
        self._note(part, seen)
        return kept

    def contact(self, part: Part) -> GoodContact:
        new = NewContact(
            name=part.values.get("name", ""),
            email=part.values.get("email", ""),
            phone=part.values.get("phone"),
            function=self.choice(part, "function", Function, None),
            valid_from=self.parsed(part, "valid_from", day) or self.today,
            valid_until=self.parsed(part, "valid_until", day),
        )
        seen = Examination()
        kept = checking.contact(new, seen)
        self._note(part, seen)
        return GoodContact(part=part, new=kept, from_today="valid_from" not in part.values)

    def evidence(self, part: Part) -> GoodEvidence:
        checked_on = self.parsed(part, "checked_on", day)
        if "checked_on" not in part.values:
            self.bad.append(part.bad("checked_on", "it is empty"))
        new = NewEvidence(
            entry_reference=part.values.get("entry_reference", ""),
            checked_on=checked_on or self.today,
            checked_by=part.values.get("checked_by", ""),
            finding=self.choice(part, "finding", Finding, Finding.REGISTERED),
            document_name=part.values.get("document_name"),
            document_sha256=part.values.get("document_sha256"),
        )
        seen = Examination()
        kept = checking.evidence(new, seen, today=self.today)
        self._note(part, seen)
        return GoodEvidence(part=part, new=kept)

    def choice(self, part: Part, field: str, kind: type[E], otherwise: E | None) -> E:
        """Return the chosen value; one of them in any case, so that the rest of the row is examined too."""
        given = part.values.get(field, "").strip().lower()
        first = next(iter(kind))
        if given in set(kind):
            return kind(given)
        if given or otherwise is None:
            self.bad.append(part.bad(field, f"one of {', '.join(kind)} is expected"))
        return first if otherwise is None else otherwise

    def parsed(self, part: Part, field: str, rule: Callable[[str], T]) -> T | None:
        if field not in part.values:
            return None
        try:
            return rule(part.values[field])
        except Unfit as why:
            self.bad.append(part.bad(field, str(why)))
            return None

    def _note(self, part: Part, seen: Examination) -> None:
        self.bad += [part.bad(_NAMES.get(flaw.field, flaw.field), flaw.detail) for flaw in seen.flaws]
