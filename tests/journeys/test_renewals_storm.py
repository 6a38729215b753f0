"""Renewal requests told, answered, handed over and lapsing while the service and PostgreSQL are killed.

Each goes its way once, and what was acknowledged is there.
"""

import asyncio
import itertools
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres import invariants, journal
from kanta_tenancy.machinery.postgres.database import Connection, Database, Transaction, connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from kanta_tenancy.renewals import reading, situations, working
from kanta_tenancy.renewals.deciding import decide
from kanta_tenancy.renewals.model import Office, Position
from tests.assembly.processes import free_port
from tests.conftest import FrozenClock
from tests.journeys.killing import CLIENTS, disturb, repeated, service_url
from tests.parties.examples import EVERYTHING, a_key, a_realm, a_tenant, owner_of
from tests.renewals.practice import Practice

SECONDS = float(os.environ.get("KANTA_TEST_RENEWALS_S", "14"))  # `make kill` takes longer
TENANTS = 8
PEOPLE = 3  # of each tenant who may prescribe
TOLD_AT_ONCE = 5
ROUNDS = 4  # of each client at least, however busy the machine is
SINCE_HOURS = (1, 50, 100, 143.9995, 167.9995)  # since the arrival: warned of, or handed over, a moment later
DYING_S = (2.0, 5.0)  # before the lapse of others
OUTCOMES = {"renew": "renewed", "reject": "rejected", "return": "returned"}
OVER = "renewal-request-move-not-allowed"

pytestmark = pytest.mark.slow


class House(Record, frozen=True, kw_only=True):
    """A tenant with a unit that receives requests."""

    key: str
    unit: str
    people: tuple[uuid.UUID, ...]


