"""The program as it runs, with a mail server and a receiver beside it: an offer is made, and both are told of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import asyncpg
import pytest
from standardwebhooks import Webhook

from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.assembly.events import endpoint_rules
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.messages import signatures
from kanta_tenancy.messages.actions import endpoints
from kanta_tenancy.messages.model import SaidEndpoint
from tests import postgres_server
from tests.agreements.examples import a_draft
from tests.assembly.processes import running
from tests.machinery.outgoing.certificates import Authority
from tests.machinery.outgoing.mail_servers import SENDER, MailRoom
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.messages.examples import a_notice, headers_of, told
from tests.parties.examples import a_realm, a_tenant, looked, owner_of


@pytest.fixture(scope="module")
def durable() -> Iterator[str]:
    """The administrator's address of a server that the service agrees to work with."""
    with postgres_server.running(*postgres_server.DURABLE) as url:
        yield url


@pytest.fixture
async def service(durable: str) -> AsyncIterator[tuple[Database, str]]:
    owner = await asyncpg.connect(durable)
    await migrate(owner, read_migrations())
    await owner.close()
    url = durable.replace("postgres@", "kanta_service@")
    async with connect(url) as database:
        yield database, url


async def test_an_offer_and_a_notice_leave_the_program_by_themselves(service, tmp_path):
    database, url = service
    clock = SystemClock()
    authority = Authority(tmp_path)
    password = tmp_path / "password"
    password.write_text("open sesame\n")
    password.chmod(0o600)
    async with (
        MailRoom(tls=authority.serving("localhost"), password="open sesame").open() as room,
        Receiver(answer(204)).listening() as receiver,
    ):
        environment = {
            "KANTA_SMTP_HOST": "localhost",
            "KANTA_SMTP_PORT": str(room.port),
            "KANTA_SMTP_SENDER": SENDER,
            "KANTA_SMTP_USERNAME": "kanta",
            "KANTA_SMTP_PASSWORD_FILE": str(password),
            "KANTA_SMTP_AUTHORITIES": str(authority.file),
            "KANTA_WEBHOOK_KEY": "k" * 40,
            "KANTA_OUTGOING_ALLOWED": f"127.0.0.1:{receiver.port}",
        }
        realm = await a_realm(database, clock)
        tenant = await a_tenant(database, clock, realm)
        yesterday = day_in_finland(clock.now()) - timedelta(days=1)
        for organisation_id in (await owner_of(database, realm), tenant.organisation.id):
            await looked(database, clock, realm, organisation_id, checked_on=yesterday)
        said = SaidEndpoint(url=receiver.url(), kinds=("agreement.offered",))
        async with database.transaction(realm) as tx:
            _, secret = await endpoints.make(tx, clock, endpoint_rules(read_settings(environment)), said)
        with running("work", KANTA_DATABASE_URL=url, **environment) as process:
            await told(database, clock, realm, a_notice(1, urgent=True))
            async with database.transaction(realm) as tx:
                draft = await actions.draft(tx, clock, tenancy_id=tenant.tenancy.id, said=a_draft())
            async with database.transaction(realm) as tx:
                plan = await actions.plan_offer(tx, clock, agreement_id=draft.id, version=draft.version)
            async with database.transaction(realm) as tx:
                await actions.offer(tx, clock, plan)
            async with asyncio.timeout(60):
                await receiver.heard()
                while not room.mails:  # noqa: ASYNC110 -- another process sends it
                    await asyncio.sleep(0.05)
            errors = process.errors
    (request,) = receiver.received
    event = Webhook(signatures.shown(secret)).verify(request.body, headers_of(request.headers))
    assert (event["type"], event["data"]["agreement_id"]) == ("agreement.offered", str(draft.id))
    assert event["tenancy_id"] == str(tenant.tenancy.id)
    (mail,) = room.mails
    assert (mail.recipient, room.logged_in) == ("aino@example.org", ["kanta"])
    lines = [json.loads(line) for line in errors.splitlines()]
    assert [line for line in lines if line["level"] in {"warning", "error"}] == []
    assert "aino@example.org" not in errors
    assert "sesame" not in errors
    assert receiver.url() not in errors
