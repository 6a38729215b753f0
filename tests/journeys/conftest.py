"""The whole service over HTTP, with a realm, its tenant and keys for both; and a stranger of each kind."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests import postgres_server
from tests.agreements.conftest import a_credential
from tests.parties.examples import EVERYTHING, Tenant, a_key, a_realm, a_tenant, looked, owner_of


class Realm:
    """A main connector with one tenant, and a client of the API for each."""

    def __init__(self, caller: Caller, tenant: Tenant, main_connector: httpx.AsyncClient, of_tenant: httpx.AsyncClient):
        self.caller = caller
        self.tenant = tenant
        self.main_connector = main_connector
        self.of_tenant = of_tenant


@pytest.fixture
def signing_keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
async def application(database, clock, signing_keys):
    settings = read_settings({"KANTA_SIGNING_KEYS": str(signing_keys), "KANTA_WEBHOOK_KEY": "k" * 40})
    return build_application(settings, database, clock, LastUses())


def client(application, token: str | None = None) -> httpx.AsyncClient:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def a_whole_realm(database, clock, application, serial: int) -> Realm:
    caller = await a_realm(database, clock, serial)
    tenant = await a_tenant(database, clock, caller, serial + 5000)
    own = await owner_of(database, caller)
    for organisation_id in (own, tenant.organisation.id):
        await looked(database, clock, caller, organisation_id)
    key = await a_key(database, clock, caller, own, permissions=EVERYTHING)
    tenant_key = await a_key(database, clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS)
    return Realm(caller, tenant, client(application, key.text), client(application, tenant_key.text))


@pytest.fixture
async def realm(database, clock, application) -> AsyncIterator[Realm]:
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


@pytest.fixture
async def other_realm(database, clock, application) -> AsyncIterator[Realm]:
    made = await a_whole_realm(database, clock, application, 2100000)
    async with made.main_connector, made.of_tenant:
        yield made


@pytest.fixture
def cluster() -> Iterator[postgres_server.Cluster]:
    """A PostgreSQL of the test's own, which forgets nothing that it has acknowledged and can be killed."""
    cluster = postgres_server.Cluster(*postgres_server.DURABLE)
    cluster.start()
    yield cluster
    cluster.remove()


def put_own_key(folder: Path, realm: Realm) -> None:
    file = folder / f"{realm.caller.scope.main_connector_id}.p12"
    file.write_bytes(sample_authority.pkcs12_file(a_credential("Main connector")))
    file.chmod(0o600)
