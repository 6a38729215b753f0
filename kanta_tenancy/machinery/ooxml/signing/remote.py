"""Sign with a key that is elsewhere: hand out what is to be signed, take the value of the signature back.

What is handed out can be kept as bytes for as long as it is good. It holds no part of the document: completing prepares
the same signature again from the document and compares, so nothing in it needs to be believed.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.contents import content_digest
from kanta_tenancy.machinery.ooxml.errors import (
    CannotSign,
    SignatureValueWrong,
    ToSignExpired,
    ToSignForAnother,
    ToSignUnreadable,
)
from kanta_tenancy.machinery.ooxml.layout.methods import method_of
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine
from kanta_tenancy.machinery.ooxml.signing import signer
from kanta_tenancy.machinery.ooxml.signing.certificate_checks import NOTHING_KNOWN, Known, check_certificates
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES, certificate_from_der
from kanta_tenancy.machinery.x509.signature_value import accepted_value, digest_info, digest_of

# A signature claims the instant at which it was prepared, so the value must not come much later.
LONGEST: Final = timedelta(days=1)
USUAL: Final = timedelta(hours=1)
_CLOCKS: Final = timedelta(minutes=5)  # by which two clocks may differ, as the verifier allows too
_LARGEST: Final = 256 * 1024  # bytes; with ten certificates it is some 30 kB
_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class ToSign(Record, frozen=True, kw_only=True):
    """What a key elsewhere is to sign, and everything that completing needs besides the document."""

    format: Literal[1] = 1
    octets: bytes  # what is to be signed: the canonical SignedInfo
    digest_algorithm: str  # `sha256` or `sha384`: by which the key is to sign
    digest: bytes  # of the octets, for a device that signs digests
    digest_info: bytes | None  # for an RSA device that pads and does not digest; None for a curve
    signature_method: str  # as RFC 9231 names it
    at: _Instant  # the instant of signing that the signature claims
    expires_at: _Instant  # from then on it is not completed
    document_sha256: str  # of the very file that was prepared, hexadecimal
    content_digest: str  # of what the document says apart from signatures and metadata, hexadecimal
    line: SignatureLine | None  # the signature line to sign on; None: the signature is not seen in the document
    comments: str
    certificates: tuple[bytes, ...]  # DER, the signer's own first

    def __post_init__(self) -> None:
        if self.at.utcoffset() or self.expires_at.utcoffset():
            raise ValueError("its instants are not in UTC")
        if not timedelta() < self.expires_at - self.at <= LONGEST:
            raise ValueError("it lasts more than a day, or not at all")


class _Asked(Record, frozen=True, kw_only=True):
    """What is asked for besides the document."""

    chain: tuple[x509.Certificate, ...]
    at: datetime
    expires_at: datetime
    line: SignatureLine | None
    comments: str


def hand_out(
    document: bytes,
    chain: tuple[x509.Certificate, ...],
    *,
    at: datetime,
    lasts: timedelta = USUAL,
    line: SignatureLine | None = None,
    comments: str = "",
    known: Known = NOTHING_KNOWN,
) -> ToSign:
    """Prepare a signature by a key that is elsewhere; the same arguments give the same answer.

    Args:
        chain: the signer's certificate first, then its issuers.
        at: the instant of signing, which the signature then claims, to the second.
        lasts: how long it can be completed, at most a day.
        line: the signature line to sign on, such as one of `signature_lines(document)`.
        comments: why it is signed, at most 255 characters.
        known: of the certificate's revocation; for one that is known to be revoked nothing is handed out.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of signing must carry a time zone")
    if not timedelta() < lasts <= LONGEST:
        raise CannotSign(detail="what is handed out to be signed can be completed for at most a day")
    check_certificates(chain, at, known)
    since = at.astimezone(UTC).replace(microsecond=0)
    asked = _Asked(chain=chain, at=since, expires_at=since + lasts, line=line, comments=comments)
    return _to_sign(document, asked, _prepared(document, asked))


