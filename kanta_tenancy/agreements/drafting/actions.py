"""What the main connector does with an agreement before anyone signs it: draft, amend, offer, withdraw."""

import hashlib
from datetime import date

from kanta_tenancy import parties
from kanta_tenancy.agreements import history, lifecycle, owing
from kanta_tenancy.agreements.drafting import completeness, documents, offering
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused
from kanta_tenancy.agreements.errors import AgreementChanged, MoveNotAllowed
from kanta_tenancy.agreements.mandates import store as mandates
from kanta_tenancy.agreements.mandates import validity
from kanta_tenancy.agreements.model import Agreement, Content, Document, Draft, Signatory, Status
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.promises import release_all


class OfferPlan(Record, frozen=True, kw_only=True):
    """An offer worked out but not made: what it freezes, and its document."""

    version: int  # of the draft that it was worked out from
    content: Content
    docx: bytes
    content_sha256: str


class Offered(Record, frozen=True, kw_only=True):
    """An offer that was made, and what may still hinder its signatories; it hinders the offer not."""

    agreement: Agreement
    warnings: tuple[Flaw, ...]


async def draft(tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, said: Draft) -> Agreement:
    """Begin an agreement with a tenant.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
        DraftRefused, ModelNotFound: what it says cannot be agreed.
    """
    fit = completeness.examined(said)
    await parties.check_tenancy(tx, tenancy_id)
    await check_mandates(tx, fit.signatories, tenancy_id)
    await models.check(tx, fit.model, fit.model_version, fit.language)
    at = clock.now()
    agreement = lifecycle.draft(fit, agreement_id=AgreementId(new_id()), tenancy_id=tenancy_id, at=at)
    while not await store.add(tx, agreement):  # its short reference is taken: once in a million times a million
        agreement = lifecycle.draft(fit, agreement_id=AgreementId(new_id()), tenancy_id=tenancy_id, at=at)
    await record(tx, history.act("drafted", None, agreement, at=at))
    return agreement


async def amend(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int, said: Draft) -> Agreement:
    """Write a draft anew.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        MoveNotAllowed: it was offered; nothing is edited after that (K1.3). Or it is an amendment.
        DraftRefused, ModelNotFound: what it says cannot be agreed.
    """
    before = await store.take(tx, agreement_id, version)
    lifecycle.check(before, lifecycle.Move.AMEND)
    if before.amends is not None:
        raise MoveNotAllowed("it is an amendment: write it anew as one", status=before.status.value)
    fit = completeness.examined(said)
    await check_mandates(tx, fit.signatories, before.tenancy_id)
    await models.check(tx, fit.model, fit.model_version, fit.language)
    after = lifecycle.amend(before, fit)
    await store.save_draft(tx, after)
    await record(tx, history.act("amended", before, after, at=clock.now()))
    return after


async def plan_offer(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int) -> OfferPlan:
    """Work out an offer: read what it needs, check it, render its document. Nothing is written.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version.
        MoveNotAllowed: it is no draft, or amends an agreement that is not in force.
        DraftIncomplete: it lacks a service, a register or a signatory, or its model has no line for one (K1.3, K21).
        EvidenceMissing: a party is not shown to be in the Soteri register (K1.2).
        ModelNotFound: its model has gone.
    """
    agreement = await store.find(tx, agreement_id)
    if agreement.version != version:
        raise AgreementChanged(f"the agreement is at version {agreement.version}", version=agreement.version)
    lifecycle.check(agreement, lifecycle.Move.OFFER)
    today = day_in_finland(clock.now())
    amended = await _amended(tx, agreement)
    lacking = completeness.lacking(agreement)
    if amended is not None:
        lacking += completeness.day_of_amendment(agreement, amended, today)
    if lacking:
        raise DraftIncomplete("; ".join(flaw.detail for flaw in lacking), flaws=lacking)
    model = await models.load_for(tx, agreement)
    both = await parties.the_parties(tx, agreement.tenancy_id, on_day=today)
    offering.check_evidence(both, today)
    content = offering.content(agreement, both, model_sha256=model.frozen.content_sha256, day=today, amended=amended)
    issued = documents.issue(content, model.template)
    return OfferPlan(version=version, content=content, docx=issued.docx, content_sha256=issued.content_sha256)


