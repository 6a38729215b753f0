"""One signature of a package, every question about it asked and answered apart."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.coverage import Exempt
from kanta_tenancy.machinery.ooxml.indication import OF_RULES, Cause, indicated
from kanta_tenancy.machinery.ooxml.report import NOT_ASKED, Answer, Outcome, Reason, SignatureReport
from kanta_tenancy.machinery.ooxml.verification import manifest
from kanta_tenancy.machinery.ooxml.verification.algorithms import weaknesses
from kanta_tenancy.machinery.ooxml.verification.gaps import Gap, gaps
from kanta_tenancy.machinery.ooxml.verification.manifest import Digests, SignedPart
from kanta_tenancy.machinery.ooxml.verification.markup import Altered
from kanta_tenancy.machinery.ooxml.verification.reading import Signature, read
from kanta_tenancy.machinery.ooxml.verification.vouching import Grounds, Vouched, vouch
from kanta_tenancy.machinery.opc import BrokenPackage, Package

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
    grounds: Grounds


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
    vouched = vouch(question.grounds, signature)
    answers = {
        "integrity": _integrity(changes, signature),
        "coverage": _coverage(open_ends),
        "certificate": vouched.certificate,
        "trust": vouched.trust,
        "revocation": vouched.revocation,
        "algorithms": _algorithms(weak),
        "time": vouched.timing.answer,
    }
    reasons = (
        *changes,
        *([] if signature.complete else [_reason("R2", _INCOMPLETE)]),
        *(_reason("R3", detail) for detail in weak),
        *(gap.reason for gap in open_ends),
        *(_reason("R11", answer.reason) for answer in _open_answers(vouched)),
    )
    return Finding(
        report=_report(part, signature, vouched, answers),
        reasons=tuple(_of_signature(reason, part) for reason in reasons),
        uncovered=tuple(gap.name for gap in open_ends),
    )


def _open_answers(vouched: Vouched) -> Iterator[Answer]:
    """Return what others leave open about a signature, each matter once."""
    if vouched.certificate.outcome is not Outcome.PASSED:
        yield vouched.certificate
    if vouched.trust.outcome is not Outcome.PASSED:
        yield vouched.trust
    elif vouched.revocation.outcome is not Outcome.PASSED:
        yield vouched.revocation
    if vouched.timing.answer.outcome is Outcome.FAILED:
        yield vouched.timing.answer


def _report(part: str, signature: Signature, vouched: Vouched, answers: Mapping[str, Answer]) -> SignatureReport:
    incomplete = () if signature.complete else (Cause.UNREADABLE,)
    causes = (*incomplete, *(answer.cause for answer in answers.values() if answer.cause is not None))
    return SignatureReport(
        part=part,
        **answers,
        indicated=indicated(causes),
        proved_at=vouched.timing.at,
        proved_by=vouched.timing.authority,
        paths=tuple(path for path in (vouched.path, *vouched.timing.paths) if path),
        signer=signature.name,
        fingerprint=signature.fingerprint,
        signer_certificate=signature.signer,
        signed_at=signature.claims.signed_at,
        comments=signature.claims.comments,
        text=signature.claims.text,
        setup_id=signature.claims.setup_id,
        signature_value=signature.value,
    )


def _integrity(changes: Sequence[Reason], signature: Signature) -> Answer:
    if not changes:
        return Answer(outcome=Outcome.PASSED, reason="Everything that was signed is unchanged.")
    cause = Cause.CHANGED if signature.made_by_signer else Cause.OTHER_KEY
    return Answer(outcome=Outcome.FAILED, reason=_first(changes), cause=cause)


def _coverage(open_ends: Sequence[Gap]) -> Answer:
    if not open_ends:
        return Answer(outcome=Outcome.PASSED, reason="Every part and relationship but metadata is signed.")
    reason = _first([gap.reason for gap in open_ends])
    return Answer(outcome=Outcome.FAILED, reason=reason, cause=Cause.NOT_COVERED)


def _algorithms(weak: Sequence[str]) -> Answer:
    if weak:
        return Answer(outcome=Outcome.FAILED, reason=" ".join(weak), cause=Cause.WEAK)
    return Answer(outcome=Outcome.PASSED, reason="Every algorithm and the key are strong enough.")


def _unreadable(part: str, broken: BrokenPackage) -> Finding:
    """Report a signature that does not hold together; nothing that it says of itself is passed on."""
    cause = Cause.CHANGED if isinstance(broken, Altered) else OF_RULES[broken.rule]
    failed = Answer(outcome=Outcome.FAILED, reason=broken.detail, cause=cause)
    report = SignatureReport(
        part=part,
        integrity=failed,
        coverage=_UNCOVERED,
        certificate=failed if broken.rule == "R11" else NOT_ASKED,
        trust=NOT_ASKED,
        algorithms=failed if broken.rule == "R3" else NOT_ASKED,
        indicated=indicated([cause]),
    )
    return Finding(report=report, reasons=(_of_signature(_reason(broken.rule, broken.detail), part),))


def _first(reasons: Sequence[Reason]) -> str:
    first, more = reasons[0], len(reasons) - 1
    return f"{first.part + ': ' if first.part else ''}{first.detail}{f' And {more} more.' if more else ''}"


def _reason(rule: str, detail: str) -> Reason:
    return Reason(rule=rule, detail=detail)


def _of_signature(reason: Reason, part: str) -> Reason:
    return Reason(rule=reason.rule, detail=reason.detail, part=reason.part, signature=part)
