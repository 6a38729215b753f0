"""The web application put together from rooms' routes and what they share."""

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPMethod, HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.web.access import Authenticator, check_routes, gate, public
from kanta_tenancy.machinery.web.bodies import StrictRequest
from kanta_tenancy.machinery.web.call import calls
from kanta_tenancy.machinery.web.envelope import Envelope, Lane
from kanta_tenancy.machinery.web.health import Check, health_routes
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.machinery.web.openapi import Info, describe
from kanta_tenancy.machinery.web.reference import STYLE_DIGEST, reference_page
from kanta_tenancy.machinery.web.trouble import HANDLERS

LARGEST_BODY: Final = 1_000_000  # bytes, unless a route says another `request_max_body_size`
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src '{STYLE_DIGEST}'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def build_application(
    *,
    info: Info,
    routers: Sequence[Router],
    db: Database,
    clock: Clock,
    authenticator: Authenticator,
    checks: Mapping[str, Check],
    metrics: Metrics | None = None,
    metrics_token: str | None = None,
    lifespan: Sequence[Lifespan] = (),
    lane: Lane | None = None,
) -> Envelope:
    """Return the application, ready to be served.

    Args:
        routers: the rooms' routes, each with its terms; they are served under /v1.
        authenticator: says who holds an access key.
        checks: what /health/ready asks, by name.
        metrics_token: opens /metrics; without it that route is not there.
        lane: what stands before the router, for requests that it takes in its place.

    Raises:
        OpenByAccident: a route does not say on what terms it may be called.
    """
    metrics = metrics or Metrics()
    app = Litestar(
        route_handlers=[
            Router("/v1", route_handlers=routers),
            health_routes(checks, metrics, metrics_token),
            *_documents(info),
        ],
        before_request=_answer_options,
        dependencies={"call": Provide(calls(db, clock), sync_to_thread=False)},
        exception_handlers=HANDLERS,
        guards=[gate(authenticator)],
        lifespan=list(lifespan),
        logging_config=None,
        openapi_config=None,
        request_class=StrictRequest,
        request_max_body_size=LARGEST_BODY,
        debug=False,
    )
    check_routes(app)
    return Envelope(app, metrics, lane)


async def _answer_options(request: Request[Any, Any, Any]) -> Response[None] | None:
    # Litestar's own answer forgets methods when a path has several handlers.
    if request.method != HTTPMethod.OPTIONS:
        return None
    path = request.scope["path_template"]
    methods = {method for route in request.app.routes if route.path_format == path for method in route.methods}
    return Response(None, status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join(sorted(methods))})


def _documents(info: Info) -> Sequence[HTTPRouteHandler]:
    @functools.cache
    def described(app: Litestar) -> Mapping[str, Any]:
        return describe(app, info)

    @get("/openapi.json", opt=public(), include_in_schema=False, sync_to_thread=False)
    def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
        return Response(msgspec.json.encode(described(request.app)), media_type="application/json")

    @get("/docs", opt=public(), include_in_schema=False, sync_to_thread=False)
    def reference(request: Request[Any, Any, Any]) -> Response[str]:
        return Response(reference_page(described(request.app)), media_type=MediaType.HTML, headers=_PAGE_HEADERS)

    @get("/problems/{slug:str}", opt=public(), include_in_schema=False, sync_to_thread=False)
    def problem(slug: FromPath[str]) -> Redirect:
        """Lead from a problem's `type` to what is said about it."""
        return Redirect(f"/docs#problem-{quote(slug, safe='')}")

    return openapi_document, reference, problem