async def offer(tx: Transaction, clock: Clock, plan: OfferPlan) -> Agreement:
    """Make the offer that was planned, if the ground has not moved since.

    Raises:
        AgreementChanged: the draft or a party was changed after the plan was made, or its day is over.
        AnotherAgreement: the tenancy has another one on offer, or the agreement another amendment.
        EvidenceMissing: a party is not shown to be in the Soteri register any more (K1.2).
        DraftIncomplete: a signatory's mandate is over, or not theirs (K21).
    """
    content = plan.content
    at = clock.now()
    if day_in_finland(at) != content.offered_on:
        raise AgreementChanged("the day ended while the offer was made; make it again")
    before = await store.take(tx, content.agreement_id, plan.version)
    both = await parties.the_parties(tx, before.tenancy_id, on_day=content.offered_on)
    offering.check_evidence(both, content.offered_on)
    amended = await _amended(tx, before)
    now = offering.content(
        before,
        both,
        model_sha256=content.model_sha256,
        day=content.offered_on,
        amended=amended,
    )
    if content != now:
        raise AgreementChanged("a party's data were changed while the offer was made; make it again")
    after, offered = lifecycle.offer(before, content, content_sha256=plan.content_sha256, at=at)
    await _check_that_mandates_last(tx, after, content.offered_on)
    await store.save_offer(tx, after, content)
    await mandates.keep_uses(tx, after)
    sha256 = hashlib.sha256(plan.docx).hexdigest()
    await store.add_document(tx, after, Document(signatures=0, sha256=sha256, content=plan.docx, at=at))
    await record(tx, history.act("offered", before, after, at=at, document=sha256), announce=offered)
    return after


async def offer_and_warn(tx: Transaction, clock: Clock, plan: OfferPlan) -> Offered:
    """Make the offer that was planned, and say what may still hinder its signatories.

    Raises:
        DomainError: `offer` refuses.
    """
    agreement = await offer(tx, clock, plan)
    known = await mandates.these(tx, validity.named(agreement.signatories))
    warnings = validity.warnings(agreement.signatories, known, plan.content.offered_on)
    return Offered(agreement=agreement, warnings=warnings)


async def check_mandates(tx: Transaction, signatories: tuple[Signatory, ...], tenancy_id: TenancyId) -> None:
    """Refuse signatories who name a mandate that is not theirs.

    Raises:
        DraftRefused: there is no such mandate, or it is the other party's or another person's.
    """
    known = await mandates.these(tx, validity.named(signatories))
    flaws = validity.strangers(signatories, known, tenancy_id)
    if flaws:
        raise DraftRefused("; ".join(flaw.detail for flaw in flaws), flaws=flaws)


async def withdraw(
    tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int, because: str
) -> Agreement:
    """Give up an agreement that is not in force, and say why.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        MoveNotAllowed: it is in force, or given up already.
        DraftRefused: the reason is none, or cannot be printed.
    """
    look = wording.Examination()
    reason = look.text("reason", wording.name, because, clause="K21")
    if look.flaws:
        raise DraftRefused("say why it is given up", flaws=tuple(look.flaws))
    before = await store.take(tx, agreement_id, version)
    at = clock.now()
    after, withdrawn = lifecycle.withdraw(before, because=reason, at=at)
    await store.save_move(tx, after)
    # A draft that the tenant never saw is nothing to tell of.
    told = withdrawn if before.offered_at is not None else None
    await record(tx, history.act("withdrawn", before, after, at=at), announce=told)
    await release_all(
        tx, owing.subject(after), at=at, because="the offer was withdrawn", kinds=(owing.REMIND, owing.SIGN)
    )
    return after


async def _check_that_mandates_last(tx: Transaction, agreement: Agreement, day: date) -> None:
    known = await mandates.these(tx, validity.named(agreement.signatories))
    flaws = validity.strangers(agreement.signatories, known, agreement.tenancy_id)
    flaws += validity.over(agreement.signatories, known, day)
    if flaws:
        raise DraftIncomplete("; ".join(flaw.detail for flaw in flaws), flaws=flaws)


async def _amended(tx: Transaction, agreement: Agreement) -> Agreement | None:
    """Return the agreement that an amendment amends, if it still can.

    Raises:
        MoveNotAllowed: it is not in force any more.
    """
    if agreement.amends is None:
        return None
    amended = await store.find(tx, agreement.amends)
    if amended.status is not Status.IN_FORCE:
        raise MoveNotAllowed("the agreement that it amends is not in force", status=amended.status.value)
    return amended
