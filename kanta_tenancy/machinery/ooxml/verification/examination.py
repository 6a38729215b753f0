"""One signature of a package, every question about it asked and answered apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.coverage import Exempt
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome, Reason, SignatureReport
from kanta_tenancy.machinery.ooxml.verification import claims, manifest, trust
from kanta_tenancy.machinery.ooxml.verification.algorithms import verifies, weaknesses
from kanta_tenancy.machinery.ooxml.verification.binding import Bound, bind
from kanta_tenancy.machinery.ooxml.verification.claims import Claims
from kanta_tenancy.machinery.ooxml.verification.gaps import Gap, gaps
from kanta_tenancy.machinery.ooxml.verification.manifest import Digests, SignedPart
from kanta_tenancy.machinery.opc import BrokenPackage, Package

_UNREAD: Final = Answer(outcome=Outcome.UNKNOWN, reason="The signature cannot be read far enough to tell.")
_UNCOVERED: Final = Answer(outcome=Outcome.FAILED, reason="What the signature covers cannot be established.")
_MADE_BY_ANOTHER_KEY: Final = "The signature value was not made with the key of the signer's certificate."
_INCOMPLETE: Final = "SignedInfo does not sign what Office signs: package, details of signing and XAdES properties."


class Question(Record, frozen=True, kw_only=True):
    """What is the same for every signature of a file."""

    package: Package
    digests: Digests
    exempt: Exempt
    at: datetime
    anchors: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]


class Finding(Record, frozen=True, kw_only=True):
    """The answers about one signature, and what of them speaks against the verdict *valid*."""

    report: SignatureReport
    reasons: tuple[Reason, ...]
    uncovered: tuple[str, ...] = ()


class _Read(Record, frozen=True, kw_only=True):
    """A signature that holds together; whether its key made it is still open."""

    bound: Bound
    manifest: tuple[SignedPart, ...]
    claims: Claims
    certificates: tuple[x509.Certificate, ...]  # the signer's first

    @property
    def signer(self) -> x509.Certificate:
        return self.certificates[0]

    @property
    def algorithms(self) -> frozenset[str]:
        claimed = frozenset() if self.claims.certificate is None else {self.claims.certificate.algorithm}
        return self.bound.algorithms | claimed | {one.algorithm for one in self.manifest}


def examine(question: Question, part: str) -> Finding:
    """Answer every question about the signature in a part."""
    try:
        read = _read(question.package.content(part), part)
        integrity, changes = _integrity(question, read)
    except BrokenPackage as broken:
        return _unreadable(part, broken)
    open_ends = tuple(gaps(read.manifest, question.package, question.exempt))
    certificate = trust.may_sign(read.signer, read.claims, question.at)
    trusted = _trust(question, read)
    weak = weaknesses(read.signer.public_key(), read.algorithms)
    report = SignatureReport(
        part=part,
        integrity=integrity,
        coverage=_coverage(open_ends),
        certificate=certificate,
        trust=trusted,
        algorithms=_algorithms(weak),
        signer=read.signer.subject.rfc4514_string(),
        fingerprint=read.signer.fingerprint(hashes.SHA256()).hex(),
        signer_certificate=read.signer,
        signed_at=read.claims.signed_at,
        comments=read.claims.comments,
        text=read.claims.text,
        setup_id=read.claims.setup_id,
        signature_value=read.bound.value,
    )
    reasons = (
        *changes,
        *(_reason("R2", _INCOMPLETE) for _ in [read.bound] if not read.bound.complete),
        *(_reason("R3", detail) for detail in weak),
        *(gap.reason for gap in open_ends),
        *(_reason("R11", answer.reason) for answer in (certificate, trusted) if answer.outcome is not Outcome.PASSED),
    )
    return Finding(
        report=report,
        reasons=tuple(_of_signature(reason, part) for reason in reasons),
        uncovered=tuple(gap.name for gap in open_ends),
    )


def _read(content: bytes, part: str) -> _Read:
    bound = bind(content, part)
    return _Read(
        bound=bound,
        manifest=manifest.read(bound.package),
        claims=claims.read(bound),
        certificates=trust.certificates(bound),
    )


def _integrity(question: Question, read: _Read) -> tuple[Answer, tuple[Reason, ...]]:
    bound = read.bound
    made = verifies(read.signer.public_key(), bound.method, bound.value, bound.signed_info)
    found = [] if made else [_reason("R2", _MADE_BY_ANOTHER_KEY)]
    found += manifest.changes(read.manifest, question.package, question.digests)
    if not found:
        return Answer(outcome=Outcome.PASSED, reason="Everything that was signed is unchanged."), ()
    return Answer(outcome=Outcome.FAILED, reason=_first(found)), tuple(found)


def _coverage(open_ends: Sequence[Gap]) -> Answer:
    if not open_ends:
        return Answer(outcome=Outcome.PASSED, reason="Every part and relationship but metadata is signed.")
    return Answer(outcome=Outcome.FAILED, reason=_first([gap.reason for gap in open_ends]))


def _trust(question: Question, read: _Read) -> Answer:
    """Ask for a path now, or as of the claimed time when the certificate has expired since."""
    at, claimed = question.at, read.claims.signed_at
    if claimed is not None and at > read.signer.not_valid_after_utc:
        at = claimed
    others = (*read.certificates[1:], *question.intermediates)
    return trust.leads_to(question.anchors, read.signer, others, at)


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
