"""Word documents with the service's seal as their signature, so that Word itself shows that nobody changed them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import signing
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.ooxml.verification.timing import Existence
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.seals import sealing, succession
from kanta_tenancy.seals.errors import SealKeyUnusable
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import SealCertificate

COMMENT: Final = "Sealed by the service that filled this document; no person signed it."


class SealedDocument(Record, frozen=True, kw_only=True):
    content: bytes
    certificate: str  # SHA-256 of the one it was sealed with


class DocumentJudgement(Record, frozen=True, kw_only=True):
    """Whether a document has the service's seal and nothing else, and why: a sentence."""

    outcome: Outcome
    detail: str


async def seal_document(
    on: "Transaction | Connection", keys: SealKeys, document: bytes, *, at: datetime
) -> SealedDocument:
    """Seal a Word document with the key that is in charge at `at`.

    Raises:
        SealNotSetUp: no key has taken over yet.
        SealKeyUnusable: the key that is in charge does not lie beside this instance, or cannot sign a document.
    """
    certificate = await sealing.in_charge(on, at)
    return await seal_document_with(keys, certificate.sha256, document, at=at)


async def seal_document_with(keys: SealKeys, certificate: str, document: bytes, *, at: datetime) -> SealedDocument:
    """Seal a Word document with the key of a certificate; no database is asked, so no transaction waits for the key.

    Args:
        certificate: the SHA-256 of the one that is in charge at `at`.

    Raises:
        SealKeyUnusable: the key does not lie beside this instance, or cannot sign a document.
    """
    content = await asyncio.to_thread(_signed, keys, certificate, document, at)
    return SealedDocument(content=content, certificate=certificate)


def judge_document(
    document: bytes,
    line: Sequence[SealCertificate],
    *,
    known: frozenset[str],
    now: datetime,
    proved: Existence | None = None,
) -> DocumentJudgement:
    """Judge a document that anybody may have made; whatever the bytes are, there is an answer.

    Args:
        line: the certificates of the seal, one after another.
        known: which of them are known to be the service's, by their SHA-256.
        proved: since when the document is proved to have been there.
    """
    anchors = [_certificate(one) for one in line if one.sha256 in known]
    found = verify(document, at=now, anchors=anchors, existence=proved)
    if found.verdict is Verdict.INVALID or len(found.signatures) != 1:
        reasons = [one.detail for one in found.reasons if one.rule != "R11"] or ["it has not one signature"]
        return _judged(Outcome.FAILED, reasons[0].removesuffix("."))
    return _of_seal(found, line)


def _of_seal(found: Report, line: Sequence[SealCertificate]) -> DocumentJudgement:
    (signature,) = found.signatures
    if signature.signed_at is None:
        return _judged(Outcome.FAILED, "it does not say when it was sealed")
    made = (line, signature.fingerprint, signature.signed_at)
    if why := succession.disbelief(*made):
        return _judged(Outcome.FAILED, why)
    if why := succession.doubt(*made):
        return _judged(Outcome.UNKNOWN, why)
    if found.verdict is not Verdict.VALID:
        return _judged(Outcome.UNKNOWN, found.reasons[0].detail.removesuffix("."))
    when = f"{signature.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    return _judged(Outcome.PASSED, f"Sealed {when} with the certificate {signature.fingerprint}")


def _signed(keys: SealKeys, sha256: str, document: bytes, at: datetime) -> bytes:
    credential = keys.of(sha256)
    try:
        return signing.sign(document, credential, at=at, comments=COMMENT)
    except (CredentialUnusable, CannotSign) as why:
        raise SealKeyUnusable(f"the seal's certificate {sha256} cannot seal a document: {why.detail}") from why


def _judged(outcome: Outcome, reason: str) -> DocumentJudgement:
    return DocumentJudgement(outcome=outcome, detail=f"{reason}.")


def _certificate(one: SealCertificate) -> x509.Certificate:
    return certificate_from_der(one.chain[0])
