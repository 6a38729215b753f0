"""What `run` does once its database is there: roles, migrations, the sample, and the service until it is stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from socket import socket
from typing import Final

import asyncpg
import click
import structlog

from kanta_tenancy.assembly import sample
from kanta_tenancy.assembly.home import DATABASE_URL, ensure_webhook_key, keep_secret
from kanta_tenancy.assembly.listening import address_of
from kanta_tenancy.assembly.roles import DATABASE, SERVICE, connect_as_owner, prepare_other
from kanta_tenancy.assembly.sealing import ensure_seal
from kanta_tenancy.assembly.service import serve_api
from kanta_tenancy.assembly.serving import Stop, run_until_stopped, together
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.errors import ServerTrouble
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.machinery.postgres.server import Server
from kanta_tenancy.machinery.web.logs import configure_logs

Welcome = Callable[[Database, Clock, Path], Awaitable[list[str]]]  # keeps what it makes in the home; lines to show

BEFORE_SERVING: Final[tuple[Welcome, ...]] = (sample.welcome,)  # each must find what an earlier run made

_WATCH_S: Final = 0.2
_RESTARTS: Final = 20  # in a row, before we give up
_PATIENCE_S: Final = 0.5

log: Final = structlog.get_logger("kanta_tenancy.run")


def try_out(settings: Settings, server: Server | None, listener: socket) -> None:
    """Serve the sample until stopped.

    Args:
        server: our own PostgreSQL, ready; None for the one of KANTA_DATABASE_URL.
    """
    configure_logs(level=settings.log_level)
    run_until_stopped(lambda stop: _try_out(settings, server, listener, stop))


async def _try_out(settings: Settings, server: Server | None, listener: socket, stop: Stop) -> None:
    url = await _prepare_database(settings, server)
    keep_secret(settings.home / DATABASE_URL, url)
    ensure_webhook_key(settings)

    async def prepare(db: Database, clock: Clock) -> list[str]:
        await ensure_seal(settings, db, clock)
        return [line for welcome in BEFORE_SERVING for line in await welcome(db, clock, settings.home)]

    def show(lines: list[str]) -> None:
        database = "the one of KANTA_DATABASE_URL" if server is None else f"PostgreSQL in {server.place}"
        told = [f"Serving on {address_of(listener)} (Ctrl-C stops it)", f"Database: {database}", *lines]
        click.echo("\n".join(told))

    parts = [serve_api(settings, url, listener, stop, prepare=prepare, show=show)]
    if server is not None:
        parts.append(_keep_running(server, stop))
    await together(*parts)


async def _prepare_database(settings: Settings, server: Server | None) -> str:
    if server is not None:
        owner = await connect_as_owner(server)
        url = server.url(role=SERVICE, database=DATABASE)
    else:
        administrators = settings.database_url or ""
        owner = await asyncpg.connect(administrators)
        url = await prepare_other(owner, administrators, settings.home)
    try:
        await migrate(owner, read_migrations())
    finally:
        await owner.close()
    return url


async def _keep_running(server: Server, stop: Stop) -> None:
    """Start our PostgreSQL again when it ends by itself; from this thread, since it ends with the one it came from."""
    tries = 0
    while not await stop.wait(_WATCH_S if server.is_running else _PATIENCE_S):
        if server.is_running:
            tries = 0
            continue
        tries += 1
        if tries > _RESTARTS:
            stop.ask(ServerTrouble(f"PostgreSQL ended and does not start again: see {server.place}/postgres.log"))
            return
        log.warning("PostgreSQL ended; starting it again", attempt=tries)
        server.restart()
        await asyncio.sleep(0)
