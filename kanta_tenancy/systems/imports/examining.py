"""Whether each row of a file is acceptable in itself. Pure; every flaw is found, not only the first."""

import enum
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import BadRow, Row, read_day, wording
from kanta_tenancy.systems import checking
from kanta_tenancy.systems.imports.reading import CERTIFICATE, DEPLOYMENT, RELEASE, SYSTEM
from kanta_tenancy.systems.model import (
    CertificateKind,
    Firm,
    NewCertificate,
    NewRelease,
    RegisterEntry,
    SaidSystem,
    SystemKind,
    Upkeep,
)

E = TypeVar("E", bound=enum.StrEnum)
T = TypeVar("T")
_BETWEEN: Final = re.compile(r"[\s,;|]+")
# What the file calls the fields that the rules name.
_NAMES: Final[Mapping[str, str]] = {
    "system_class": "class",
    "producer.name": "producer",
    "producer.business_id": "producer_business_id",
    "producer.email": "producer_email",
    "producer.phone": "producer_phone",
    "manufacturer.name": "manufacturer",
    "manufacturer.business_id": "manufacturer_business_id",
    "manufacturer.email": "manufacturer_email",
    "manufacturer.phone": "manufacturer_phone",
    "upkeep.keeper": "keeper",
    "upkeep.support_email": "support_email",
    "upkeep.support_phone": "support_phone",
    "upkeep.service_hours": "service_hours",
    "register_entry.reference": "register_reference",
    "register_entry.checked_on": "register_checked_on",
}

_OF_RELEASE: Final[Mapping[str, str]] = {"number": "version", "since": "version_since", "until": "version_until"}
_OF_CERTIFICATE: Final[Mapping[str, str]] = {
    "kind": "certificate_kind",
    "issuer": "certificate_issuer",
    "number": "certificate_number",
    "granted_on": "certificate_granted_on",
    "last_day": "certificate_last_day",
}
_OF_DEPLOYMENT: Final[Mapping[str, str]] = {
    "service": "services",
    "services": "services",
    "tenant": "tenant",
    "since": "since",
    "until": "until",
}


class GoodDeployment(Record, frozen=True, kw_only=True):
    row: Row
    service: str
    tenant: str  # business id; the main connector's own for its own services
    since: date
    until: date | None


class GoodRelease(Record, frozen=True, kw_only=True):
    row: Row
    said: NewRelease


class GoodCertificate(Record, frozen=True, kw_only=True):
    row: Row
    said: NewCertificate


class Entry(Record, frozen=True, kw_only=True):
    """A system with all that the file says of it, on one row or several."""

    row: Row  # the first
    said: SaidSystem
    in_use_on: date | None
    releases: tuple[GoodRelease, ...]
    certificates: tuple[GoodCertificate, ...]
    deployments: tuple[GoodDeployment, ...]


def examine(rows: Iterable[Row], today: date) -> tuple[list[Entry], list[BadRow]]:
    """Return the systems of a file, and everything that is wrong with its rows."""
    groups: dict[str, list[Row]] = {}
    bad: list[BadRow] = []
    for row in rows:
        if "name" in row.values:
            groups.setdefault(row.values["name"].casefold(), []).append(row)
        else:
            bad.append(row.bad("name", "it is empty"))
    found = [_entry(group, today, bad) for group in groups.values()]
    return [one for one in found if one is not None], bad


def _entry(rows: Sequence[Row], today: date, bad: list[BadRow]) -> Entry | None:
    first, *further = rows
    look = _Look(first, today)
    said, in_use_on = look.system(), look.in_use_on()
    bad += look.bad
    for row in further:
        bad += _contradictions(first, row)
    if look.bad:
        reason = f"its system, on line {first.line}, is not acceptable"
        bad += [row.bad("name", reason) for row in further]
        return None
    looks = [_Look(row, today) for row in rows]
    entry = Entry(
        row=first,
        said=said,
        in_use_on=in_use_on,
        releases=tuple(one for look in looks for one in look.releases()),
        certificates=tuple(one for look in looks for one in look.certificates()),
        deployments=tuple(one for look in looks for one in look.deployments()),
    )
    bad += [flaw for look in looks for flaw in look.bad]
    return entry


def _contradictions(first: Row, row: Row) -> list[BadRow]:
    return [
        row.bad(field, f"line {first.line} says something else")
        for field in SYSTEM
        if field in row.values and row.values[field] != first.values.get(field)
    ]


