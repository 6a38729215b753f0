"""What a certificate that stands owes: people are warned before it ends, and when it has ended (K3.1). Pure."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.systems import forewarning, requirements
from kanta_tenancy.systems.lifecycle import RULE
from kanta_tenancy.systems.model import CertificateKind

WARN: Final = "conformity_certificate.warn"


class Standing(Protocol):
    """What tells a certificate in one of its turns from any other."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> CertificateKind: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def stands_since(self) -> datetime | None: ...
    @property
    def turns(self) -> int: ...


def subject(certificate: Standing) -> str:
    return f"conformity_certificate/{certificate.id}"


def key_of(certificate: Standing) -> str:
    """Return the key of the promise to warn of a certificate while it stands.

    Each turn is a promise of its own: one that was released when another certificate took its place stays so.
    """
    return f"{WARN}/{certificate.id}/{certificate.turns}"


def id_in(subject: str) -> UUID:
    """Return which certificate a promise is about."""
    return UUID(subject.partition("/")[2])


def due_at(certificate: Standing, warned: Collection[int]) -> datetime | None:
    """Return when people are to be warned of it next; None: it does not stand, does not end, or all were given."""
    if certificate.last_day is None or certificate.stands_since is None:
        return None
    days = requirements.warnings_on(certificate.last_day).days
    return forewarning.next_due(certificate.last_day, certificate.stands_since, days, warned)


def to_warn(certificate: Standing, system: str, last_day: date, *, due: datetime, at: datetime) -> promises.Owed:
    """Return the system's promise to warn people of a certificate that ends; nothing in it is a person's."""
    return promises.Owed(
        key=key_of(certificate),
        kind=WARN,
        subject=subject(certificate),
        owner=promises.Owner.SYSTEM,
        due_at=due,
        rule=RULE,
        title=title(certificate.kind, system, last_day),
        made_at=at,
        facts={"system": system, "last_day": last_day.isoformat()},
    )


def title(kind: CertificateKind, system: str, last_day: date) -> Sentence:
    """Say which certificate of which system ends when."""
    return _TITLES[kind](system, last_day)


def _security(system: str, last_day: date) -> Sentence:
    return sentence(
        "Järjestelmän {system} tietoturvallisuustodistuksen viimeinen päivä on {last_day}.",
        "Sista dagen för informationssäkerhetscertifikatet för systemet {system} är {last_day}.",
        "The last day of the security certificate of the system {system} is {last_day}.",
        system=system,
        last_day=last_day,
    )


def _interoperability(system: str, last_day: date) -> Sentence:
    return sentence(
        "Järjestelmän {system} yhteentoimivuustodistuksen viimeinen päivä on {last_day}.",
        "Sista dagen för interoperabilitetsintyget för systemet {system} är {last_day}.",
        "The last day of the interoperability certificate of the system {system} is {last_day}.",
        system=system,
        last_day=last_day,
    )


_TITLES: Final = {CertificateKind.SECURITY: _security, CertificateKind.INTEROPERABILITY: _interoperability}
