"""Which of a system's certificates stands: of each kind the one with the latest last day (K3.1). Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from kanta_tenancy.systems.model import Certificate, CertificateKind


def arranged(certificates: Iterable[Certificate], at: datetime) -> tuple[Certificate, ...]:
    """Return the certificates, each with whether it stands now.

    The one that comes to stand again, because the one after it was withdrawn, begins another turn.
    """
    known = tuple(certificates)
    standing = {one.id for kind in CertificateKind for one in _last(known, kind)}
    return tuple(_stood(one, at, stands=one.id in standing) for one in known)


def none_standing(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates of a system that was withdrawn: none stands any more."""
    return tuple(replace(one, stands_since=None) for one in certificates)


def that_stands(certificates: Iterable[Certificate], kind: CertificateKind) -> Certificate | None:
    """Return the certificate of a kind that stands; None: none does."""
    return next((one for one in certificates if one.kind is kind and one.stands_since is not None), None)


def covers(certificate: Certificate, day: date) -> bool:
    """Say whether a certificate holds on a day, by what it says; its last day is a whole day."""
    begun = certificate.granted_on <= day and certificate.withdrawn_at is None
    return begun and (certificate.last_day is None or day <= certificate.last_day)


def _last(certificates: Iterable[Certificate], kind: CertificateKind) -> list[Certificate]:
    of_kind = [one for one in certificates if one.kind is kind and one.withdrawn_at is None]
    return sorted(of_kind, key=lambda one: (one.last_day or date.max, one.granted_on, one.id))[-1:]


def _stood(certificate: Certificate, at: datetime, *, stands: bool) -> Certificate:
    if stands == (certificate.stands_since is not None):
        return certificate
    if not stands:
        return replace(certificate, stands_since=None)
    return replace(certificate, stands_since=at, turns=certificate.turns + 1)