class _Look:
    """Turns the texts of one row into what they mean, and collects what is wrong with them."""

    def __init__(self, row: Row, today: date) -> None:
        self.row = row
        self.today = today
        self.bad: list[BadRow] = []

    def system(self) -> SaidSystem:
        said = SaidSystem(
            kind=self._choice("kind", SystemKind, SystemKind.INFORMATION_SYSTEM),
            name=self.row.values["name"],
            system_class=self.row.values.get("class", ""),
            producer=self._firm("producer") or Firm(name=""),
            manufacturer=self._firm("manufacturer"),
            upkeep=self._upkeep(),
            register_entry=self._register_entry(),
        )
        seen = wording.Examination()
        kept = checking.system(said, self.today, seen)
        self._note(seen, _NAMES)
        return kept

    def in_use_on(self) -> date | None:
        day = self._optional("in_use_on", read_day)
        if day is not None and not checking.FIRST_DAY <= day <= self.today:
            self._bad("in_use_on", f"a day from {checking.FIRST_DAY.isoformat()} until today is expected")
        return day

    def releases(self) -> tuple[GoodRelease, ...]:
        if not self._has(RELEASE):
            return ()
        said = NewRelease(
            number=self.row.values.get("version", ""),
            since=self._needed("version_since", read_day, self.today),
            until=self._optional("version_until", read_day),
        )
        seen = wording.Examination()
        kept = checking.release(said, seen)
        return (GoodRelease(row=self.row, said=kept),) if self._note(seen, _OF_RELEASE) else ()

    def certificates(self) -> tuple[GoodCertificate, ...]:
        if not self._has(CERTIFICATE):
            return ()
        said = NewCertificate(
            kind=self._choice("certificate_kind", CertificateKind, CertificateKind.SECURITY),
            issuer=self.row.values.get("certificate_issuer", ""),
            number=self.row.values.get("certificate_number", ""),
            granted_on=self._needed("certificate_granted_on", read_day, self.today),
            last_day=self._optional("certificate_last_day", read_day),
        )
        seen = wording.Examination()
        kept = checking.certificate(said, self.today, seen)
        return (GoodCertificate(row=self.row, said=kept),) if self._note(seen, _OF_CERTIFICATE) else ()

    def deployments(self) -> tuple[GoodDeployment, ...]:
        if not self._has(DEPLOYMENT):
            return ()
        tenant = self._needed("tenant", wording.business_id, "")
        since, until = self._needed("since", read_day, self.today), self._optional("until", read_day)
        services = tuple(one for one in _BETWEEN.split(self.row.values.get("services", "")) if one)
        seen = wording.Examination()
        if not services:
            seen.note("services", "at least one service is expected")
        if len(set(services)) != len(services):
            seen.note("services", "a service is named more than once")
        for service in dict.fromkeys(services):
            checking.deployment(service, since, until, seen)
        if not self._note(seen, _OF_DEPLOYMENT):
            return ()
        return tuple(
            GoodDeployment(row=self.row, service=one, tenant=tenant, since=since, until=until) for one in services
        )

    def _firm(self, who: str) -> Firm | None:
        values = self.row.values
        said = {field: values.get(f"{who}_{field}") for field in ("business_id", "email", "phone")}
        if who not in values and not any(said.values()):
            return None
        return Firm(name=values.get(who, ""), **said)

    def _upkeep(self) -> Upkeep | None:
        said = {field: self.row.values.get(field) for field in ("support_email", "support_phone", "service_hours")}
        if "keeper" not in self.row.values and not any(said.values()):
            return None
        return Upkeep(keeper=self.row.values.get("keeper", ""), **said)

    def _register_entry(self) -> RegisterEntry | None:
        if not self._has(("register_reference", "register_checked_on")):
            return None
        checked_on = self._needed("register_checked_on", read_day, self.today)
        return RegisterEntry(reference=self.row.values.get("register_reference", ""), checked_on=checked_on)

    def _has(self, fields: Iterable[str]) -> bool:
        return any(field in self.row.values for field in fields)

    def _choice(self, field: str, kind: type[E], usual: E) -> E:
        given = self.row.values.get(field, usual.value).strip().lower()
        if given in set(kind):
            return kind(given)
        self._bad(field, f"one of {', '.join(kind)} is expected")
        return usual

    def _needed(self, field: str, rule: Callable[[str], T], otherwise: T) -> T:
        if field not in self.row.values:
            self._bad(field, "it is empty")
            return otherwise
        read = self._optional(field, rule)
        return otherwise if read is None else read

    def _optional(self, field: str, rule: Callable[[str], T]) -> T | None:
        if field not in self.row.values:
            return None
        try:
            return rule(self.row.values[field])
        except wording.Unfit as why:
            self._bad(field, str(why))
            return None

    def _note(self, seen: wording.Examination, names: Mapping[str, str]) -> bool:
        """Note what a rule saw, by the names of the file and once for each field; return whether all is well."""
        before = {one.field for one in self.bad}
        for flaw in seen.flaws:
            field = names.get(flaw.field, flaw.field)
            if field not in before:
                self._bad(field, flaw.detail)
        return not (seen.flaws or before & set(names.values()))

    def _bad(self, field: str, reason: str) -> None:
        self.bad.append(self.row.bad(field, reason))
