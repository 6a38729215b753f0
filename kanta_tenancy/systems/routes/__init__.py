"""The register of information systems over HTTP; a tenant reads what serves it, and writes nothing."""

from typing import Final

from litestar import Router

from kanta_tenancy.systems.routes import certificates, deployments, systems

ROUTES: Final = Router(
    path="/",
    route_handlers=[*systems.HANDLERS, *certificates.HANDLERS, *deployments.HANDLERS],
    tags=["Systems"],
)
