from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.application import build_application
from kanta_tenancy.machinery.web.openapi import Info
from kanta_tenancy.messages.model import Entry
from kanta_tenancy.messages.routes import routes
from kanta_tenancy.parties.access import KeyAuthenticator, LastUses
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.messages.examples import RULES
from tests.parties.examples import EVERYTHING, Tenant, a_key, a_realm, a_tenant, owner_of


class Calendar:
    """What a feed gets its entries from, in the place of rooms above: by scope, as row-level security would."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.asked: list[Transaction] = []

    async def __call__(self, tx: Transaction, _: Clock) -> list[Entry]:
        self.asked.append(tx)
        whose = tx.scope.tenancy_id
        return [entry for entry in self.entries if whose is None or str(whose) in entry.uid]


@pytest.fixture
async def realm(database, clock) -> Caller:
    """A main connector with a realm of its own."""
    return await a_realm(database, clock, name="Pääliittyjä Oy")


@pytest.fixture
async def tenant(database, clock, realm) -> Tenant:
    return await a_tenant(database, clock, realm)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def app(database, clock, calendar):
    return build_application(
        info=Info(title="Messages", version="1", description="Messages alone."),
        routers=routes(RULES, calendar),
        db=database,
        clock=clock,
        authenticator=KeyAuthenticator(database, clock, LastUses()),
        checks={},
    )


Client = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def client(app, database, clock, realm) -> AsyncIterator[Client]:
    """Makes a client for the main connector, or for a tenant of it; both may do everything."""
    made: list[httpx.AsyncClient] = []

    async def of(tenant: Tenant | None = None, **said) -> httpx.AsyncClient:
        caller = realm if tenant is None else tenant.caller
        own = await owner_of(database, realm) if tenant is None else tenant.organisation.id
        permissions = EVERYTHING if tenant is None else TENANT_PERMISSIONS
        token = await a_key(database, clock, caller, own, **{"permissions": permissions} | said)
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://messages/v1",
            headers={"Authorization": f"Bearer {token.text}"},
        )
        made.append(http)
        return http

    yield of
    for http in made:
        await http.aclose()
