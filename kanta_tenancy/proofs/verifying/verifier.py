"""Verify a bundle: every statement is checked anew, and nothing is believed for that it is in it."""

import hashlib
from datetime import datetime

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.proofs import bundle as archive
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.bundle import Unreadable
from kanta_tenancy.proofs.verifying import cased, documented, journalled
from kanta_tenancy.proofs.verifying.files import AgreementBundle, CaseBundle, Unfit, checksums, content_of, opened
from kanta_tenancy.proofs.verifying.findings import (
    Finding,
    Statement,
    Trusted,
    Verification,
    failed,
    passed,
    verdict_of,
)
from kanta_tenancy.proofs.verifying.sealed import Seals, manifest_seal, seals_of
from kanta_tenancy.seals import Kind


def verify(data: bytes, trusted: Trusted, *, now: datetime) -> Verification:
    """Answer for every statement of a bundle whether it is so; whatever the bytes are, there is an answer."""
    try:
        bundle = opened(archive.read(data))
    except (Unreadable, Unfit) as unfit:
        found = (failed(Statement.ARCHIVE, f"{unfit.reason}."),)
        return Verification(verdict=Verdict.INVALID, findings=found)
    seals, line = seals_of(bundle, trusted.seals)
    first = (passed(Statement.ARCHIVE, f"A bundle of {len(bundle.files)} files."), checksums(bundle), line)
    if isinstance(bundle, CaseBundle):
        return _case(bundle, seals, trusted, now, first)
    return _agreement(bundle, seals, trusted, now, first)


def _agreement(
    bundle: AgreementBundle, seals: Seals, trusted: Trusted, now: datetime, first: tuple[Finding, ...]
) -> Verification:
    journal = journalled.examine(bundle, seals, trusted, now)
    findings = (
        *first,
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


def _case(
    bundle: CaseBundle, seals: Seals, trusted: Trusted, now: datetime, first: tuple[Finding, ...]
) -> Verification:
    found = cased.examine(bundle, seals, trusted, now)
    findings = (*first, *found.findings)
    return Verification(
        verdict=verdict_of(findings),
        findings=findings,
        case=bundle.manifest.subject,
        reference=bundle.manifest.reference,
        proved_at=found.proved.at if found.proved else None,
    )


def _manifest_seal(bundle: AgreementBundle, seals: Seals) -> Finding:
    manifest = bundle.manifest
    wanted = m.ManifestStatement(
        format=m.FORMAT,
        main_connector_id=manifest.main_connector_id,
        tenancy_id=manifest.tenancy_id,
        agreement_id=manifest.agreement_id,
        manifest=hashlib.sha256(content_of(bundle.files, m.MANIFEST)).hexdigest(),
    )
    return manifest_seal(bundle, seals, Kind.PROOF, wanted)
