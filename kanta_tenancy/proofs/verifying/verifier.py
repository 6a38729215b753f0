"""Verify a bundle: every statement is checked anew, and nothing is believed for that it is in it."""

import hashlib
from datetime import datetime

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.proofs import bundle as archive
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.bundle import Unreadable
from kanta_tenancy.proofs.verifying import documented, journalled
from kanta_tenancy.proofs.verifying.files import Bundle, Unfit, checksums, content_of, manifest_of
from kanta_tenancy.proofs.verifying.findings import (
    Finding,
    Statement,
    Trusted,
    Verification,
    failed,
    passed,
    verdict_of,
)
from kanta_tenancy.proofs.verifying.sealed import Seals, seals_of
from kanta_tenancy.seals import Kind


def verify(data: bytes, trusted: Trusted, *, now: datetime) -> Verification:
    """Answer for every statement of a bundle whether it is so; whatever the bytes are, there is an answer."""
    try:
        files = archive.read(data)
        bundle = Bundle(files=files, manifest=manifest_of(files))
    except (Unreadable, Unfit) as unfit:
        found = (failed(Statement.ARCHIVE, f"{unfit.reason}."),)
        return Verification(verdict=Verdict.INVALID, findings=found)
    seals, line = seals_of(bundle, trusted.seals)
    journal = journalled.examine(bundle, seals, trusted, now)
    findings = (
        passed(Statement.ARCHIVE, f"A bundle of {len(files)} files."),
        checksums(bundle),
        line,
        _manifest_seal(bundle, seals),
        *journal.findings,
        *documented.examine(bundle, seals, journal, trusted, now),
    )
    return Verification(
        verdict=verdict_of(findings),
        findings=findings,
        agreement_id=bundle.manifest.agreement_id,
        reference=bundle.manifest.reference,
        proved_at=journal.proved.at if journal.proved else None,
    )


def _manifest_seal(bundle: Bundle, seals: Seals) -> Finding:
    sealed = seals.open(bundle, m.MANIFEST_SEAL, Kind.PROOF, m.ManifestStatement)
    manifest = bundle.manifest
    wanted = m.ManifestStatement(
        format=m.FORMAT,
        main_connector_id=manifest.main_connector_id,
        tenancy_id=manifest.tenancy_id,
        agreement_id=manifest.agreement_id,
        manifest=hashlib.sha256(content_of(bundle.files, m.MANIFEST)).hexdigest(),
    )
    if sealed.said is not None and sealed.said != wanted:
        return failed(Statement.MANIFEST_SEAL, "it is the seal on another manifest.", m.MANIFEST_SEAL)
    return Finding(
        statement=Statement.MANIFEST_SEAL, outcome=sealed.outcome, detail=sealed.detail, file=m.MANIFEST_SEAL
    )
