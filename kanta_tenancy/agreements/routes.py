"""Agreements over HTTP as they are now, and the routes of all that happens to them."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.annex.routes import ROUTES as ANNEX
from kanta_tenancy.agreements.answering import DOCX
from kanta_tenancy.agreements.bodies import AgreementsAsked, ListedAgreement, Receipts, ShownAgreement, listed, shown
from kanta_tenancy.agreements.catalogue.routes import ROUTES as CATALOGUE
from kanta_tenancy.agreements.drafting.routes import ROUTES as DRAFTING
from kanta_tenancy.agreements.earlier.routes import ROUTES as EARLIER
from kanta_tenancy.agreements.endings.checklists.routes import ROUTES as CHECKLISTS
from kanta_tenancy.agreements.endings.routes.decisions import ROUTES as DECISIONS
from kanta_tenancy.agreements.endings.routes.notices import ROUTES as NOTICES
from kanta_tenancy.agreements.endings.routes.service_agreements import ROUTES as SERVICE_AGREEMENTS
from kanta_tenancy.agreements.errors import (
    AgreementNotFound,
    DocumentNotFound,
)
from kanta_tenancy.agreements.exhibits.routes import ROUTES as EXHIBITS
from kanta_tenancy.agreements.mandates.routes import ROUTES as MANDATES
from kanta_tenancy.agreements.model import Summary
from kanta_tenancy.agreements.models.routes import ROUTES as MODELS
from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.agreements.signing.prepared.routes import routes as prepared_routes
from kanta_tenancy.agreements.signing.raising import Outside
from kanta_tenancy.agreements.signing.routes import routes as signing_routes
from kanta_tenancy.agreements.timeline.routes import ROUTES as TIMELINE
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import attachment
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen
from kanta_tenancy.machinery.web.problems import refusals


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
    return unless_seen(call.request, shown(agreement), agreement.version, revision=agreement.revision)


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
    answer = unless_seen(call.request, document.content, agreement.version, revision=document.revision)
    answer.headers["Content-Disposition"] = attachment(f"{agreement.reference}.docx")
    return answer


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


AGREEMENTS: Final = Router(
    path="/agreements",
    route_handlers=[list_agreements, read_agreement, read_document, read_receipts],
    tags=["Agreements"],
)


def routes(own_key: OwnKey, outside: Outside) -> tuple[Router, ...]:
    """Return the routes of this room.

    Args:
        own_key: finds the main connector's organisation key beside the service.
        outside: who is asked when a signature has to reach a level.
    """
    return (
        AGREEMENTS,
        DRAFTING,
        signing_routes(own_key, outside),
        prepared_routes(outside),
        EARLIER,
        ANNEX,
        NOTICES,
        SERVICE_AGREEMENTS,
        EXHIBITS,
        MANDATES,
        CHECKLISTS,
        DECISIONS,
        TIMELINE,
        CATALOGUE,
        MODELS,
    )


def _position(summary: Summary) -> UUID:
    return summary.id
