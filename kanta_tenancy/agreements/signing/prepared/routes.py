"""Signing with a key that is elsewhere, over HTTP."""

import asyncio
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.answering import answered
from kanta_tenancy.agreements.bodies import ShownAgreement
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, DocumentNotFound, MoveNotAllowed
from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.acceptance import Accepted
from kanta_tenancy.agreements.signing.errors import LevelNotReached, SignatureRefused
from kanta_tenancy.agreements.signing.prepared import actions
from kanta_tenancy.agreements.signing.prepared.actions import Awaited, HandedOut, Seen
from kanta_tenancy.agreements.signing.prepared.bodies import (
    CompletingSignature,
    ListedPrepared,
    PreparingSignature,
    ShownPrepared,
    listed,
    shown,
)
from kanta_tenancy.agreements.signing.prepared.errors import (
    PreparedExpired,
    PreparedNotFound,
    PreparedSuperseded,
    PreparedUsed,
)
from kanta_tenancy.agreements.signing.raising import Outside, reach
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.ooxml.errors import CannotSign, CannotUpgrade, SignatureValueWrong
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once_prepared
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable


@post(
    "/agreements/{agreement_id:uuid}/signatures/prepared",
    operation_id="prepareSignature",
    opt=needs("agreements.sign", if_match=True),
    responses=refusals(
        AgreementNotFound,
        AgreementChanged,
        MoveNotAllowed,
        EvidenceMissing,
        SignatureRefused,
        CertificateUnreadable,
        CannotSign,
    ),
)
async def prepare_signature(
    agreement_id: FromPath[UUID], data: JSONBody[PreparingSignature], call: NamedDependency[Call]
) -> Response[ShownPrepared]:
    """Prepare a signature for a key that is elsewhere: the answer says which octets the key is to sign.

    Nobody has signed by that. The signature claims this instant, so its value is waited for an hour, or as long as
    `lasts_minutes` says. `to_sign` is what `kanta-tenancy documents prepare` writes: octets in it are base64.
    """

    async def handed_out() -> HandedOut:
        async with call.transaction() as tx:
            on = await signing.ground(
                tx, call.clock, agreement_id=AgreementId(agreement_id), version=call.expected_version
            )
        return await asyncio.to_thread(actions.hand_out, on, data.asked(), call.caller.scope, at=call.clock.now())

    return await once_prepared(call, handed_out, lambda tx, out: actions.keep(tx, call.clock, out), answer=_prepared)


@get(
    "/agreements/{agreement_id:uuid}/signatures/prepared",
    operation_id="listPreparedSignatures",
    opt=needs("agreements.read", query=PageQuery),
    responses=refusals(AgreementNotFound),
)
async def list_prepared(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ListedPrepared]]:
    """List the signatures that your party prepared and can still complete, newest first."""
    asked = call.asked(PageQuery)
    before = asked.position(UUID)
    async with call.transaction() as tx:
        rows = await actions.open_ones(
            tx, call.clock, agreement_id=AgreementId(agreement_id), before=before, count=asked.fetch
        )
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/prepared-signatures/{prepared_signature_id:uuid}",
    operation_id="readPreparedSignature",
    opt=needs("agreements.read"),
    responses=refusals(PreparedNotFound, PreparedSuperseded),
)
async def read_prepared(prepared_signature_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownPrepared:
    """Read a signature that your party prepared; what is to be signed is shown as long as it is open."""
    async with call.transaction() as tx:
        return shown(await actions.read(tx, call.clock, prepared_signature_id))


def routes(outside: Outside) -> Router:
    """Return the routes of signing with a key that is elsewhere.

    Args:
        outside: who is asked when a level is required.
    """

    @post(
        "/prepared-signatures/{prepared_signature_id:uuid}/completion",
        operation_id="completeSignature",
        opt=needs("agreements.sign"),
        status_code=200,
        responses=refusals(
            PreparedNotFound,
            PreparedUsed,
            PreparedExpired,
            PreparedSuperseded,
            DocumentNotFound,
            MoveNotAllowed,
            EvidenceMissing,
            MandateNotBegun,
            MandateExpired,
            MandateEnded,
            SignatureValueWrong,
            SignatureRefused,
            CannotSign,
            CannotUpgrade,
            LevelNotReached,
        ),
    )
    async def complete_signature(
        prepared_signature_id: FromPath[UUID], data: JSONBody[CompletingSignature], call: NamedDependency[Call]
    ) -> Response[ShownAgreement]:
        """Hand in the signature value: the service puts it into the document and accepts that as if it was handed in.

        With the last signature the agreement is in force.
        """

        async def taken_back() -> tuple[Awaited, Accepted]:
            async with call.transaction() as tx:
                awaited = await actions.awaited(tx, call.clock, prepared_signature_id)
            at = call.clock.now()
            accepted = await asyncio.to_thread(actions.take_back, awaited, data.value, at=at)
            return awaited, await reach(accepted, outside, at=at)

        return await once_prepared(
            call, taken_back, lambda tx, came: actions.complete(tx, call.clock, *came), answer=answered
        )

    return Router(
        path="/",
        route_handlers=[prepare_signature, list_prepared, read_prepared, complete_signature],
        tags=["Agreements"],
    )


def _prepared(seen: Seen) -> Response[ShownPrepared]:
    return Response(shown(seen), headers={"Location": f"/v1/prepared-signatures/{seen.prepared.id}"})


def _position(seen: Seen) -> UUID:
    return seen.prepared.id
