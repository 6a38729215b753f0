"""Who may call which route: declared on the route, enforced before it, checked when the application is built."""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPMethod
from typing import Any, Final, Protocol

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Guard

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.web.bodies import StrictRequest
from kanta_tenancy.machinery.web.errors import NotAuthenticated, PermissionMissing, RequestMalformed
from kanta_tenancy.machinery.web.preconditions import if_match_of
from kanta_tenancy.machinery.web.problems import MediaTypeUnsupported
from kanta_tenancy.machinery.web.queries import refuse_query
from kanta_tenancy.machinery.web.trouble import reached

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"  # as browsers send one that takes files,
WITHOUT_FILES: Final = "application/x-www-form-urlencoded"  # and one that takes none, which is read as well
_TERMS: Final = "terms"
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,200})", re.IGNORECASE)
_PERMISSION: Final = re.compile(r"[a-z_]+\.[a-z_]+")
_CHANGES: Final = frozenset({HTTPMethod.PUT, HTTPMethod.PATCH, HTTPMethod.DELETE})


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """On what terms a route may be called."""

    permission: str | None  # None: anyone may call it, without a key
    query: type[msgspec.Struct] | None = None  # None: it takes no query parameters
    if_match: bool = False  # it changes an existing thing, so the request names the version that it saw
    etag: bool = False  # its answers carry the version of what they show
    accepts: str = JSON  # the media type of its body
    asks: bool = False  # a POST that changes nothing: nothing of it is kept, so it takes no Idempotency-Key
    page: bool = False  # whoever accepts HTML gets the answer as a page


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path, and its terms: for tests and documents that walk them all."""

    method: str
    path: str
    parameters: Mapping[str, type]  # those in the path
    handler: HTTPRouteHandler
    terms: Terms | None


class OpenByAccident(Exception):
    """A route does not say on what terms it may be called, or says it wrongly; a programmer must mend it."""


class Authenticator(Protocol):
    async def __call__(self, token: str) -> Caller | None:
        """Return who holds this access key now; None when nobody does, for whatever reason."""
        ...


def needs(
    permission: str,
    *,
    query: type[msgspec.Struct] | None = None,
    if_match: bool = False,
    etag: bool = False,
    accepts: str = JSON,
    asks: bool = False,
    page: bool = False,
) -> dict[str, Any]:
    """Declare, as `opt=` of a route, the permission that it needs and what else a request must bring."""
    terms = Terms(
        permission=permission,
        query=query,
        if_match=if_match,
        etag=etag or if_match,
        accepts=accepts,
        asks=asks,
        page=page,
    )
    return {_TERMS: terms}


def public(*, etag: bool = False, accepts: str = JSON) -> dict[str, Any]:
    """Declare, as `opt=` of a route, that anyone may call it, on purpose.

    Args:
        accepts: `FORM` for a form of our own that people send: nothing else that is public takes anything.
    """
    return {_TERMS: Terms(permission=None, etag=etag, accepts=accepts)}


def gate(authenticator: Authenticator) -> Guard:
    """Return the guard that stands before every route."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        terms = handler.opt.get(_TERMS)
        if isinstance(terms, Terms):
            if terms.permission is not None:
                caller = connection.scope["user"] = await _caller(connection, authenticator)
                if terms.permission not in caller.permissions:
                    raise PermissionMissing(
                        f"This needs the permission {terms.permission}.", permission=terms.permission
                    )
            await _refuse_malformed(connection, handler, terms)
        elif not _answers_options(handler):
            raise OpenByAccident(str(handler))

    return admit


def accesses(app: Litestar) -> Iterator[Access]:
    """Walk every method of every route, except the OPTIONS that Litestar answers by itself."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise OpenByAccident(f"{route.path} is no HTTP route, so no gate stands before it")
        for method, (handler, _) in sorted(route.route_handler_map.items()):
            if not _answers_options(handler):
                yield Access(
                    method=method,
                    path=route.path_format,
                    parameters={name: parameter.type for name, parameter in route.path_parameters.items()},
                    handler=handler,
                    terms=handler.opt.get(_TERMS),
                )


def check_routes(app: Litestar) -> None:
    """Refuse to build an application with a route that is open, or that overwrites unseen changes, by accident.

    Raises:
        OpenByAccident: with every such route.
    """
    wrong = [f"{access.method} {access.path}: {flaw}" for access in accesses(app) for flaw in _flaws(access)]
    if wrong:
        raise OpenByAccident("; ".join(wrong))


def media_type_of(handler: HTTPRouteHandler) -> str:
    """Return the media type of what a route answers with."""
    declared = handler.media_type or MediaType.JSON
    return declared.value if isinstance(declared, MediaType) else str(declared)


def _flaws(access: Access) -> Sequence[str]:
    terms = access.terms
    if terms is None:
        return ["declares neither needs(…) nor public()"]
    found = []
    if terms.permission is not None and not _PERMISSION.fullmatch(terms.permission):
        found.append(f"`{terms.permission}` is no name of a permission")
    if terms.permission is None and access.method != HTTPMethod.GET and not _is_form(access):
        found.append("is public and no GET")
    if access.method in _CHANGES and not terms.if_match:
        found.append("changes a thing without if_match")
    return found


def _is_form(access: Access) -> bool:
    return access.method == HTTPMethod.POST and access.terms is not None and access.terms.accepts == FORM


def _answers_options(handler: BaseRouteHandler) -> bool:
    return isinstance(handler, HTTPRouteHandler) and handler.http_methods == {HTTPMethod.OPTIONS}


async def _caller(connection: ASGIConnection[Any, Any, Any, Any], authenticator: Authenticator) -> Caller:
    given = connection.headers.getall("authorization", [])
    token = bearer(given[0]) if len(given) == 1 else None
    caller = None
    if token is not None:
        with reached():
            caller = await authenticator(token)
    if caller is None:
        raise NotAuthenticated("Send `Authorization: Bearer <access key>` with a key that is valid now.")
    return caller


def bearer(authorization: str) -> str | None:
    """Return the access key that a header `Authorization` brings; None: it brings none."""
    match = _BEARER.fullmatch(authorization)
    return match[1] if match else None


async def _refuse_malformed(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler, terms: Terms
) -> None:
    if "\0" in connection.scope["path"]:
        raise RequestMalformed("The path holds the character U+0000.")
    if terms.if_match:
        if_match_of(connection)
    if terms.query is None and terms.permission is not None:
        refuse_query(connection)
    if terms.accepts != JSON or handler.parsed_data_field is not None:
        _refuse_media_type(connection, terms.accepts)
    elif terms.permission is not None and isinstance(connection, StrictRequest):
        await connection.refuse_body()


def _refuse_media_type(connection: ASGIConnection[Any, Any, Any, Any], accepted: str) -> None:
    given, _, parameters = connection.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    read = {FORM, WITHOUT_FILES} if accepted == FORM else {accepted}
    if given.strip().lower() not in read or (accepted == JSON and charset not in {"", "utf-8"}):
        raise MediaTypeUnsupported(f"The body must be {accepted}, in UTF-8 where it is text.")
    if connection.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeUnsupported("The body must not be compressed.")
