"""Drafts and offers over HTTP: translate, call one action, translate back."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.answering import answered
from kanta_tenancy.agreements.bodies import ShownAgreement
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.drafting.bodies import (
    NewDraft,
    OfferedAgreement,
    SaidDraft,
    Withdrawing,
    offered_agreement,
)
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused, EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, AnotherAgreement, MoveNotAllowed
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once, once_prepared
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/",
    operation_id="draftAgreement",
    opt=needs("agreements.draft", etag=True),
    responses=refusals(TenancyNotFound, DraftRefused, ModelNotFound),
)
async def draft_agreement(data: JSONBody[NewDraft], call: NamedDependency[Call]) -> Response[ShownAgreement]:
    """Begin an agreement with a tenant; the tenant does not see it before it is offered."""
    tenancy_id = TenancyId(data.tenancy_id)
    return await once(
        call,
        lambda tx: actions.draft(tx, call.clock, tenancy_id=tenancy_id, said=data.draft()),
        answer=lambda agreement: answered(agreement, made=True),
    )


@put(
    "/{agreement_id:uuid}",
    operation_id="amendAgreement",
    opt=needs("agreements.draft", if_match=True),
    responses=refusals(AgreementNotFound, AgreementChanged, MoveNotAllowed, DraftRefused, ModelNotFound),
)
async def amend_agreement(
    agreement_id: FromPath[UUID], data: JSONBody[SaidDraft], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Write a draft anew; what was offered is never edited."""
    async with call.transaction() as tx:
        agreement = await actions.amend(
            tx, call.clock, agreement_id=AgreementId(agreement_id), version=call.expected_version, said=data.draft()
        )
    return answered(agreement)


@post(
    "/{agreement_id:uuid}/offer",
    operation_id="offerAgreement",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=refusals(
        AgreementNotFound,
        AgreementChanged,
        MoveNotAllowed,
        AnotherAgreement,
        DraftIncomplete,
        EvidenceMissing,
        ModelNotFound,
    ),
)
async def offer_agreement(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[OfferedAgreement]:
    """Offer a draft: its content is frozen, its document is made, and the tenant sees it.

    `warnings` hinder nothing: a signatory whose mandate ends within 30 days, or has not begun.
    """

    async def plan() -> actions.OfferPlan:
        async with call.transaction() as tx:
            return await actions.plan_offer(
                tx, call.clock, agreement_id=AgreementId(agreement_id), version=call.expected_version
            )

    return await once_prepared(
        call,
        plan,
        lambda tx, made: actions.offer_and_warn(tx, call.clock, made),
        answer=lambda made: with_etag(offered_agreement(made), made.agreement.version),
    )


@post(
    "/{agreement_id:uuid}/withdrawal",
    operation_id="withdrawAgreement",
    opt=needs("agreements.offer", if_match=True),
    status_code=200,
    responses=refusals(AgreementNotFound, AgreementChanged, MoveNotAllowed, DraftRefused),
)
async def withdraw_agreement(
    agreement_id: FromPath[UUID], data: JSONBody[Withdrawing], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Give up an agreement that is not in force, whoever has signed it, and say why."""

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.withdraw(
            tx, call.clock, agreement_id=AgreementId(agreement_id), version=version, because=data.reason
        )

    return await once(call, act, answer=answered)


ROUTES: Final = Router(
    path="/agreements",
    route_handlers=[draft_agreement, amend_agreement, offer_agreement, withdraw_agreement],
    tags=["Agreements"],
)
