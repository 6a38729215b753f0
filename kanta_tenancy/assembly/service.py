"""One instance of the service: its pool, its application, its background work, put together and run."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from socket import socket

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.asking import WaysOut, ways_out
from kanta_tenancy.assembly.background import JOBS, Job, work
from kanta_tenancy.assembly.database_watch import OUT_OF_REACH, is_fit, refuse_unfit_database
from kanta_tenancy.assembly.own_keys import signing_jobs
from kanta_tenancy.assembly.sealing import sealing_jobs
from kanta_tenancy.assembly.sending import sending_jobs
from kanta_tenancy.assembly.serving import Stop, serve, together
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.disturbances.jobs import DisturbanceFigures
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.postgres.fitness import ensure_fit
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.messages.jobs import MessageFigures
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.promises.figures import PromiseFigures
from kanta_tenancy.renewals.figures import RenewalFigures

Preparation = Callable[[Database, Clock], Awaitable[list[str]]]  # returns lines to show when serving begins


async def serve_api(
    settings: Settings,
    url: str,
    listener: socket,
    stop: Stop,
    *,
    works: bool = True,
    prepare: Preparation | None = None,
    show: Callable[[list[str]], None],
) -> None:
    """Serve on `listener` until asked to stop; the database may come later than we do.

    Args:
        works: whether to do background work beside it.
        prepare: what is done before the first answer; only where the database is known to be there.

    Raises:
        UnfitDatabase: the database must not be worked with.
    """
    clock = SystemClock()
    uses = LastUses()
    metrics = Metrics()
    promises, messages = PromiseFigures(metrics.registry), MessageFigures(metrics.registry)
    disturbances = DisturbanceFigures(metrics.registry)
    renewals = RenewalFigures(metrics.registry)

    async def record_uses(db: Database, _: Clock) -> int:
        return await uses.flush(db)

    own = (
        Job(name="access-keys", every=timedelta(seconds=60), run=record_uses),
        Job(name="promise-figures", every=timedelta(seconds=60), run=promises.read),
        Job(name="message-figures", every=timedelta(seconds=60), run=messages.read),
        Job(name="disturbance-figures", every=timedelta(seconds=60), run=disturbances.read),
        Job(name="renewal-figures", every=timedelta(seconds=60), run=renewals.read),
    )
    ways = ways_out(settings)
    async with connect(url, size=settings.pool_size, check=ensure_fit) as db, ways.kept():
        fit = await is_fit(db)
        lines = await prepare(db, clock) if prepare is not None else []
        jobs = (*own, *_jobs(settings, stop, ways)) if works else own
        application = build_application(settings, db, clock, uses, metrics=metrics, ways=ways)
        await together(
            serve(application, listener, stop, on_begun=lambda: show(lines)),
            work(db, clock, stop, jobs),
            *(() if fit else (refuse_unfit_database(db, stop),)),
        )
        with suppress(*OUT_OF_REACH):
            await uses.flush(db)


async def work_alone(settings: Settings, url: str, stop: Stop) -> None:
    """Do background work until asked to stop.

    Raises:
        UnfitDatabase: the database must not be worked with.
    """
    ways = ways_out(settings)
    async with connect(url, size=settings.pool_size, check=ensure_fit) as db, ways.kept():
        if not await is_fit(db):
            await refuse_unfit_database(db, stop)
        await work(db, SystemClock(), stop, _jobs(settings, stop, ways))


def _jobs(settings: Settings, stop: Stop, ways: WaysOut) -> tuple[Job, ...]:
    return (
        *JOBS,
        *signing_jobs(settings, ways),
        *sealing_jobs(settings, ways),
        *sending_jobs(settings, stop, ways),
    )
