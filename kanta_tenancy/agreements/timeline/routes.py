"""A tenancy as of a day, and the forecast, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.agreements.timeline.bodies import AsOfAsked, ForecastAsked, ShownDue, TenancyOnDay, on_day, shown_due
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties.errors import TenancyNotFound
from kanta_tenancy.promises import Position


@get(
    "/tenancies/{tenancy_id:uuid}/as-of",
    operation_id="tenancyAsOf",
    opt=needs("agreements.read", query=AsOfAsked),
    responses=refusals(TenancyNotFound),
)
async def tenancy_as_of(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> TenancyOnDay:
    """Tell how a tenancy stood, stands or will stand as a day ends: agreement, services by name, notices, parties.

    It is told by all that is known now: a notice that was delivered before the day and put down after it counts.
    """
    asked = call.asked(AsOfAsked)
    async with call.transaction() as tx:
        found = await timeline.as_of(tx, TenancyId(tenancy_id), asked.day)
    return on_day(tenancy_id, found, asked.language)


@get(
    "/tenancies/{tenancy_id:uuid}/forecast",
    operation_id="forecastOfTenancy",
    opt=needs("agreements.read", query=ForecastAsked),
    responses=refusals(TenancyNotFound),
)
async def forecast_of_tenancy(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownDue]]:
    """List what will fall due in a tenancy until a day, and what is overdue, each with rule, sources and owner."""
    return await _forecast(call, TenancyId(tenancy_id))


@get("/forecast", operation_id="forecast", opt=needs("agreements.read", query=ForecastAsked))
async def forecast_of_all(call: NamedDependency[Call]) -> Response[Page[ShownDue]]:
    """List what will fall due in every tenancy that you see until a day, and what is overdue, soonest first."""
    return await _forecast(call, None)


ROUTES: Final = Router(
    path="/", route_handlers=[tenancy_as_of, forecast_of_tenancy, forecast_of_all], tags=["Timeline"]
)


async def _forecast(call: Call, tenancy_id: TenancyId | None) -> Response[Page[ShownDue]]:
    asked = call.asked(ForecastAsked)
    wanted = timeline.Asked(
        now=call.clock.now(),
        until=asked.until,
        tenancy_id=tenancy_id,
        after=asked.position(Position),
        count=asked.fetch,
    )
    async with call.transaction() as tx:
        rows = await timeline.forecast(tx, wanted)
    return paged(call.request, asked, rows, position=_position, body=shown_due)


def _position(due: Due) -> Position:
    return Position(due_at=due.due_at, id=due.id)
