"""What every request gets, whatever answers it: an id, safe headers, a line in the log, a place in the metrics."""

import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from uuid import UUID

import structlog
from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Send

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.web.logs import current_request
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.machinery.web.problems import REQUEST_ID

_SAFE_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
Lane: TypeAlias = Callable[[ASGIApp], ASGIApp]

_UNMATCHED: Final = "(none)"  # never the path itself: it may hold anything


class Envelope:
    """The outermost layer of the web application; `app` is the router in it."""

    def __init__(self, app: Litestar, metrics: Metrics, lane: Lane | None = None) -> None:
        """Set up.

        Args:
            lane: what stands before the router.
        """
        self.app = app
        self._inner: ASGIApp = app if lane is None else lane(app)
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = request_id_of(scope["headers"])
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)  # until an answer begins

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"] = int(message["status"])
                message["headers"] = [*_with_safe_headers(message["headers"]), (b"x-request-id", request_id.encode())]
            await send(message)

        began = time.perf_counter()
        in_every_line = current_request.set(request_id)
        self._metrics.in_flight.inc()
        try:
            await self._inner(scope, receive, send_on)
        finally:
            self._metrics.in_flight.dec()
            seconds = time.perf_counter() - began
            route = scope.get("path_template", _UNMATCHED)
            self._metrics.count(scope["method"], route, status, seconds)
            self.log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                duration_ms=round(seconds * 1000, 2),
                key_id=_key_of(scope),
            )
            current_request.reset(in_every_line)

    @functools.cached_property
    def log(self) -> Any:
        return structlog.get_logger("kanta_tenancy.web.access").bind()  # once: logs are set up before the first request


def request_id_of(headers: Any) -> str:
    """Return the request's id: the one in `X-Request-Id` when it is a UUID, else a new one.

    A UUID can carry nothing but itself into our logs, and lets a proxy or a client follow its request.
    """
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and len(given[0]) in {32, 36}:
        try:
            return str(UUID(given[0].decode("ascii")))
        except ValueError:
            pass
    return str(new_id())


def _with_safe_headers(headers: Any) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name, _ in headers}
    return [*headers, *(header for header in _SAFE_HEADERS if header[0] not in given)]


def _key_of(scope: Any) -> str | None:
    caller = scope.get("user")
    key_id = caller.actor.key_id if isinstance(caller, Caller) else None
    return None if key_id is None else str(key_id)
