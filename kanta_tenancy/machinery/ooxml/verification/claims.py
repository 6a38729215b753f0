"""What a signer claims in a signature: when, why, on which line, with which certificate."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import DSIG_NS, OFFICE_SIGNATURE_NS, PACKAGE_SIGNATURE_NS, XADES_NS
from kanta_tenancy.machinery.ooxml.verification.binding import Bound
from kanta_tenancy.machinery.ooxml.verification.markup import attribute, octets

_DETAILS: Final = (
    f"{{{DSIG_NS}}}SignatureProperties/{{{DSIG_NS}}}SignatureProperty/{{{OFFICE_SIGNATURE_NS}}}SignatureInfoV1"
)
_TIME: Final = (
    f"{{{DSIG_NS}}}SignatureProperties/{{{DSIG_NS}}}SignatureProperty/"
    f"{{{PACKAGE_SIGNATURE_NS}}}SignatureTime/{{{PACKAGE_SIGNATURE_NS}}}Value"
)
_SIGNED: Final = f"{{{XADES_NS}}}SignedSignatureProperties"
_XADES_TIME: Final = f"{_SIGNED}/{{{XADES_NS}}}SigningTime"
_CERTIFICATE_DIGESTS: Final = tuple(
    f"{_SIGNED}/{{{XADES_NS}}}{name}/{{{XADES_NS}}}Cert/{{{XADES_NS}}}CertDigest"
    for name in ("SigningCertificate", "SigningCertificateV2")
)


_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})")


class CertificateDigest(Record, frozen=True, kw_only=True):
    algorithm: str
    digest: bytes


class Claims(Record, frozen=True, kw_only=True):
    """All of it was digested: it is the signer's word, and nobody else's."""

    signed_at: datetime | None  # None also when it is no instant
    comments: str
    text: str
    setup_id: str
    certificate: CertificateDigest | None


def read(bound: Bound) -> Claims:
    """Read the claims from the verified objects of a signature.

    Raises:
        BrokenPackage: the certificate's digest is not one (R2).
    """
    details = None if bound.office is None else bound.office.find(_DETAILS)
    return Claims(
        signed_at=_instant(next(_times(bound), "")),
        comments=_text(details, "SignatureComments"),
        text=_text(details, "SignatureText"),
        setup_id=_text(details, "SetupID"),
        certificate=_certificate_digest(bound.properties),
    )


def _times(bound: Bound) -> Iterator[str]:
    """Return the claimed times as text, the XAdES one first."""
    found = (
        None if bound.properties is None else bound.properties.findtext(_XADES_TIME),
        bound.package.findtext(_TIME),
    )
    return (time for time in found if time)


def _text(details: etree._Element | None, name: str) -> str:
    found = None if details is None else details.findtext(f"{{{OFFICE_SIGNATURE_NS}}}{name}")
    return (found or "").strip()


def _certificate_digest(properties: etree._Element | None) -> CertificateDigest | None:
    if properties is None:
        return None
    found = [element for path in _CERTIFICATE_DIGESTS for element in properties.findall(path)]
    if not found:
        return None
    method, value = found[0].find(f"{{{DSIG_NS}}}DigestMethod"), found[0].find(f"{{{DSIG_NS}}}DigestValue")
    if method is None or value is None:
        return None
    return CertificateDigest(algorithm=attribute(method, "Algorithm"), digest=octets(value))


def _instant(text: str) -> datetime | None:
    """Read an xsd:dateTime with its zone, or return None for anything else."""
    if not _INSTANT.fullmatch(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or one that UTC puts outside the calendar
        return None
