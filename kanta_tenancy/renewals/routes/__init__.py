"""Renewal requests over HTTP: told by the system that they reach, answered by who has them."""

from typing import Final

from litestar import Router

from kanta_tenancy.renewals.routes import intake, prescribers, reports, requests, units

ROUTES: Final = Router(
    path="/",
    route_handlers=[
        *intake.HANDLERS,
        *requests.HANDLERS,
        *units.HANDLERS,
        *prescribers.HANDLERS,
        *reports.HANDLERS,
    ],
    tags=["Renewal requests"],
)
