"""Ask the verifier about a document given as its parts."""

from collections.abc import Mapping

from kanta_tenancy.machinery.ooxml.presentation import answers_of
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.machinery.ooxml.verification.documents import packed
from tests.machinery.ooxml.verification.signers import NOW, authority, lists


def ask(parts: Mapping[str, bytes] | bytes) -> Report:
    """Verify now, trusting the sample authority and knowing its revocation lists."""
    data = parts if isinstance(parts, bytes) else packed(parts)
    return verify(data, at=NOW, anchors=[authority().root], revocation=lists())


def only(report: Report) -> SignatureReport:
    (signature,) = report.signatures
    return signature


def rules(report: Report) -> set[str]:
    return {reason.rule for reason in report.reasons}


def assert_breaks(parts: Mapping[str, bytes] | bytes, *expected: str) -> Report:
    """Check that the verdict is *invalid* because of these rules at least."""
    report = ask(parts)
    assert report.verdict is Verdict.INVALID
    assert set(expected) <= rules(report), report.reasons
    return report


def assert_valid(parts: Mapping[str, bytes] | bytes) -> Report:
    report = ask(parts)
    assert report.verdict is Verdict.VALID, report.reasons
    assert report.reasons == ()
    assert report.uncovered == ()
    return report


def outcomes(signature: SignatureReport) -> dict[str, Outcome]:
    return {question: answer.outcome for question, answer in answers_of(signature)}
