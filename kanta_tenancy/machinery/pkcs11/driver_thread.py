"""One thread that drivers of tokens are called from: they block, and few of them bear two callers at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from kanta_tenancy.machinery.pkcs11.errors import TokenTrouble

PATIENCE_S: Final = 60.0  # somebody may have to type a PIN on the device
_Result = TypeVar("_Result")


class DriverThread:
    """Does what it is asked to in turn, in a thread that starts at the first call and never keeps a process alive."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._hanging: Future[Any] | None = None

    def call(self, work: Callable[[], _Result]) -> _Result:
        """Do work in the thread and wait for what it gives.

        Raises:
            TokenTrouble: it takes too long, and what has not begun by then is not done any more; or it is known to
                hang, and then nobody waits for it.
        """
        if self._hanging is not None and not self._hanging.done():
            raise TokenTrouble("the driver of the token has not come back from what it was asked before")
        self._start()
        result: Future[_Result] = Future()
        self._waiting.put(lambda: _do(work, result))
        try:
            return result.result(self._patience_s)
        except TimeoutError as late:
            if not result.cancel():
                self._hanging = result
            raise TokenTrouble(f"the token did not answer for {self._patience_s:g} seconds") from late

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="token-driver", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._waiting.get()()


def _do(work: Callable[[], _Result], result: "Future[_Result]") -> None:
    if not result.set_running_or_notify_cancel():
        return
    try:
        result.set_result(work())
    except BaseException as trouble:  # noqa: BLE001 -- whoever waits raises it
        result.set_exception(trouble)
