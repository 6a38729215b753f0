"""Everybody reports at once while the service and PostgreSQL are killed: no report lost or doubled, each duty once."""

import asyncio
import itertools
import os
import time
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.model import Fact
from kanta_tenancy.disturbances.store import reports
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres import invariants, journal, outbox
from kanta_tenancy.machinery.postgres.database import Connection, Database, connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.assembly.processes import free_port
from tests.conftest import FrozenClock
from tests.disturbances import slow_statement
from tests.disturbances.test_deriving import in_words
from tests.disturbances.test_reporting import accepted
from tests.journeys.killing import CLIENTS, disturb, repeated, service_url
from tests.parties.examples import a_key, a_realm, a_tenant

SECONDS = float(os.environ.get("KANTA_TEST_STORM_S", "25"))  # `make kill` takes longer
SINCE = SystemClock().now() - timedelta(hours=1)
GRAVE = {"service": "prescription", "place": "unknown", "patient_safety": "yes"}
FACTS = {  # what a tenant's report says at once, by whether it is a grave one
    False: {Fact.NOTICED_BY_TENANT, Fact.DISTURBANCE},
    True: {
        Fact.NOTICED_BY_TENANT,
        Fact.DISTURBANCE,
        Fact.KANTA_RELATED,
        Fact.CRITICAL_OR_WIDE,
        Fact.KELA_PATIENT_SAFETY,
        Fact.KELA_PLACE_UNCERTAIN,
    },
}
EACH_JOIN = 4  # of a client's reports: the last of so many joins the first

pytestmark = pytest.mark.slow


class Client:
    """Somebody at a tenant who reports without end, and writes down what was acknowledged."""

    def __init__(self, http: httpx.AsyncClient, number: int, key: str) -> None:
        self._http = http
        self._grave = number % 2 == 0
        self._says_it_again = number % 4 < 2  # with no Idempotency-Key: the same words again are what makes it one
        self._key = key
        self.reported: dict[str, tuple[str, str]] = {}  # our mark → report and disturbance
        self.opened: dict[str, bool] = {}  # disturbance → whether a grave one
        self.slowest_s = 0.0

    async def work(self, until: float) -> None:
        for number in itertools.count():
            if time.monotonic() > until:
                return
            joins = next(iter(self.opened)) if number % EACH_JOIN == EACH_JOIN - 1 else None
            await self._report(joins)

    async def _report(self, join: str | None) -> None:
        mark = uuid.uuid4().hex
        said: dict[str, Any] = {
            "what": f"Prescriptions do not open {mark}",
            "since": SINCE.isoformat(),
            "ongoing": True,
        }
        said |= (GRAVE if self._grave else {}) | ({} if join is None else {"join": join})
        headers = {"Authorization": f"Bearer {self._key}"}
        if not self._says_it_again:
            headers["Idempotency-Key"] = mark
        began = time.monotonic()
        answer = await repeated(self._http, "POST", "/v1/disturbances", json=said, headers=headers)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        taken = answer.json()
        self.reported[mark] = (taken["report_id"], taken["disturbance_id"])
        if join is None:
            self.opened[taken["disturbance_id"]] = self._grave
        else:
            assert taken["disturbance_id"] == join


async def prepare(url: str) -> tuple[Caller, list[str]]:
    """Make a realm with a tenant for each client, and return their keys."""
    owner = await asyncpg.connect(url)
    await migrate(owner, read_migrations())
    await owner.close()
    clock = SystemClock()
    async with connect(service_url(url)) as database:
        realm = await a_realm(database, clock)
        keys = []
        for number in range(CLIENTS):
            tenant = await a_tenant(database, clock, realm, 1200000 + 10 * number)
            organisation = tenant.organisation.id
            key = await a_key(database, clock, tenant.caller, organisation, permissions=TENANT_PERMISSIONS)
            keys.append(key.text)
    return realm, keys


async def test_no_acknowledged_report_is_lost_or_doubled_and_every_duty_is_there_once(cluster):
    realm, keys = await prepare(cluster.url)
    port = free_port()
    until = time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=20) as http:
        clients = [Client(http, number, key) for number, key in enumerate(keys)]
        working = asyncio.gather(*(client.work(until) for client in clients))
        killed = await disturb(cluster, port, working, until)
        await working
    assert {"service", "PostgreSQL"} <= set(killed)
    slowest = max(client.slowest_s for client in clients)
    print(
        f"{sum(len(client.reported) for client in clients)} reports, slowest answer {slowest:.1f} s, killed: {killed}"
    )
    async with connect(service_url(cluster.url)) as database:
        # What a killed instance had leased is carried on once the lease has run out.
        await outbox.carry_on(database, FrozenClock(SystemClock().now() + outbox.LEASE * 2), SUBSCRIBERS)
        await check_ledger(database, realm)
    owner = await asyncpg.connect(cluster.url)
    try:
        await check_reports(owner, clients)
        await check_duties(owner, clients)
        await check_promises(owner)
    finally:
        await owner.close()


