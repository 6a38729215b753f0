from collections.abc import Callable

import httpx
import pytest

from kanta_tenancy.assembly.journal_routes import ROUTES as JOURNAL
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.web.application import build_application
from kanta_tenancy.machinery.web.openapi import Info
from kanta_tenancy.parties.access import KeyAuthenticator, LastUses
from kanta_tenancy.parties.routes import ROUTES
from kanta_tenancy.parties.tokens import Token
from tests.parties.examples import a_realm

Client = Callable[[Token], httpx.AsyncClient]


@pytest.fixture
def uses() -> LastUses:
    return LastUses()


@pytest.fixture
def client(database, clock, uses) -> Client:
    """Makes a client that comes with a key."""
    app = build_application(
        info=Info(title="Parties", version="1", description="Parties alone."),
        routers=(*ROUTES, JOURNAL),
        db=database,
        clock=clock,
        authenticator=KeyAuthenticator(database, clock, uses),
        checks={},
    )

    def of(token: Token) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://parties/v1",
            headers={"Authorization": f"Bearer {token.text}"},
        )

    return of


@pytest.fixture
async def realm(database, clock) -> Caller:
    """A main connector with a realm of its own."""
    return await a_realm(database, clock)
