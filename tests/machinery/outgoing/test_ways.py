"""Connections that are kept between questions: one server alone, judged as each was made, and closed in the end."""

import asyncio
import gc

import pytest
import uvloop

from kanta_tenancy.machinery.outgoing import ways
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.posting import Answer, Outgoing
from tests.machinery.outgoing.receivers import Behaviour, Received, Receiver, answer, begins, hang_up, in_turn, never
from tests.machinery.outgoing.test_guard import Says

LOOPBACK = read_allowed("127.0.0.0/8")
MANY = 100
HELLO = answer(200, b"hello")


def asking(**said) -> Outgoing:
    return Outgoing(**{"allowed": LOOPBACK, "within_s": 2.0} | said)


async def asked(outgoing: Outgoing, receiver: Receiver, path: str = "/") -> Answer:
    return await outgoing.post(receiver.url(path), b"question", {})


async def refusal(outgoing: Outgoing, url: str) -> Trouble:
    with pytest.raises(NotAnswered) as refused:
        await outgoing.post(url, b"question", {})
    return refused.value.trouble


async def test_the_next_question_goes_by_the_connection_of_the_last_one():
    async with Receiver(HELLO, each=MANY).listening() as receiver, asking() as outgoing:
        answered = [await asked(outgoing, receiver, path) for path in ("/one", "/two")]
        got = await outgoing.get(receiver.url("/three"), {})
        assert [each.body for each in (*answered, got)] == [b"hello"] * 3
        assert [each.line.split()[1] for each in receiver.received] == ["/one", "/two", "/three"]
        assert receiver.connections == 1
        assert all("connection" not in each.headers for each in receiver.received)


async def test_whoever_does_not_keep_connections_uses_none_twice():
    async with Receiver(HELLO, each=MANY).listening() as receiver:
        outgoing = asking()
        for _ in range(3):
            await asked(outgoing, receiver)
        assert receiver.connections == 3
        async with outgoing:
            await asked(outgoing, receiver)
        await asked(outgoing, receiver)
        assert receiver.connections == 5


async def test_a_connection_with_tls_is_kept_as_well(authority):
    server = Receiver(HELLO, tls=authority.serving("127.0.0.1"), each=MANY)
    async with server.listening() as receiver, asking(tls=authority.trust()) as outgoing:
        for _ in range(3):
            await asked(outgoing, receiver)
        assert receiver.connections == 1


async def test_questions_at_once_have_a_connection_each():
    async with Receiver(HELLO, each=MANY).listening() as receiver, asking() as outgoing:
        for _ in range(2):
            await asyncio.gather(*(asked(outgoing, receiver) for _ in range(3)))
        assert receiver.connections == 3


async def test_a_server_that_closes_after_each_answer_is_connected_to_again():
    async with Receiver(HELLO, each=1).listening() as receiver, asking() as outgoing:
        for _ in range(3):
            assert (await asked(outgoing, receiver)).status == 200
            await receiver.left_alone()
        assert (receiver.connections, len(receiver.received)) == (3, 3)


