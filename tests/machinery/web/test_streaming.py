"""What is long is answered piece by piece; what goes wrong is told before the answer, and cuts it off after that."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from litestar import Response, Router, get

from kanta_tenancy.machinery.web.access import public
from kanta_tenancy.machinery.web.errors import DatabaseUnavailable
from kanta_tenancy.machinery.web.files import streamed_answer
from tests.machinery.web.conftest import application

AWAY = "the database is away"


async def pieces(count: int, *, fails_at: int | None = None) -> AsyncIterator[bytes]:
    for number in range(count):
        if number == fails_at:
            raise DatabaseUnavailable(AWAY)
        yield f"{number}\n".encode()


@get("/whole", opt=public(), media_type="text/csv", operation_id="whole")
async def whole() -> Response[bytes]:
    return await streamed_answer(pieces(3), media_type="text/csv", name="x.csv")


@get("/at-once", opt=public(), operation_id="atOnce")
async def at_once() -> Response[bytes]:
    return await streamed_answer(pieces(3, fails_at=0), media_type="text/csv")


@get("/later", opt=public(), operation_id="later")
async def later() -> Response[bytes]:
    return await streamed_answer(pieces(3, fails_at=2), media_type="text/csv")


@asynccontextmanager
async def served(app) -> AsyncIterator[httpx.AsyncClient]:
    """Serve on a socket of this machine: how an answer ends is seen only there."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1") as http:
            yield http
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def http(log, clock, keys) -> AsyncIterator[httpx.AsyncClient]:
    routes = Router("/", route_handlers=[whole, at_once, later])
    async with served(application(None, clock, keys, routers=(routes,))) as http:
        yield http


async def test_all_pieces_come_in_their_order_under_a_name(http):
    answer = await http.get("/whole")
    assert (answer.status_code, answer.text) == (200, "0\n1\n2\n")
    assert "content-length" not in answer.headers
    assert 'filename="x.csv"' in answer.headers["content-disposition"]


async def test_trouble_before_the_first_piece_is_told_as_a_problem(http):
    answer = await http.get("/at-once")
    assert (answer.status_code, answer.json()["detail"]) == (503, AWAY)
    assert "content-disposition" not in answer.headers


async def test_trouble_after_it_cuts_the_answer_off_and_is_logged_without_a_word_of_it(http, log):
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get("/later")
    assert "an error" in log.getvalue()
    assert AWAY not in log.getvalue()
