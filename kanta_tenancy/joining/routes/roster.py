"""The roster of tenants per Kanta service over HTTP, and whether the main connector is joined to those services."""

import asyncio
from datetime import date
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from kanta_tenancy.joining import checking, reading, roster_csv, roster_document
from kanta_tenancy.joining.bodies.roster import (
    Coverage,
    CoverageAsked,
    RosterAsked,
    ShownRosterTenant,
    WholeRosterAsked,
    shown_tenant,
)
from kanta_tenancy.joining.errors import JoiningRefused
from kanta_tenancy.joining.model import Roster, RosterTenant
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound

CSV: Final = "text/csv"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@get(
    "/roster",
    operation_id="readRoster",
    opt=needs(Permission.JOINING_READ, query=RosterAsked),
    responses=refusals(JoiningRefused),
)
async def read_roster(call: NamedDependency[Call]) -> Response[Page[ShownRosterTenant]]:
    """List the tenants that have Kanta services as a day ends, past or future, by the names of that day.

    A service says whether an application of the main connector for it is in production on that day.
    """
    asked = call.asked(RosterAsked)
    day = _day(call, asked.day)
    checking.service_asked(asked.service)
    async with call.transaction() as tx:
        rows = await reading.tenants_in_use(
            tx, day, asked.language, service=asked.service, after=asked.position(UUID), count=asked.fetch
        )
    return paged(call.request, asked, rows, position=_position, body=shown_tenant)


@get(
    "/roster/csv",
    operation_id="readRosterAsCsv",
    opt=needs(Permission.JOINING_READ, query=WholeRosterAsked),
    media_type=CSV,
    responses=refusals(JoiningRefused),
)
async def read_roster_as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the whole roster for a spreadsheet: a line for each service and tenant, no cell of which it can compute."""
    whole = await _whole(call)
    content = await asyncio.to_thread(roster_csv.as_csv, whole)
    return file_answer(content, media_type=CSV, name=f"roster-{whole.day}.csv")


@get(
    "/roster/docx",
    operation_id="readRosterAsDocument",
    opt=needs(Permission.JOINING_READ, query=WholeRosterAsked),
    media_type=DOCX,
    responses=refusals(JoiningRefused),
)
async def read_roster_as_document(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the whole roster as a Word document."""
    whole = await _whole(call)
    content = await asyncio.to_thread(roster_document.as_docx, whole)
    return file_answer(content, media_type=DOCX, name=f"roster-{whole.day}.docx")


@get(
    "/coverage",
    operation_id="readJoiningCoverage",
    opt=needs(Permission.JOINING_READ, query=CoverageAsked),
    responses=refusals(TenancyNotFound),
)
async def read_coverage(call: NamedDependency[Call]) -> Coverage:
    """See whether an application of the main connector is in production for each service that tenants use on a day.

    One that has none warns; it refuses nothing.
    """
    asked = call.asked(CoverageAsked)
    day = _day(call, asked.day)
    tenancy_id = None if asked.tenancy_id is None else TenancyId(asked.tenancy_id)
    async with call.transaction() as tx:
        items = await reading.covered(tx, day, asked.language, tenancy_id=tenancy_id)
    return Coverage(day=day, language=asked.language, items=items)


async def _whole(call: Call) -> Roster:
    asked = call.asked(WholeRosterAsked)
    checking.service_asked(asked.service)
    async with call.transaction() as tx:
        return await reading.whole_roster(tx, call.clock, _day(call, asked.day), asked.language, service=asked.service)


def _day(call: Call, asked: date | None) -> date:
    return asked or day_in_finland(call.clock.now())


def _position(tenant: RosterTenant) -> UUID:
    return tenant.tenancy_id


HANDLERS: Final = (read_roster, read_roster_as_csv, read_roster_as_document, read_coverage)
