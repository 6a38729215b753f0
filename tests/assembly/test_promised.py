"""Promises in the service as it is run: woken by its clock, counted in its metrics, listed at its command line."""

import asyncio
import re
import secrets

import asyncpg
import httpx
import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.promises import Owner
from tests import postgres_server
from tests.assembly.processes import command, eventually, running
from tests.parties.examples import a_realm
from tests.promises.examples import owed, promised

TOKEN = secrets.token_urlsafe(24)


@pytest.fixture(scope="module")
def url():
    with postgres_server.running(*postgres_server.DURABLE) as url:
        asyncio.run(prepare(url))
        yield url.replace("postgres@", "kanta_service@")


async def prepare(url: str) -> None:
    owner = await asyncpg.connect(url)
    await migrate(owner, read_migrations())
    await owner.close()
    async with connect(url.replace("postgres@", "kanta_service@")) as database:
        realm = await a_realm(database, SystemClock())
        await promised(database, realm, owed(1, owner=Owner.MAIN_CONNECTOR), owed(2, kind="test.unknown"))


def test_the_metrics_of_a_service_tell_what_is_owed(url):
    with running("serve", KANTA_DATABASE_URL=url, KANTA_METRICS_TOKEN=TOKEN) as service:
        assert eventually(service.is_ready), service.errors

        def figures() -> dict[str, float]:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            text = httpx.get(f"http://127.0.0.1:{service.port}/metrics", headers=headers).text
            return {name: float(value) for name, value in re.findall(r"^(promises_\S+) (\S+)$", text, re.MULTILINE)}

        assert eventually(lambda: figures().get('promises_owed{owner="system"}') == 1), figures()
        told = figures()
    assert (told['promises_overdue{owner="main_connector"}'], told["promises_broken"]) == (1, 0)
    assert told['promises_oldest_overdue_seconds{owner="system"}'] > 3600


def test_what_no_instance_can_keep_stays_owed_and_the_audit_says_so(url):
    ended = command("promises", "audit", KANTA_DATABASE_URL=url)
    lines = [line.split("\t")[:2] for line in ended.stdout.splitlines()]
    assert (ended.returncode, ["unpaid", "test.end/2"] in lines) == (3, True)
    listed = command("promises", "list", "--state", "overdue", KANTA_DATABASE_URL=url)
    assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 2)
