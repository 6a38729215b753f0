"""What the verifier of bundles answers: each statement of a bundle with its outcome, and one verdict. Pure."""

import enum
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData


class Statement(enum.StrEnum):
    """What a bundle says by being what it is. The words stay for ever; more may come."""

    ARCHIVE = "archive"  # it is a sound zip file of the kind that bundles are
    CHECKSUMS = "checksums"  # every file is there, unchanged, and no other
    MANIFEST_SEAL = "manifest_seal"  # the service put these files together
    SEAL_LINE = "seal_line"  # the certificates of the seal followed one another as they say
    JOURNAL_CHAIN = "journal_chain"  # the entries follow one another, none was changed, removed or put in
    INCLUSION = "inclusion"  # where they end is in the checkpoint
    CHECKPOINT_SEAL = "checkpoint_seal"  # the service sealed the checkpoint
    CHECKPOINT_TIMESTAMP = "checkpoint_timestamp"  # an authority says when it was there
    JOURNAL_TELLS = "journal_tells"  # the journal names every document
    OFFER = "offer"  # every revision says what was offered
    DOCUMENT = "document"  # the signatures of a revision hold
    RECEIPTS = "receipts"  # each party holds its original
    PAPER = "paper"  # somebody signed on paper: always open, since nothing can verify a scan
    EXHIBITS = "exhibits"  # the journal or a receipt names every exhibit
    REPORT = "report"  # the report tells of these documents and these signatures


class Finding(Record, frozen=True, kw_only=True):
    """One statement, whether it is so, and why: a sentence."""

    statement: Statement
    outcome: Outcome
    detail: str
    file: str = ""


class Trusted(Record, frozen=True, kw_only=True):
    """Whom whoever verifies trusts, and what they know besides; nothing in a bundle adds to it."""

    anchors: tuple[x509.Certificate, ...] = ()  # signatures of documents may lead to them
    timestamp_anchors: tuple[x509.Certificate, ...] = ()  # timestamps may lead to them
    seals: frozenset[str] = frozenset()  # SHA-256 of certificates that are known to be the service's
    revocation: RevocationData = NOTHING


class Verification(Record, frozen=True, kw_only=True):
    """The answer about a bundle."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    agreement_id: UUID | None = None
    case: str = ""  # of a case, as the journal names it
    reference: str = ""
    proved_at: datetime | None = None  # when everything in it is proved to have been there


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Return what findings come to: one that failed decides, then one that is open."""
    found = {one.outcome for one in findings}
    if Outcome.FAILED in found:
        return Verdict.INVALID
    return Verdict.INDETERMINATE if Outcome.UNKNOWN in found or not found else Verdict.VALID


def passed(statement: Statement, detail: str, file: str = "") -> Finding:
    return Finding(statement=statement, outcome=Outcome.PASSED, detail=detail, file=file)


def failed(statement: Statement, detail: str, file: str = "") -> Finding:
    return Finding(statement=statement, outcome=Outcome.FAILED, detail=detail, file=file)


def unknown(statement: Statement, detail: str, file: str = "") -> Finding:
    return Finding(statement=statement, outcome=Outcome.UNKNOWN, detail=detail, file=file)
