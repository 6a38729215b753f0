"""Whether the signer's certificate may sign, and whether it leads to a trusted authority (rule R11)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.names import DSIG_NS, XADES_NS
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome
from kanta_tenancy.machinery.ooxml.verification.algorithms import digest
from kanta_tenancy.machinery.ooxml.verification.binding import Bound
from kanta_tenancy.machinery.ooxml.verification.claims import CertificateDigest
from kanta_tenancy.machinery.ooxml.verification.markup import octets, unsound
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.judgement import Refusal, refusals
from kanta_tenancy.machinery.x509.paths import Path
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, MAX_CERTIFICATES, certificate_from_der

_CERTIFICATES: Final = f"{{{DSIG_NS}}}X509Data/{{{DSIG_NS}}}X509Certificate"
_MORE_CERTIFICATES: Final = (
    f"{{{XADES_NS}}}UnsignedSignatureProperties/{{{XADES_NS}}}CertificateValues/"
    f"{{{XADES_NS}}}EncapsulatedX509Certificate"
)
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_CAUSES: Final[Mapping[Refusal, Cause]] = {
    Refusal.NOT_YET_VALID: Cause.NOT_YET_VALID_WHEN_SIGNED,
    Refusal.EXPIRED: Cause.EXPIRED_WHEN_SIGNED,
    Refusal.KEY_USAGE: Cause.MAY_NOT_SIGN,
    Refusal.KEY_KIND: Cause.WEAK,
}


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


def may_sign(
    certificate: x509.Certificate, claimed: datetime | None, at: datetime, proved_at: datetime | None = None
) -> Answer:
    """Judge the signer's certificate at the instant of signing that the signer claims, and when that is proved.

    Args:
        at: the instant of asking.
        proved_at: when the signature is proved to have been there; without it, the certificate must still be valid.
    """
    if claimed is None:
        return _unknown("The signature does not say when it was made.", Cause.NO_TIME)
    # How strong the key is belongs to the algorithms (R3).
    found = [each for each in refusals(certificate, claimed) if each.refusal is not Refusal.KEY_KIND]
    if found:
        reason = f"At the claimed time {found[0].detail}."
        return Answer(outcome=Outcome.FAILED, reason=reason, cause=_CAUSES[found[0].refusal])
    if claimed > (proved_at or at) + _CLOCKS_DIFFER:
        when = "lies in the future" if proved_at is None else "is later than the timestamp"
        return _unknown(f"The claimed time of signing {when}.", Cause.TIME_IN_FUTURE)
    if (proved_at or at) > certificate.not_valid_after_utc:
        reason = "The certificate has expired since, and nobody else confirms that it was signed before."
        return _unknown(reason, Cause.EXPIRED_SINCE)
    return Answer(outcome=Outcome.PASSED, reason="The certificate may sign, and was valid at the claimed time.")


def leads_to(path: Path, *, named: bool) -> Answer:
    """Tell whether the signer's certificate leads to a trusted authority.

    Args:
        named: whether any authority was named at all.
    """
    if not named:
        return _unknown("No trusted authority was named.", Cause.NO_AUTHORITY_NAMED)
    if not path.certificates:
        return _unknown(f"The certificate does not lead to a trusted authority: {path.trouble}.", Cause.NO_PATH)
    return Answer(outcome=Outcome.PASSED, reason=f"It leads to {path.certificates[-1].subject.rfc4514_string()}.")


def _unknown(reason: str, cause: Cause) -> Answer:
    return Answer(outcome=Outcome.UNKNOWN, reason=reason, cause=cause)


def _readable(encoded: list[etree._Element]) -> Iterator[x509.Certificate]:
    for each in encoded:
        try:
            yield certificate_from_der(octets(each))
        except (CertificateUnreadable, BrokenPackage):
            continue
