"""The documents of a bundle: signed as they say, told of by the journal, received, and reported as they are. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from kanta_tenancy.agreements.model import Form, Party
from kanta_tenancy.agreements.receipts.model import ReceiptStatement
from kanta_tenancy.machinery.ooxml.contents import content_digest
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.ooxml.verification.timing import Existence
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.proofs import entries as said_in
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.files import AgreementBundle, Unfit, decoded
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, Trusted, failed, passed, unknown
from kanta_tenancy.proofs.verifying.journalled import Journalled
from kanta_tenancy.proofs.verifying.sealed import Sealed, Seals
from kanta_tenancy.seals import Kind

_OUTCOMES: Final[Mapping[Verdict, Outcome]] = {
    Verdict.VALID: Outcome.PASSED,
    Verdict.INVALID: Outcome.FAILED,
    Verdict.INDETERMINATE: Outcome.UNKNOWN,
}


def examine(
    bundle: AgreementBundle, seals: Seals, journal: Journalled, trusted: Trusted, now: datetime
) -> Iterator[Finding]:
    """Go through everything that is said of documents.

    Args:
        journal: what it says, as far as it is found to be whole, and since when all of it is proved to be there.
    """
    told = _told(bundle, journal.entries)
    yield told
    if bundle.documents:
        yield _offer(bundle)
    newest: Report | None = None
    proved = journal.proved if told.outcome is Outcome.PASSED else None
    for name, content in bundle.documents[1:]:
        newest = _verified(bundle, content, trusted, now, proved)
        yield Finding(statement=Statement.DOCUMENT, outcome=_OUTCOMES[newest.verdict], detail=_said(newest), file=name)
    for entry in said_in.on_paper(journal.entries):
        whose = f"the {str(entry.facts.get('party')).replace('_', ' ')}"
        yield unknown(Statement.PAPER, f"Somebody signed for {whose} on paper: nothing can verify a scan.")
    receipts = _opened(bundle, seals)
    yield from _receipts(bundle, receipts, journal.entries)
    yield from _exhibits(bundle, receipts, journal.added)
    yield _report(bundle, newest)


def _told(bundle: AgreementBundle, entries: Sequence[Entry]) -> Finding:
    """Compare what is here with what the journal names."""
    named = said_in.documents_in(entries)
    untold = [name for name, content in bundle.documents if _sha256(content) not in named]
    there = {_sha256(content) for _, content in bundle.documents}
    if not entries:
        return failed(Statement.JOURNAL_TELLS, "no whole journal tells of this agreement.")
    if untold:
        return failed(Statement.JOURNAL_TELLS, f"the journal does not name {', '.join(untold)}.")
    if missing := sorted(named - there):
        return failed(Statement.JOURNAL_TELLS, f"the journal names documents that are not here: {', '.join(missing)}.")
    return passed(Statement.JOURNAL_TELLS, f"The journal names all {len(there)} revisions, and no other.")


def _offer(bundle: AgreementBundle) -> Finding:
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


def _verified(
    bundle: AgreementBundle, content: bytes, trusted: Trusted, now: datetime, proved: Existence | None
) -> Report:
    return verify(
        content,
        at=now,
        anchors=trusted.anchors,
        intermediates=bundle.certificates,
        revocation=trusted.revocation.with_more(bundle.revocation),
        timestamp_anchors=trusted.timestamp_anchors or None,
        existence=proved,
    )


def _said(report: Report) -> str:
    signers = "; ".join(one.signer for one in report.signatures) or "nobody"
    reasons = sorted({one.detail for one in report.reasons})
    return " ".join((f"Signed by {signers}.", *reasons))


def _opened(bundle: AgreementBundle, seals: Seals) -> dict[Party, Sealed[ReceiptStatement]]:
    there = {party: _receipt_of(party) for party in Party if _receipt_of(party) in bundle.files}
    return {party: seals.open(bundle, name, Kind.RECEIPT, ReceiptStatement) for party, name in there.items()}


def _receipts(
    bundle: AgreementBundle, receipts: Mapping[Party, Sealed[ReceiptStatement]], entries: Sequence[Entry]
) -> Iterator[Finding]:
    completed = any(entry.action in said_in.COMPLETED for entry in entries)
    for party in Party:
        name, sealed = _receipt_of(party), receipts.get(party)
        if sealed is None:
            if completed:
                yield failed(Statement.RECEIPTS, "the agreement was completed, and there is no receipt.", name)
        elif sealed.said is not None and not _is_of(sealed.said, bundle, party):
            yield failed(Statement.RECEIPTS, "it is a receipt of something else.", name)
        else:
            yield Finding(statement=Statement.RECEIPTS, outcome=sealed.outcome, detail=sealed.detail, file=name)


def _is_of(said: ReceiptStatement, bundle: AgreementBundle, party: Party) -> bool:
    manifest = bundle.manifest
    of = (said.main_connector_id, said.tenancy_id, said.agreement_id, said.party)
    held = bundle.of(m.DOCUMENTS if said.form is Form.FILE else m.EXHIBITS)
    ours = (manifest.main_connector_id, manifest.tenancy_id, manifest.agreement_id, party)
    return of == ours and said.original in set(map(_sha256, held.values()))


def _exhibits(
    bundle: AgreementBundle, receipts: Mapping[Party, Sealed[ReceiptStatement]], added: frozenset[str]
) -> Iterator[Finding]:
    """Say of each exhibit who, besides the manifest, vouches for its bytes."""
    received = {one.said.original for one in receipts.values() if one.said and one.outcome is Outcome.PASSED}
    for name, content in bundle.of(m.EXHIBITS).items():
        if _sha256(content) in added | received:
            yield passed(Statement.EXHIBITS, "The journal or a receipt names it.", name)
        else:
            yield unknown(Statement.EXHIBITS, "Only the manifest vouches for it: no entry or receipt names it.", name)


def _receipt_of(party: Party) -> str:
    return f"{m.RECEIPTS}{party.value}.jws"


def _report(bundle: AgreementBundle, newest: Report | None) -> Finding:
    try:
        said = decoded(bundle.files, m.REPORT, m.ReportFile)
    except Unfit as unfit:
        return failed(Statement.REPORT, f"{unfit.reason}.", m.REPORT)
    original = _sha256(bundle.documents[-1][1]) if bundle.documents else None
    signers = sorted(one.fingerprint for one in newest.signatures) if newest else []
    if (said.agreement.id, said.original) != (bundle.manifest.agreement_id, original):
        return failed(Statement.REPORT, "it tells of another agreement or document.", m.REPORT)
    if sorted(one.certificate_sha256 for one in said.signatures if one.certificate_sha256) != signers:
        return failed(Statement.REPORT, "it tells of other signatures than the document has.", m.REPORT)
    return passed(Statement.REPORT, "It tells of this document and its signatures.", m.REPORT)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
