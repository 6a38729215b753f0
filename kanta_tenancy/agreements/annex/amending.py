"""A change of Annex 1: an amendment, drafted by the main connector and then offered and signed as an agreement is."""

from datetime import date

from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.drafting import completeness
from kanta_tenancy.agreements.drafting.actions import check_mandates
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.model import Agreement, Draft, Signatory, Status
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def draft_amendment(
    tx: Transaction,
    clock: Clock,
    *,
    agreement_id: AgreementId,
    services: tuple[str, ...],
    effective_on: date,
    signatories: tuple[Signatory, ...],
) -> Agreement:
    """Begin an amendment that says the whole of Annex 1 anew, from a day on (K1.3).

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        MoveNotAllowed: it is not in force, or is an amendment itself.
        DraftRefused: what the amendment says cannot be agreed.
    """
    amended, said = await _said(tx, agreement_id, services=services, effective_on=effective_on, signatories=signatories)
    number = await life.amendments(tx, agreement_id) + 1
    at = clock.now()
    while True:  # until its reference is free: somebody else may draft the same number right now
        amendment = lifecycle.draft(
            said,
            agreement_id=AgreementId(new_id()),
            tenancy_id=amended.tenancy_id,
            at=at,
            amends=amended.id,
            reference=f"{amended.reference}/{number}",
        )
        if await store.add(tx, amendment):
            break
        number += 1
    await record(tx, history.act("drafted", None, amendment, at=at, amends=str(amended.id)))
    return amendment


async def amend_amendment(
    tx: Transaction,
    clock: Clock,
    *,
    amendment_id: AgreementId,
    version: int,
    services: tuple[str, ...],
    effective_on: date,
    signatories: tuple[Signatory, ...],
) -> Agreement:
    """Write an amendment anew that was not offered.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        MoveNotAllowed: it was offered, amends nothing, or what it amends is not in force any more.
        DraftRefused: what the amendment says cannot be agreed.
    """
    before = await store.take(tx, amendment_id, version)
    lifecycle.check(before, lifecycle.Move.AMEND)
    if before.amends is None:
        raise MoveNotAllowed("it amends no agreement", status=before.status.value)
    _, said = await _said(tx, before.amends, services=services, effective_on=effective_on, signatories=signatories)
    after = lifecycle.amend(before, said)
    await store.save_draft(tx, after)
    await record(tx, history.act("amended", before, after, at=clock.now(), amends=str(before.amends)))
    return after


async def _said(
    tx: Transaction,
    agreement_id: AgreementId,
    *,
    services: tuple[str, ...],
    effective_on: date,
    signatories: tuple[Signatory, ...],
) -> tuple[Agreement, Draft]:
    """Return the agreement that is amended, and what the amendment is to say, examined."""
    amended = await store.find(tx, agreement_id)
    if amended.status is not Status.IN_FORCE:
        raise MoveNotAllowed("only an agreement in force can be amended", status=amended.status.value)
    said = completeness.examined(
        Draft(
            language=amended.language,
            model=models.AMENDMENT,
            model_version=models.NEWEST,
            services=services,
            registers=(),
            signatories=signatories,
            effective_on=effective_on,
        )
    )
    await check_mandates(tx, said.signatories, amended.tenancy_id)
    return amended, said
