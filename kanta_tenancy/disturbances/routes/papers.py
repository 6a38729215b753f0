"""Documents for addressees over HTTP: drawn up and sealed, listed, fetched as they were made."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.exhibits.kinds import DOCX
from kanta_tenancy.disturbances.actions import drawing_up
from kanta_tenancy.disturbances.bodies.papers import DrawingUp
from kanta_tenancy.disturbances.errors import DutyNotFound
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.papers import KeptPaper, PaperNotFound
from kanta_tenancy.papers.bodies import ShownPaper, paper_file, shown_paper
from kanta_tenancy.parties import Permission
from kanta_tenancy.seals import SealKeys, SealKeyUnusable, SealNotSetUp


def draw_up_route(keys: SealKeys | None) -> HTTPRouteHandler:
    """Return the route that draws a document up.

    Args:
        keys: those of the seal, where they lie beside this instance.
    """

    @post(
        "/disturbances/duties/{duty_id:uuid}/documents",
        operation_id="drawUpDutyDocument",
        opt=needs(Permission.DISTURBANCES_REPORT),
        responses=refusals(DutyNotFound, SealNotSetUp, SealKeyUnusable),
    )
    async def draw_up(
        duty_id: FromPath[UUID], data: JSONBody[DrawingUp], call: NamedDependency[Call]
    ) -> Response[ShownPaper]:
        """Draw up the Word document for a duty's addressee, sealed by the service and kept as it is.

        It says what is known now, to whom, by which rule. While nothing of that changes it is the same document.
        """

        async def do(tx: Transaction) -> ShownPaper:
            return shown_paper(await drawing_up.draw_up(tx, call.clock, keys, duty_id, data.language))

        def answer(made: ShownPaper) -> Response[ShownPaper]:
            return Response(made, headers={"Location": f"/v1/disturbances/duties/{duty_id}/documents/{made.id}"})

        return await once(call, do, answer=answer)

    return draw_up


@get(
    "/disturbances/duties/{duty_id:uuid}/documents",
    operation_id="listDutyDocuments",
    opt=needs(Permission.DISTURBANCES_READ, query=PageQuery),
    responses=refusals(DutyNotFound),
)
async def list_papers(duty_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownPaper]]:
    """List the documents that were drawn up for a duty, newest first: who made which when, and its SHA-256."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await drawing_up.page(tx, duty_id, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown_paper)


@get(
    "/disturbances/duties/{duty_id:uuid}/documents/{document_id:uuid}",
    operation_id="readDutyDocument",
    opt=needs(Permission.DISTURBANCES_READ),
    media_type=DOCX,
    responses=refusals(DutyNotFound, PaperNotFound),
)
async def read_paper(
    duty_id: FromPath[UUID], document_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """Fetch a document as it was made, to be saved."""
    async with call.transaction() as tx:
        found = await drawing_up.one(tx, duty_id, document_id)
    return paper_file(found)


def _id(made: KeptPaper) -> UUID:
    return made.id


HANDLERS = (list_papers, read_paper)
