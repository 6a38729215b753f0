"""Disturbances over HTTP; a tenant reports, sees what it reported and was told, and fulfils duties of its own."""

from typing import Final

from litestar import Router

from kanta_tenancy.disturbances.form import people as form
from kanta_tenancy.disturbances.form import routes as form_links
from kanta_tenancy.disturbances.routes import disturbances, duties, maintenance, people, reports

ROUTES: Final = Router(
    path="/",
    route_handlers=[
        *reports.HANDLERS,
        *disturbances.HANDLERS,
        *duties.HANDLERS,
        *maintenance.HANDLERS,
        *people.HANDLERS,
        *form_links.HANDLERS,
        *form.HANDLERS,
    ],
    tags=["Disturbances"],
)
