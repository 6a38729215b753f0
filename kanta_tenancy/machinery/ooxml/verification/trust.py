"""Whether the signer's certificate may sign, and whether it leads to a trusted authority (rule R11)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from kanta_tenancy.machinery.ooxml.names import DSIG_NS, XADES_NS
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome
from kanta_tenancy.machinery.ooxml.verification.algorithms import digest
from kanta_tenancy.machinery.ooxml.verification.binding import Bound
from kanta_tenancy.machinery.ooxml.verification.claims import CertificateDigest
from kanta_tenancy.machinery.ooxml.verification.markup import octets, unsound
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.x509 import paths
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.judgement import Refusal, refusals
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, MAX_CERTIFICATES, certificate_from_der

_CERTIFICATES: Final = f"{{{DSIG_NS}}}X509Data/{{{DSIG_NS}}}X509Certificate"
_MORE_CERTIFICATES: Final = (
    f"{{{XADES_NS}}}UnsignedSignatureProperties/{{{XADES_NS}}}CertificateValues/"
    f"{{{XADES_NS}}}EncapsulatedX509Certificate"
)
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


def certificates(bound: Bound) -> tuple[x509.Certificate, ...]:
    """Return the certificates that a signature brings, each once, the signer's first; unreadable others are left out.

    Raises:
        BrokenPackage: there is none (R3), there are too many, or the signer's cannot be read (R11).
    """
    encoded = [*bound.key_info.findall(_CERTIFICATES)]
    if not encoded:
        raise unsound("The signature names no certificate, only a key or nothing.", "R3")
    if bound.unsigned is not None:
        encoded += bound.unsigned.findall(_MORE_CERTIFICATES)
    if len(encoded) > MAX_CERTIFICATES or sum(len(each.text or "") for each in encoded) > MAX_BYTES * 4 // 3:
        detail = f"The signature brings more than {MAX_CERTIFICATES} certificates or {MAX_BYTES} bytes of them."
        raise unsound(detail, "R11")
    try:
        signer = certificate_from_der(octets(encoded[0]))
    except CertificateUnreadable as trouble:
        raise unsound(f"The signer's certificate cannot be read: {trouble.detail}.", "R11") from None
    return tuple(dict.fromkeys((signer, *_readable(encoded[1:]))))


def mismatch(certificate: x509.Certificate, claimed: CertificateDigest | None) -> str:
    """Say why a signature was not made with this certificate, or nothing when it was.

    Raises:
        BrokenPackage: the digest's algorithm is not accepted (R3).
    """
    if claimed is None:
        return "The signature does not say with which certificate it was made (XAdES SigningCertificate)."
    encoded = certificate.public_bytes(Encoding.DER)
    if digest(claimed.algorithm, encoded) != claimed.digest:
        return "The signature was made with another certificate than the one that it brings along."
    return ""


def may_sign(certificate: x509.Certificate, claimed: datetime | None, at: datetime) -> Answer:
    """Judge the signer's certificate at the instant of signing that the signer claims, and at `at`."""
    if claimed is None:
        return Answer(outcome=Outcome.UNKNOWN, reason="The signature does not say when it was made.")
    # How strong the key is belongs to the algorithms (R3).
    found = [each for each in refusals(certificate, claimed) if each.refusal is not Refusal.KEY_KIND]
    if found:
        return Answer(outcome=Outcome.FAILED, reason=f"At the claimed time {found[0].detail}.")
    if claimed > at + _CLOCKS_DIFFER:
        return Answer(outcome=Outcome.UNKNOWN, reason="The claimed time of signing lies in the future.")
    if at > certificate.not_valid_after_utc:
        reason = "The certificate has expired since, and nobody else confirms that it was signed before."
        return Answer(outcome=Outcome.UNKNOWN, reason=reason)
    return Answer(outcome=Outcome.PASSED, reason="The certificate may sign, and was valid at the claimed time.")


def leads_to(
    anchors: Sequence[x509.Certificate],
    signer: x509.Certificate,
    others: Sequence[x509.Certificate],
    at: datetime,
) -> Answer:
    """Look for a path from the signer's certificate to one of the anchors.

    A self-signed signer is trusted only when it is itself an anchor. Revocation is not asked.

    Args:
        others: certificates that may lie on the path; they need not be trusted.
        at: the instant at which every certificate of the path must be valid.

    Source:
        RFC 5280, chapter 6.
    """
    if not anchors:
        return Answer(outcome=Outcome.UNKNOWN, reason="No trusted authority was named.")
    path = paths.find(signer, anchors=anchors, others=others, at=at)
    if not path.certificates:
        reason = f"The certificate does not lead to a trusted authority: {path.trouble}."
        return Answer(outcome=Outcome.UNKNOWN, reason=reason)
    return Answer(outcome=Outcome.PASSED, reason=f"It leads to {path.certificates[-1].subject.rfc4514_string()}.")


def _readable(encoded: list[etree._Element]) -> Iterator[x509.Certificate]:
    for each in encoded:
        try:
            yield certificate_from_der(octets(each))
        except (CertificateUnreadable, BrokenPackage):
            continue
