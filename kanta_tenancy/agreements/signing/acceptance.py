"""Whether a document that comes back signed is accepted: it must be the offer, and nothing but the offer, signed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements import lifecycle
from kanta_tenancy.agreements.model import Agreement, Judged, Party, Signatory, Signature
from kanta_tenancy.agreements.signing import naming
from kanta_tenancy.agreements.signing.errors import SignatureRefused
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import contents
from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.names import ORIGIN_TYPE, SIGNATURE_TYPE
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.signing import levels, swapping
from kanta_tenancy.machinery.opc import core_properties
from kanta_tenancy.machinery.opc.names import CORE_PROPERTIES_TYPE
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.trust import TRUSTS_NOBODY, Judging

# A signer's clock may differ from ours by so much; a signature older than the offer cannot be of the offer.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
# Whoever is suspended may sign again when that is over.
_REVOKED: Final = frozenset({Cause.REVOKED_WHEN_SIGNED, Cause.REVOKED_SINCE, Cause.AUTHORITY_REVOKED, Cause.ON_HOLD})
_TOLD: Final = 20  # differences; more would help nobody


class Ground(Record, frozen=True, kw_only=True):
    """What a signed document is held against: the agreement, its newest document, and whom to trust."""

    agreement: Agreement
    docx: bytes
    earlier: tuple[bytes, ...] = ()  # revisions of it that somebody may have signed, newest first
    judging: Judging = TRUSTS_NOBODY

    def revision(self, sha256: str) -> bytes:
        """Return the revision with a digest; the newest when none has it."""
        return next((one for one in self.earlier if hashlib.sha256(one).hexdigest() == sha256), self.docx)


class Accepted(Record, frozen=True, kw_only=True):
    """A signed document that was verified, and the one signature that it adds."""

    version: int  # of the agreement that it was held against
    signature: Signature
    docx: bytes
    part: str  # of the signature
    judging: Judging  # that it was judged by


def accept(ground: Ground, signed: bytes, *, party: Party, at: datetime) -> Accepted:
    """Verify a signed document against what was offered; pure but for the arithmetic it takes.

    A certificate that is known to be revoked is refused. That nobody trusted is known to have issued it, or that nobody
    says whether it was revoked, is put down with the signature.

    Args:
        party: whose signatories may sign through this caller.
        at: now; the instant of acceptance.

    Raises:
        MoveNotAllowed: the agreement is not open for signing.
        SignatureRefused: with everything that is wrong, by part.
    """
    lifecycle.check(ground.agreement, lifecycle.Move.SIGN)
    report = ground.judging.of(signed, at=at)
    _refuse_unsound(report)
    _refuse_other_content(ground, signed)
    fresh = _the_new_one(ground, signed, report)
    who = _who_signed(ground.agreement, fresh, party)
    claimed = _when(ground.agreement, fresh, at)
    signature = Signature(
        party=who.party,
        position=who.position,
        signed_at=at,
        claimed_at=claimed,
        certificate_sha256=fresh.fingerprint,
        certificate_subject=fresh.signer,
        level_wanted=ground.judging.policy.level,
    )
    accepted = Accepted(
        version=ground.agreement.version, signature=signature, docx=signed, part=fresh.part, judging=ground.judging
    )
    return renewed(_judged(accepted, fresh), swapping.signature_contents(ground.docx), at=at)


def renewed(accepted: Accepted, contents: Mapping[str, bytes], *, at: datetime) -> Accepted:
    """Put other revisions of its signatures into an accepted document, and verify it again when that changes it.

    Args:
        contents: signature parts, such as those of the newest revision.

    Raises:
        SignatureRefused: it does not stand with them.
    """
    docx = swapping.swapped(accepted.docx, contents)
    if docx == accepted.docx:
        return accepted
    report = accepted.judging.of(docx, at=at)
    _refuse_unsound(report)
    fresh = next(one for one in report.signatures if one.part == accepted.part)
    return _judged(replace(accepted, docx=docx), fresh)


def _refuse_unsound(report: Report) -> None:
    if report.verdict is Verdict.INVALID:
        open_questions = {
            (signature.part, answer.reason)
            for signature in report.signatures
            for answer in (signature.certificate, signature.trust, signature.revocation)
            if answer.outcome is Outcome.UNKNOWN
        }
        flaws = [
            Flaw(field=reason.part or reason.signature, detail=reason.detail, rule=reason.rule)
            for reason in report.reasons
            if (reason.signature, reason.detail) not in open_questions  # trust, for one, hinders nobody
        ]
        raise _refused("the document is not soundly signed", flaws)


def _refuse_other_content(ground: Ground, signed: bytes) -> None:
    offered, package = Package.read(ground.docx), Package.read(signed)
    before, after = _metadata(offered), _metadata(package)
    told = [
        f"{part} was {'added' if part not in before else 'removed' if part not in after else 'changed'}"
        for part in sorted(before | after)
        if before.get(part) != after.get(part)
    ]
    if contents.content_digest(package) != ground.agreement.content_sha256:
        told = contents.differences(offered, package) + told
    elif not told:
        return
    flaws = [Flaw(field=part, detail=words, rule="R10") for part, words in map(naming.named, told[:_TOLD])]
    raise _refused(f"its content is not what was offered. {naming.advice(ground.agreement)}", flaws)


def _metadata(package: Package) -> dict[str, object]:
    # Office signs none of it, so nothing but this keeps a stranger's title, picture or side letter out of an original.
    apart = package.parts.keys() - contents.contents(package).keys()
    return {part: _said(package, part) for part in apart if package.parts[part] not in (ORIGIN_TYPE, SIGNATURE_TYPE)}


def _said(package: Package, part: str) -> object:
    # Some programs write title, author and times anew without changing any of them.
    content = package.content(part)
    return core_properties.said(content, part) if package.parts[part] == CORE_PROPERTIES_TYPE else content


def _the_new_one(ground: Ground, signed: bytes, report: Report) -> SignatureReport:
    brought = swapping.signature_contents(signed)
    kept = _what_was_signed(ground, brought)
    fresh = [signature for signature in report.signatures if signature.part not in kept]
    if len(fresh) != 1:
        detail = f"it adds {len(fresh)} signatures to the newest document; one at a time is accepted"
        raise _refused(detail, [Flaw(field="signatures", detail=detail, rule="K21")])
    return fresh[0]


def _what_was_signed(ground: Ground, brought: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the signatures of the revision that somebody signed: the newest, or one that was so when they began."""
    kept = swapping.signature_contents(ground.docx)
    lost = [part for part, content in kept.items() if brought.get(part) != content]
    if not lost:
        return kept
    for earlier in map(swapping.signature_contents, ground.earlier):
        if all(brought.get(part) == content for part, content in earlier.items()):
            return earlier
    flaws = [Flaw(field=part, detail="an earlier signature was changed or removed", rule="K21") for part in lost]
    raise _refused("it is not the newest document of this agreement", flaws)


