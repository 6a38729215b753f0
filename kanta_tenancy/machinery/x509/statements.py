"""What a revocation list or an OCSP answer says of one certificate, once it is known who signed it."""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from kanta_tenancy.kernel.records import Record

STRONG: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
# Whatever a stranger's octets make the library raise: nothing else may come out of reading them.
UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class Statement(Record, frozen=True, kw_only=True):
    """What the issuer of a certificate, or whom it appointed, says of the certificate."""

    source: str  # as a sentence names it, such as `revocation list`
    since: datetime  # thisUpdate: when what it says was so
    until: datetime | None  # nextUpdate: when the next one comes, if that is said
    revoked_at: datetime | None = None
    cause: x509.ReasonFlags | None = None  # None also when it is not said
    remembers: datetime | None = None  # certificates that have expired since then are still spoken of

    @property
    def on_hold(self) -> bool:
        """Whether it is revoked for the time being only."""
        return self.revoked_at is not None and self.cause is x509.ReasonFlags.certificate_hold


class SaysNothing(Exception):
    """A list or an answer that is about the certificate and does not count; `reason` is a sentence without its stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def made_by(
    key: CertificatePublicKeyTypes, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm | None
) -> bool:
    """Tell whether a key made a signature, by RSA (PKCS #1 v1.5) or ECDSA with SHA-256, 384 or 512."""
    if not isinstance(algorithm, STRONG):
        return False
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, signed, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, signed, ec.ECDSA(algorithm))
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def instant(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> datetime | None:
    """Return an extension whose value is an instant and nothing else; None when it is not there.

    Raises:
        ValueError: its value is something else.
    """
    for extension in extensions:
        if extension.oid == oid and isinstance(extension.value, x509.UnrecognizedExtension):
            return asn1.decode_der(asn1.GeneralizedTime, extension.value.value).as_datetime()
    return None
