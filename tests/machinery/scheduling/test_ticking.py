import asyncio
from datetime import timedelta

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.scheduling.ticking import Tick, tick


async def ticked(run, *, for_s: float, every_s: float = 0.02, grace_s: float = 1) -> None:
    one = Tick(name="a test", every=timedelta(seconds=every_s), run=run)
    await tick([one], lambda: asyncio.sleep(for_s), now=SystemClock().now(), grace_s=grace_s)


async def test_a_job_runs_at_once_and_again_and_again():
    ran = []

    async def run() -> int:
        ran.append(1)
        return 1

    await ticked(run, for_s=0.5)
    assert len(ran) > 3


async def test_a_job_that_fails_runs_again_and_does_not_stop_the_clock():
    ran = []

    async def run() -> int:
        ran.append(1)
        raise ZeroDivisionError

    await ticked(run, for_s=0.3)
    assert len(ran) > 1


async def test_a_job_never_overlaps_itself():
    at_work, most = 0, 0

    async def run() -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.1)
        at_work -= 1
        return 0

    await ticked(run, for_s=0.4)
    assert (at_work, most) == (0, 1)


async def test_a_job_at_work_may_finish_and_one_that_takes_too_long_is_cut_off():
    finished = []

    async def run() -> int:
        await asyncio.sleep(0.2)
        finished.append(1)
        return 1

    await ticked(run, for_s=0.05, every_s=10)
    assert finished == [1]
    await ticked(run, for_s=0.05, every_s=10, grace_s=0.01)
    await asyncio.sleep(0.3)
    assert finished == [1]
