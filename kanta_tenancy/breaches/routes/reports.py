"""Reports of breaches, and who is controller, over HTTP: translate, call one action, translate back."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.actions import reporting
from kanta_tenancy.breaches.actions.reporting import Reported
from kanta_tenancy.breaches.bodies.reports import (
    ControllershipAsked,
    ReportsAsked,
    SaidReport,
    ShownControllership,
    ShownReport,
    ShownWholeReport,
    controllership,
    listed_report,
    whole_report,
)
from kanta_tenancy.breaches.errors import BreachRefused, BreachReportNotFound
from kanta_tenancy.breaches.model import BreachPosition, Report
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission


@post(
    "/breach-reports",
    operation_id="reportBreach",
    opt=needs(Permission.BREACHES_WRITE),
    responses=refusals(BreachRefused, DisturbanceNotFound),
)
async def report_breach(data: JSONBody[SaidReport], call: NamedDependency[Call]) -> Response[ShownWholeReport]:
    """Report a personal data breach, or the suspicion of one. Each controller has it in its register at once.

    The 72 hours of whoever found it in data of its own run from the finding; those of others from this report.
    """

    async def do(tx: Transaction) -> ShownWholeReport:
        return whole_report(await reporting.report(tx, call.clock, data.report()))

    return await once(call, do, answer=_made)


@get("/breach-reports", operation_id="listBreachReports", opt=needs(Permission.BREACHES_READ, query=ReportsAsked))
async def list_reports(call: NamedDependency[Call]) -> Response[Page[ShownReport]]:
    """List reports, newest first; to a tenant, its own."""
    asked = call.asked(ReportsAsked)
    position = asked.position(BreachPosition)
    before = None if position is None else position.id
    async with call.transaction() as tx:
        rows = await reading.newest_reports(tx, disturbance_id=asked.disturbance_id, before=before, count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=listed_report)


@get(
    "/breach-reports/{breach_report_id:uuid}",
    operation_id="readBreachReport",
    opt=needs(Permission.BREACHES_READ),
    responses=refusals(BreachReportNotFound),
)
async def read_report(breach_report_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownWholeReport:
    """Read a report: who is controller of which data, by which law and why, and the breaches that came of it."""
    async with call.transaction() as tx:
        report, breaches = await reading.report(tx, breach_report_id)
    return whole_report(Reported(report=report, breaches=tuple(breaches)))


@get(
    "/controllership",
    operation_id="explainControllership",
    opt=needs(Permission.BREACHES_READ, query=ControllershipAsked),
)
async def explain_controllership(call: NamedDependency[Call]) -> ShownControllership:
    """Tell who is controller of a kind of data today, by who provides the service and on whose behalf, and why."""
    asked = call.asked(ControllershipAsked)
    (found,) = reporting.ruled([asked.concerned()], at=call.clock.now())
    return controllership(found)


def _made(body: ShownWholeReport) -> Response[ShownWholeReport]:
    return Response(body, headers={"Location": f"/v1/breach-reports/{body.id}"})


def _position(report: Report) -> BreachPosition:
    return BreachPosition(id=report.id)


HANDLERS: Final = (report_breach, list_reports, read_report, explain_controllership)
