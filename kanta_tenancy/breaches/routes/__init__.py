"""Breaches over HTTP; a tenant keeps its own register, the main connector sees its realm's."""

from litestar import Router

from kanta_tenancy.breaches.routes import breaches, helping, papers, proof, register, reports
from kanta_tenancy.seals import SealKeys


def routes(keys: SealKeys | None) -> Router:
    """Return the routes of breaches.

    Args:
        keys: those of the seal, where they lie beside this instance.
    """
    return Router(
        path="/",
        route_handlers=[
            *reports.HANDLERS,
            *breaches.HANDLERS,
            papers.draw_up_route(keys),
            *papers.HANDLERS,
            proof.proof_route(keys),
            *helping.HANDLERS,
            *register.HANDLERS,
        ],
        tags=["Breaches"],
    )