async def test_reports_with_a_transaction_each_are_on_the_disk_when_they_are_told(cluster):
    _, keys = await prepare(cluster.url)
    clock = SystemClock()
    async with connect(service_url(cluster.url), size=1) as database:
        callers = [await authenticate(database, clock, key) for key in keys]
        intakes = [
            reporting.prepared(accepted(by, clock, what=f"Of {by.actor.key_id}"), clock.now())
            for by in callers
            if by is not None
        ]
        async with database.unscoped() as connection:
            taken = await reports.take_in_each(connection, intakes)
            cluster.kill()
    cluster.start()
    owner = await asyncpg.connect(cluster.url)
    try:
        there = {row["id"] for row in await owner.fetch("SELECT id FROM disturbance_report")}
    finally:
        await owner.close()
    assert {one.report_id for one in taken} == there
    assert len(there) == CLIENTS


async def check_ledger(database: Database, realm: Caller) -> None:
    """Nothing that is owed is missing, and the journal is whole."""
    assert await invariants.broken(database) == {}
    async with database.transaction(realm) as tx:
        found = await promises.audit(tx, SystemClock().now() + timedelta(minutes=2), promised.EXPECTATIONS)
        assert [one for one in found if one.what in {promises.What.MISSING, promises.What.MISDATED}] == []
        for chain in await journal.chains(tx, after=uuid.UUID(int=0)):
            assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []


async def check_reports(owner: Connection, clients: list[Client]) -> None:
    rows = await owner.fetch("SELECT id::text, disturbance_id::text, right(what, 32) AS mark FROM disturbance_report")
    there = {row["mark"]: (row["id"], row["disturbance_id"]) for row in rows}
    reported = {mark: ids for client in clients for mark, ids in client.reported.items()}
    opened = {number: grave for client in clients for number, grave in client.opened.items()}
    assert (len(reported) > CLIENTS * 2, len(opened) < len(reported)) == (True, True)  # and some joined
    assert {mark: there.get(mark) for mark in reported} == reported
    assert len(rows) == len(there) == len(reported)  # each client asked until somebody answered
    told = await owner.fetch(
        "SELECT body ->> 'report_id' AS report, count(*) FROM outbox WHERE kind = 'disturbance.reported' GROUP BY 1"
    )
    noted = await owner.fetch(
        "SELECT entry::jsonb #>> '{facts,report}' AS report, count(*) FROM journal_entry"
        " WHERE entry::jsonb ->> 'action' = 'disturbance.reported' GROUP BY 1"
    )
    once = dict.fromkeys((number for number, _ in reported.values()), 1)
    assert {row["report"]: row["count"] for row in told} == once
    assert {row["report"]: row["count"] for row in noted} == once


async def check_duties(owner: Connection, clients: list[Client]) -> None:
    """Each duty is there once, as the slow statement of the rules says."""
    today = day_in_finland(SystemClock().now())
    kept = Counter(
        (row["disturbance_id"], *in_words(rules.rule_on(row["rule"], today)))
        for row in await owner.fetch("SELECT disturbance_id::text, rule FROM disturbance_duty")
    )
    opened = {number: grave for client in clients for number, grave in client.opened.items()}
    assert kept == Counter(
        (number, *duty) for number, grave in opened.items() for duty in slow_statement.told(FACTS[grave])
    )


async def check_promises(owner: Connection) -> None:
    """Whoever must tell, and who chases them, has one promise for each duty; each disturbance has one to call."""
    surplus = await owner.fetch(
        "SELECT duty.id, array_agg(promise.kind) AS kinds FROM disturbance_duty AS duty"
        "  JOIN promise ON promise.key LIKE 'disturbance.%' AND right(promise.key, 36) = duty.id::text"
        " WHERE duty.state = 'pending' GROUP BY duty.id"
    )
    assert {tuple(sorted(row["kinds"])) for row in surplus} == {("disturbance.chase", "disturbance.duty")}
    assert len(surplus) == await owner.fetchval("SELECT count(*) FROM disturbance_duty WHERE state = 'pending'")
    calls = await owner.fetchval("SELECT count(*) FROM promise WHERE kind = 'disturbance.call'")
    assert calls == await owner.fetchval("SELECT count(*) FROM disturbance")
    # It takes minutes until the next one is called, so within the storm each was called once at most.
    assert await owner.fetchval("SELECT coalesce(max(number), 0) FROM disturbance_call") <= 1
