"""Disturbances over HTTP; a tenant reports, sees what it reported and was told, and fulfils duties of its own."""

from litestar import Router

from kanta_tenancy.disturbances.actions.storm import Storm
from kanta_tenancy.disturbances.form import people as form
from kanta_tenancy.disturbances.form import routes as form_links
from kanta_tenancy.disturbances.routes import (
    alerts,
    closing,
    disturbances,
    duties,
    maintenance,
    papers,
    people,
    proof,
    register,
    reports,
)
from kanta_tenancy.seals import SealKeys


def routes(storm: Storm, keys: SealKeys | None) -> Router:
    """Return the routes of disturbances.

    Args:
        storm: takes in the reports that are in flight at the same time.
        keys: those of the seal, where they lie beside this instance.
    """
    return Router(
        path="/",
        route_handlers=[
            reports.report_route(storm),
            *reports.HANDLERS,
            *alerts.HANDLERS,
            *disturbances.HANDLERS,
            *closing.HANDLERS,
            *duties.HANDLERS,
            duties.mail_route(keys),
            papers.draw_up_route(keys),
            *papers.HANDLERS,
            *register.HANDLERS,
            proof.proof_route(keys),
            *maintenance.HANDLERS,
            *people.HANDLERS,
            *form_links.HANDLERS,
            *form.HANDLERS,
        ],
        tags=["Disturbances"],
    )
