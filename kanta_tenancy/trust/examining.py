"""What a file of certificates holds, and whether each can be kept for what it is loaded for. Pure."""

import functools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.judgement import Refusal, refusals
from kanta_tenancy.machinery.x509.keys import RSA_BITS
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, certificate_from_der, certificates_from_pem
from kanta_tenancy.trust.errors import AnchorRefused, KeyMaterialRefused
from kanta_tenancy.trust.model import Anchor, AnchorId, AnchorKind, Doubt

SOON: Final = timedelta(days=90)
RULE: Final = "R11"
_KEY_LABEL: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|PKCS12)")
_PEM: Final = b"-----BEGIN "
E = TypeVar("E", bound=x509.ExtensionType)
# How long a DER value is: in one octet, or in up to four that follow.
_LENGTH: Final = rb"(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)"
# What begins with a version (PKCS#1, PKCS#8, SEC 1, PKCS#12) or with an algorithm (an encrypted PKCS#8) is a key; a
# certificate begins with a sequence that begins with neither an identifier nor a small version.
_KEY_START: Final = re.compile(rb"\x30" + _LENGTH + rb"(?:\x02\x01[\x00-\x03]|\x30" + _LENGTH + rb"\x06)", re.DOTALL)


def read(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read the certificates of a file, each once: PEM with one or several, or DER with one.

    Raises:
        KeyMaterialRefused: it holds a private key, or is a container for one.
        CertificateUnreadable: it is too large, holds none or too many, or one of them cannot be read.
    """
    if _KEY_LABEL.search(data[: MAX_BYTES + 1]) or _KEY_START.match(data):
        raise KeyMaterialRefused("a private key is no business of this service: nothing of the file was kept")
    found = certificates_from_pem(data) if _PEM in data else (certificate_from_der(data),)
    return tuple(dict.fromkeys(found))


def check(certificates: Sequence[x509.Certificate], kind: AnchorKind) -> None:
    """Refuse certificates of which one cannot be kept for this.

    An expired one is not refused: what was signed while it was valid may still lead to it.

    Raises:
        AnchorRefused: with what is wrong with each.
    """
    flaws = [
        Flaw(field=f"certificates[{place}]", detail=detail, rule=RULE)
        for place, certificate in enumerate(certificates)
        for detail in _unfit(certificate, kind)
    ]
    if flaws:
        raise AnchorRefused(f"{flaws[0].field}: {flaws[0].detail}", rule=RULE, flaws=tuple(flaws))


def anchor(certificate: x509.Certificate, kind: AnchorKind, anchor_id: AnchorId, *, at: datetime, by: str) -> Anchor:
    """Return what is kept of a certificate that is loaded now."""
    about = describe(certificate)
    return Anchor(
        id=anchor_id,
        kind=kind,
        certificate=certificate.public_bytes(Encoding.DER),
        sha256=about.fingerprint,
        subject=about.subject,
        issuer=about.issuer,
        name=about.name,
        not_before=about.not_before,
        not_after=about.not_after,
        authority=is_authority(certificate),
        loaded_at=at,
        loaded_by=by,
        version=1,
    )


def doubts(anchor: Anchor, at: datetime) -> tuple[Doubt, ...]:
    """Return what whoever looks at a certificate now should know."""
    if at < anchor.not_before:
        return (Doubt.NOT_YET_VALID,)
    if at > anchor.not_after:
        return (Doubt.EXPIRED,)
    return (Doubt.EXPIRES_SOON,) if anchor.not_after - at <= SOON else ()


def is_authority(certificate: x509.Certificate) -> bool:
    """Say whether a certificate may issue others (RFC 5280, 4.2.1.9 and 4.2.1.3)."""
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    return constraints is not None and constraints.ca and (usage is None or usage.key_cert_sign)


def _unfit(certificate: x509.Certificate, kind: AnchorKind) -> Iterator[str]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS.start:
        yield f"its RSA key has {key.key_size} bits; no path through fewer than {RSA_BITS.start} is trusted"
    if is_authority(certificate):
        return
    if kind is AnchorKind.INTERMEDIATE:
        yield "it is not an authority, so nothing leads over it"
    elif not _is_self_signed(certificate):
        yield "it is neither an authority nor self-signed: load the authority that issued it"
    elif kind is AnchorKind.TIMESTAMPS and not _may_make_timestamps(certificate):
        yield "it is self-signed and not for timestamps (extended key usage)"
    elif kind is AnchorKind.SIGNATURES and _may_not_sign(certificate):
        yield "it is self-signed and not for signatures (key usage)"


@functools.lru_cache(maxsize=64)
def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_make_timestamps(certificate: x509.Certificate) -> bool:
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    return purposes is not None and ExtendedKeyUsageOID.TIME_STAMPING in purposes


def _may_not_sign(certificate: x509.Certificate) -> bool:
    found = refusals(certificate, certificate.not_valid_before_utc)
    return any(reason.refusal is Refusal.KEY_USAGE for reason in found)


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