class Client:
    """Tells of requests, answers from both sides at once, is absent and prevented, and writes down what counted."""

    def __init__(self, http: httpx.AsyncClient, number: int, main_connector: str, house: House) -> None:
        self._http = http
        self._chance = random.Random(number)  # noqa: S311 -- chance, not secrecy
        self._main_connector = main_connector
        self._house = house
        self.taken: dict[str, str] = {}  # the national service's identifier → ours
        self.answered: dict[str, list[str]] = {}  # our identifier → how it was closed, each time
        self.patients_told: list[str] = []
        self.hand_overs = 0
        self.slowest_s = 0.0

    async def work(self, until: float) -> None:
        for number in itertools.count():
            if time.monotonic() > until and number >= ROUNDS:
                return
            taken = await self._tell(number)
            if number % 3 == 0:
                await self._change()
            for one in taken:
                await self._answer(one)

    async def _tell(self, number: int) -> list[str]:
        """Tell of one request or of several; half the time the identifiers alone make each of them one."""
        said = [self._said() for _ in range(TOLD_AT_ONCE if number % 2 else 1)]
        key = uuid.uuid4().hex if number % 4 < 2 else None
        if len(said) == 1:
            found = [await self._post("", self._main_connector, said[0], key)]
        else:
            found = (await self._post("/batch", self._main_connector, {"requests": said}, key))["items"]
        ids = [one["id"] for one in found]
        self.taken |= dict(zip((one["request_id"] for one in said), ids, strict=True))
        return ids

    def _said(self) -> dict[str, Any]:
        hours, more_s = self._chance.choice(
            [*((each, 0.0) for each in SINCE_HOURS), (192, self._chance.uniform(*DYING_S))]
        )
        arrived = SystemClock().now() - timedelta(hours=hours) + timedelta(seconds=more_s)
        return {
            "request_id": str(uuid.uuid4()),
            "prescription_id": "1.2.246.10.32213086.93.2026.118",
            "unit": self._house.unit,
            "prescriber_code": code(self._chance.randrange(PEOPLE + 1)),  # the last of them nobody knows
            "kind": "two_years",
            "arrived_at": arrived.isoformat(),
        }

    async def _change(self) -> None:
        """Be absent for a while, or prevented, and then not any more: what somebody has goes elsewhere."""
        if self._chance.random() < 0.8:
            who = f"/v1/prescribers/{self._chance.choice(self._house.people)}/absences"
            now = SystemClock().now()
            said = {"since": now.isoformat(), "until": (now + timedelta(days=9)).isoformat()}
            absences = (await self._post(who, self._house.key, said, uuid.uuid4().hex))["absences"]
            mine = next(one["id"] for one in absences if datetime.fromisoformat(one["since"]) == now)
            await self._post(f"{who}/{mine}/withdrawal", self._house.key, None, uuid.uuid4().hex)
        else:
            prevention = await self._post("/v1/renewal-preventions", self._house.key, {}, uuid.uuid4().hex)
            path = f"/v1/renewal-preventions/{prevention['id']}/end"
            await self._post(path, self._house.key, None, uuid.uuid4().hex)
        self.hand_overs += 1

    async def _answer(self, request: str) -> None:
        """Answer a request, or both sides at once, or leave it to time."""
        sides = self._chance.choice([(), (self._house.key,), (self._main_connector, self._house.key)])
        moves = self._chance.sample(sorted(OUTCOMES), len(sides))
        answers = [self._give(request, move, key) for move, key in zip(moves, sides, strict=True)]
        counted = [one for one in await asyncio.gather(*answers) if one is not None]
        if counted:
            self.answered[request] = counted
        if counted == ["rejected"] and self._chance.random() < 0.5:
            await self._post(f"/{request}/patient-told", sides[-1], {"way": "call"}, uuid.uuid4().hex)
            self.patients_told.append(request)

    async def _give(self, request: str, move: str, key: str) -> str | None:
        """Return how a request was closed by an answer; None: another one counted, or it has lapsed."""
        said = {"answer": move} | ({"reason": "care"} if move == "reject" else {})
        answer = await self._post(f"/{request}/answer", key, said, uuid.uuid4().hex, refusals=(OVER,))
        assert answer.get("state", OUTCOMES[move]) == OUTCOMES[move]
        return answer.get("state")

    async def _post(
        self, path: str, key: str, said: dict[str, Any] | None, idempotency: str | None, *, refusals: Iterable[str] = ()
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"} | ({} if idempotency is None else {"Idempotency-Key": idempotency})
        where = path if path.startswith("/v1/") else f"/v1/renewal-requests{path}"
        began = time.monotonic()
        answer = await repeated(self._http, "POST", where, refusals=tuple(refusals), json=said, headers=headers)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return {} if answer.is_client_error else answer.json()


def code(number: int) -> str:
    return f"10000{number}"


async def prepare(url: str) -> tuple[Caller, str, list[House]]:
    """Make a realm with its physicians and tenants that receive requests; return a key of each."""
    owner = await asyncpg.connect(url)
    await migrate(owner, read_migrations())
    clock = SystemClock()
    async with connect(service_url(url)) as database:
        realm = await a_realm(database, clock)
        key = await a_key(database, clock, realm, await owner_of(database, realm), permissions=EVERYTHING)
        physicians = Practice(database, clock, realm, None)
        for number, office in enumerate((Office.RESPONSIBLE_PHYSICIAN, Office.DEPUTY)):
            await physicians.prescriber(tenancy_id=None, code=f"90000{number}", office=office)
        houses = [await a_house(database, realm, number) for number in range(TENANTS)]
    await owner.execute("UPDATE renewal_decision SET effective_on = '2026-01-01'")
    await owner.close()
    return realm, key.text, houses


async def a_house(database: Database, realm: Caller, number: int) -> House:
    clock = SystemClock()
    tenant = await a_tenant(database, clock, realm, 1200000 + 10 * number)
    practice = Practice(database, clock, realm, tenant)
    await practice.agree(tenant.tenancy.id)
    unit = await practice.a_unit(oid=f"1.2.246.10.7{number}.10.1")
    people = [await practice.prescriber(code=code(each), units=(unit.id,)) for each in range(PEOPLE)]
    await practice.receiving(unit, on=date(2199, 1, 1))
    key = await a_key(database, clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS)
    return House(key=key.text, unit=unit.oid, people=tuple(one.id for one in people))


async def test_whatever_is_killed_every_request_goes_its_way_once(cluster):
    realm, key, houses = await prepare(cluster.url)
    port = free_port()
    until = time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=2 * CLIENTS)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=20) as http:
        clients = [Client(http, number, key, houses[number % TENANTS]) for number in range(CLIENTS)]
        running = asyncio.gather(*(client.work(until) for client in clients))
        killed = await disturb(cluster, port, running, until)
        await running
    assert {"service", "PostgreSQL"} <= set(killed)
    owner = await asyncpg.connect(cluster.url)
    try:
        async with connect(service_url(cluster.url)) as database:
            await check_time(database, owner, realm)
            await check_ledger(database, realm)
        await check_requests(owner, clients)
        await check_steps(owner)
        await check_duties(owner, clients)
    finally:
        await owner.close()
    taken, answered = (
        sum(map(len, each)) for each in zip(*((one.taken, one.answered) for one in clients), strict=True)
    )
    slowest = max(client.slowest_s for client in clients)
    print(f"{taken} requests, {answered} answers, slowest {slowest:.1f} s, killed: {killed}")


