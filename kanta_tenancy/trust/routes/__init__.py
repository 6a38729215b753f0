"""Trust over HTTP: a tenant's key may look at what its main connector trusts, and verify by it."""

from typing import Final

from litestar import Router

from kanta_tenancy.trust.routes import anchors, policies, revocation, verifications

ROUTES: Final = (
    Router(path="/trust", route_handlers=[*anchors.HANDLERS, *policies.HANDLERS, *revocation.HANDLERS], tags=["Trust"]),
    Router(path="/verifications", route_handlers=[*verifications.HANDLERS], tags=["Trust"]),
)
