"""What can be done with a document; each function takes the time as an argument, or takes it to be now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509

from kanta_tenancy.documents import contents
from kanta_tenancy.documents.contents import Content
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml import page, signing, verification
from kanta_tenancy.machinery.ooxml import signature_lines as lines
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine
from kanta_tenancy.machinery.ooxml.signing import ToSign, remote
from kanta_tenancy.machinery.ooxml.signing.levels import achieved_level, signature_parts
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData
from kanta_tenancy.machinery.x509.signing_key import SigningKey


def sign(
    document: Content,
    key: SigningKey,
    *,
    line: int | SignatureLine | None = None,
    comments: str = "",
    revocation: RevocationData = NOTHING,
    issuers: Sequence[x509.Certificate] = (),
    at: datetime | None = None,
) -> bytes:
    """Add a signature to a document; those that it has stay valid, byte for byte.

    Args:
        line: the signature line to sign on, the first of the document being 1; None: the signature is not seen in it.
        comments: why it is signed, at most 255 characters.
        revocation: what is at hand about the certificate and its issuers; one that is revoked does not sign.
        issuers: certificates up to the authority's own, where the key's chain lacks them.

    Returns:
        The signed document, verified: nothing but trust in the certificates is left open.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule, or the certificate is revoked.
        CredentialUnusable: the key is in a token that is not there or does not sign.
    """
    octets = contents.document(document)
    known = _known(revocation, issuers)
    return signing.sign(octets, key, at=at or _now(), line=_line(octets, line), comments=comments, known=known)


def doubts(
    chain: Sequence[x509.Certificate],
    *,
    revocation: RevocationData = NOTHING,
    issuers: Sequence[x509.Certificate] = (),
    at: datetime | None = None,
) -> tuple[str, ...]:
    """Return why others may show a signature by this certificate as untrusted or open, although it can be made.

    Args:
        chain: the signer's certificate first, then its issuers: `key.chain`.
        revocation: what is at hand; with any, it is told when it leaves open whether the certificate is revoked.
    """
    return signing.doubts(tuple(chain), at or _now(), _known(revocation, issuers))


def verify(
    document: Content,
    *,
    trust: Sequence[x509.Certificate] = (),
    intermediates: Sequence[x509.Certificate] = (),
    revocation: RevocationData = NOTHING,
    timestamp_trust: Sequence[x509.Certificate] | None = None,
    at: datetime | None = None,
) -> Report:
    """Answer every question about the signatures of a document; whatever the bytes are, there is an answer.

    Args:
        trust: authorities, or single signers, that are trusted.
        intermediates: certificates that may lie on the way to one of them; they are not trusted by themselves.
        revocation: lists and OCSP answers, besides those that the signatures bring; without any, nothing is *valid*.
        timestamp_trust: authorities whose timestamps are believed; None means those of `trust`.
    """
    octets = contents.document(document)
    return verification.verify(
        octets,
        at=at or _now(),
        anchors=trust,
        intermediates=intermediates,
        revocation=revocation,
        timestamp_anchors=timestamp_trust,
    )


def signature_lines(document: Content) -> tuple[SignatureLine, ...]:
    """Return the signature lines of a document in the order in which it shows them.

    Raises:
        BrokenPackage: it is no package, or no Word document.
    """
    return lines.signature_lines(contents.document(document))


def prepare(
    document: Content,
    chain: Sequence[x509.Certificate],
    *,
    line: int | SignatureLine | None = None,
    comments: str = "",
    lasts: timedelta = remote.USUAL,
    revocation: RevocationData = NOTHING,
    issuers: Sequence[x509.Certificate] = (),
    at: datetime | None = None,
) -> ToSign:
    """Hand out what a key elsewhere is to sign.

    Args:
        chain: the signer's certificate first, then its issuers.
        lasts: how long it can be completed, at most a day.
        revocation: what is at hand about the certificate; for one that is revoked nothing is handed out.
        issuers: certificates up to the authority's own, where the chain lacks them.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule, or the certificate is revoked.
    """
    octets = contents.document(document)
    return signing.hand_out(
        octets,
        tuple(chain),
        at=at or _now(),
        lasts=lasts,
        line=_line(octets, line),
        comments=comments,
        known=_known(revocation, issuers),
    )


def complete(
    document: Content,
    to_sign: ToSign,
    value: bytes,
    *,
    revocation: RevocationData = NOTHING,
    issuers: Sequence[x509.Certificate] = (),
    at: datetime | None = None,
) -> bytes:
    """Put the value that a key elsewhere made into the very document that was prepared.

    Args:
        value: PKCS #1 v1.5 for RSA; for a curve r and s in a row, or DER.
        revocation: what is at hand about the certificate, which may have been revoked in the meantime.
        issuers: certificates up to the authority's own, where the chain lacks them.

    Returns:
        The signed document, verified: nothing but trust in the certificates is left open.

    Raises:
        CannotComplete: it is too late, another document, or a value that the certificate's key did not make.
        CannotSign: the certificate may not sign any more, or the document breaks a rule.
    """
    known = _known(revocation, issuers)
    return signing.take_back(contents.document(document), to_sign, value, at=at or _now(), known=known)


def check(document: Content, to_sign: ToSign) -> None:
    """Check that to sign this is to sign that document, before signing octets that another handed out.

    Raises:
        CannotComplete: it was prepared from another file, or was changed.
        CannotSign: the document or the certificate breaks a rule.
    """
    remote.check(contents.document(document), to_sign)


def write_to_sign(to_sign: ToSign) -> bytes:
    """Write what was handed out as JSON, to be kept or sent."""
    return remote.to_bytes(to_sign)


def read_to_sign(written: Content) -> ToSign:
    """Read what was handed out.

    Raises:
        CannotComplete: it is something else, or of a form that this version does not know.
    """
    return remote.from_bytes(contents.document(written))


def levels(document: Content) -> tuple[Level, ...]:
    """Return the level of each signature of a document by what it carries, in their order.

    Whether its timestamps and authorities are to be believed, `verify` says.

    Raises:
        CannotUpgrade: it is no package, or a signature does not hold together.
    """
    octets = contents.document(document)
    return tuple(achieved_level(octets, part) for part in signature_parts(octets))


def as_page(
    report: Report,
    document: Content,
    *,
    language: Language | str = Language.ENGLISH,
    name: str = "",
    trust: Sequence[x509.Certificate] = (),
    timestamp_trust: Sequence[x509.Certificate] | None = None,
    at: datetime | None = None,
) -> str:
    """Write a report as one HTML page for people, without scripts.

    Args:
        document: that the report is about.
        language: `fi`, `sv` or `en`.
        name: what the document is called.
        trust: as it was given to `verify`, like `timestamp_trust` and `at`: the page names them.

    Raises:
        ValueError: there is no such language.
    """
    stamps = trust if timestamp_trust is None else timestamp_trust
    about = page.circumstances(contents.document(document), at or _now(), trust, stamps, name=name)
    return page.as_page(report, about, Language(language))


def _known(revocation: RevocationData, issuers: Sequence[x509.Certificate]) -> signing.Known:
    return signing.Known(revocation=revocation, issuers=tuple(issuers))


def _line(document: bytes, line: int | SignatureLine | None) -> SignatureLine | None:
    if not isinstance(line, int):
        return line
    try:
        there = lines.signature_lines(document)
    except BrokenPackage as broken:
        raise CannotSign(detail=broken.detail, rule=broken.rule, part=broken.part) from broken
    if not 0 < line <= len(there):
        raise CannotSign(detail=f"the document has {len(there)} signature lines, and none is number {line}")
    return there[line - 1]


def _now() -> datetime:
    return SystemClock().now()
