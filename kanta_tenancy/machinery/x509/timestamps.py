"""What a timestamp token (RFC 3161) says, whether it is whole, and whether its authority is one to believe.

The signature is checked here and not by a client's verifier: that one takes every certificate that it is given as
trusted, wants a self-signed root, and does not compare the signing certificate with the one that was signed.

Source: RFC 3161, 2.4.2 and 4; RFC 5652, 5.4 and 5.6; RFC 5816.
"""

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import paths, revocation
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.paths import Path, Purpose
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES, certificate_from_der
from kanta_tenancy.machinery.x509.revocation import USUAL, Freshness, Judgement, RevocationData, Standing
from kanta_tenancy.machinery.x509.statements import UNREADABLE, made_by
from kanta_tenancy.machinery.x509.timestamp_token import (
    CONTENT_TYPE,
    DIGESTS,
    MESSAGE_DIGEST,
    SIGNATURES,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    Accuracy,
    Algorithm,
    ContentInfo,
    SignedData,
    SignerInfo,
    SigningCertificate,
    SigningCertificateV2,
    TSTInfo,
)
from kanta_tenancy.machinery.x509.tlv import OCTETS, written

LARGEST: Final = 64 * 1024  # bytes of a token
_INSTANT: Final = "%Y-%m-%d %H:%M:%S UTC"
_SAYS_A_TIME: Final = asn1.encode_der(TST_INFO)
_SHA1: Final = hashes.SHA1()  # noqa: S303  the older way to name a certificate: to be found again, not to be believed
_SHA256: Final = hashes.SHA256()
# Revoked for one of these, what an authority stamped before stays stamped (RFC 3161, 4); the reason must be said.
_HARMLESS: Final = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)


