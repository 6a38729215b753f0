"""The service and, apart from it, PostgreSQL are killed while 32 clients work: what was acknowledged is there, once."""

import asyncio
import os
import time
import uuid
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from kanta_tenancy.agreements.model import Party, Signatory
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import invariants, journal
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.agreements.conftest import signed_on_line
from tests.assembly.processes import free_port
from tests.journeys.killing import CLIENTS, disturb, repeated, service_url
from tests.journeys.test_from_draft_to_in_force import DOCX
from tests.parties.examples import EVERYTHING, a_key, a_realm, a_tenant, looked, owner_of

TENANCIES = 3  # of each client: one that has an agreement in force cannot get another
SECONDS = float(os.environ.get("KANTA_TEST_CRASH_S", "30"))  # `make kill` takes longer

pytestmark = pytest.mark.slow


class Client:
    """Drafts, offers, signs and withdraws without end; writes down what was acknowledged."""

    def __init__(self, http: httpx.AsyncClient, main_connector: str, tenants: list[tuple[str, uuid.UUID]]) -> None:
        self._http = http
        self._main_connector = main_connector
        (self._tenant, self._tenancy_id), *self._waiting = tenants
        self.drafted: dict[str, str] = {}  # our mark → the agreement's id
        self.reached: dict[str, int] = {}  # the agreement's id → the version that was acknowledged
        self.in_force: list[str] = []
        self.slowest_s = 0.0

    async def work(self, until: float) -> None:
        while time.monotonic() < until:
            mark = uuid.uuid4().hex
            draft = await self._post("/v1/agreements", self._main_connector, json=self._said(mark))
            self.drafted[mark] = draft["id"]
            path = f"/v1/agreements/{draft['id']}"
            offered = await self._move(f"{path}/offer", self._main_connector, draft)
            document = await self._read(f"{path}/document", self._tenant)
            who = next(Signatory(**one) for one in offered["signatories"] if one["party"] == "tenant")
            docx = await asyncio.to_thread(signed_on_line, document, who, SystemClock().now())
            signed = await self._move(
                f"{path}/signatures", self._tenant, offered, content=docx, headers={"Content-Type": DOCX}
            )
            await self._end(path, signed)

    async def _end(self, path: str, signed: dict[str, Any]) -> None:
        """Withdraw the agreement, or sign it for the main connector too and go on with the next tenancy."""
        if len(self.drafted) % 2 or not self._waiting:
            because = {"reason": "Enough of it"}
            await self._move(f"{path}/withdrawal", self._main_connector, signed, json=because)
            return
        document = await self._read(f"{path}/document", self._main_connector)
        who = next(Signatory(**one) for one in signed["signatories"] if one["party"] == "main_connector")
        docx = await asyncio.to_thread(signed_on_line, document, who, SystemClock().now())
        sent = {"content": docx, "headers": {"Content-Type": DOCX}}
        done = await self._move(f"{path}/signatures", self._main_connector, signed, **sent)
        assert done["status"] == "in_force"
        self.in_force.append(done["id"])
        self._tenant, self._tenancy_id = self._waiting.pop()

    def _said(self, mark: str) -> dict[str, Any]:
        who = {"title": "Director", "mandate": "Trade register"}
        return {
            "tenancy_id": str(self._tenancy_id),
            "language": "fi",
            "services": ["prescription"],
            "registers": ["patient_register"],
            "signatories": [{"party": party, "name": mark, **who} for party in ("main_connector", "tenant")],
        }

    async def _move(self, path: str, key: str, agreement: dict[str, Any], **sent: Any) -> dict[str, Any]:
        headers = sent.pop("headers", {}) | {"If-Match": f'"{agreement["version"]}"'}
        return await self._post(path, key, headers=headers, **sent)

    async def _post(self, path: str, key: str, headers: dict[str, str] | None = None, **sent: Any) -> dict[str, Any]:
        given = (headers or {}) | {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex}
        answer = await self._repeat("POST", path, headers=given, **sent)
        agreement: dict[str, Any] = answer.json()
        self.reached[agreement["id"]] = agreement["version"]
        return agreement

    async def _read(self, path: str, key: str) -> bytes:
        return (await self._repeat("GET", path, headers={"Authorization": f"Bearer {key}"})).content

    async def _repeat(self, method: str, path: str, **sent: Any) -> httpx.Response:
        began = time.monotonic()
        answer = await repeated(self._http, method, path, **sent)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return answer


