"""The inventory of certificates over HTTP; a tenant reads its own certificates, and writes nothing."""

from typing import Final

from litestar import Router

from kanta_tenancy.certificates.inventory.routes import certificates, moves, sources

ROUTES: Final = Router(
    path="/",
    route_handlers=[*certificates.HANDLERS, *moves.HANDLERS, *sources.HANDLERS],
    tags=["Certificates"],
)