def line_of(signature: SignatureReport) -> UUID | None:
    """Return the signature line that a signature is on."""
    try:
        return UUID(signature.setup_id)
    except ValueError:
        return None


def _who_signed(agreement: Agreement, fresh: SignatureReport, party: Party) -> Signatory:
    line = line_of(fresh)
    who = next((one for one in agreement.signatories if one.line == line), None) if line else None
    if who is None:
        detail = "the signature is not bound to a signature line of the agreement"
    elif who.party is not party:
        detail = f"the line of {who.name} is signed through the other party"
    elif who not in lifecycle.unsigned(agreement):
        detail = f"{who.name} has signed already"
    elif (party, fresh.fingerprint) in {(one.party, one.certificate_sha256) for one in agreement.signatures}:
        detail = f"{who.name} signs with the certificate that another signatory of the party signed with"
    else:
        return who
    raise _refused(detail, [Flaw(field=fresh.part, detail=detail, rule="K21")])


def _when(agreement: Agreement, fresh: SignatureReport, at: datetime) -> datetime:
    """Return when the signer says to have signed, with a certificate that could."""
    claimed = fresh.signed_at
    offered = agreement.offered_at
    if claimed is None or offered is None or not offered - CLOCK_TOLERANCE <= claimed <= at + CLOCK_TOLERANCE:
        detail = f"it claims to be signed at {claimed}, which is before the offer or after now"
        raise _refused(detail, [Flaw(field=fresh.part, detail=detail, rule="R12")])
    if fresh.certificate.outcome is not Outcome.PASSED:
        flaw = Flaw(field=fresh.part, detail=fresh.certificate.reason, rule="R11")
        raise _refused(fresh.certificate.reason, [flaw])
    return claimed


def _judged(accepted: Accepted, fresh: SignatureReport) -> Accepted:
    """Put down which level the signature has, and how it was judged.

    Raises:
        SignatureRefused: its certificate is known to be revoked.
    """
    revocation, judging = fresh.revocation, accepted.judging
    if revocation.cause in _REVOKED:
        raise _refused(revocation.reason, [Flaw(field=fresh.part, detail=revocation.reason, rule="R11")])
    indicated = fresh.indicated
    judged = Judged(
        indication=indicated.indication.value,
        sub_indication=None if indicated.sub_indication is None else indicated.sub_indication.value,
        trust=fresh.trust.outcome.value,
        revocation=revocation.outcome.value,
    )
    level = levels.achieved_level(accepted.docx, accepted.part, (*judging.anchors, *judging.timestamp_anchors))
    return replace(accepted, signature=replace(accepted.signature, level=level, judged=judged))


def _refused(detail: str, flaws: Sequence[Flaw]) -> SignatureRefused:
    return SignatureRefused(detail, flaws=tuple(flaws))
