"""Many receivers beside one another: those that are slow or away hold up nobody but themselves."""

import asyncio
import json
import time
from typing import Any

from kanta_tenancy.messages import delivering
from tests.machinery.outgoing.receivers import Receiver, answer, in_turn, never
from tests.messages.examples import Kept, Said, a_post, happened
from tests.messages.webhooks import states, subscribed, worked


async def test_endpoints_that_hang_hold_up_no_other(database, clock, owner, realm):
    """Ten endpoints that never answer, each with a pile of events: a good one gets its own at once, again and again."""
    async with Receiver(never).listening() as hangs, Receiver(answer(200)).listening() as good:
        for _ in range(10):
            await subscribed(database, clock, realm, hangs)
        await happened(database, clock, realm, *(Said(number=number) for number in range(5)))
        await delivering.send(database, clock, a_post(within_s=0.2), troubled=False)  # now they are known for it
        post = a_post(within_s=20)
        await subscribed(database, clock, realm, good, "thing.kept")
        clock.advance(seconds=30)
        bad = asyncio.ensure_future(delivering.send(database, clock, post, troubled=True))
        took: list[float] = []
        for number in range(5):
            await happened(database, clock, realm, Kept(number=number))
            began = time.monotonic()
            assert await delivering.send(database, clock, post, troubled=False) == 1
            took.append(time.monotonic() - began)
        assert max(took) < 10, took
        assert not bad.done()
        bad.cancel()
        await asyncio.wait({bad})
    assert [json.loads(one.body)["data"]["number"] for one in good.received] == [0, 1, 2, 3, 4]


async def test_an_endpoint_that_was_never_slow_before_takes_two_places_at_most(database, clock, owner, realm):
    """Nobody knows it yet: its pile of events still leaves places for the others within the same run."""
    async with Receiver(never).listening() as hangs, Receiver(answer(200)).listening() as good:
        await subscribed(database, clock, realm, hangs)
        await happened(database, clock, realm, *(Said(number=number) for number in range(50)))
        await subscribed(database, clock, realm, good, "thing.kept")
        run = asyncio.ensure_future(delivering.send(database, clock, a_post(within_s=20), troubled=False))
        await hangs.heard()
        await happened(database, clock, realm, *(Kept(number=number) for number in range(10)))
        async with asyncio.timeout(15):
            await good.heard(10)
        assert hangs.connections == delivering.EACH
        run.cancel()
        await asyncio.wait({run})


async def test_an_endpoint_that_answers_well_again_is_a_good_one_again(database, clock, owner, realm):
    async with Receiver(in_turn(answer(500), answer(200))).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        for number in range(3):
            await happened(database, clock, realm, Said(number=number))
            await worked(database, clock)
            clock.advance(minutes=1)
        assert await owner.fetchval("SELECT troubled FROM webhook_endpoint") is False


async def test_two_workers_at_once_send_every_webhook_once(database, clock, owner, realm):
    async with Receiver(answer(200)).listening() as receiver:
        for _ in range(5):
            await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, *(Said(number=number) for number in range(20)))
        done = await asyncio.gather(*(worked(database, clock) for _ in range(3)))
    assert sum(done) == len(receiver.received) == 100
    assert await owner.fetchval("SELECT max(attempts) FROM message") == 1
    assert await states(owner) == {"sent": 100}


async def test_the_network_is_used_outside_any_transaction(database, clock, owner, realm):
    seen: list[int] = []

    async def look(writer: asyncio.StreamWriter, _: Any) -> None:
        seen.append(
            await owner.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'kanta_service' AND xact_start IS NOT NULL"
            )
        )
        await answer(200)(writer, _)

    async with Receiver(look).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        assert await worked(database, clock) == 1
    assert seen == [0]