async def test_a_server_that_closes_while_a_question_is_on_its_way_is_asked_once_more():
    closing = in_turn(HELLO, hang_up, answer(200, b"again"))
    async with Receiver(closing, each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        assert (await asked(outgoing, receiver)).body == b"again"
        assert (receiver.connections, len(receiver.received)) == (2, 3)


async def test_a_question_is_asked_once_more_and_no_oftener():
    async with Receiver(in_turn(HELLO, hang_up), each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        assert await refusal(outgoing, receiver.url()) is Trouble.CUT_OFF
        assert len(receiver.received) == 3


async def test_a_question_on_a_new_connection_is_asked_once():
    async with Receiver(hang_up).listening() as receiver, asking() as outgoing:
        assert await refusal(outgoing, receiver.url()) is Trouble.CUT_OFF
        assert len(receiver.received) == 1


@pytest.mark.parametrize("beginning", [b"HTTP", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_a_question_whose_answer_began_is_not_asked_again(beginning: bytes):
    cut = in_turn(HELLO, begins(beginning), HELLO)
    async with Receiver(cut, each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        assert await refusal(outgoing, receiver.url()) is Trouble.CUT_OFF
        assert len(receiver.received) == 2


async def test_an_answer_that_ends_too_early_is_told_as_that_and_its_connection_not_used_again():
    cut = in_turn(HELLO, begins(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), HELLO)
    async with Receiver(cut, each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        half = await asked(outgoing, receiver)
        assert (half.body, half.whole) == (b"hel", False)
        assert (await asked(outgoing, receiver)).whole
        assert (receiver.connections, len(receiver.received)) == (2, 3)


async def test_an_answer_of_which_the_rest_is_left_takes_its_connection_with_it():
    async with (
        Receiver(answer(200, bytes(3_000_000)), each=MANY).listening() as receiver,
        asking(most_read=100) as outgoing,
    ):
        for _ in range(2):
            assert not (await asked(outgoing, receiver)).whole
        assert receiver.connections == 2


async def test_an_answer_that_was_not_waited_for_to_its_end_takes_its_connection_with_it():
    async def slow(writer: asyncio.StreamWriter, request: Received) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil".ljust(60))

    async with Receiver(in_turn(slow, HELLO), each=MANY).listening() as receiver, asking(within_s=0.3) as outgoing:
        cut = await asked(outgoing, receiver)
        assert (cut.status, cut.whole) == (200, False)
        assert (await asked(outgoing, receiver)).body == b"hello"
        assert receiver.connections == 2


def uninvited(*, after_s: float) -> Behaviour:
    """Answer, and then answer what nobody asked."""
    evil = b"HTTP/1.1 500 No\r\nRetry-After: 9\r\nContent-Length: 4\r\n\r\nevil"

    async def behave(writer: asyncio.StreamWriter, request: Received) -> None:
        await HELLO(writer, request)
        if after_s:
            await writer.drain()
            await asyncio.sleep(after_s)
        writer.write(evil)

    return behave


@pytest.mark.parametrize("after_s", [0.0, 0.05])
async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(after_s: float):
    both = in_turn(uninvited(after_s=after_s), answer(200, b"mine"))
    async with Receiver(both, each=MANY).listening() as receiver, asking() as outgoing:
        first = await asked(outgoing, receiver)
        assert (first.status, first.body, first.retry_after) == (200, b"hello", None)
        await asyncio.sleep(after_s + 0.05)
        assert (await asked(outgoing, receiver)).body == b"mine"
        assert receiver.connections == 2


async def test_a_question_that_was_given_up_takes_its_connection_with_it():
    async with Receiver(in_turn(never, HELLO), each=MANY).listening() as receiver, asking() as outgoing:
        work = asyncio.ensure_future(asked(outgoing, receiver))
        await receiver.heard()
        work.cancel()
        await asyncio.wait({work})
        assert (await asked(outgoing, receiver)).body == b"hello"
        assert receiver.connections == 2


async def test_a_server_that_is_too_slow_is_connected_to_anew():
    async with Receiver(in_turn(never, HELLO), each=MANY).listening() as receiver, asking(within_s=0.3) as outgoing:
        assert await refusal(outgoing, receiver.url()) is Trouble.TOO_SLOW
        assert (await asked(outgoing, receiver)).body == b"hello"


async def test_cookies_are_not_given_back():
    giving = answer(200, **{"Set-Cookie": "who=you"})
    async with Receiver(giving, each=MANY).listening() as receiver, asking() as outgoing:
        for _ in range(2):
            await asked(outgoing, receiver)
    assert (receiver.connections, "cookie" in receiver.received[1].headers) == (1, False)


async def test_a_name_that_leads_elsewhere_meanwhile_leads_where_it_was_judged_until_the_connection_ends():
    """Whoever owns a name changes what it means: the kept connection is where it was, and a new one is judged anew."""
    names = Says(["127.0.0.1"], ["127.0.0.2"])
    async with Receiver(HELLO, each=2).listening() as receiver, Receiver(HELLO).listening() as other:
        allowed = read_allowed(f"127.0.0.1:{receiver.port}")
        async with asking(allowed=allowed, resolver=names) as outgoing:
            url = f"http://stamps.example:{receiver.port}/"
            for _ in range(2):
                await outgoing.post(url, b"question", {})
            assert (names.questions, receiver.connections) == (1, 1)
            await receiver.left_alone()
            assert await refusal(outgoing, url) is Trouble.ADDRESS_REFUSED
        assert (names.questions, receiver.connections, other.connections) == (2, 1, 0)


async def test_however_busy_a_connection_is_where_it_leads_is_judged_again_after_a_while(monkeypatch):
    monkeypatch.setattr(ways, "LONGEST_S", 0.0)
    names = Says(["127.0.0.1"], ["127.0.0.2"])
    async with Receiver(HELLO, each=MANY).listening() as receiver:
        async with asking(allowed=read_allowed(f"127.0.0.1:{receiver.port}"), resolver=names) as outgoing:
            url = f"http://stamps.example:{receiver.port}/"
            await outgoing.post(url, b"question", {})
            assert await refusal(outgoing, url) is Trouble.ADDRESS_REFUSED
        assert (names.questions, receiver.connections) == (2, 1)


async def test_what_one_list_allows_opens_no_way_under_another():
    async with (
        Receiver(HELLO, each=MANY).listening() as receiver,
        asking() as outgoing,
        asking(allowed=read_allowed("")) as other,
    ):
        await asked(outgoing, receiver)
        assert await refusal(other, receiver.url().replace("http", "https")) is Trouble.ADDRESS_REFUSED
        assert receiver.connections == 1


async def test_an_idle_connection_is_closed(monkeypatch):
    monkeypatch.setattr(ways, "IDLE_S", 0.05)
    async with Receiver(HELLO, each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        async with asyncio.timeout(10):
            await receiver.left_alone()
        assert (await asked(outgoing, receiver)).status == 200


async def test_of_many_servers_the_last_ones_are_kept(monkeypatch):
    monkeypatch.setattr(ways, "MOST_KEPT", 1)
    servers = Receiver(HELLO, each=MANY), Receiver(HELLO, each=MANY)
    async with servers[0].listening() as first, servers[1].listening() as second, asking() as outgoing:
        for receiver in (first, second, second):
            await asked(outgoing, receiver)
        async with asyncio.timeout(10):
            await first.left_alone()
        assert second.connections == 1


async def test_in_the_end_every_connection_is_closed():
    async with Receiver(HELLO, each=MANY).listening() as receiver:
        async with asking() as outgoing:
            await asyncio.gather(*(asked(outgoing, receiver) for _ in range(3)))
        async with asyncio.timeout(10):
            await receiver.left_alone()
        gc.collect()  # what was left open would warn now, and warnings are errors


async def test_what_is_under_way_at_the_end_is_answered_and_not_kept():
    slow = asyncio.Event()

    async def late(writer: asyncio.StreamWriter, request: Received) -> None:
        await slow.wait()
        await HELLO(writer, request)

    async with Receiver(late, each=MANY).listening() as receiver:
        async with asking() as outgoing:
            work = asyncio.ensure_future(asked(outgoing, receiver))
            await receiver.heard()
        slow.set()
        assert (await work).body == b"hello"
        async with asyncio.timeout(10):
            await receiver.left_alone()


async def test_another_event_loop_has_connections_of_its_own():
    async with Receiver(HELLO, each=MANY).listening() as receiver, asking() as outgoing:
        await asked(outgoing, receiver)
        elsewhere = await asyncio.to_thread(lambda: asyncio.run(asked(outgoing, receiver)))
        await asked(outgoing, receiver)
        assert (elsewhere.body, receiver.connections) == (b"hello", 2)


def test_the_loop_that_serves_keeps_connections_as_well():
    async def asked_twice() -> tuple[int, int]:
        async with Receiver(in_turn(HELLO, HELLO, hang_up, HELLO), each=MANY).listening() as receiver:
            async with asking() as outgoing:
                for _ in range(3):
                    await asked(outgoing, receiver)
            return receiver.connections, len(receiver.received)

    assert uvloop.run(asked_twice()) == (2, 4)


async def test_connections_have_one_owner():
    async with asking() as outgoing:
        with pytest.raises(RuntimeError, match="one owner"):
            await outgoing.__aenter__()
