"""The commands of a deployment: serve, work, migrate."""

import asyncio
import os

import asyncpg
import click

from kanta_tenancy.assembly.home import service_url
from kanta_tenancy.assembly.listening import address_of, listen
from kanta_tenancy.assembly.service import serve_api, work_alone
from kanta_tenancy.assembly.serving import run_until_stopped
from kanta_tenancy.assembly.settings import Settings, WrongSettings, read_settings, refuse_known_password
from kanta_tenancy.machinery.postgres.migrations import migrate as apply_missing
from kanta_tenancy.machinery.postgres.migrations import read_migrations
from kanta_tenancy.machinery.web.logs import configure_logs


@click.command()
@click.option("--no-work", is_flag=True, help="Leave background work to instances of `kanta-tenancy work`.")
def serve(*, no_work: bool) -> None:
    """Serve the API, and do background work beside it.

    Connects to KANTA_DATABASE_URL, which names the role kanta_service, and listens on KANTA_HOST and KANTA_PORT.
    The database may be down at the start: /health/ready answers 503 until it is there. SIGTERM and Ctrl-C let
    requests finish and end the process within ten seconds.

    Refuses to start, with exit code 2, when the role owns tables or steps around row-level security, when the
    database would lose what it acknowledged (fsync or synchronous_commit off), or lacks migrations.
    """
    settings, url = _settings_and_url()
    listener = listen(settings.host, settings.port)

    def show(_: list[str]) -> None:
        click.echo(f"Serving on {address_of(listener)}")

    run_until_stopped(lambda stop: serve_api(settings, url, listener, stop, works=not no_work, show=show))


@click.command()
def work() -> None:
    """Do background work alone, beside instances that serve.

    Any number of instances may run at once. Ends as `serve` does, and refuses what `serve` refuses.
    """
    settings, url = _settings_and_url()
    run_until_stopped(lambda stop: work_alone(settings, url, stop))


@click.command()
def migrate() -> None:
    """Bring the database up to this version of the program.

    Connects to KANTA_OWNER_DATABASE_URL, which names the role that owns the tables, and applies each migration that
    the database lacks in a transaction of its own. Prints their names. Safe to run on several machines at once:
    one works, the others wait. There is no way back but a backup.
    """
    url = read_settings(os.environ).owner_database_url
    if url is None:
        raise WrongSettings(["KANTA_OWNER_DATABASE_URL is not set: `migrate` connects as the owner of the tables."])
    for name in asyncio.run(_migrate(url)):
        click.echo(name)


async def _migrate(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return await apply_missing(connection, read_migrations())
    finally:
        await connection.close()


def _settings_and_url() -> tuple[Settings, str]:
    settings = read_settings(os.environ)
    refuse_known_password(settings)
    configure_logs(level=settings.log_level)
    return settings, service_url(settings)
