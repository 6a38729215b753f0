"""Verify the signatures of a package: rules R0 to R9, and every question answered apart (docs/signatures.md)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.ooxml import coverage, plumbing
from kanta_tenancy.machinery.ooxml.indication import OF_RULES, Indicated, indicated, worst
from kanta_tenancy.machinery.ooxml.report import Outcome, Reason, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.verification import content
from kanta_tenancy.machinery.ooxml.verification.examination import Comparisons, Finding, Question, examine
from kanta_tenancy.machinery.ooxml.verification.timing import Existence
from kanta_tenancy.machinery.ooxml.verification.vouching import Grounds
from kanta_tenancy.machinery.opc import BrokenPackage, Package
from kanta_tenancy.machinery.x509.revocation import NOTHING, USUAL, Freshness, RevocationData

_ABOUT_CERTIFICATES: Final = "R11"  # the only rule that can leave the verdict open; its answers decide


def verify(
    data: bytes,
    *,
    at: datetime,
    anchors: Sequence[x509.Certificate] = (),
    intermediates: Sequence[x509.Certificate] = (),
    revocation: RevocationData = NOTHING,
    timestamp_anchors: Sequence[x509.Certificate] | None = None,
    freshness: Freshness = USUAL,
    existence: Existence | None = None,
) -> Report:
    """Answer every question about the signatures of a file; whatever the bytes are, there is an answer.

    Args:
        at: the instant of asking, never naive; certificates are judged then, or when a timestamp proves that a
            signature was there, and at the claimed time of signing.
        anchors: authorities, or single signers, that are trusted.
        intermediates: certificates that may lie on the way to an anchor; they are not trusted by themselves.
        revocation: what is at hand about revocation besides what the signatures bring; without any of it that an
            authority signed, nothing is *valid*.
        timestamp_anchors: authorities whose timestamps are believed; None means the same as `anchors`.
        freshness: how old a word about revocation may be.
        existence: what proves, besides the file, since when the file is there.
    """
    try:
        package = Package.read(data)
        package.archive.check_all()
    except BrokenPackage as broken:
        reason = Reason(rule=broken.rule, part=broken.part, detail=broken.detail)
        return Report(verdict=Verdict.INVALID, indicated=_indicated((), (reason,)), reasons=(reason,))
    found = plumbing.find(package)
    question = Question(
        package=package,
        comparisons=Comparisons(package, coverage.exempt(package, found)),
        grounds=Grounds(
            at=at,
            anchors=tuple(anchors),
            timestamp_anchors=tuple(anchors if timestamp_anchors is None else timestamp_anchors),
            intermediates=tuple(intermediates),
            revocation=revocation,
            freshness=freshness,
            existence=existence,
        ),
    )
    findings = [examine(question, part) for part in found.signatures]
    held = content.look_into(package)
    reasons = [*found.reasons, *held.reasons, *(each for one in findings for each in one.reasons)]
    signatures = tuple(finding.report for finding in findings)
    reasons += _repeated(signatures)
    return Report(
        verdict=_verdict(signatures, reasons),
        indicated=_indicated(signatures, reasons),
        signatures=signatures,
        uncovered=_uncovered(findings),
        links=held.links,
        reasons=tuple(reasons),
    )


def _verdict(signatures: Sequence[SignatureReport], reasons: Sequence[Reason]) -> Verdict:
    deciding = {
        answer.outcome
        for one in signatures
        for answer in (one.integrity, one.coverage, one.certificate, one.trust, one.revocation, one.algorithms)
    }
    # That only the signer says when leaves nothing else open; that a timestamp was forged does.
    forged = any(one.time.outcome is Outcome.FAILED for one in signatures)
    if forged or Outcome.FAILED in deciding or any(reason.rule != _ABOUT_CERTIFICATES for reason in reasons):
        return Verdict.INVALID
    if Outcome.UNKNOWN in deciding or not signatures:
        return Verdict.INDETERMINATE
    return Verdict.VALID


def _indicated(signatures: Sequence[SignatureReport], reasons: Sequence[Reason]) -> Indicated:
    of_file = [indicated([OF_RULES[reason.rule]]) for reason in reasons if not reason.signature]
    return worst([*of_file, *(one.indicated for one in signatures)])


def _repeated(signatures: Sequence[SignatureReport]) -> Iterator[Reason]:
    """Report a signature that is there once more, so that nobody counts it twice.

    It is known by the first half of its value: anybody can compute another second half of an ECDSA signature.
    """
    seen: dict[tuple[str, bytes], str] = {}
    for one in signatures:
        first_half = one.signature_value[: len(one.signature_value) // 2]
        before = seen.setdefault((one.fingerprint, first_half), one.part)
        if first_half and before != one.part:
            detail = f"The signature is that of {before} once more."
            yield Reason(rule="R7", part=one.part, detail=detail)


def _uncovered(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what any of the signatures leaves open, each once."""
    return tuple(dict.fromkeys(name for finding in findings for name in finding.uncovered))
