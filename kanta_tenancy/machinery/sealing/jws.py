"""Seals as JSON Web Signatures in the compact form, with the certificates of whoever sealed.

Source:
    RFC 7515 (JWS; 4.1.6 `x5c`, 4.1.8 `x5t#S256`, 4.1.9 `typ`, 7.1 the compact form), RFC 7518, 3.3 and 3.4 (RS256,
    ES256, ES384), RFC 8725, 3.11 (explicit types). `iat` is that of RFC 7519, 4.1.6, in the header as 5.3 allows.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.machinery.x509 import judgement, keys
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES, certificate_from_der
from kanta_tenancy.machinery.x509.signature_value import accepted_value
from kanta_tenancy.machinery.x509.signing_key import SigningKey

LONGEST: Final = 256 * 1024  # characters of a seal that is read
_RSA: Final = "RS256"
_BY_CURVE: Final[Mapping[str, str]] = {"secp256r1": "ES256", "secp384r1": "ES384"}


class _Header(Record, frozen=True, kw_only=True, rename={"x5t_s256": "x5t#S256"}):
    """What is known of a header; anything else in it, such as `crit` or `b64`, is refused."""

    alg: str
    typ: str
    iat: int
    x5c: tuple[str, ...]
    x5t_s256: str


class Opened(Record, frozen=True, kw_only=True):
    """What a seal says when it holds. Whether its certificate is to be trusted is another question."""

    payload: bytes
    sealed_at: datetime  # as whoever sealed says; whole seconds
    chain: tuple[x509.Certificate, ...]  # the one it was sealed with first

    @property
    def certificate_sha256(self) -> str:
        return fingerprint(self.chain[0])


def seal(key: SigningKey, payload: bytes, *, typ: str, at: datetime) -> str:
    """Seal a payload.

    Args:
        typ: what kind of thing is sealed, so that none can be passed off as another.

    Raises:
        CredentialUnusable: the certificate is not valid at `at`, its key may not sign, or cannot be reached.
    """
    if why := judgement.refusals(key.certificate, at):
        raise CredentialUnusable("; ".join(reason.detail for reason in why))
    header = _Header(
        alg=algorithm(key.certificate),
        typ=typ,
        iat=int(at.timestamp()),
        x5c=tuple(base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in key.chain),
        x5t_s256=_encoded(key.certificate.fingerprint(hashes.SHA256())),
    )
    signed = f"{_encoded(msgspec.json.encode(header))}.{_encoded(payload)}"
    return f"{signed}.{_encoded(key.sign(signed.encode()))}"


def unseal(compact: str, *, typ: str) -> Opened:
    """Return what was sealed, if the seal is one of that kind, and whole.

    Raises:
        SealInvalid: it cannot be read, is of another kind, or anything in it was changed.
    """
    header, payload, signature = _parts(compact)
    said = _header(header)
    if said.typ != typ:
        raise SealInvalid(f"it is a seal on something else: {said.typ[:80]!r}, not {typ!r}")
    chain = _chain(said)
    if not _holds(chain[0], said.alg, compact.rpartition(".")[0].encode("ascii"), signature):
        raise SealInvalid("its certificate's key did not make this signature over this content")
    return Opened(payload=payload, sealed_at=datetime.fromtimestamp(said.iat, UTC), chain=chain)


def payload_of(compact: str) -> bytes:
    """Return what a seal is on, before anything of it is believed.

    Raises:
        SealInvalid: it cannot be read.
    """
    return _parts(compact)[1]


def algorithm(certificate: x509.Certificate) -> str:
    """Return the name of the algorithm that a certificate's key seals with.

    Raises:
        CredentialUnusable: it seals with none.
    """
    match certificate.public_key():
        case rsa.RSAPublicKey():
            return _RSA
        case ec.EllipticCurvePublicKey() as key if key.curve.name in _BY_CURVE:
            return _BY_CURVE[key.curve.name]
        case key:
            raise CredentialUnusable(f"{keys.describe(key)} makes no seals")


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def fingerprint_of(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def _parts(compact: str) -> tuple[bytes, bytes, bytes]:
    if len(compact) > LONGEST:
        raise SealInvalid(f"a seal has at most {LONGEST} characters, this one has {len(compact)}")
    parts = compact.split(".")
    if len(parts) != 3:  # noqa: PLR2004 -- header, payload, signature
        raise SealInvalid("it is no seal in the compact form of RFC 7515: three parts with dots between")
    header, payload, signature = map(_decoded, parts)
    return header, payload, signature


def _header(octets: bytes) -> _Header:
    try:
        header = msgspec.json.decode(octets, type=_Header)
        datetime.fromtimestamp(header.iat, UTC)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError, OSError) as error:
        raise SealInvalid("its header is none that this service writes") from error
    return header


def _chain(header: _Header) -> tuple[x509.Certificate, ...]:
    if not 1 <= len(header.x5c) <= MAX_CERTIFICATES:
        raise SealInvalid(f"it carries {len(header.x5c)} certificates; 1 to {MAX_CERTIFICATES} are read")
    try:
        chain = tuple(certificate_from_der(base64.b64decode(one, validate=True)) for one in header.x5c)
    except (binascii.Error, CertificateUnreadable) as error:
        raise SealInvalid("a certificate in it cannot be read") from error
    if header.x5t_s256 != _encoded(chain[0].fingerprint(hashes.SHA256())):
        raise SealInvalid("it names another certificate than it carries")
    return chain


def _holds(certificate: x509.Certificate, alg: str, octets: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    try:
        fits = keys.may_sign(key) and algorithm(certificate) == alg
    except CredentialUnusable:
        return False
    return fits and accepted_value(key, octets, signature) == signature


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Read base64url in its one form; another text for the same octets would be another seal on the same thing."""
    try:
        octets = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise SealInvalid("it is not base64url") from error
    if _encoded(octets) != text:
        raise SealInvalid("it is not base64url in the form of RFC 7515")
    return octets
