import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.scheduling.ticking import QUIET_S, Failing, Tick, tick


async def ticked(run, *, for_s: float, every_s: float = 0.02, first_after_s: float = 0, grace_s: float = 1) -> None:
    rhythm, first_after = timedelta(seconds=every_s), timedelta(seconds=first_after_s)
    one = Tick(name="a test", every=rhythm, run=run, first_after=first_after)
    await tick([one], lambda: asyncio.sleep(for_s), now=SystemClock().now(), grace_s=grace_s)


async def test_a_job_runs_at_once_and_again_and_again():
    ran = []

    async def run() -> int:
        ran.append(1)
        return 1

    await ticked(run, for_s=0.5)
    assert len(ran) > 3


@pytest.mark.parametrize(("for_s", "runs"), [(0.1, 0), (0.6, 1)])
async def test_a_job_that_waits_first_does_not_run_at_the_start(for_s, runs):
    ran = []

    async def run() -> int:
        ran.append(1)
        return 1

    await ticked(run, for_s=for_s, every_s=10, first_after_s=0.3)
    assert len(ran) == runs


async def test_a_job_that_keeps_failing_says_so_once_and_then_that_it_works_again():
    ran = []

    async def run() -> int:
        ran.append(1)
        if len(ran) in {1, 2, 3, 6}:
            raise ZeroDivisionError
        return 0

    with capture_logs() as lines:
        await ticked(run, for_s=0.5)
    assert len(ran) > 6
    assert lines == [
        {"event": "job failed", "job": "a test", "error": "ZeroDivisionError", "times": 1, "log_level": "error"},
        {"event": "job works again", "job": "a test", "failed": 3, "log_level": "info"},
        {"event": "job failed", "job": "a test", "error": "ZeroDivisionError", "times": 1, "log_level": "error"},
        {"event": "job works again", "job": "a test", "failed": 1, "log_level": "info"},
    ]


def test_a_job_that_fails_each_second_is_told_of_once_a_minute():
    failing = Failing()
    assert [second for second in range(200) if failing.again(1000.0 + second)] == [0, 60, 120, 180]
    assert failing.no_more() == 200
    assert failing.no_more() == 0
    assert failing.again(1000.0 + 180 + QUIET_S / 2)


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
