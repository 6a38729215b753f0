"""What of HTTP is understood: every way in which an answer can end, and nothing that two readers could read as two."""

import asyncio
from collections.abc import Sequence

import pytest

from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.exchange import question
from kanta_tenancy.machinery.outgoing.posting import Answer, Outgoing
from tests.machinery.outgoing.receivers import Behaviour, Received, Receiver
from tests.machinery.outgoing.test_guard import Says

MANY = 100


def pieces(*octets: bytes, hangs_up: bool = False) -> Behaviour:
    """Answer piece by piece."""

    async def behave(writer: asyncio.StreamWriter, _: Received) -> None:
        for each in octets:
            writer.write(each)
            await writer.drain()
            await asyncio.sleep(0.01)
        if hangs_up:
            writer.close()

    return behave


async def asked(behaviour: Behaviour, times: int = 1) -> tuple[Sequence[Answer], int]:
    """Ask so many times; return the answers and by how many connections they came."""
    outgoing = Outgoing(allowed=read_allowed("127.0.0.0/8"), within_s=2)
    async with Receiver(behaviour, each=MANY).listening() as receiver, outgoing:
        return [await outgoing.get(receiver.url(), {}) for _ in range(times)], receiver.connections


LENGTH = (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"he", b"llo")
CHUNKS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"2\r\nhe\r\n3\r",
    b"\nllo\r\n0\r\nContent-Type: trailing/too-late\r\n\r\n",
)
BEFORE = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Type: a/b\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    *LENGTH,
)
OLD = (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",)
LAST = (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",)


@pytest.mark.parametrize(
    ("octets", "connections"), [(LENGTH, 1), (CHUNKS, 1), (BEFORE, 1), (OLD, 2), (LAST, 2)], ids=range(5)
)
async def test_an_answer_ends_where_it_says_and_leaves_the_connection_when_it_says_so(octets, connections):
    answers, used = await asked(pieces(*octets), times=2)
    assert [(each.status, each.body, each.whole) for each in answers] == [(200, b"hello", True)] * 2
    assert used == connections
    assert {each.content_type for each in answers} == {""}


async def test_an_answer_without_a_length_ends_with_its_connection():
    answers, used = await asked(pieces(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo", hangs_up=True), times=2)
    assert [(each.body, each.whole) for each in answers] == [(b"hello", True)] * 2
    assert used == 2


@pytest.mark.parametrize(
    "octets",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"no length\r\n"),
    ],
    ids=range(3),
)
async def test_an_answer_that_ends_before_it_says_is_not_whole(octets):
    (answer,), _ = await asked(pieces(*octets, hangs_up=True))
    assert (answer.body, answer.whole) == (b"hello", False)


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        b"HTTP/1.1 200 OK\r\n Folded: 1\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000,
    ],
    ids=range(8),
)
async def test_what_could_be_read_in_two_ways_is_not_read(octets):
    with pytest.raises(NotAnswered) as refused:
        await asked(pieces(octets))
    assert refused.value.trouble is Trouble.GARBLED


async def test_of_a_header_that_comes_twice_the_first_counts():
    twice = b"HTTP/1.1 429 Wait\r\nRetry-After: 7\r\nretry-after: 9\r\nContent-Length: 0\r\n\r\n"
    (answer,), _ = await asked(pieces(twice))
    assert (answer.status, answer.retry_after) == (429, "7")


@pytest.mark.parametrize(
    ("path", "asked_for"), [("", "/"), ("/tsa", "/tsa"), ("/a%20b?c=%2F&d", "/a%20b?c=%2F&d"), ("?q", "/?q")]
)
async def test_an_address_is_asked_for_as_it_was_written(path: str, asked_for: str):
    names = Says(["127.0.0.1"])
    async with Receiver(pieces(*LENGTH)).listening() as receiver:
        outgoing = Outgoing(allowed=read_allowed(f"hooks.example:{receiver.port}"), resolver=names, within_s=2)
        await outgoing.post(f"http://HOOKS.example:{receiver.port}{path}", b"", {})
    (request,) = receiver.received
    assert request.line == f"POST {asked_for} HTTP/1.1"
    assert request.headers["host"] == f"hooks.example:{receiver.port}"
    assert request.headers["content-length"] == "0"


async def test_a_host_that_is_an_address_of_version_six_is_asked():
    async with Receiver(pieces(*LENGTH), host="::1").listening() as receiver:
        outgoing = Outgoing(allowed=read_allowed("::1/128"), within_s=2)
        assert (await outgoing.get(receiver.url(host="[::1]"), {})).body == b"hello"
    assert receiver.received[0].headers["host"] == f"[::1]:{receiver.port}"


async def test_when_one_address_of_a_name_does_not_let_us_connect_the_next_is_tried():
    async with Receiver(pieces(*LENGTH)).listening() as receiver:
        names = Says(["127.0.0.2", "127.0.0.1"])
        outgoing = Outgoing(allowed=read_allowed("127.0.0.0/8"), resolver=names, within_s=2)
        assert (await outgoing.get(f"http://hooks.example:{receiver.port}/", {})).body == b"hello"


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\0b"])
def test_a_header_does_not_become_two(value: str):
    with pytest.raises(ValueError, match="cannot be shown"):
        question("POST", "/", "hooks.example", {"X-A": value}, b"", is_last=True)
