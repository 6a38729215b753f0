"""Whether the process lives, whether it can work, and how it fares: for machines that watch it."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import asyncpg
import msgspec
import structlog
from litestar import Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler

from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.machinery.web.access import public
from kanta_tenancy.machinery.web.errors import NotAuthenticated, NotReady
from kanta_tenancy.machinery.web.metrics import CONTENT_TYPE, Metrics
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.trouble import described

Check = Callable[[], Awaitable[None]]  # raises when the service cannot work

_WITHIN_S: Final = 1.0

log: Final = structlog.get_logger("kanta_tenancy.web")


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    status: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    checks: Mapping[str, str]


def health_routes(checks: Mapping[str, Check], metrics: Metrics, metrics_token: str | None) -> Router:
    """Return the routes that need no access key.

    Args:
        checks: what must work before the service takes requests, by name.
        metrics_token: what Prometheus sends as its bearer token; None leaves /metrics out. It is no access key,
            so that figures can be read while the database is away.
    """

    @get("/health/live", operation_id="isAlive", opt=public(), sync_to_thread=False)
    def is_alive() -> Alive:
        """Say that the process answers; it asks nothing else, so a restart could not help more."""
        return Alive(status="alive")

    @get("/health/ready", operation_id="isReady", opt=public(), responses=refusals(NotReady))
    async def is_ready() -> Ready:
        """Say whether the service can do its work now: each check must pass within a second."""
        names = list(checks)
        passed = await asyncio.gather(*(_passes(name, checks[name]) for name in names))
        results = {name: "ok" if ok else "failed" for name, ok in zip(names, passed, strict=True)}
        if not all(passed):
            flaws = tuple(Flaw(field=name, detail="Failed.") for name, word in results.items() if word == "failed")
            raise NotReady("Not every check passes.", flaws=flaws, **results)
        return Ready(status="ready", checks=results)

    routes = [is_alive, is_ready] if metrics_token is None else [is_alive, is_ready, _metrics(metrics, metrics_token)]
    return Router("/", route_handlers=routes, tags=["Operation"])


def _metrics(metrics: Metrics, token: str) -> HTTPRouteHandler:
    expected = f"Bearer {token}".encode()

    @get(
        "/metrics",
        operation_id="readMetrics",
        opt=public(),
        responses=refusals(NotAuthenticated),
        media_type=CONTENT_TYPE,
        sync_to_thread=False,
    )
    def read_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Show the figures of this process, in Prometheus' text format, to who has the token of the settings."""
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
            raise NotAuthenticated("Send `Authorization: Bearer <the metrics token of the settings>`.")
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return read_metrics


def _reason(error: Exception) -> str | None:
    """Return the sentence of a refusal, which is ours and safe to show; that of another error may hold data."""
    return error.detail if isinstance(error, DomainError) else None


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(_WITHIN_S):
            await check()
    except (DomainError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        log.warning("not ready", check=name, reason=_reason(error), **described(error))
        return False
    return True
