"""Disturbances over HTTP; a tenant reports, sees what it reported and was told, and fulfils duties of its own."""

from litestar import Router

from kanta_tenancy.disturbances.actions.storm import Storm
from kanta_tenancy.disturbances.form import people as form
from kanta_tenancy.disturbances.form import routes as form_links
from kanta_tenancy.disturbances.routes import alerts, disturbances, duties, maintenance, people, reports


def routes(storm: Storm) -> Router:
    """Return the routes of disturbances.

    Args:
        storm: takes in the reports that are in flight at the same time.
    """
    return Router(
        path="/",
        route_handlers=[
            reports.report_route(storm),
            *reports.HANDLERS,
            *alerts.HANDLERS,
            *disturbances.HANDLERS,
            *duties.HANDLERS,
            *maintenance.HANDLERS,
            *people.HANDLERS,
            *form_links.HANDLERS,
            *form.HANDLERS,
        ],
        tags=["Disturbances"],
    )
