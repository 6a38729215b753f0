"""Signatures over HTTP: translate, call one action, translate back."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy import trust
from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.answering import DOCX, answered
from kanta_tenancy.agreements.bodies import ShownAgreement
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, DocumentNotFound, MoveNotAllowed
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing import papers
from kanta_tenancy.agreements.signing.acceptance import Accepted, Ground
from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.agreements.signing.bodies import (
    ScanningAnew,
    SigningHere,
    SigningOnPaper,
    Verification,
    notes,
    verification,
)
from kanta_tenancy.agreements.signing.errors import LevelNotReached, PaperRefused, SignatureRefused, SigningKeyMissing
from kanta_tenancy.agreements.signing.on_paper import SaidOnPaper
from kanta_tenancy.agreements.signing.papers import SaidScan
from kanta_tenancy.agreements.signing.raising import Outside, reach
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.ooxml.errors import CannotSign, CannotUpgrade
from kanta_tenancy.machinery.ooxml.page import POLICY, as_page, circumstances
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.readers import for_reader
from kanta_tenancy.machinery.web.repeatable import once_prepared

LARGEST_DOCX: Final = 20_000_000
# Why nobody may sign now, in whatever manner.
_SIGNING: Final = (
    AgreementNotFound,
    AgreementChanged,
    MoveNotAllowed,
    EvidenceMissing,
    MandateNotBegun,
    MandateExpired,
    MandateEnded,
)


@post(
    "/{agreement_id:uuid}/signatures/paper",
    operation_id="signOnPaper",
    opt=needs("agreements.sign", if_match=True),
    status_code=200,
    responses=refusals(*_SIGNING, ExhibitNotFound, PaperRefused),
)
async def sign_on_paper(
    agreement_id: FromPath[UUID], data: JSONBody[SigningOnPaper], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Put down that a signatory has signed on paper; the scan was brought as a file before.

    The agreement shows for ever that this is a scan, which nothing verifies. It counts from the day on which the paper
    reached the other party. A tenant puts down its own signatures, the main connector those of both.
    """
    of = AgreementId(agreement_id)

    async def examined() -> SaidOnPaper:
        await _examine(call, of, data.exhibit_id)
        return data.said()

    return await once_prepared(
        call,
        examined,
        lambda tx, said: papers.put_down(tx, call.clock, agreement_id=of, version=call.expected_version, said=said),
        answer=answered,
    )


@post(
    "/{agreement_id:uuid}/signatures/paper/scans",
    operation_id="scanPaperAnew",
    opt=needs("agreements.sign", if_match=True),
    status_code=200,
    responses=refusals(AgreementNotFound, AgreementChanged, MoveNotAllowed, ExhibitNotFound, PaperRefused),
)
async def scan_paper_anew(
    agreement_id: FromPath[UUID], data: JSONBody[ScanningAnew], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Add a better scan of a signature on paper; the earlier ones stay, and so do the days that were put down."""
    of = AgreementId(agreement_id)

    async def examined() -> SaidScan:
        await _examine(call, of, data.exhibit_id)
        return data.said()

    return await once_prepared(
        call,
        examined,
        lambda tx, said: papers.scan_anew(tx, call.clock, agreement_id=of, version=call.expected_version, said=said),
        answer=answered,
    )


@get(
    "/{agreement_id:uuid}/verification",
    operation_id="verifyAgreement",
    opt=needs("agreements.read", page=True),
    responses=refusals(AgreementNotFound, DocumentNotFound),
)
async def verify_agreement(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Verification]:
    """Verify the newest document now: integrity, coverage, certificates, trust, revocation, algorithms and time apart.

    It is judged by whom the main connector trusts now, and by what is kept of revocation. While it trusts nobody, sound
    signatures are *indeterminate*. An offer that nobody has signed yet is *invalid*, and so is one that was signed on
    paper alone: `on_paper` lists what no verdict counts. `levels` says which level each signature has, and is to have.
    """
    at = call.clock.now()
    async with call.transaction() as tx:
        agreement, document = await reading.document(tx, AgreementId(agreement_id))
        judging = await trust.judging(tx, tx.scope.main_connector_id, at)
    report = await asyncio.to_thread(judging.of, document.content, at=at)
    about = circumstances(
        document.content,
        at,
        judging.anchors,
        judging.timestamp_anchors,
        name=f"{agreement.reference}.docx",
        notes=notes(agreement),
    )
    body = verification(agreement, report)
    return for_reader(call.request, body, lambda language: as_page(report, about, language), policy=POLICY)


def routes(own_key: OwnKey, outside: Outside) -> Router:
    """Return the routes of signing.

    Args:
        own_key: finds the main connector's organisation key beside the service.
        outside: who is asked when a level is required.
    """

    @post(
        "/{agreement_id:uuid}/signatures",
        operation_id="handInSignature",
        opt=needs("agreements.sign", if_match=True, accepts=DOCX),
        request_max_body_size=LARGEST_DOCX,
        status_code=200,
        responses=refusals(*_SIGNING, SignatureRefused, LevelNotReached, CannotUpgrade),
    )
    async def hand_in_signature(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAgreement]:
        """Hand in the document with one more signature, made on your own machine with your own key.

        It is accepted only when its content is what was offered, byte for byte, and the signature is sound, on
        a signature line of your party, and its certificate not known to be revoked. Where the main connector requires
        a level, the service asks the authorities for it before it answers. With the last signature the agreement is in
        force.
        """
        signed = await call.request.body()

        async def verified() -> Accepted:
            on = await _ground(call, agreement_id)
            at = call.clock.now()
            accepted = await asyncio.to_thread(signing.handed_in, on, signed, call.caller.scope, at=at)
            return await reach(accepted, outside, at=at)

        return await _keep(call, agreement_id, verified)

    @post(
        "/{agreement_id:uuid}/signatures/own-key",
        operation_id="signWithOwnKey",
        opt=needs("agreements.sign", if_match=True),
        status_code=200,
        responses=refusals(*_SIGNING, SignatureRefused, SigningKeyMissing, CannotSign, LevelNotReached, CannotUpgrade),
    )
    async def sign_with_own_key(
        agreement_id: FromPath[UUID], data: JSONBody[SigningHere], call: NamedDependency[Call]
    ) -> Response[ShownAgreement]:
        """Sign for the main connector with its organisation key that lies beside the service."""

        async def signed() -> Accepted:
            on = await _ground(call, agreement_id)
            scope, at = call.caller.scope, call.clock.now()
            accepted = await asyncio.to_thread(signing.signed_here, on, own_key, scope, position=data.position, at=at)
            return await reach(accepted, outside, at=at)

        return await _keep(call, agreement_id, signed)

    return Router(
        path="/agreements",
        route_handlers=[hand_in_signature, sign_with_own_key, sign_on_paper, scan_paper_anew, verify_agreement],
        tags=["Agreements"],
    )


async def _examine(call: Call, of: AgreementId, exhibit_id: UUID) -> None:
    """Look into a scan that was brought, while no transaction is open."""
    async with call.transaction() as tx:
        scan = await papers.scan(tx, agreement_id=of, exhibit_id=exhibit_id)
    await asyncio.to_thread(papers.examine, scan)


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
        answer=answered,
    )
