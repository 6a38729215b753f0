"""The register of disturbances over HTTP, as the authority may ask for it: JSON by pages, CSV whole."""

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency

from kanta_tenancy.disturbances import registering
from kanta_tenancy.disturbances.bodies.register import (
    DisturbancePeriodAsked,
    DisturbanceRegisterAsked,
    as_csv,
)
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.register import DisturbanceLine, ReportedPosition
from kanta_tenancy.machinery.spreadsheets import MEDIA_TYPE
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import streamed_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission


@get(
    "/disturbances/register",
    operation_id="readDisturbanceRegister",
    opt=needs(Permission.DISTURBANCES_READ, query=DisturbanceRegisterAsked),
    responses=refusals(DisturbanceRefused),
)
async def read_register(call: NamedDependency[Call]) -> Response[Page[DisturbanceLine]]:
    """Read the register: every disturbance, deviation and maintenance reported or planned in a period, in that order.

    With what it was in law by whose answer, who was to be told by which source, and when they were. To a tenant, what
    it reported or was told of, and its own duties.
    """
    asked = call.asked(DisturbanceRegisterAsked)
    after = asked.position(ReportedPosition)
    async with call.transaction() as tx:
        rows = await registering.page(tx, asked.period(), after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=registering.position, body=_itself)


@get(
    "/disturbances/register/csv",
    operation_id="readDisturbanceRegisterAsCsv",
    opt=needs(Permission.DISTURBANCES_READ, query=DisturbancePeriodAsked),
    media_type=MEDIA_TYPE,
    responses=refusals(DisturbanceRefused),
)
async def read_register_as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the whole register of a period for a spreadsheet, no cell of which it can compute; sent as it is read."""
    asked = call.asked(DisturbancePeriodAsked)
    pieces = as_csv(registering.pages(call.transaction, asked.period()))
    return await streamed_answer(pieces, media_type=MEDIA_TYPE, name=f"disturbances-{asked.since}-{asked.until}.csv")


def _itself(line: DisturbanceLine) -> DisturbanceLine:
    return line


HANDLERS: Final = (read_register, read_register_as_csv)
