"""Documents about breaches over HTTP: drawn up and sealed, listed, fetched as they were made."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.exhibits.kinds import DOCX
from kanta_tenancy.breaches.actions import drawing_up
from kanta_tenancy.breaches.bodies.papers import DrawingUpBreach
from kanta_tenancy.breaches.errors import BreachMoveNotAllowed, BreachNotFound, BreachRefused
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
        "/breaches/{breach_id:uuid}/documents",
        operation_id="drawUpBreachDocument",
        opt=needs(Permission.BREACHES_WRITE),
        responses=refusals(BreachNotFound, BreachMoveNotAllowed, BreachRefused, SealNotSetUp, SealKeyUnusable),
    )
    async def draw_up(
        breach_id: FromPath[UUID], data: JSONBody[DrawingUpBreach], call: NamedDependency[Call]
    ) -> Response[ShownPaper]:
        """Draw up the Word document for the authority, the persons, Kela or a controller, sealed and kept as it is.

        It says what stands in the register now. What may be told to whom is checked as when a telling is put down; that
        somebody was told is still to be put down.
        """

        async def do(tx: Transaction) -> ShownPaper:
            made = await drawing_up.draw_up(
                tx,
                call.clock,
                keys,
                breach_id,
                to=data.addressee,
                language=data.language,
                late_because=data.late_because,
            )
            return shown_paper(made)

        def answer(made: ShownPaper) -> Response[ShownPaper]:
            return Response(made, headers={"Location": f"/v1/breaches/{breach_id}/documents/{made.id}"})

        return await once(call, do, answer=answer)

    return draw_up


@get(
    "/breaches/{breach_id:uuid}/documents",
    operation_id="listBreachDocuments",
    opt=needs(Permission.BREACHES_READ, query=PageQuery),
    responses=refusals(BreachNotFound),
)
async def list_papers(breach_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownPaper]]:
    """List the documents that were drawn up of a breach, newest first: who made which when, and its SHA-256."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await drawing_up.page(tx, breach_id, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown_paper)


@get(
    "/breaches/{breach_id:uuid}/documents/{breach_document_id:uuid}",
    operation_id="readBreachDocument",
    opt=needs(Permission.BREACHES_READ),
    media_type=DOCX,
    responses=refusals(BreachNotFound, PaperNotFound),
)
async def read_paper(
    breach_id: FromPath[UUID], breach_document_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """Fetch a document as it was made, to be saved."""
    async with call.transaction() as tx:
        found = await drawing_up.one(tx, breach_id, breach_document_id)
    return paper_file(found)


def _id(made: KeptPaper) -> UUID:
    return made.id


HANDLERS: Final = (list_papers, read_paper)
