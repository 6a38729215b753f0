"""Find the way from a certificate to an authority that is trusted.

Source: RFC 5280, 6.1; what a certificate is for: RFC 9336, RFC 3161, 2.3.
"""

import enum
import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from kanta_tenancy.kernel.records import Record

_LONGEST: Final = 8
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_MICROSOFT_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12")
SIGNING_PURPOSES: Final = frozenset(
    {
        _DOCUMENT_SIGNING,
        _MICROSOFT_DOCUMENT_SIGNING,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)


class Purpose(enum.StrEnum):
    DOCUMENTS = "documents"
    TIMESTAMPS = "timestamps"


class Path(Record, frozen=True, kw_only=True):
    """The way from a certificate to a trusted one, or why there is none."""

    certificates: tuple[x509.Certificate, ...] = ()  # from the certificate to its anchor; empty when there is no way
    trouble: str = ""  # a sentence's end
    anchor: str = ""  # whom it leads to, RFC 4514
    key: bytes = b""  # the digests of the certificates: to compare them themselves takes long

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and (self.key, self.trouble) == (other.key, other.trouble)

    def __hash__(self) -> int:
        return hash((self.key, self.trouble))


def find(
    certificate: x509.Certificate,
    *,
    anchors: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate] = (),
    at: datetime,
    purpose: Purpose = Purpose.DOCUMENTS,
) -> Path:
    """Find a path to one of the anchors. Revocation is not asked: see `revocation.judge_path`.

    A self-signed certificate is trusted only when it is itself an anchor.

    Args:
        others: certificates that may lie on the path; they need not be trusted.
        at: the instant at which every certificate of the path must be valid.
    """
    if not anchors:
        return Path(trouble="no trusted authority was named")
    if all(_is_valid(each, at) for each in (certificate, *anchors, *others)):
        return _while_valid(certificate, tuple(anchors), tuple(others), purpose)
    return _find(certificate, anchors, others, at, purpose)


def path_of(certificates: Sequence[x509.Certificate]) -> Path:
    """Return a path of certificates that somebody found to be one, each followed by its issuer."""
    return Path(
        certificates=tuple(certificates),
        anchor=certificates[-1].subject.rfc4514_string(),
        key=b"".join(each.fingerprint(hashes.SHA256()) for each in certificates),
    )


def _is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


@functools.lru_cache(maxsize=256)  # a signatory signs many documents
def _while_valid(
    certificate: x509.Certificate,
    anchors: tuple[x509.Certificate, ...],
    others: tuple[x509.Certificate, ...],
    purpose: Purpose,
) -> Path:
    """Answer for every instant at which all of them are valid: among those, time decides nothing."""
    at = max(each.not_valid_before_utc for each in (certificate, *anchors, *others))
    return _find(certificate, anchors, others, at, purpose)


def _find(
    certificate: x509.Certificate,
    anchors: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    at: datetime,
    purpose: Purpose,
) -> Path:
    builder = PolicyBuilder().store(Store(list(anchors))).time(at).max_chain_depth(_LONGEST)
    policies = builder.extension_policies(ca_policy=_AUTHORITIES, ee_policy=_PURPOSES[purpose])
    try:
        return path_of(policies.build_client_verifier().verify(certificate, list(others)).chain)
    except VerificationError as trouble:
        return Path(trouble=str(trouble).partition(" (encountered")[0])


def _is_authority(_: Policy, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("an issuer on the path is not an authority")


def _may_issue(_: Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an issuer on the path may not issue certificates")


def _may_sign_documents(_: Policy, __: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    if usage is not None and SIGNING_PURPOSES.isdisjoint(usage):
        raise ValueError("the certificate is meant for other purposes than signing documents")


def _may_sign_timestamps(_: Policy, __: x509.Certificate, usage: x509.ExtendedKeyUsage) -> None:
    if list(usage) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError("the certificate is not meant for timestamps alone")


# A signer needs no subject alternative name, unlike a server on the web, and the authority of a closed group often has
# no key identifiers.
_AUTHORITIES: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_issue)
)
_PURPOSES: Final[Mapping[Purpose, ExtensionPolicy]] = {
    Purpose.DOCUMENTS: ExtensionPolicy.permit_all().may_be_present(
        x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _may_sign_documents
    ),
    Purpose.TIMESTAMPS: ExtensionPolicy.permit_all().require_present(
        x509.ExtendedKeyUsage, Criticality.CRITICAL, _may_sign_timestamps
    ),
}
