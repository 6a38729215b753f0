"""The documents of a bundle: signed as they say, told of by the journal, received, and reported as they are. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.receipts.model import ReceiptStatement
from kanta_tenancy.machinery.ooxml.contents import content_digest
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.proofs import entries as said_in
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.files import Bundle, Unfit, decoded
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, Trusted, failed, passed, unknown
from kanta_tenancy.proofs.verifying.sealed import Seals
from kanta_tenancy.seals import Kind

_OUTCOMES: Final[Mapping[Verdict, Outcome]] = {
    Verdict.VALID: Outcome.PASSED,
    Verdict.INVALID: Outcome.FAILED,
    Verdict.INDETERMINATE: Outcome.UNKNOWN,
}


def examine(
    bundle: Bundle, seals: Seals, entries: Sequence[Entry], trusted: Trusted, at: datetime
) -> Iterator[Finding]:
    """Go through everything that is said of documents.

    Args:
        entries: about the agreement, of a journal that is found to be whole; empty when it is not.
        at: when the documents are proved to have been there, or else now.
    """
    yield from _told(bundle, entries)
    if bundle.documents:
        yield _offer(bundle)
    newest: Report | None = None
    for name, content in bundle.documents[1:]:
        newest = _verified(bundle, content, trusted, at)
        yield Finding(statement=Statement.DOCUMENT, outcome=_OUTCOMES[newest.verdict], detail=_said(newest), file=name)
    yield from _receipts(bundle, seals, entries)
    yield _report(bundle, newest)


def _told(bundle: Bundle, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Compare what is here with what the journal names."""
    named = said_in.documents_in(entries)
    untold = [name for name, content in bundle.documents if _sha256(content) not in named]
    there = {_sha256(content) for _, content in bundle.documents}
    if not entries:
        yield failed(Statement.JOURNAL_TELLS, "no whole journal tells of this agreement.")
    elif untold:
        yield failed(Statement.JOURNAL_TELLS, f"the journal does not name {', '.join(untold)}.")
    elif missing := sorted(named - there):
        yield failed(Statement.JOURNAL_TELLS, f"the journal names documents that are not here: {', '.join(missing)}.")
    else:
        yield passed(Statement.JOURNAL_TELLS, f"The journal names all {len(there)} revisions, and no other.")
    facts = {value for entry in entries for value in entry.facts.values()}
    for name, content in bundle.of(m.EXHIBITS).items():
        if _sha256(content) in facts:
            yield passed(Statement.EXHIBITS, "The journal names it.", name)
        else:
            yield unknown(Statement.EXHIBITS, "Only the manifest vouches for it: no entry here names it.", name)


def _offer(bundle: Bundle) -> Finding:
    """Check that every revision says what the offer says: signatures were added, and nothing else."""
    digests = []
    for name, content in bundle.documents:
        try:
            digests.append(content_digest(Package.read(content)))
        except BrokenPackage as broken:
            return failed(Statement.OFFER, f"it cannot be read: {broken.detail}", name)
    if len(set(digests)) != 1:
        return failed(Statement.OFFER, "the revisions do not all say the same.")
    if [name for name, _ in bundle.documents] != [f"{m.DOCUMENTS}{number}.docx" for number in range(len(digests))]:
        return failed(Statement.OFFER, "a revision between the offer and the newest one is missing.")
    return passed(Statement.OFFER, f"All {len(digests)} revisions say what was offered.")


def _verified(bundle: Bundle, content: bytes, trusted: Trusted, at: datetime) -> Report:
    return verify(
        content,
        at=at,
        anchors=trusted.anchors,
        intermediates=bundle.certificates,
        revocation=trusted.revocation.with_more(bundle.revocation),
        timestamp_anchors=trusted.timestamp_anchors or None,
    )


def _said(report: Report) -> str:
    signers = "; ".join(one.signer for one in report.signatures) or "nobody"
    reasons = sorted({one.detail for one in report.reasons})
    return " ".join((f"Signed by {signers}.", *reasons))


def _receipts(bundle: Bundle, seals: Seals, entries: Sequence[Entry]) -> Iterator[Finding]:
    there = {_sha256(content) for _, content in bundle.documents}
    found = bundle.of(m.RECEIPTS)
    completed = any(entry.action in said_in.COMPLETED for entry in entries)
    for party in Party:
        name = f"{m.RECEIPTS}{party.value}.jws"
        if name not in found:
            if completed:
                yield failed(Statement.RECEIPTS, "the agreement was completed, and there is no receipt.", name)
            continue
        sealed = seals.open(bundle, name, Kind.RECEIPT, ReceiptStatement)
        if sealed.said is not None and not _is_of(sealed.said, bundle, party, there):
            yield failed(Statement.RECEIPTS, "it is a receipt of something else.", name)
        else:
            yield Finding(statement=Statement.RECEIPTS, outcome=sealed.outcome, detail=sealed.detail, file=name)


def _is_of(said: ReceiptStatement, bundle: Bundle, party: Party, documents: set[str]) -> bool:
    manifest = bundle.manifest
    of = (said.main_connector_id, said.tenancy_id, said.agreement_id, said.party)
    return of == (manifest.main_connector_id, manifest.tenancy_id, manifest.agreement_id, party) and (
        said.original in documents
    )


def _report(bundle: Bundle, newest: Report | None) -> Finding:
    try:
        said = decoded(bundle.files, m.REPORT, m.ReportFile)
    except Unfit as unfit:
        return failed(Statement.REPORT, f"{unfit.reason}.", m.REPORT)
    original = _sha256(bundle.documents[-1][1]) if bundle.documents else None
    signers = sorted(one.fingerprint for one in newest.signatures) if newest else []
    if (said.agreement.id, said.original) != (bundle.manifest.agreement_id, original):
        return failed(Statement.REPORT, "it tells of another agreement or document.", m.REPORT)
    if sorted(one.certificate_sha256 for one in said.signatures) != signers:
        return failed(Statement.REPORT, "it tells of other signatures than the document has.", m.REPORT)
    return passed(Statement.REPORT, "It tells of this document and its signatures.", m.REPORT)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
