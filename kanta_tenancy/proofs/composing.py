"""Makes the files of a bundle out of what was read; the same content gives the same bytes. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from kanta_tenancy.agreements.exhibits.kinds import DOCX, JPEG, PDF, PNG, TIFF
from kanta_tenancy.agreements.model import OnPaper, Signature
from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.proofs import evidence, telling
from kanta_tenancy.proofs import model as m
from kanta_tenancy.seals import HeadProof, SealCertificate, Slice

_ENDINGS: Final[Mapping[str, str]] = {PDF: "pdf", DOCX: "docx", PNG: "png", JPEG: "jpg", TIFF: "tif"}


def compose(gathered: m.Gathered) -> dict[str, bytes]:
    """Return the files of a bundle, with its manifest and without the seal on it."""
    files = dict(_files(gathered))
    files[m.MANIFEST] = canonical(_manifest(gathered, files))
    return files


def statement(gathered: m.Gathered, manifest: bytes) -> m.ManifestStatement:
    """Return what is sealed of a manifest."""
    return m.ManifestStatement(
        format=m.FORMAT,
        main_connector_id=gathered.main_connector_id,
        tenancy_id=gathered.agreement.tenancy_id,
        agreement_id=gathered.agreement.id,
        manifest=hashlib.sha256(manifest).hexdigest(),
    )


def canonical(said: msgspec.Struct) -> bytes:
    """Return the one JSON text of a Struct: members sorted by name, no blanks, a line's end at its end."""
    return msgspec.json.encode(said, order="sorted") + b"\n"


def _files(gathered: m.Gathered) -> Iterator[tuple[str, bytes]]:
    newest = gathered.documents[-1] if gathered.documents else None
    verified = None if newest is None else gathered.judging.of(newest.content, at=gathered.checkpoint.at)
    for number, document in enumerate(gathered.documents):
        yield f"{m.DOCUMENTS}{number}.docx", document.content
    yield from _evidence(gathered, verified)
    yield from _journal(gathered)
    for receipt in gathered.receipts:
        if receipt.seal is not None:
            yield f"{m.RECEIPTS}{receipt.party.value}.jws", receipt.seal.encode()
    for exhibit, content in gathered.exhibits:
        yield f"{m.EXHIBITS}{exhibit.sha256}.{_ENDINGS.get(exhibit.media_type, 'txt')}", content
    report = _report(gathered, verified)
    yield m.REPORT, canonical(report)
    yield m.TEXT, telling.told(gathered, verified).encode()


def _evidence(gathered: m.Gathered, verified: Report | None) -> Iterator[tuple[str, bytes]]:
    found = [evidence.carried(document.content) for document in gathered.documents if document.signatures]
    kept = evidence.Kept(at=gathered.checkpoint.at, then=gathered.judging, now=gathered.judging_now)
    if verified is not None:
        found.append(evidence.of_report(verified, kept))
    found.append(evidence.of_token(gathered.checkpoint.token, kept))
    yield from evidence.together(found).files(certificates=m.CERTIFICATES, revocation=m.REVOCATION, tokens=m.TIMESTAMPS)


def _journal(gathered: m.Gathered) -> Iterator[tuple[str, bytes]]:
    yield m.SLICE, slice_file(gathered.part)
    yield m.PROOF, proof_file(gathered.proof)
    yield m.CHECKPOINT, gathered.checkpoint.seal.encode()
    if gathered.checkpoint.token is not None:
        yield m.TIMESTAMP, gathered.checkpoint.token
    yield m.SEALS, line_file(gathered.line)


def slice_file(part: Slice) -> bytes:
    """Write entries of a chain."""
    return canonical(m.SliceFile(chain=part.chain, first=part.first, before=part.before.hex(), entries=part.entries))


def proof_file(proof: HeadProof) -> bytes:
    """Write the proof that a chain ended where a checkpoint saw it end."""
    return canonical(
        m.ProofFile(
            number=proof.number,
            chain=proof.chain,
            sequence=proof.sequence,
            digest=proof.digest.hex(),
            position=proof.position,
            size=proof.size,
            path=tuple(step.hex() for step in proof.path),
        )
    )


def line_file(line: Iterable[SealCertificate]) -> bytes:
    """Write the line of the seal's certificates."""
    said = [
        m.LineCertificate(
            number=one.number,
            sha256=one.sha256,
            chain=one.chain,
            takes_over_at=one.takes_over_at,
            succession=one.succession,
            predecessor_fate=one.predecessor_fate,
            predecessor_trusted_until=one.predecessor_trusted_until,
        )
        for one in line
    ]
    return msgspec.json.encode(said, order="sorted") + b"\n"


def listed(files: Mapping[str, bytes]) -> tuple[m.File, ...]:
    """Return what a manifest says of files, by their names."""
    return tuple(
        m.File(name=name, size=len(files[name]), sha256=hashlib.sha256(files[name]).hexdigest())
        for name in sorted(files)
    )


def _report(gathered: m.Gathered, verified: Report | None) -> m.ReportFile:
    agreement, checkpoint = gathered.agreement, gathered.checkpoint
    return m.ReportFile(
        format=m.FORMAT,
        agreement=m.ReportedAgreement(
            id=agreement.id,
            tenancy_id=agreement.tenancy_id,
            main_connector_id=gathered.main_connector_id,
            reference=agreement.reference,
            status=agreement.status,
            language=agreement.language,
            amends=agreement.amends,
            offered_at=agreement.offered_at,
            in_force_on=agreement.in_force_on,
            in_force_until=agreement.in_force_until,
        ),
        original=gathered.documents[-1].sha256 if gathered.documents else None,
        signatures=tuple(_signature(gathered, one) for one in agreement.signatures),
        checkpoint=m.ReportedCheckpoint(
            number=checkpoint.number, at=checkpoint.at, is_stamped=checkpoint.token is not None
        ),
        verification=None if verified is None else as_json(verified),
    )


def _signature(gathered: m.Gathered, one: Signature) -> m.ReportedSignature:
    who = next(
        each for each in gathered.agreement.signatories if (each.party, each.position) == (one.party, one.position)
    )
    return m.ReportedSignature(
        party=one.party.value,
        position=one.position,
        name=who.name,
        manner=one.manner,
        mandate=who.mandate,
        mandate_id=one.mandate_id,
        signed_at=one.signed_at,
        claimed_at=one.claimed_at,
        certificate_sha256=one.certificate_sha256,
        certificate_subject=one.certificate_subject,
        paper=None if one.paper is None else _paper(gathered, one.paper),
    )


def _paper(gathered: m.Gathered, paper: OnPaper) -> m.ReportedPaper:
    digests = {exhibit.id: exhibit.sha256 for exhibit, _ in gathered.exhibits}
    scans = (paper.exhibit_id, *(later.exhibit_id for later in paper.later_scans))
    return m.ReportedPaper(
        signed_on=paper.signed_on,
        received_on=paper.received_on,
        received_by=paper.received_by,
        scans=tuple(digests[each] for each in scans),
    )


def _manifest(gathered: m.Gathered, files: Mapping[str, bytes]) -> m.Manifest:
    return m.Manifest(
        format=m.FORMAT,
        main_connector_id=gathered.main_connector_id,
        tenancy_id=gathered.agreement.tenancy_id,
        agreement_id=gathered.agreement.id,
        reference=gathered.agreement.reference,
        files=listed(files),
    )
