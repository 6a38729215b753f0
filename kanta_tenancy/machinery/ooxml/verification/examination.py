"""One signature of a package, every question about it asked and answered apart."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.coverage import Exempt
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome, Reason, SignatureReport
from kanta_tenancy.machinery.ooxml.verification import manifest, trust
from kanta_tenancy.machinery.ooxml.verification.algorithms import weaknesses
from kanta_tenancy.machinery.ooxml.verification.gaps import Gap, gaps
from kanta_tenancy.machinery.ooxml.verification.manifest import Digests, SignedPart
from kanta_tenancy.machinery.ooxml.verification.reading import Signature, read
from kanta_tenancy.machinery.opc import BrokenPackage, Package

_UNREAD: Final = Answer(outcome=Outcome.UNKNOWN, reason="The signature cannot be read far enough to tell.")
_UNCOVERED: Final = Answer(outcome=Outcome.FAILED, reason="What the signature covers cannot be established.")
_MADE_BY_ANOTHER_KEY: Final = "The signature value was not made with the key of the signer's certificate."
_INCOMPLETE: Final = "SignedInfo does not sign what Office signs: package, details of signing and XAdES properties."


class Comparisons:
    """What a package says against a manifest, found once: the signatures of a document mostly have the same one."""

    def __init__(self, package: Package, free: Exempt) -> None:
        self._package = package
        self._free = free
        self._digests = Digests(package)
        self._known: dict[tuple[SignedPart, ...], tuple[tuple[Reason, ...], tuple[Gap, ...]]] = {}

    def with_manifest(self, signed: tuple[SignedPart, ...]) -> tuple[tuple[Reason, ...], tuple[Gap, ...]]:
        """Return what was changed since it was signed, and what is not signed."""
        if signed not in self._known:
            changed = tuple(manifest.changes(signed, self._package, self._digests))
            self._known[signed] = changed, tuple(gaps(signed, self._package, self._free))
        return self._known[signed]


class Question(Record, frozen=True, kw_only=True):
    """What is the same for every signature of a file."""

    package: Package
    comparisons: Comparisons
    at: datetime
    anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]


class Finding(Record, frozen=True, kw_only=True):
    """The answers about one signature, and what of them speaks against the verdict *valid*."""

    report: SignatureReport
    reasons: tuple[Reason, ...]
    uncovered: tuple[str, ...] = ()


def examine(question: Question, part: str) -> Finding:
    """Answer every question about the signature in a part."""
    try:
        signature = read(question.package.content(part))
    except BrokenPackage as broken:
        return _unreadable(part, broken)
    changed, open_ends = question.comparisons.with_manifest(signature.manifest)
    changes = changed if signature.made_by_signer else (_reason("R2", _MADE_BY_ANOTHER_KEY), *changed)
    weak = weaknesses(signature.signer.public_key(), signature.algorithms)
    certificate = _certificate(question, signature)
    trusted = _trust(question, signature)
    answers = {
        "integrity": _integrity(changes),
        "coverage": _coverage(open_ends),
        "certificate": certificate,
        "trust": trusted,
        "algorithms": _algorithms(weak),
    }
    reasons = (
        *changes,
        *([] if signature.complete else [_reason("R2", _INCOMPLETE)]),
        *(_reason("R3", detail) for detail in weak),
        *(gap.reason for gap in open_ends),
        *(_reason("R11", answer.reason) for answer in (certificate, trusted) if answer.outcome is not Outcome.PASSED),
    )
    return Finding(
        report=_report(part, signature, answers),
        reasons=tuple(_of_signature(reason, part) for reason in reasons),
        uncovered=tuple(gap.name for gap in open_ends),
    )


def _report(part: str, signature: Signature, answers: Mapping[str, Answer]) -> SignatureReport:
    return SignatureReport(
        part=part,
        **answers,
        signer=signature.name,
        fingerprint=signature.fingerprint,
        signer_certificate=signature.signer,
        signed_at=signature.claims.signed_at,
        comments=signature.claims.comments,
        text=signature.claims.text,
        setup_id=signature.claims.setup_id,
        signature_value=signature.value,
    )


def _integrity(changes: Sequence[Reason]) -> Answer:
    if not changes:
        return Answer(outcome=Outcome.PASSED, reason="Everything that was signed is unchanged.")
    return Answer(outcome=Outcome.FAILED, reason=_first(changes))


def _coverage(open_ends: Sequence[Gap]) -> Answer:
    if not open_ends:
        return Answer(outcome=Outcome.PASSED, reason="Every part and relationship but metadata is signed.")
    return Answer(outcome=Outcome.FAILED, reason=_first([gap.reason for gap in open_ends]))


def _certificate(question: Question, signature: Signature) -> Answer:
    if signature.mismatch:
        return Answer(outcome=Outcome.FAILED, reason=signature.mismatch)
    return trust.may_sign(signature.signer, signature.claims.signed_at, question.at)


def _trust(question: Question, signature: Signature) -> Answer:
    """Ask for a path now, or as of the claimed time when the certificate has expired since."""
    at, claimed = question.at, signature.claims.signed_at
    if claimed is not None and at > signature.signer.not_valid_after_utc:
        at = claimed
    others = (*signature.certificates[1:], *question.intermediates)
    return trust.leads_to(question.anchors, signature.signer, others, at)


def _algorithms(weak: Sequence[str]) -> Answer:
    if weak:
        return Answer(outcome=Outcome.FAILED, reason=" ".join(weak))
    return Answer(outcome=Outcome.PASSED, reason="Every algorithm and the key are strong enough.")


def _unreadable(part: str, broken: BrokenPackage) -> Finding:
    """Report a signature that does not hold together; nothing that it says of itself is passed on."""
    failed = Answer(outcome=Outcome.FAILED, reason=broken.detail)
    report = SignatureReport(
        part=part,
        integrity=failed,
        coverage=_UNCOVERED,
        certificate=failed if broken.rule == "R11" else _UNREAD,
        trust=_UNREAD,
        algorithms=failed if broken.rule == "R3" else _UNREAD,
    )
    return Finding(report=report, reasons=(_of_signature(_reason(broken.rule, broken.detail), part),))


def _first(reasons: Sequence[Reason]) -> str:
    first, more = reasons[0], len(reasons) - 1
    return f"{first.part + ': ' if first.part else ''}{first.detail}{f' And {more} more.' if more else ''}"


def _reason(rule: str, detail: str) -> Reason:
    return Reason(rule=rule, detail=detail)


def _of_signature(reason: Reason, part: str) -> Reason:
    return Reason(rule=reason.rule, detail=reason.detail, part=reason.part, signature=part)
