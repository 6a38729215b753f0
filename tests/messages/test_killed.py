"""The sender is killed between sending and writing it down: at least once, with the same ids, and nothing is lost."""

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.messages.store.messages import LEASE
from tests.machinery.outgoing.mail_servers import MailRoom
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.messages.examples import Said, a_notice, a_person, an_endpoint, happened, told
from tests.messages.webhooks import states

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def a_worker(database_url: str, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.messages.killed", database_url.replace("postgres@", "kanta_service@"), str(port),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"at work\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def lease_ends(owner) -> None:
    """Let the lease of whoever was killed be over."""
    await owner.execute("UPDATE message SET next_at = next_at - $1::interval WHERE state = 'due'", LEASE)


async def test_a_kill_between_sending_and_writing_it_down_sends_the_same_once_more(
    database_url, database, owner, realm
):
    clock = SystemClock()
    killed = asyncio.Event()
    async with MailRoom().open() as room, Receiver(answer(200)).listening() as receiver:
        taken = asyncio.Event()

        async def keep_and_hang() -> None:
            taken.set()
            await killed.wait()

        room.once_taken = keep_and_hang
        ok = receiver.behave

        async def hang(writer, request) -> None:
            await killed.wait()

        receiver.behave = hang
        await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        await told(database, clock, realm, a_notice(1, urgent=True))
        async with a_worker(database_url, room.port) as worker:
            await asyncio.wait_for(asyncio.gather(taken.wait(), receiver.heard()), 30)
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        room.once_taken = None
        receiver.behave = ok
        killed.set()
        await asyncio.sleep(0.2)
        await lease_ends(owner)
        async with a_worker(database_url, room.port):
            async with asyncio.timeout(30):
                while (await states(owner))["sent"] < 2:  # noqa: ASYNC110 -- it is another process that works
                    await asyncio.sleep(0.05)
    assert len(room.mails) == len(receiver.received) == 2
    assert len({mail.raw for mail in room.mails}) == 1
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    rows = await owner.fetch("SELECT channel, attempts, may_have_arrived FROM message ORDER BY channel")
    assert [tuple(row) for row in rows] == [("mail", 2, True), ("webhook", 2, True)]


@pytest.mark.slow
async def test_killed_again_and_again_it_loses_nothing_and_repeats_little(database_url, database, owner, realm):
    clock, dice = SystemClock(), random.Random(4)  # noqa: S311 -- when to kill is no secret
    people = [a_person(email=f"p{number}@example.org") for number in range(60)]
    async with MailRoom().open() as room, Receiver(answer(200)).listening() as receiver:
        await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, *(Said(number=number) for number in range(120)))
        await told(database, clock, realm, *(a_notice(n, to=to, urgent=True) for n, to in enumerate(people)))
        kills = 0
        async with asyncio.timeout(120):
            while (await states(owner))["sent"] < 180:
                async with a_worker(database_url, room.port), a_worker(database_url, room.port):
                    await asyncio.sleep(dice.uniform(0.02, 0.25))
                kills += 2
                await lease_ends(owner)
    mails = Counter(mail["message-id"] for mail in room.mails)
    hooks = Counter(one.headers["webhook-id"] for one in receiver.received)
    assert (len(mails), len(hooks)) == (60, 120)
    assert {mail.recipient for mail in room.mails} == {to.email for to in people}
    # Whatever was repeated is repeated under the same id, and no more than what could be under way at a kill.
    assert sum(mails.values()) - 60 <= kills * 8
    assert sum(hooks.values()) - 120 <= kills * 4
