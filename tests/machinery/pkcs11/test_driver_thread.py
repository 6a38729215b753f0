"""A driver that hangs holds up whoever asks for as long as their patience lasts, and no longer."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kanta_tenancy.machinery.pkcs11.driver_thread import DriverThread
from kanta_tenancy.machinery.pkcs11.errors import TokenTrouble


def test_all_work_is_done_in_one_thread_that_is_not_the_callers():
    thread = DriverThread()
    workers = {thread.call(threading.get_ident) for _ in range(3)}
    assert len(workers) == 1
    assert threading.get_ident() not in workers


def test_what_the_work_raises_reaches_whoever_asked_and_the_thread_goes_on():
    thread = DriverThread()
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)
    assert thread.call(lambda: 1) == 1


def test_a_driver_that_hangs_is_told_and_then_nobody_waits_for_it_until_it_comes_back():
    thread, goes_on = DriverThread(patience_s=0.2), threading.Event()
    with pytest.raises(TokenTrouble, match=r"did not answer for 0\.2 seconds"):
        thread.call(goes_on.wait)
    with pytest.raises(TokenTrouble, match="has not come back from what it was asked before"):
        thread.call(lambda: 1)
    goes_on.set()
    assert answer_at_last(thread) == 1


def test_what_waited_in_vain_behind_it_is_not_done_late():
    thread, goes_on, begun, done = DriverThread(patience_s=0.2), threading.Event(), threading.Event(), []
    with ThreadPoolExecutor(2) as pool:
        hangs = pool.submit(thread.call, lambda: (begun.set(), goes_on.wait()))
        begun.wait()
        waits = pool.submit(thread.call, lambda: done.append("too late"))
        assert [type(one.exception()) for one in (hangs, waits)] == [TokenTrouble, TokenTrouble]
    goes_on.set()
    assert answer_at_last(thread) == 1
    assert done == []


def answer_at_last(thread: DriverThread) -> int:
    while True:
        try:
            return thread.call(lambda: 1)
        except TokenTrouble:
            continue


def test_a_driver_that_hangs_keeps_no_process_from_ending():
    script = (
        "import time\n"
        "from kanta_tenancy.machinery.pkcs11.driver_thread import DriverThread\n"
        "from kanta_tenancy.machinery.pkcs11.errors import TokenTrouble\n"
        "try: DriverThread(patience_s=0.05).call(lambda: time.sleep(3600))\n"
        "except TokenTrouble as told: print(told)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, timeout=60, cwd=Path(__file__).parents[3]
    )
    assert b"did not answer" in told.stdout
