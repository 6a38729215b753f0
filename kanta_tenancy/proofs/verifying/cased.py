"""The bundle of a case: told by the journal, in every chain that it brings; its documents and files as told. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count, takewhile

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.ooxml.verification.timing import Existence
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.proofs import cases as c
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying import journalled
from kanta_tenancy.proofs.verifying.files import CaseBundle, Unfit, content_of, decoded
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, Trusted, failed, passed, unknown
from kanta_tenancy.proofs.verifying.sealed import Seals, manifest_seal
from kanta_tenancy.seals import CheckpointStatement, Kind, Slice, judge_document


class Examined(Record, frozen=True, kw_only=True):
    findings: tuple[Finding, ...]
    proved: Existence | None


class _Chains(Record, frozen=True, kw_only=True):
    """What the chains say, once all of them are found to be whole."""

    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...] = ()


def examine(bundle: CaseBundle, seals: Seals, trusted: Trusted, now: datetime) -> Examined:
    """Go through everything that the bundle of a case says."""
    checkpoint = seals.open(bundle, m.CHECKPOINT, Kind.CHECKPOINT, CheckpointStatement)
    chains = _chains(bundle, checkpoint.said)
    stamped = journalled.stamp_of(bundle, checkpoint.said, trusted, now)
    told = _told(bundle, chains.entries)
    proved = journalled.existence(stamped) if told.outcome is Outcome.PASSED else None
    findings = (
        _manifest_seal(bundle, seals),
        *chains.findings,
        journalled.of_checkpoint(bundle, checkpoint),
        journalled.of_stamp(stamped),
        told,
        *_documents(bundle, seals, now, proved),
        *_attachments(bundle, chains.entries),
        _record(bundle),
    )
    return Examined(findings=findings, proved=proved)


def _manifest_seal(bundle: CaseBundle, seals: Seals) -> Finding:
    manifest = bundle.manifest
    wanted = c.CaseStatement(
        format=c.CASE_FORMAT,
        main_connector_id=manifest.main_connector_id,
        tenancy_id=manifest.tenancy_id,
        subject=manifest.subject,
        manifest=hashlib.sha256(content_of(bundle.files, m.MANIFEST)).hexdigest(),
    )
    return manifest_seal(bundle, seals, Kind.CASE, wanted)


def _chains(bundle: CaseBundle, said: CheckpointStatement | None) -> _Chains:
    numbers = list(takewhile(lambda number: c.slice_name(number) in bundle.files, count()))
    if not numbers:
        return _Chains(findings=(failed(Statement.JOURNAL_CHAIN, "there is no entry of the journal."),))
    findings: list[Finding] = []
    parts: list[Slice] = []
    try:
        for number in numbers:
            part = journalled.slice_of(bundle, c.slice_name(number))
            proof = journalled.proof_of(bundle, c.proof_name(number))
            findings.append(_of_chain(bundle, part, parts) or journalled.followed(part, proof, c.slice_name(number)))
            findings.append(journalled.included(proof, said, c.proof_name(number)))
            parts.append(part)
    except Unfit as unfit:
        findings.append(failed(Statement.JOURNAL_CHAIN, f"{unfit.reason}."))
    if any(one.outcome is not Outcome.PASSED for one in findings):
        return _Chains(findings=tuple(findings))
    subjects = (bundle.manifest.subject, *bundle.manifest.subjects)
    told = tuple(entry for part in parts for entry in c.about(part.entries, subjects))
    return _Chains(findings=tuple(findings), entries=told)


def _of_chain(bundle: CaseBundle, part: Slice, before: Sequence[Slice]) -> Finding | None:
    """Return why entries are of a chain that is not expected; None: they are of one that is."""
    own = bundle.manifest.tenancy_id
    if own is not None and part.chain != own:
        return failed(Statement.JOURNAL_CHAIN, "the entries are of another tenancy's chain.", c.slice_name(len(before)))
    if part.chain in {one.chain for one in before}:
        return failed(Statement.JOURNAL_CHAIN, "a chain is there twice.", c.slice_name(len(before)))
    return None


def _told(bundle: CaseBundle, entries: Sequence[Entry]) -> Finding:
    """Compare the documents that are here with those that the journal says were drawn up."""
    named, there = c.documents_in(entries), {name: _sha256(content) for name, content in bundle.documents}
    untold = [name for name, sha256 in there.items() if sha256 not in named]
    if not entries:
        return failed(Statement.JOURNAL_TELLS, "no whole journal tells of this case.")
    if untold:
        return failed(Statement.JOURNAL_TELLS, f"the journal does not name {', '.join(untold)}.")
    if missing := sorted(named - set(there.values())):
        return failed(Statement.JOURNAL_TELLS, f"the journal names documents that are not here: {', '.join(missing)}.")
    return passed(Statement.JOURNAL_TELLS, f"{len(entries)} entries tell of it, and name all {len(there)} documents.")


def _documents(bundle: CaseBundle, seals: Seals, now: datetime, proved: Existence | None) -> Iterator[Finding]:
    for name, content in bundle.documents:
        judged = judge_document(content, seals.line, known=seals.known, now=now, proved=proved)
        yield Finding(statement=Statement.DOCUMENT, outcome=judged.outcome, detail=judged.detail, file=name)


def _attachments(bundle: CaseBundle, entries: Sequence[Entry]) -> Iterator[Finding]:
    brought = c.files_in(entries)
    for name, content in bundle.of(c.ATTACHMENTS).items():
        if _sha256(content) in brought:
            yield passed(Statement.EXHIBITS, "The journal names it.", name)
        else:
            yield unknown(Statement.EXHIBITS, "Only the manifest vouches for it: no entry names it.", name)


def _record(bundle: CaseBundle) -> Finding:
    try:
        said = decoded(bundle.files, c.CASE, c.CaseFile)
    except Unfit as unfit:
        return failed(Statement.REPORT, f"{unfit.reason}.", c.CASE)
    manifest = bundle.manifest
    whose = (said.format, said.subject, said.reference, said.main_connector_id, said.tenancy_id)
    expected = (c.CASE_FORMAT, manifest.subject, manifest.reference, manifest.main_connector_id, manifest.tenancy_id)
    if whose != expected:
        return failed(Statement.REPORT, "it tells of another case.", c.CASE)
    documents = tuple(_sha256(content) for _, content in bundle.documents)
    attachments = {_sha256(content) for content in bundle.of(c.ATTACHMENTS).values()}
    if said.documents != documents or set(said.attachments) != attachments:
        return failed(Statement.REPORT, "it tells of other documents or files than are here.", c.CASE)
    return passed(Statement.REPORT, "It tells of this case, its documents and files.", c.CASE)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
