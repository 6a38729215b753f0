"""Verify the signatures of a package: rules R0 to R9, and every question answered apart (docs/signatures.md)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.ooxml import coverage, plumbing
from kanta_tenancy.machinery.ooxml.report import Outcome, Reason, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.verification import content
from kanta_tenancy.machinery.ooxml.verification.examination import Comparisons, Finding, Question, examine
from kanta_tenancy.machinery.opc import BrokenPackage, Package

_ABOUT_CERTIFICATES: Final = "R11"  # the only rule that can leave the verdict open; its answers decide


def verify(
    data: bytes,
    *,
    at: datetime,
    anchors: Sequence[x509.Certificate] = (),
    intermediates: Sequence[x509.Certificate] = (),
) -> Report:
    """Answer every question about the signatures of a file; whatever the bytes are, there is an answer.

    Args:
        at: the instant of asking, never naive; certificates are judged then and at the claimed time of signing.
        anchors: authorities, or single signers, that are trusted.
        intermediates: certificates that may lie on the way to an anchor; they are not trusted by themselves.
    """
    try:
        package = Package.read(data)
        package.archive.check_all()
    except BrokenPackage as broken:
        reason = Reason(rule=broken.rule, part=broken.part, detail=broken.detail)
        return Report(verdict=Verdict.INVALID, reasons=(reason,))
    found = plumbing.find(package)
    question = Question(
        package=package,
        comparisons=Comparisons(package, coverage.exempt(package, found)),
        at=at,
        anchors=tuple(anchors),
        intermediates=tuple(intermediates),
    )
    findings = [examine(question, part) for part in found.signatures]
    reasons = [*found.reasons, *content.flaws(package), *(each for one in findings for each in one.reasons)]
    signatures = tuple(finding.report for finding in findings)
    return Report(
        verdict=_verdict(signatures, reasons),
        signatures=signatures,
        uncovered=_uncovered(findings),
        links=content.links(package),
        reasons=tuple(reasons),
    )


def _verdict(signatures: Sequence[SignatureReport], reasons: Sequence[Reason]) -> Verdict:
    outcomes = {
        answer.outcome
        for one in signatures
        for answer in (one.integrity, one.coverage, one.certificate, one.trust, one.algorithms)
    }
    if Outcome.FAILED in outcomes or any(reason.rule != _ABOUT_CERTIFICATES for reason in reasons):
        return Verdict.INVALID
    if Outcome.UNKNOWN in outcomes or not signatures:
        return Verdict.INDETERMINATE
    return Verdict.VALID


def _uncovered(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what any of the signatures leaves open, each once."""
    return tuple(dict.fromkeys(name for finding in findings for name in finding.uncovered))
