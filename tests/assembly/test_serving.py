"""How a process that serves ends: what is in flight is answered, and nothing hangs."""

import asyncio
import gc
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from kanta_tenancy.assembly.listening import address_of, listen
from kanta_tenancy.assembly.outcomes import CannotServe
from kanta_tenancy.assembly.serving import Stop, run_until_stopped, serve
from kanta_tenancy.machinery.postgres.errors import UnfitDatabase

Received = dict[str, Any]
Send = Callable[[Received], Coroutine[Any, Any, None]]


class SlowApplication:
    """Answers each request after a while, and counts them."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s = takes_s
        self.begun = asyncio.Event()
        self.answered = 0

    async def __call__(self, scope: Received, receive: Callable[[], Coroutine[Any, Any, Received]], send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.begun.set()
        await asyncio.sleep(self.takes_s)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
        self.answered += 1


class BrokenApplication(SlowApplication):
    async def __call__(self, scope: Received, receive: Callable[[], Coroutine[Any, Any, Received]], send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": f"{scope['type']} is broken"})


async def test_requests_in_flight_are_answered_before_the_end():
    application, stop = SlowApplication(takes_s=0.5), Stop()
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve(application, listener, stop, on_begun=lambda: None))
        async with httpx.AsyncClient(base_url=address_of(listener)) as client:
            requests = [asyncio.create_task(client.get("/")) for _ in range(50)]
            await application.begun.wait()
            stop.ask()
            answers = await asyncio.gather(*requests)
        await serving
    assert [answer.status_code for answer in answers] == [200] * 50


async def test_what_was_made_at_the_start_is_in_no_later_garbage_collection():
    application, stop = SlowApplication(takes_s=0), Stop()
    frozen: list[int] = []
    gc.unfreeze()
    try:
        with listen("127.0.0.1", 0) as listener:
            stop.ask()
            await serve(application, listener, stop, on_begun=lambda: frozen.append(gc.get_freeze_count()))
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000


async def test_a_request_that_takes_too_long_does_not_hold_up_the_end():
    application, stop = SlowApplication(takes_s=600), Stop()
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve(application, listener, stop, on_begun=lambda: None))
        async with httpx.AsyncClient(base_url=address_of(listener)) as client:
            request = asyncio.create_task(client.get("/", timeout=60))
            await application.begun.wait()
            asked = time.monotonic()
            stop.ask()
            await serving
            assert time.monotonic() - asked < 10
            with pytest.raises(httpx.HTTPError):
                (await request).raise_for_status()


async def test_an_application_that_does_not_start_is_told_in_a_sentence():
    with listen("127.0.0.1", 0) as listener, capture_logs(), pytest.raises(CannotServe, match="did not start"):
        await serve(BrokenApplication(takes_s=0), listener, Stop(), on_begun=lambda: None)


async def test_headers_of_a_proxy_are_not_believed():
    seen: list[Received] = []

    class Looking(SlowApplication):
        async def __call__(
            self, scope: Received, receive: Callable[[], Coroutine[Any, Any, Received]], send: Send
        ) -> None:
            seen.append(scope)
            await super().__call__(scope, receive, send)

    stop = Stop()
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve(Looking(takes_s=0), listener, stop, on_begun=lambda: None))
        async with httpx.AsyncClient(base_url=address_of(listener)) as client:
            answer = await client.get("/", headers={"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"})
        stop.ask()
        await serving
    assert (seen[-1]["client"][0], seen[-1]["scheme"]) == ("127.0.0.1", "http")
    assert "server" not in answer.headers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_for_an_orderly_end(number: signal.Signals):
    ended: list[str] = []

    async def main(stop: Stop) -> None:
        signal.raise_signal(number)
        await stop.wait()
        ended.append("in order")

    run_until_stopped(main)
    assert ended == ["in order"]


def test_a_second_signal_does_not_wait():
    async def main(stop: Stop) -> None:
        signal.raise_signal(signal.SIGINT)
        await stop.wait()
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(600)

    with pytest.raises(KeyboardInterrupt):
        run_until_stopped(main)


def test_the_trouble_that_asked_for_the_end_is_told():
    async def main(stop: Stop) -> None:
        stop.ask(UnfitDatabase("no good"))
        stop.ask()

    with pytest.raises(UnfitDatabase, match="no good"):
        run_until_stopped(main)


def test_a_host_that_is_not_ours_is_told_with_its_key():
    with pytest.raises(CannotServe, match="KANTA_HOST"):
        listen("192.0.2.1", 0)
