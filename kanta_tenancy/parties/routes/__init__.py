"""Parties over HTTP: translate, call one action, translate back."""

from typing import Final

from litestar import Router

from kanta_tenancy.parties.routes import contacts, evidence, keys, organisations, tenancies

ROUTES: Final[tuple[Router, ...]] = (
    Router(
        path="/organisations",
        route_handlers=[*organisations.HANDLERS, *contacts.HANDLERS, *evidence.HANDLERS],
        tags=["Parties"],
    ),
    Router(path="/tenancies", route_handlers=list(tenancies.HANDLERS), tags=["Parties"]),
    Router(path="/keys", route_handlers=list(keys.HANDLERS), tags=["Access keys"]),
)