async def check_time(database: Database, owner: Connection, realm: Caller) -> None:
    """Time goes on until what was dying has lapsed; then no request is where it would not be put now."""
    await asyncio.sleep(DYING_S[1])
    now = FrozenClock(SystemClock().now())
    while await working.work(database, now):
        continue
    assert not await owner.fetchval("SELECT count(*) FROM renewal_request WHERE state = 'arrived'")
    overdue = "SELECT count(*) FROM renewal_request WHERE closed_at IS NULL AND lapses_at <= $1"
    assert not await owner.fetchval(overdue, now.now())
    seen = 0
    async with database.transaction(realm) as tx:
        async for request in open_requests(tx):
            seen += 1
            around = (await situations.load(tx, [request], now.now())).of(request)
            decided = decide(request, around, now.now())
            assert (decided.done, decided.warn) == (None, None), request
    assert seen


async def open_requests(tx: Transaction) -> Any:
    after: Position | None = None
    while page := await reading.open_requests(tx, reading.Wanted(), after=after, count=200):
        for one in page:
            yield one
        after = Position(at=page[-1].lapses_at, id=page[-1].id)


async def check_ledger(database: Database, realm: Caller) -> None:
    """Nothing that is owed is missing, and the journal is whole."""
    assert await invariants.broken(database) == {}
    async with database.transaction(realm) as tx:
        found = await promises.audit(tx, SystemClock().now(), promised.EXPECTATIONS)
        assert [one for one in found if one.what in {promises.What.MISSING, promises.What.MISDATED}] == []
        for chain in await journal.chains(tx, after=uuid.UUID(int=0)):
            assert [told async for told in journal.verify_chain(tx, journal.Walk(chain))] == []


async def check_requests(owner: Connection, clients: list[Client]) -> None:
    """What was acknowledged is there, once, and nothing else; of two answers one counted."""
    rows = await owner.fetch("SELECT id::text, request_id, state FROM renewal_request")
    taken = {theirs: ours for client in clients for theirs, ours in client.taken.items()}
    assert len(taken) > CLIENTS
    assert {row["request_id"]: row["id"] for row in rows} == taken
    answered = {one: counted for client in clients for one, counted in client.answered.items()}
    assert answered
    assert {row["id"]: [row["state"]] for row in rows if row["state"] in OUTCOMES.values()} == answered
    journalled = await owner.fetch(
        "SELECT entry::jsonb ->> 'action' AS action, entry::jsonb ->> 'subject' AS subject, count(*) FROM journal_entry"
        " WHERE entry::jsonb ->> 'action' LIKE 'renewal_request.%' GROUP BY 1, 2"
    )
    assert {row["count"] for row in journalled} == {1}
    by_action = Counter(row["action"] for row in journalled)
    assert (by_action["renewal_request.taken_in"], by_action["renewal_request.answered"]) == (len(taken), len(answered))
    assert by_action["renewal_request.lapsed"] == sum(row["state"] == "lapsed" for row in rows) > 0


async def check_steps(owner: Connection) -> None:
    """Nothing was done twice, and what was with somebody in its last day was warned of before it lapsed."""
    steps = await owner.fetch("SELECT request, done, hours, count(*) FROM renewal_step GROUP BY request, done, hours")
    assert {row["count"] for row in steps if row["done"] != "rerouted"} == {1}
    done = {(row["request"], row["done"], row["hours"]) for row in steps}
    lapsed = {request for request, what, _ in done if what == "lapsed"}
    held = {request for request, what, _ in done if what in {"routed", "handed_over"}}
    assert lapsed & held
    assert lapsed & held <= {request for request, what, hours in done if (what, hours) == ("warned", 168)}
    unread = await owner.fetchval("SELECT count(*) FROM renewal_step WHERE done = 'warned' AND people = 0")
    assert unread == 0


async def check_duties(owner: Connection, clients: list[Client]) -> None:
    """Of each rejection and each lapse a patient is to be told, which is owed once and done once."""
    rows = await owner.fetch("SELECT request::text, told_at IS NOT NULL AS told FROM renewal_duty")
    ended = await owner.fetch("SELECT id::text FROM renewal_request WHERE state IN ('rejected', 'lapsed')")
    assert {row["request"] for row in rows} == {row["id"] for row in ended}
    told = [one for client in clients for one in client.patients_told]
    assert told
    assert {row["request"] for row in rows if row["told"]} == set(told)
    reminders = await owner.fetch("SELECT right(key, 36) AS request FROM promise WHERE kind = 'renewal.remind'")
    assert Counter(row["request"] for row in reminders) == Counter(row["request"] for row in rows)