def take_back(document: bytes, to_sign: ToSign, value: bytes, *, at: datetime, known: Known = NOTHING_KNOWN) -> bytes:
    """Complete a signature with the value that the key elsewhere made.

    Args:
        document: the very file that was prepared.
        value: PKCS #1 v1.5 for RSA; for a curve r and s in a row, or DER.
        at: the instant of completing.
        known: of the certificate's revocation; it may have been revoked in the meantime.

    Returns:
        The signed document, verified: nothing but trust in the certificates is left open.

    Raises:
        ToSignExpired: it is too late, or too early.
        ToSignForAnother: it was prepared from another file, or is not what was handed out.
        SignatureValueWrong: the certificate's key did not sign these octets.
        CannotSign: the certificate may not sign any more, or the document breaks a rule.
    """
    _check_instants(to_sign, at)
    prepared = _again(document, to_sign)
    (own, *_) = chain = chain_of(to_sign)
    check_certificates(chain, at, known)
    accepted = accepted_value(own.public_key(), to_sign.octets, value)
    if accepted is None:
        raise SignatureValueWrong("the certificate's key did not make this signature value for what was prepared")
    signed = signer.complete(prepared, accepted).write()
    signer.check_signed(signed, at)
    return signed


def check(document: bytes, to_sign: ToSign) -> None:
    """Check that to sign this is to sign that document, for whoever was handed both and is to sign.

    Raises:
        ToSignForAnother: it was prepared from another file, or is not what was handed out.
        CannotSign: the document or the certificate breaks a rule.
    """
    _again(document, to_sign)


def to_bytes(to_sign: ToSign) -> bytes:
    """Write what was handed out as JSON: docs/signatures.md describes it."""
    return msgspec.json.format(msgspec.json.encode(to_sign)) + b"\n"


def from_bytes(data: bytes) -> ToSign:
    """Read what was handed out.

    Raises:
        ToSignUnreadable: it is something else, or of a form that this version does not know.
    """
    if len(data) > _LARGEST:
        raise ToSignUnreadable(f"it has at most {_LARGEST} bytes, this has {len(data)}")
    try:
        to_sign = msgspec.json.decode(data, type=ToSign)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise ToSignUnreadable("it is not what was handed out to be signed, or of another version") from trouble
    chain_of(to_sign)
    return to_sign


def chain_of(to_sign: ToSign) -> tuple[x509.Certificate, ...]:
    """Return the certificates of whoever is to sign, the signer's own first.

    Raises:
        ToSignUnreadable: there are none or too many, or one of them cannot be read.
    """
    if not 0 < len(to_sign.certificates) <= MAX_CERTIFICATES:
        raise ToSignUnreadable(f"it has {len(to_sign.certificates)} certificates; 1 to {MAX_CERTIFICATES} are read")
    try:
        return tuple(certificate_from_der(one) for one in to_sign.certificates)
    except CertificateUnreadable as trouble:
        raise ToSignUnreadable(f"a certificate in it: {trouble.detail}") from trouble


def _again(document: bytes, to_sign: ToSign) -> signer.Prepared:
    if hashlib.sha256(document).hexdigest() != to_sign.document_sha256:
        raise ToSignForAnother("the file is not the very one that was prepared; prepare this one")
    asked = _Asked(
        chain=chain_of(to_sign),
        at=to_sign.at,
        expires_at=to_sign.expires_at,
        line=to_sign.line,
        comments=to_sign.comments,
    )
    prepared = _prepared(document, asked)
    if _to_sign(document, asked, prepared) != to_sign:
        raise ToSignForAnother("what was prepared is not what this program prepares from the file; prepare it again")
    return prepared


def _prepared(document: bytes, asked: _Asked) -> signer.Prepared:
    return signer.prepare(signer.opened(document), asked.chain, at=asked.at, line=asked.line, comments=asked.comments)


def _to_sign(document: bytes, asked: _Asked, prepared: signer.Prepared) -> ToSign:
    key = asked.chain[0].public_key()
    algorithm = digest_of(key).name
    digest = hashlib.new(algorithm, prepared.signed_info).digest()
    return ToSign(
        octets=prepared.signed_info,
        digest_algorithm=algorithm,
        digest=digest,
        digest_info=digest_info(digest) if isinstance(key, rsa.RSAPublicKey) else None,
        signature_method=method_of(key),
        at=asked.at,
        expires_at=asked.expires_at,
        document_sha256=hashlib.sha256(document).hexdigest(),
        content_digest=content_digest(prepared.envelope.package),
        line=asked.line,
        comments=asked.comments,
        certificates=tuple(one.public_bytes(Encoding.DER) for one in asked.chain),
    )


def _check_instants(to_sign: ToSign, at: datetime) -> None:
    if to_sign.at - at > _CLOCKS:
        raise ToSignExpired(f"it was prepared for {to_sign.at.strftime(_INSTANT)}, which is still to come")
    if at >= to_sign.expires_at:
        until = to_sign.expires_at.strftime(_INSTANT)
        raise ToSignExpired(f"it could be completed until {until}; prepare the document again")
