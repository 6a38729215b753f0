"""Makes the files of a case's bundle out of what was read; the same content gives the same bytes. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from kanta_tenancy.agreements.exhibits.kinds import DOCX, JPEG, PDF, PNG, TIFF
from kanta_tenancy.proofs import cases as c
from kanta_tenancy.proofs import composing, evidence
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.bundle import LIMITS
from kanta_tenancy.proofs.composing import canonical
from kanta_tenancy.proofs.errors import ProofTooLarge

_ENDINGS: Final[Mapping[str, str]] = {PDF: "pdf", DOCX: "docx", PNG: "png", JPEG: "jpg", TIFF: "tif"}
_SPARE: Final = 1024 * 1024  # what a zip adds to its files, and the seal that is still to come


def compose(gathered: c.GatheredCase) -> dict[str, bytes]:
    """Return the files of a case's bundle, with its manifest and without the seal on it.

    Raises:
        ProofTooLarge: it would not be read by the verifier.
    """
    files = dict(_files(gathered))
    files[m.MANIFEST] = canonical(_manifest(gathered, files))
    if len(files) >= LIMITS.entries or sum(map(len, files.values())) > LIMITS.file_size - _SPARE:
        raise ProofTooLarge(f"a proof holds {LIMITS.entries} files and {LIMITS.file_size} bytes; this case has more")
    return files


def statement(gathered: c.GatheredCase, manifest: bytes) -> c.CaseStatement:
    """Return what is sealed of a manifest."""
    return c.CaseStatement(
        format=c.CASE_FORMAT,
        main_connector_id=gathered.main_connector_id,
        tenancy_id=gathered.case.tenancy_id,
        subject=gathered.case.subject,
        manifest=hashlib.sha256(manifest).hexdigest(),
    )


def _files(gathered: c.GatheredCase) -> Iterator[tuple[str, bytes]]:
    case, checkpoint = gathered.case, gathered.checkpoint
    for number, document in enumerate(case.documents):
        yield f"{m.DOCUMENTS}{number}.docx", document
    for one in case.attachments:
        yield f"{c.ATTACHMENTS}{one.sha256}.{_ENDINGS.get(one.media_type, 'txt')}", one.content
    kept = evidence.Kept(at=checkpoint.at, then=gathered.judging, now=gathered.judging_now)
    stamp = evidence.of_token(checkpoint.token, kept)
    yield from stamp.files(certificates=m.CERTIFICATES, revocation=m.REVOCATION, tokens=m.TIMESTAMPS)
    for number, told in enumerate(gathered.told):
        yield c.slice_name(number), composing.slice_file(told.part)
        yield c.proof_name(number), composing.proof_file(told.proof)
    yield m.CHECKPOINT, checkpoint.seal.encode()
    if checkpoint.token is not None:
        yield m.TIMESTAMP, checkpoint.token
    yield m.SEALS, composing.line_file(gathered.line)
    yield c.CASE, canonical(_case(gathered))


def _case(gathered: c.GatheredCase) -> c.CaseFile:
    case = gathered.case
    return c.CaseFile(
        format=c.CASE_FORMAT,
        subject=case.subject,
        reference=case.reference,
        main_connector_id=gathered.main_connector_id,
        tenancy_id=case.tenancy_id,
        documents=tuple(hashlib.sha256(one).hexdigest() for one in case.documents),
        attachments=tuple(one.sha256 for one in case.attachments),
        checkpoint=gathered.checkpoint.number,
        record=msgspec.to_builtins(case.record, str_keys=True),
    )


def _manifest(gathered: c.GatheredCase, files: Mapping[str, bytes]) -> c.CaseManifest:
    return c.CaseManifest(
        format=c.CASE_FORMAT,
        main_connector_id=gathered.main_connector_id,
        tenancy_id=gathered.case.tenancy_id,
        subject=gathered.case.subject,
        subjects=gathered.case.subjects,
        reference=gathered.case.reference,
        files=composing.listed(files),
    )
