"""Agreements over HTTP: translate, call one action, translate back."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements import actions, reading, signing
from kanta_tenancy.agreements.acceptance import Accepted, Ground
from kanta_tenancy.agreements.bodies.agreements import (
    AgreementsAsked,
    ListedAgreement,
    NewDraft,
    Receipts,
    SaidDraft,
    ShownAgreement,
    SigningHere,
    Verification,
    Withdrawing,
    listed,
    shown,
    verification,
)
from kanta_tenancy.agreements.errors import (
    AgreementChanged,
    AgreementNotFound,
    AnotherAgreement,
    DocumentNotFound,
    DraftIncomplete,
    DraftRefused,
    EvidenceMissing,
    ModelNotFound,
    MoveNotAllowed,
    SignatureRefused,
    SigningKeyMissing,
)
from kanta_tenancy.agreements.model import Agreement, Summary
from kanta_tenancy.agreements.signing import OwnKey
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import attachment
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once, once_prepared
from kanta_tenancy.parties.errors import TenancyNotFound

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_DOCX: Final = 20_000_000


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
        answer=lambda agreement: _answer(agreement, made=True),
    )


@get("/", operation_id="listAgreements", opt=needs("agreements.read", query=AgreementsAsked))
async def list_agreements(call: NamedDependency[Call]) -> Response[Page[ListedAgreement]]:
    """List the agreements that you may see, newest first."""
    asked = call.asked(AgreementsAsked)
    before = asked.position(UUID)
    async with call.transaction() as tx:
        rows = await reading.newest(tx, before=before, count=asked.fetch, tenancy_id=asked.tenancy_id)
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/{agreement_id:uuid}",
    operation_id="readAgreement",
    opt=needs("agreements.read", etag=True),
    responses=refusals(AgreementNotFound),
)
async def read_agreement(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAgreement]:
    """Read one agreement."""
    async with call.transaction() as tx:
        agreement = await reading.one(tx, AgreementId(agreement_id))
    return unless_seen(call.request, shown(agreement), agreement.version)


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
    return _answer(agreement)


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
async def offer_agreement(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAgreement]:
    """Offer a draft: its content is frozen, its document is made, and the tenant sees it."""

    async def plan() -> actions.OfferPlan:
        async with call.transaction() as tx:
            return await actions.plan_offer(
                tx, call.clock, agreement_id=AgreementId(agreement_id), version=call.expected_version
            )

    return await once_prepared(call, plan, lambda tx, made: actions.offer(tx, call.clock, made), answer=_answer)


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

    return await once(call, act, answer=_answer)


@get(
    "/{agreement_id:uuid}/document",
    operation_id="readAgreementDocument",
    opt=needs("agreements.read", etag=True),
    media_type=DOCX,
    responses=refusals(AgreementNotFound, DocumentNotFound),
)
async def read_document(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the document with all signatures that it has now; its ETag is what handing in a signature needs."""
    async with call.transaction() as tx:
        agreement, document = await reading.document(tx, AgreementId(agreement_id))
    answer = unless_seen(call.request, document.content, agreement.version)
    answer.headers["Content-Disposition"] = attachment(f"{agreement.reference}.docx")
    return answer


@post(
    "/{agreement_id:uuid}/signatures",
    operation_id="handInSignature",
    opt=needs("agreements.sign", if_match=True, accepts=DOCX),
    request_max_body_size=LARGEST_DOCX,
    status_code=200,
    responses=refusals(AgreementNotFound, AgreementChanged, MoveNotAllowed, EvidenceMissing, SignatureRefused),
)
async def hand_in_signature(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAgreement]:
    """Hand in the document with one more signature, made on your own machine with your own key.

    It is accepted only when its content is what was offered, byte for byte, and the signature is sound and on
    a signature line of your party. With the last signature the agreement is in force.
    """
    signed = await call.request.body()

    async def verified() -> Accepted:
        on = await _ground(call, agreement_id)
        return await asyncio.to_thread(signing.handed_in, on, signed, call.caller.scope, at=call.clock.now())

    return await _keep(call, agreement_id, verified)


@get(
    "/{agreement_id:uuid}/verification",
    operation_id="verifyAgreement",
    opt=needs("agreements.read"),
    responses=refusals(AgreementNotFound, DocumentNotFound),
)
async def verify_agreement(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Verification:
    """Verify the newest document now: integrity, coverage, certificates, trust and algorithms apart.

    No authority is trusted here by itself, so sound signatures are *indeterminate*: verify the file with
    `kanta-tenancy documents verify --trust` and the authorities that you trust. An offer that nobody has signed
    yet is *invalid*.
    """
    async with call.transaction() as tx:
        agreement, document = await reading.document(tx, AgreementId(agreement_id))
    report = await asyncio.to_thread(verify, document.content, at=call.clock.now())
    return verification(agreement.status, report)


@get(
    "/{agreement_id:uuid}/receipts",
    operation_id="readReceipts",
    opt=needs("agreements.read"),
    responses=refusals(AgreementNotFound),
)
async def read_receipts(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Receipts:
    """See which party holds an original: the same bytes, a receipt for each (clause 21)."""
    async with call.transaction() as tx:
        return Receipts(items=await reading.receipts(tx, AgreementId(agreement_id)))


def routes(own_key: OwnKey) -> Router:
    """Return the routes of agreements and amendments themselves.

    Args:
        own_key: finds the main connector's organisation key beside the service.
    """

    @post(
        "/{agreement_id:uuid}/signatures/own-key",
        operation_id="signWithOwnKey",
        opt=needs("agreements.sign", if_match=True),
        status_code=200,
        responses=refusals(
            AgreementNotFound,
            AgreementChanged,
            MoveNotAllowed,
            EvidenceMissing,
            SignatureRefused,
            SigningKeyMissing,
            CannotSign,
        ),
    )
    async def sign_with_own_key(
        agreement_id: FromPath[UUID], data: JSONBody[SigningHere], call: NamedDependency[Call]
    ) -> Response[ShownAgreement]:
        """Sign for the main connector with its organisation key that lies beside the service."""

        async def signed() -> Accepted:
            on = await _ground(call, agreement_id)
            scope, at = call.caller.scope, call.clock.now()
            return await asyncio.to_thread(signing.signed_here, on, own_key, scope, position=data.position, at=at)

        return await _keep(call, agreement_id, signed)

    return Router(
        path="/agreements",
        route_handlers=[
            draft_agreement, list_agreements, read_agreement, amend_agreement, offer_agreement, withdraw_agreement,
            read_document, verify_agreement, hand_in_signature, sign_with_own_key, read_receipts,
        ],
        tags=["Agreements"],
    )  # fmt: skip


async def _ground(call: Call, agreement_id: UUID) -> Ground:
    async with call.transaction() as tx:
        return await signing.ground(
            tx, call.clock, agreement_id=AgreementId(agreement_id), version=call.expected_version
        )


async def _keep(call: Call, agreement_id: UUID, verified: Any) -> Response[ShownAgreement]:
    return await once_prepared(
        call,
        verified,
        lambda tx, accepted: signing.add_signature(tx, agreement_id=AgreementId(agreement_id), accepted=accepted),
        answer=_answer,
    )


def _answer(agreement: Agreement, *, made: bool = False) -> Response[ShownAgreement]:
    location = f"/v1/agreements/{agreement.id}" if made else None
    return with_etag(shown(agreement), agreement.version, location=location)


def _position(summary: Summary) -> UUID:
    return summary.id
