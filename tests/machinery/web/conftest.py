import io
import logging
import uuid
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from litestar import Router

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.identifiers import AccessKeyId, MainConnectorId, TenancyId
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.web.application import build_application
from kanta_tenancy.machinery.web.envelope import Envelope
from kanta_tenancy.machinery.web.health import Check
from kanta_tenancy.machinery.web.logs import configure_logs
from kanta_tenancy.machinery.web.openapi import Info
from tests.machinery.web import shelf

SCRAPER = "what the scraper sends"


class Keys:
    """An authenticator that knows the keys it was told of."""

    def __init__(self) -> None:
        self.known: dict[str, Caller] = {}

    def make(self, *permissions: str, realm: uuid.UUID, tenancy: uuid.UUID | None = None) -> str:
        token = f"kt_{uuid.uuid4().hex}_{uuid.uuid4().hex}"
        self.known[token] = Caller(
            scope=Scope(
                main_connector_id=MainConnectorId(realm), tenancy_id=None if tenancy is None else TenancyId(tenancy)
            ),
            actor=Actor(kind=ActorKind.SYSTEM, name="a test", key_id=AccessKeyId(uuid.uuid4())),
            permissions=frozenset(permissions),
        )
        return token

    async def __call__(self, token: str) -> Caller | None:
        return self.known.get(token)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logs, as it would to standard error."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    configure_logs(stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def realm() -> uuid.UUID:
    return uuid.uuid4()


def application(
    database: Database,
    clock,
    keys: Keys,
    *,
    routers: tuple[Router, ...] = (shelf.ROUTES,),
    checks: dict[str, Check] | None = None,
    metrics_token: str | None = None,
) -> Envelope:
    return build_application(
        info=Info(title="Shelf", version="1", description="Books.\n\nNothing `else`."),
        routers=routers,
        db=database,
        clock=clock,
        authenticator=keys,
        checks=checks or {},
        metrics_token=metrics_token,
    )


def client_of(app: Envelope, token: str | None = None) -> httpx.AsyncClient:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://shelf", headers=headers)


@pytest.fixture
async def app(database, owner, clock, keys) -> Envelope:
    await owner.execute(shelf.TABLE)
    return application(database, clock, keys, metrics_token=SCRAPER)


@pytest.fixture
async def client(app: Envelope, keys: Keys, realm: uuid.UUID) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one main connector that may do everything with books."""
    async with client_of(app, keys.make(*shelf.PERMISSIONS, realm=realm)) as client:
        yield client


@pytest.fixture
async def dry(clock, keys: Keys) -> AsyncIterator[Envelope]:
    """The application with no database behind it: for what is refused before it is asked."""
    async with connect("postgresql://kanta_service@127.0.0.1:1/nothing") as nowhere:
        yield application(nowhere, clock, keys)


@pytest.fixture
async def dry_client(dry: Envelope, keys: Keys, realm: uuid.UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dry, keys.make(*shelf.PERMISSIONS, realm=realm)) as client:
        yield client
