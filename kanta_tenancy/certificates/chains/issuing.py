"""Who issued a certificate: not who is named as its issuer, but whose key made its signature. Nobody is trusted for it.

Source: RFC 5280, 4.2.1.1 and 6.1.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from kanta_tenancy.certificates.chains.model import Authority, Subject
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.machinery.x509.reading import quietly

_NOT_ISSUED: Final = (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, x509.InvalidVersion)


class Issuers:
    """Finds issuers among authorities, each of which is read once however many certificates it issued."""

    def __init__(self, authorities: Iterable[Authority]) -> None:
        self._by_name: dict[str, list[Authority]] = {}
        self._read: dict[str, x509.Certificate | None] = {}
        for one in authorities:
            self._by_name.setdefault(one.subject_sha256, []).append(one)

    def named(self, certificate: Subject) -> Sequence[Authority]:
        """Return the authorities that have the name of a certificate's issuer."""
        return () if certificate.issuer_name_sha256 is None else self._by_name.get(certificate.issuer_name_sha256, ())

    def issuer_of(self, certificate: Subject) -> str | None:
        """Return the SHA-256 of the certificate whose key signed this one; its own when it signed itself.

        Of several with that key, such as an authority's old and new certificate, the one that is in use and lasts
        longest: a client may be shown any of them.
        """
        read = self._certificate(certificate.sha256, certificate.content)
        if read is None:
            return None
        if certificate.subject_sha256 == certificate.issuer_name_sha256 and _issued(read, read):
            return certificate.sha256
        for one in sorted(self.named(certificate), key=lambda one: _rank(one, certificate.issuer_key_id)):
            above = self._certificate(one.sha256, one.content)
            if one.sha256 != certificate.sha256 and above is not None and _issued(read, above):
                return one.sha256
        return None

    def _certificate(self, sha256: str, der: bytes) -> x509.Certificate | None:
        if sha256 not in self._read:
            self._read[sha256] = _read(der)
        return self._read[sha256]


def _rank(authority: Authority, key_id: str | None) -> tuple[bool, bool, float, str]:
    other_key = key_id is not None and authority.subject_key_id not in {None, key_id}
    return other_key, authority.state is not State.IN_USE, -authority.not_after.timestamp(), authority.sha256


def _read(der: bytes) -> x509.Certificate | None:
    with quietly():
        try:
            return x509.load_der_x509_certificate(der)
        except _NOT_ISSUED:
            return None


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    with quietly():
        try:
            certificate.verify_directly_issued_by(by)
        except _NOT_ISSUED:
            return False
    return True
