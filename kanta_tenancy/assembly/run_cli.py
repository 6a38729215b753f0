"""The command `run`: it starts PostgreSQL first and imports the rest while that gets ready."""

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager

import click

from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.assembly.listening import listen
from kanta_tenancy.assembly.settings import Settings, read_settings
from kanta_tenancy.machinery.postgres.server import Server


@click.command()
def run() -> None:
    """Try the service out on a PostgreSQL of its own.

    Everything that it keeps is in KANTA_HOME, ./var unless set: delete that folder to begin anew. The first run makes
    a database there and fills it with a sample main connector; later runs find it again, also after a crash. Nobody
    else can reach that database, and it ends with the command. With KANTA_DATABASE_URL, the address of an
    administrator of any PostgreSQL 15 or newer, that server is used instead.

    Serves on KANTA_HOST and KANTA_PORT until Ctrl-C or SIGTERM.
    """
    settings = read_settings(os.environ)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the service answers to it
    with listen(settings.host, settings.port) as listener, _own_server(settings) as server:
        try_out = load("kanta_tenancy.assembly.trying_out:try_out")
        if server is not None:
            server.wait_until_ready()
        try_out(settings, server, listener)


@contextmanager
def _own_server(settings: Settings) -> Generator[Server | None]:
    if settings.database_url is not None:
        yield None
        return
    server = Server(settings.home, programs=settings.postgres_programs)
    server.start()
    try:
        yield server
    finally:
        server.stop()