class TokenUnsound(Exception):
    """A timestamp that is none: `reason` is a sentence without its stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenForged(TokenUnsound):
    """A timestamp that is whole in form, and whose signature does not hold."""


class Timestamp(Record, frozen=True, kw_only=True):
    """A token whose own signature holds; whether its authority is to be believed is another question."""

    at: datetime
    accuracy: timedelta  # how far off `at` may be, as the authority says; zero when it says nothing
    imprint: bytes
    algorithm: str  # of the imprint, as hashlib names it
    policy: str  # dotted
    serial: int
    nonce: int | None  # the number for once of the request
    authority: x509.Certificate
    certificates: tuple[x509.Certificate, ...]  # that the token brings besides; not trusted

    def covers(self, message: bytes) -> bool:
        """Tell whether this is what was stamped."""
        return hashlib.new(self.algorithm, message).digest() == self.imprint


class TimestampJudgement(Record, frozen=True, kw_only=True):
    """Whether the authority of a timestamp is to be believed, and why."""

    trusted: bool
    reason: str  # a sentence without its stop
    path: Path = Path()
    revocation: tuple[Judgement, ...] = ()


@functools.lru_cache(maxsize=256)
def read(token: bytes) -> Timestamp:
    """Read a token (a ContentInfo in DER) and check that the certificate that it names signed what it says.

    Raises:
        TokenUnsound: it is too large, no timestamp, weak, or its signature does not hold.
    """
    if len(token) > LARGEST:
        raise TokenUnsound(f"a timestamp has at most {LARGEST} bytes")
    try:
        return _read(asn1.decode_der(ContentInfo, token))
    except (*UNREADABLE, OverflowError):
        raise TokenUnsound("it is no timestamp as RFC 3161 describes it") from None


def judge(
    timestamp: Timestamp,
    *,
    anchors: Sequence[x509.Certificate],
    intermediates: Sequence[x509.Certificate] = (),
    data: RevocationData = revocation.NOTHING,
    asked_at: datetime,
    freshness: Freshness = USUAL,
) -> TimestampJudgement:
    """Judge whether a timestamp proves its time.

    The authority's certificates must be valid then and now: once they have expired, a newer timestamp would have to
    vouch for this one. They must be known as not revoked then, and not revoked since for a reason that lets anybody
    else stamp with their keys.

    Args:
        anchors: timestamp authorities, or those above them, that are trusted.
        data: what is at hand about revocation; what is in it is not trusted.
    """
    if timestamp.at > asked_at + freshness.clocks_differ:
        return TimestampJudgement(trusted=False, reason="it is dated in the future")
    others = (*timestamp.certificates, *intermediates)
    path = paths.find(timestamp.authority, anchors=anchors, others=others, at=timestamp.at, purpose=Purpose.TIMESTAMPS)
    if not path.certificates:
        return TimestampJudgement(trusted=False, reason=f"its authority is not trusted: {path.trouble}")
    if any(each.not_valid_after_utc < asked_at for each in path.certificates):
        reason = "a certificate of its authority has expired since, and no newer timestamp vouches for it"
        return TimestampJudgement(trusted=False, reason=reason, path=path)
    judged = revocation.judge_path(path, data, at=timestamp.at, asked_at=asked_at, freshness=freshness)
    reason = next(filter(None, map(_why_not, judged)), "")
    said = reason or f"{timestamp.at.strftime(_INSTANT)} by {timestamp.authority.subject.rfc4514_string()}"
    return TimestampJudgement(trusted=not reason, reason=said, path=path, revocation=judged)


def _why_not(judgement: Judgement) -> str:
    match judgement.standing:
        case Standing.GOOD if judgement.revoked_at is None or judgement.cause in _HARMLESS:
            return ""
        case Standing.UNKNOWN:
            return f"whether its authority's certificate is revoked is not known: {judgement.reason}"
        case _:
            return f"its authority's certificate is revoked: {judgement.reason}"


def _read(outer: ContentInfo) -> Timestamp:
    content = outer.content
    signers = content.signers.as_list()
    if outer.type != SIGNED_DATA or content.encapsulated.type != TST_INFO or len(signers) != 1:
        raise TokenUnsound("it is no timestamp as RFC 3161 describes it")
    info = asn1.decode_der(TSTInfo, content.encapsulated.content)
    attributes = _attributes(signers[0])
    certificates = tuple(_certificates(content))
    authority = _authority(certificates, attributes)
    _check_signature(content, signers[0], attributes, authority)
    if any(each.critical for each in info.extensions or ()):
        raise TokenUnsound("it has a critical extension")
    return Timestamp(
        at=info.at.as_datetime(),
        accuracy=_accuracy(info.accuracy),
        imprint=info.imprint.digest,
        algorithm=_digest(info.imprint.algorithm).name,
        policy=info.policy.dotted_string,
        serial=info.serial,
        nonce=info.nonce,
        authority=authority,
        certificates=tuple(each for each in certificates if each != authority),
    )


def _attributes(signer: SignerInfo) -> dict[x509.ObjectIdentifier, bytes]:
    """Return the signed attributes by their types; those that are needed have one value each."""
    values = [(each.type, each.values.as_list()) for each in signer.signed]
    found = {name: asn1.encode_der(each[0]) for name, each in values if len(each) == 1}
    if len(found) != len(values):
        raise TokenUnsound("its signed attributes are not one of each kind")
    return found


def _certificates(content: SignedData) -> Iterator[x509.Certificate]:
    encoded = content.certificates or ()
    if len(encoded) > MAX_CERTIFICATES:
        raise TokenUnsound(f"it brings more than {MAX_CERTIFICATES} certificates")
    for each in encoded:
        try:
            yield certificate_from_der(asn1.encode_der(each))
        except CertificateUnreadable:
            continue


def _authority(
    certificates: Sequence[x509.Certificate], attributes: Mapping[x509.ObjectIdentifier, bytes]
) -> x509.Certificate:
    """Find the certificate that the token itself says it was made with: its digest is signed."""
    for algorithm, digest in _named(attributes):
        for each in certificates:
            if _fingerprint(each, algorithm.name) == digest:
                return each
    raise TokenUnsound("it does not bring the certificate that it says it was made with")


@functools.lru_cache(maxsize=256)  # an authority stamps many times with one certificate
def _fingerprint(certificate: x509.Certificate, algorithm: str) -> bytes:
    return hashlib.new(algorithm, certificate.public_bytes(Encoding.DER)).digest()


def _named(attributes: Mapping[x509.ObjectIdentifier, bytes]) -> Iterator[tuple[hashes.HashAlgorithm, bytes]]:
    """Return how the token names its signing certificate, which is the first of each list."""
    newer, older = attributes.get(SIGNING_CERTIFICATE_V2), attributes.get(SIGNING_CERTIFICATE)
    if newer is not None:
        for first in asn1.decode_der(SigningCertificateV2, newer).certificates[:1]:
            yield (_SHA256 if first.algorithm is None else _digest(first.algorithm)), first.digest
    elif older is not None:
        for oldest in asn1.decode_der(SigningCertificate, older).certificates[:1]:
            yield _SHA1, oldest.digest


def _check_signature(
    content: SignedData,
    signer: SignerInfo,
    attributes: Mapping[x509.ObjectIdentifier, bytes],
    authority: x509.Certificate,
) -> None:
    algorithm = _digest(signer.digest)
    digest = hashlib.new(algorithm.name, content.encapsulated.content).digest()
    if attributes.get(MESSAGE_DIGEST) != written(OCTETS, digest):
        raise TokenForged("what it says was changed after it was signed")
    if attributes.get(CONTENT_TYPE) != _SAYS_A_TIME:
        raise TokenForged("what it says was signed as something else")
    if signer.algorithm.name.dotted_string not in SIGNATURES:
        raise TokenUnsound("it is signed with a weak or unknown algorithm")
    own = SIGNATURES[signer.algorithm.name.dotted_string] or algorithm
    if not made_by(authority.public_key(), signer.signature, asn1.encode_der(asn1.SetOf(signer.signed)), own):
        raise TokenForged("it was not signed with the key of the certificate that it names")


def _digest(algorithm: Algorithm) -> hashes.HashAlgorithm:
    known = DIGESTS.get(algorithm.name.dotted_string)
    if known is None:
        raise TokenUnsound("it uses a weak or unknown digest")
    return known


def _accuracy(accuracy: Accuracy | None) -> timedelta:
    if accuracy is None:
        return timedelta()
    micros = 1_000 * (accuracy.millis or 0) + (accuracy.micros or 0)
    return timedelta(seconds=accuracy.seconds or 0, microseconds=micros)