class Prepared:
    """A realm with tenancies for each client, and keys for all."""

    def __init__(self, realm: Caller, main_connector: str, tenants: list[tuple[str, uuid.UUID]]) -> None:
        self.realm = realm
        self.main_connector = main_connector
        self.tenants = tenants


async def prepare(url: str) -> Prepared:
    owner = await asyncpg.connect(url)
    await migrate(owner, read_migrations())
    await owner.close()
    clock = SystemClock()
    yesterday = day_in_finland(clock.now()) - timedelta(days=1)
    async with connect(service_url(url)) as database:
        realm = await a_realm(database, clock)
        own = await owner_of(database, realm)
        await looked(database, clock, realm, own, checked_on=yesterday)
        main_connector = (await a_key(database, clock, realm, own, permissions=EVERYTHING)).text
        tenants = []
        for number in range(CLIENTS * TENANCIES):
            tenant = await a_tenant(database, clock, realm, 1200000 + 10 * number)
            organisation = tenant.organisation.id
            await looked(database, clock, realm, organisation, checked_on=yesterday)
            key = await a_key(database, clock, tenant.caller, organisation, permissions=TENANT_PERMISSIONS)
            tenants.append((key.text, tenant.tenancy.id))
    return Prepared(realm, main_connector, tenants)


async def test_what_was_acknowledged_is_there_and_once(cluster):
    prepared = await prepare(cluster.url)
    port = free_port()
    until = time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=20) as http:
        clients = [Client(http, prepared.main_connector, prepared.tenants[n::CLIENTS]) for n in range(CLIENTS)]
        working = asyncio.gather(*(client.work(until) for client in clients))
        killed = await disturb(cluster, port, working, until)
        await working
    assert {"service", "PostgreSQL"} <= set(killed)
    await check(cluster.url, prepared, clients)


async def check(url: str, prepared: Prepared, clients: list[Client]) -> None:
    owner = await asyncpg.connect(url)
    rows = await owner.fetch("SELECT id::text, version, signatories->0->>'name' AS mark FROM agreement")
    receipts = await owner.fetch("SELECT agreement_id::text, count(*) FROM agreement_receipt GROUP BY agreement_id")
    await owner.close()
    there = {row["id"]: row["version"] for row in rows}
    drafted = {mark: number for client in clients for mark, number in client.drafted.items()}
    reached = {number: version for client in clients for number, version in client.reached.items()}
    in_force = {number for client in clients for number in client.in_force}
    assert (len(drafted) > CLIENTS, len(in_force) > 0) == (True, True)
    lost = [number for number, version in reached.items() if there.get(number, 0) < version]
    twice = len(rows) - len({row["mark"] for row in rows})
    assert (lost, twice) == ([], 0)
    assert in_force <= {row["agreement_id"] for row in receipts if row["count"] == len(Party)}
    assert {
        mark: there_id for there_id, mark in ((row["id"], row["mark"]) for row in rows) if mark in drafted
    } == drafted
    async with connect(service_url(url)) as database:
        assert await invariants.broken(database) == {}
        async with database.transaction(prepared.realm) as tx:
            for chain in await journal.chains(tx, after=uuid.UUID(int=0)):
                assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []
    slowest = max(client.slowest_s for client in clients)
    print(f"{len(drafted)} drafts, {len(in_force)} agreements in force, slowest answer {slowest:.1f} s")
