"""The summary of a month over HTTP: JSON, CSV, Word."""

import asyncio
from typing import Final

from litestar import Response, Router, get
from litestar.di import NamedDependency

from kanta_tenancy.disturbances.summary import document, reading, table
from kanta_tenancy.disturbances.summary.bodies import ShownSummary, SummaryAsked, shown
from kanta_tenancy.disturbances.summary.counting import Summary
from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.parties import Permission

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ASKS: Final = needs(Permission.DISTURBANCES_MANAGE, query=SummaryAsked)


@get("/disturbance-summary", operation_id="readDisturbanceSummary", opt=ASKS)
async def read_summary(call: NamedDependency[Call]) -> ShownSummary:
    """Tell how the disturbances of a month went: by type, times to acknowledge and to tell, late ones, what is left."""
    return shown(await _summary(call))


@get(
    "/disturbance-summary/csv",
    operation_id="readDisturbanceSummaryAsCsv",
    opt=ASKS,
    media_type=spreadsheets.MEDIA_TYPE,
)
async def read_summary_as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the same for a spreadsheet, no cell of which it can compute."""
    made = await _summary(call)
    name = reading.file_name(made, "csv")
    return file_answer(table.as_csv(made), media_type=spreadsheets.MEDIA_TYPE, name=name)


@get("/disturbance-summary/docx", operation_id="readDisturbanceSummaryAsDocument", opt=ASKS, media_type=DOCX)
async def read_summary_as_document(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the same as a Word document with charts."""
    made = await _summary(call)
    content = await asyncio.to_thread(document.as_docx, made)
    return file_answer(content, media_type=DOCX, name=reading.file_name(made, "docx"))


async def _summary(call: Call) -> Summary:
    asked = call.asked(SummaryAsked)
    async with call.transaction() as tx:
        return await reading.of_month(tx, call.clock, asked.month, asked.language)


ROUTES: Final = Router(
    path="/",
    route_handlers=[read_summary, read_summary_as_csv, read_summary_as_document],
    tags=["Follow-ups"],
)
