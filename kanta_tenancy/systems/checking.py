"""Whether what people say of systems can be kept: names, classes, days, addresses (K3.1). Pure."""

from datetime import date
from typing import Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.parties import wording
from kanta_tenancy.systems import requirements
from kanta_tenancy.systems.errors import SystemRefused
from kanta_tenancy.systems.lifecycle import RULE
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

FIRST_DAY: Final = date(2010, 1, 1)  # there was nothing to connect before
LAST_DAY: Final = date(2199, 12, 31)

T = TypeVar("T")


def system(said: SaidSystem, today: date, look: wording.Examination) -> SaidSystem:
    """Return what is said of a system as it is kept, and note every flaw."""
    classes = requirements.classes_on(today)
    system_class = said.system_class.strip().upper()
    if system_class not in classes:
        look.note("system_class", f"one of {', '.join(classes)} is expected", clause=RULE)
    elif said.kind is SystemKind.INTERMEDIARY and not classes[system_class].security_certificate:
        look.note("system_class", "an intermediary's service is of class A", clause=RULE)
    return replace(
        said,
        name=look.text("name", wording.name, said.name, clause=RULE),
        system_class=system_class,
        producer=_firm(look, "producer", said.producer),
        manufacturer=None if said.manufacturer is None else _firm(look, "manufacturer", said.manufacturer),
        upkeep=None if said.upkeep is None else _upkeep(look, said.upkeep),
        register_entry=None if said.register_entry is None else _entry(look, said.register_entry, today),
    )


def release(said: NewRelease, look: wording.Examination) -> NewRelease:
    """Return a version of a system and its period as they are kept, and note every flaw."""
    number = look.text("number", wording.name, said.number, clause=RULE)
    _period(look, said.since, said.until)
    return replace(said, number=number)


def certificate(said: NewCertificate, today: date, look: wording.Examination) -> NewCertificate:
    """Return a certificate as it is kept, and note every flaw.

    One that holds longer than the law allows is kept as it says: a finding tells of it.
    """
    _day(look, "granted_on", said.granted_on)
    if said.granted_on > today:
        look.note("granted_on", "this day has not come", clause=RULE)
    if said.last_day is not None:
        _day(look, "last_day", said.last_day)
        if said.last_day < said.granted_on:
            look.note("last_day", "it ends before it was granted", clause=RULE)
    elif said.kind is CertificateKind.SECURITY:
        look.note("last_day", "a security certificate has a last day", clause=RULE)
    return replace(
        said,
        issuer=look.text("issuer", wording.name, said.issuer, clause=RULE),
        number=look.text("number", wording.name, said.number, clause=RULE),
    )


def deployment(service: str, since: date, until: date | None, look: wording.Examination) -> None:
    """Note what is wrong with a service and the period in which it runs on a system."""
    if service not in {one.key for one in catalogue.services()}:
        look.note("service", "this is no service of the catalogue", clause=RULE)
    _period(look, since, until)


def running(service: str, since: date, until: date | None) -> None:
    """Refuse a service or a period that cannot be.

    Raises:
        SystemRefused: with every flaw.
    """
    look = wording.Examination()
    deployment(service, since, until, look)
    fit(look, None)


def reason(text: str) -> str:
    """Return why something is withdrawn, as it is kept.

    Raises:
        SystemRefused: there is none, or it cannot be kept.
    """
    look = wording.Examination()
    return fit(look, look.text("reason", wording.name, text, clause=RULE))


def fit(look: wording.Examination, value: T) -> T:
    """Return the value when nothing was noted.

    Raises:
        SystemRefused: with every flaw.
    """
    if look.flaws:
        first = look.flaws[0]
        raise SystemRefused(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
    return value


def _firm(look: wording.Examination, field: str, said: Firm) -> Firm:
    return Firm(
        name=look.text(f"{field}.name", wording.name, said.name, clause=RULE),
        business_id=look.optional(f"{field}.business_id", wording.business_id, said.business_id, clause=RULE),
        email=look.optional(f"{field}.email", wording.email, said.email, clause=RULE),
        phone=look.optional(f"{field}.phone", wording.phone, said.phone, clause=RULE),
    )


def _upkeep(look: wording.Examination, said: Upkeep) -> Upkeep:
    return Upkeep(
        keeper=look.text("upkeep.keeper", wording.name, said.keeper, clause=RULE),
        support_email=look.optional("upkeep.support_email", wording.email, said.support_email, clause=RULE),
        support_phone=look.optional("upkeep.support_phone", wording.phone, said.support_phone, clause=RULE),
        service_hours=look.optional("upkeep.service_hours", wording.name, said.service_hours, clause=RULE),
    )


def _entry(look: wording.Examination, said: RegisterEntry, today: date) -> RegisterEntry:
    _day(look, "register_entry.checked_on", said.checked_on)
    if said.checked_on > today:
        look.note("register_entry.checked_on", "this day has not come", clause=RULE)
    return replace(said, reference=look.text("register_entry.reference", wording.name, said.reference, clause=RULE))


def _period(look: wording.Examination, since: date, until: date | None) -> None:
    _day(look, "since", since)
    if until is not None:
        _day(look, "until", until)
        if until < since:
            look.note("until", "it is before the first day", clause=RULE)


def _day(look: wording.Examination, field: str, day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        look.note(field, f"a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()} is meant", clause=RULE)
