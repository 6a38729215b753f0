"""The report of a month over HTTP: JSON, CSV, Word."""

import asyncio
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound
from kanta_tenancy.renewals import report_csv, report_document, reporting
from kanta_tenancy.renewals.bodies.reports import ReportAsked, ShownReport, shown
from kanta_tenancy.renewals.report import Report

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@get(
    "/renewal-report",
    operation_id="readRenewalReport",
    opt=needs(Permission.RENEWALS_READ, query=ReportAsked),
    responses=refusals(TenancyNotFound),
)
async def read_report(call: NamedDependency[Call]) -> ShownReport:
    """Tell how requests went that were closed in a month: outcomes, time to the answer, lapses, hand-overs."""
    return shown(await _report(call))


@get(
    "/renewal-report/csv",
    operation_id="readRenewalReportAsCsv",
    opt=needs(Permission.RENEWALS_READ, query=ReportAsked),
    media_type=spreadsheets.MEDIA_TYPE,
    responses=refusals(TenancyNotFound),
)
async def read_report_as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the same for a spreadsheet, no cell of which it can compute."""
    report = await _report(call)
    return file_answer(report_csv.as_csv(report), media_type=spreadsheets.MEDIA_TYPE, name=_name(report, "csv"))


@get(
    "/renewal-report/docx",
    operation_id="readRenewalReportAsDocument",
    opt=needs(Permission.RENEWALS_READ, query=ReportAsked),
    media_type=DOCX,
    responses=refusals(TenancyNotFound),
)
async def read_report_as_document(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the same as a Word document with a chart."""
    report = await _report(call)
    content = await asyncio.to_thread(report_document.as_docx, report)
    return file_answer(content, media_type=DOCX, name=_name(report, "docx"))


async def _report(call: Call) -> Report:
    asked = call.asked(ReportAsked)
    tenancy_id = None if asked.tenancy is None else TenancyId(asked.tenancy)
    async with call.transaction() as tx:
        return await reporting.of_month(tx, call.clock, asked.month, asked.language, tenancy_id=tenancy_id)


def _name(report: Report, ending: str) -> str:
    return f"renewal-requests-{report.month.isoformat()[:7]}.{ending}"


HANDLERS: Final = (read_report, read_report_as_csv, read_report_as_document)
