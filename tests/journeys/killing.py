"""The service and PostgreSQL killed in turn while clients go on, each asking again until somebody answers."""

import asyncio
import itertools
import signal
import time
from collections.abc import Collection
from typing import Any

import httpx

from tests import postgres_server
from tests.assembly.processes import running

CLIENTS = 32
WAITS_S = (4.0, 3.0, 5.0, 2.0)  # between two kills
PATIENCE_S = 60.0  # how long a client repeats a request that nobody answers


def service_url(url: str) -> str:
    return url.replace("postgres@", "kanta_service@")


async def disturb(
    cluster: postgres_server.Cluster, port: int, clients: "asyncio.Future[Any]", until: float
) -> list[str]:
    """Kill the service twice, then PostgreSQL, and so on; what was killed starts again until the clients are done."""
    settings = {"KANTA_PORT": port, "KANTA_DATABASE_URL": service_url(cluster.url), "KANTA_LOG_LEVEL": "error"}
    victims, waits = itertools.cycle(("service", "service", "PostgreSQL")), itertools.cycle(WAITS_S)
    killed: list[str] = []
    while True:
        with running("serve", **settings) as service:
            while service.process.poll() is None:
                await asyncio.wait({clients}, timeout=next(waits))
                if clients.done() or time.monotonic() > until:
                    await asyncio.wait({clients})
                    return killed
                killed.append(next(victims))
                if killed[-1] == "service":
                    service.process.send_signal(signal.SIGKILL)
                    service.process.wait()
                else:
                    cluster.kill()
                    await asyncio.to_thread(cluster.start)


async def repeated(
    http: httpx.AsyncClient, method: str, path: str, *, refusals: Collection[str] = (), **sent: Any
) -> httpx.Response:
    """Send a request, again and again while nobody answers it, and return the answer.

    Args:
        refusals: the problems that are answers too.
    """
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        try:
            answer = await http.request(method, path, **sent)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code in {409, 503} and (answer.status_code == 503 or "in-flight" in answer.text):
            await asyncio.sleep(0.1)
            continue
        refused = not answer.is_success and answer.json()["type"].rpartition("/")[2] in refusals
        assert answer.is_success or refused, (path, answer.status_code, answer.text)
        return answer
    raise AssertionError(f"{method} {path} was not answered within {PATIENCE_S} s")
