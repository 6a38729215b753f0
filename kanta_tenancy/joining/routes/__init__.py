"""The main connector's dealings with Kela over HTTP; no key of a tenant has these permissions."""

from typing import Final

from litestar import Router

from kanta_tenancy.joining.routes import applications, change_notices, roster

ROUTES: Final = Router(
    path="/joining",
    route_handlers=[*applications.HANDLERS, *change_notices.HANDLERS, *roster.HANDLERS],
    tags=["Joining"],
)
