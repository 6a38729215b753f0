"""Sign a Word document as Microsoft Office does, and refuse what would not become a sound signature.

Preparing and completing are apart, so that whoever holds the key needs to see nothing but the octets to sign.

Source: [MS-OFFCRYPTO] 2.5.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.layout.canonical import can_be_written
from kanta_tenancy.machinery.ooxml.layout.signature_part import Statement, Unsigned, unsigned
from kanta_tenancy.machinery.ooxml.line_images import line_images
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine
from kanta_tenancy.machinery.ooxml.signing.certificate_checks import NOTHING_KNOWN, Known, check_certificates
from kanta_tenancy.machinery.ooxml.signing.envelope import Envelope
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.x509.description import human_name
from kanta_tenancy.machinery.x509.signing_key import SigningKey

# [MS-OFFCRYPTO] 2.5.2.5
COMMENTS_LIMIT: Final = 255
TEXT_LIMIT: Final = 100


class Signing(Record, frozen=True, kw_only=True):
    """One signature that is asked for."""

    credential: SigningKey
    line: SignatureLine | None = None  # a line of the document; None: the signature is not seen in it
    comments: str = ""  # why it is signed, at most 255 characters
    known: Known = NOTHING_KNOWN  # of the certificate: one that is known to be revoked does not sign


class Prepared(Record, frozen=True, kw_only=True):
    """A signed package that lacks nothing but the value of its new signature."""

    signed_info: bytes  # the octets that the signer's key is to sign
    signature: Unsigned
    part: str  # where the signature will lie
    setup_id: str  # of the line that it is on; empty when it is on none
    envelope: Envelope


def sign(
    package: bytes,
    credential: SigningKey,
    *,
    at: datetime,
    line: SignatureLine | None = None,
    comments: str = "",
    known: Known = NOTHING_KNOWN,
) -> bytes:
    """Add a signature to a document; those that it has stay valid, byte for byte.

    Args:
        at: the instant of signing, which the signature then claims.
        line: the signature line to sign on, such as one of `signature_lines(package)`.
        comments: why it is signed, at most 255 characters.
        known: of the certificate's revocation; one that is known to be revoked does not sign.

    Returns:
        The signed document, verified: nothing but trust in the certificates is left open.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule.
    """
    return sign_all(package, [Signing(credential=credential, line=line, comments=comments, known=known)], at=at)


def sign_all(package: bytes, signings: Sequence[Signing], *, at: datetime) -> bytes:
    """Add several signatures at once, in their order; the document is read, written and verified once.

    Raises:
        CannotSign: the document, a certificate or what was asked for breaks a rule.
    """
    signed = sign_for_verifier(package, signings, at=at)
    check_signed(signed, at)
    return signed


def sign_for_verifier(package: bytes, signings: Sequence[Signing], *, at: datetime) -> bytes:
    """Add several signatures as `sign_all` does, for a caller who verifies whatever it is given before it keeps it.

    Returns:
        The signed document, not verified: what it shows may break a rule about content.

    Raises:
        CannotSign: the package, a certificate or what was asked for breaks a rule.
    """
    envelope = opened(package)
    for one in signings:
        chain = one.credential.chain
        prepared = prepare(envelope, chain, at=at, line=one.line, comments=one.comments, known=one.known)
        envelope = complete(prepared, one.credential.sign(prepared.signed_info))
    return envelope.write()


def opened(package: bytes) -> Envelope:
    """Read a document and check that it can be signed.

    Raises:
        CannotSign: it breaks a rule.
    """
    try:
        return Envelope.open(package)
    except BrokenPackage as broken:
        raise CannotSign(detail=broken.detail, rule=broken.rule, part=broken.part) from broken


def prepare(
    envelope: Envelope,
    chain: tuple[x509.Certificate, ...],
    *,
    at: datetime,
    line: SignatureLine | None = None,
    comments: str = "",
    known: Known = NOTHING_KNOWN,
) -> Prepared:
    """Do all of signing that needs no key.

    Args:
        chain: the signer's certificate first, then its issuers.
        known: of the certificate's revocation.

    Raises:
        CannotSign: the certificate or what was asked for breaks a rule.
    """
    check_certificates(chain, at, known)
    _check_comments(comments)
    setup_id, text, images = "", "", (b"", b"")
    if line is not None:
        envelope.check_line(line)
        setup_id, text = line.setup_id, human_name(chain[0])[:TEXT_LIMIT]
        images = line_images(line, text, at)
    statement = Statement(
        at=at,
        chain=chain,
        comments=comments,
        ids=envelope.free_ids(),
        setup_id=setup_id,
        signature_text=text,
        valid_image=images[0],
        invalid_image=images[1],
    )
    signature = unsigned(envelope.manifest, statement)
    return Prepared(
        signed_info=signature.signed_info,
        signature=signature,
        part=envelope.free_part(),
        setup_id=setup_id,
        envelope=envelope,
    )


def complete(prepared: Prepared, value: bytes) -> Envelope:
    """Put a signature's value where it belongs; nothing is verified yet.

    Args:
        value: PKCS #1 v1.5 for RSA; r and s in a row for a curve.
    """
    return prepared.envelope.with_signature(prepared.part, prepared.signature.with_value(value), prepared.setup_id)


def _check_comments(comments: str) -> None:
    if len(comments) > COMMENTS_LIMIT:
        raise CannotSign(detail=f"comments have at most {COMMENTS_LIMIT} characters, these have {len(comments)}")
    if not can_be_written(comments):
        raise CannotSign(detail="the comments have characters that XML cannot hold")


def check_signed(package: bytes, at: datetime) -> None:
    """Check that what was signed is sound: nothing but trust in the certificates may be open.

    Raises:
        CannotSign: it breaks a rule.
    """
    report = verify(package, at=at)
    if report.verdict is Verdict.INVALID:
        reason = report.reasons[0]
        raise CannotSign(detail=reason.detail, rule=reason.rule, part=reason.part or reason.signature)
