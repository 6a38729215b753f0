"""Breaches over HTTP; a tenant keeps its own register, the main connector sees its realm's."""

from typing import Final

from litestar import Router

from kanta_tenancy.breaches.routes import breaches, helping, register, reports

ROUTES: Final = Router(
    path="/",
    route_handlers=[*reports.HANDLERS, *breaches.HANDLERS, *helping.HANDLERS, *register.HANDLERS],
    tags=["Breaches"],
)
