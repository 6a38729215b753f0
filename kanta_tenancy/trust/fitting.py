"""Which statements about revocation fit which certificates, and how long they count. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kanta_tenancy.machinery.x509 import crls, ocsp_answers
from kanta_tenancy.machinery.x509.description import human_name
from kanta_tenancy.machinery.x509.reading import quietly
from kanta_tenancy.machinery.x509.revocation import USUAL, Freshness, RevocationData
from kanta_tenancy.machinery.x509.statements import SaysNothing
from kanta_tenancy.machinery.x509.statements import Statement as Said
from kanta_tenancy.trust.model import Policy, Published, Statement


def authority_of(issuer: x509.Certificate) -> str:
    """Return what tells an authority from others: the digest of its name and key, whichever certificate it has now."""
    key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(issuer.subject.public_bytes() + key).hexdigest()


def serial_of(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def authorities_of(path: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """Return whose statements are about the certificates of a path; its last one is trusted as it is."""
    return tuple(dict.fromkeys(authority_of(issuer) for issuer in path[1:]))


def statements(data: RevocationData, path: Sequence[x509.Certificate]) -> tuple[Statement, ...]:
    """Return what of fetched data is about the certificates of a path and signed by who may say so; each once."""
    found = {(one.sha256, one.about): one for pair in pairwise(path) for one in _about(data, *pair)}
    return tuple(found.values())


def together(kept: Iterable[Statement]) -> RevocationData:
    every = tuple(kept)
    return RevocationData(
        ocsp=tuple(one.content for one in every if one.kind is Published.OCSP),
        crls=tuple(one.content for one in every if one.kind is Published.CRL),
    )


def freshness(policy: Policy) -> Freshness:
    if policy.fresh_for_hours is None:
        return USUAL
    return Freshness(at_most=timedelta(hours=policy.fresh_for_hours))


SOONEST: Final = timedelta(minutes=15)
LATEST: Final = timedelta(days=1)


def refresh_at(kept: Iterable[Statement], policy: Policy, *, now: datetime) -> datetime:
    """Return when to ask again, while what is kept still counts: half-way to the end of what counts the shortest.

    Not before a quarter of an hour, and after a day at the latest.
    """
    fresh = freshness(policy)
    ends = [_counts_until(one, fresh) for one in kept]
    if not ends:
        return now + LATEST
    return now + min(max((min(ends) - now) / 2, SOONEST), LATEST)


def _counts_until(one: Statement, fresh: Freshness) -> datetime:
    until = one.produced_at + fresh.without_end if one.next_at is None else one.next_at
    return until if fresh.at_most is None else min(until, one.produced_at + fresh.at_most)


def _about(data: RevocationData, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterator[Statement]:
    for der in data.crls:
        said = _heard(crls.statement, certificate, issuer, der)
        if said is not None:
            yield _statement(Published.CRL, der, issuer, _part_of(der), said)
    for der in data.ocsp:
        said = _heard(ocsp_answers.answered, certificate, issuer, der)
        if said is not None:
            yield _statement(Published.OCSP, der, issuer, serial_of(certificate), said)


def _heard(
    read: Callable[[x509.Certificate, x509.Certificate, bytes], Said | None],
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    der: bytes,
) -> Said | None:
    try:
        return read(certificate, issuer, der)
    except SaysNothing:
        return None


def _statement(kind: Published, der: bytes, issuer: x509.Certificate, about: str, said: Said) -> Statement:
    return Statement(
        kind=kind,
        content=der,
        sha256=hashlib.sha256(der).hexdigest(),
        authority_sha256=authority_of(issuer),
        authority=human_name(issuer),
        about=about,
        produced_at=said.since,
        next_at=said.until,
    )


def _part_of(der: bytes) -> str:
    """Return which part of all certificates a list is about: empty for all of them (RFC 5280, 5.2.5)."""
    with quietly():
        for extension in x509.load_der_x509_crl(der).extensions:
            if isinstance(extension.value, x509.IssuingDistributionPoint):
                return hashlib.sha256(extension.value.public_bytes()).hexdigest()
    return ""


def fit(data: RevocationData, path: Sequence[x509.Certificate]) -> RevocationData:
    """Return what of revocation data is about the certificates of a path and signed by who may say so."""
    return together(statements(data, path))
