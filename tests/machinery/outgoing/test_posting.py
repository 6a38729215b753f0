"""Receivers that misbehave cost a bounded time and a bounded memory, and each kind of trouble has its own word."""

import asyncio
import socket
import threading
import time

import pytest

from kanta_tenancy.machinery.outgoing import resolving
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.posting import MOST_READ, Answer, Outgoing
from kanta_tenancy.machinery.outgoing.resolving import OwnThreads
from tests.machinery.outgoing.receivers import (
    Receiver,
    answer,
    bomb_of_headers,
    endless_chunks,
    garbage,
    hang_up,
    huge,
    never,
)

LOOPBACK = read_allowed("127.0.0.0/8 localhost:1 ::1/128")


async def posted(receiver: Receiver, within_s: float = 2.0, **said) -> Answer:
    return await Outgoing(allowed=LOOPBACK, within_s=within_s, **said).post(receiver.url(), b'{"a": 1}', {"X-A": "b"})


async def trouble_with(receiver: Receiver, within_s: float = 0.5, **said) -> Trouble:
    with pytest.raises(NotAnswered) as refused:
        await posted(receiver, within_s, **said)
    return refused.value.trouble


async def test_body_and_headers_arrive_as_they_were_given_and_nothing_is_added_about_us():
    async with Receiver(answer(202, b"thanks")).listening() as receiver:
        answered = await posted(receiver)
    (request,) = receiver.received
    assert (request.line, request.body) == ("POST /hook HTTP/1.1", b'{"a": 1}')
    assert request.headers.pop("host") == f"127.0.0.1:{receiver.port}"
    assert request.headers == {"x-a": "b", "accept-encoding": "identity", "content-length": "8", "connection": "close"}
    assert (answered.status, answered.body, answered.retry_after) == (202, b"thanks", None)


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 404, 410, 429, 500, 503])
async def test_whatever_status_comes_is_returned_and_followed_nowhere(status):
    async with Receiver(answer(status, **{"Retry-After": "7", "Location": "/other"})).listening() as receiver:
        answered = await posted(receiver)
    assert (answered.status, answered.retry_after, receiver.connections) == (status, "7", 1)


async def test_of_a_hundred_megabytes_the_beginning_is_read_and_the_rest_left():
    receiver = Receiver(hang_up)
    receiver.behave = huge(lambda: receiver)
    async with receiver.listening():
        began = time.monotonic()
        answered = await posted(receiver, within_s=10)
        assert time.monotonic() - began < 10
    assert (answered.status, len(answered.body), answered.whole) == (200, MOST_READ, False)
    assert receiver.written < 20_000_000  # what the kernel's buffers took


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("application/timestamp-reply", "application/timestamp-reply"),
        ("Text/HTML; charset=utf-8", "text/html"),
        ("", ""),
    ],
)
async def test_what_kind_of_content_came_is_told_and_whether_it_is_all(said, told):
    async with Receiver(answer(200, b"answer", **{"Content-Type": said})).listening() as receiver:
        answered = await posted(receiver)
    assert (answered.content_type, answered.body, answered.whole) == (told, b"answer", True)


async def test_a_compressed_answer_is_not_unpacked():
    async with Receiver(answer(200, b"\x1f\x8b\x08bomb", **{"Content-Encoding": "gzip"})).listening() as receiver:
        assert (await posted(receiver)).body == b"\x1f\x8b\x08bomb"


async def test_a_status_that_came_in_time_counts_though_its_body_never_ends():
    async with Receiver(endless_chunks).listening() as receiver:
        began = time.monotonic()
        answered = await posted(receiver, within_s=0.5)
    assert (answered.status, answered.body[:3], answered.whole) == (200, b"aaa", False)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (never, Trouble.TOO_SLOW),
        (hang_up, Trouble.CUT_OFF),
        (garbage, Trouble.GARBLED),
        (bomb_of_headers, Trouble.GARBLED),
    ],
)
async def test_a_receiver_that_misbehaves_is_told_of_by_its_kind(behaviour, trouble):
    async with Receiver(behaviour).listening() as receiver:
        began = time.monotonic()
        assert await trouble_with(receiver) is trouble
        assert time.monotonic() - began < 10


async def test_nobody_at_the_port_is_unreachable():
    async with Receiver(never).listening() as receiver:
        pass
    assert await trouble_with(receiver) is Trouble.UNREACHABLE


async def test_a_name_that_nobody_has_is_unknown():
    with pytest.raises(NotAnswered) as refused:
        await Outgoing(within_s=20).post("https://nobody-has-this.invalid/", b"", {})
    assert refused.value.trouble is Trouble.NAME_UNKNOWN


async def test_tls_is_verified(authority):
    trust = authority.trust()
    async with Receiver(answer(200), tls=authority.serving("127.0.0.1")).listening() as receiver:
        assert (await posted(receiver, tls=trust)).status == 200
        assert await trouble_with(receiver) is Trouble.TLS_FAILED  # an authority that nobody trusts
    for wrong in (authority.serving("other.example"), authority.serving("127.0.0.1", ended=True)):
        async with Receiver(answer(200), tls=wrong).listening() as receiver:
            assert await trouble_with(receiver, tls=trust) is Trouble.TLS_FAILED
            assert receiver.received == []


async def test_https_to_a_server_that_speaks_no_tls_is_no_answer():
    async with Receiver(answer(200)).listening() as receiver:
        with pytest.raises(NotAnswered) as refused:
            await Outgoing(allowed=LOOPBACK, within_s=1).post(receiver.url().replace("http", "https"), b"", {})
    assert refused.value.trouble in {Trouble.TLS_FAILED, Trouble.CUT_OFF, Trouble.TOO_SLOW}


async def test_names_that_are_never_answered_hold_up_nobody_elses_look_up(monkeypatch):
    """Twenty hanging look-ups at once: another name, and other work in the usual pool, go on."""
    released = threading.Event()
    ask = socket.getaddrinfo

    def slow(host, *rest, **more):
        if host == "hangs.example":
            released.wait(20)
        return ask(host, *rest, **more)

    monkeypatch.setattr(resolving.socket, "getaddrinfo", slow)
    resolver = OwnThreads()
    hanging = [asyncio.ensure_future(resolver.resolve("hangs.example", 443)) for _ in range(20)]
    try:
        await asyncio.sleep(0.05)
        began = time.monotonic()
        found = await resolver.resolve("localhost", 443)
        await asyncio.to_thread(time.sleep, 0)
        assert {one["host"] for one in found} & {"127.0.0.1", "::1"}
        assert time.monotonic() - began < 10
    finally:
        for one in hanging:
            one.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        released.set()


async def test_it_is_cut_off_when_its_task_is(monkeypatch):
    async with Receiver(never).listening() as receiver:
        work = asyncio.ensure_future(posted(receiver, within_s=30))
        await receiver.heard()
        work.cancel()
        await asyncio.wait({work}, timeout=2)
        assert work.cancelled()
