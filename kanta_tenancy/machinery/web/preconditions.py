"""Versions in HTTP: `ETag` on what is read, `If-Match` on what is changed, `If-None-Match` on what is read again."""

import re
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.enums import MediaType

from kanta_tenancy.machinery.web.errors import VersionNotNamed, VersionNotOurs

B = TypeVar("B")

_ETAG: Final = re.compile(r'"([0-9]{1,18})(?:\.[0-9]{1,9})?"')
_SEEN: Final = re.compile(r'(?:W/)?"([^"]*)"')


def etag(version: int, revision: int = 0) -> str:
    """Return the strong validator of a version, as `ETag` carries it.

    Args:
        revision: counts what the service added since, which is another answer and no other version: a change that was
            computed before it is as good as one that was computed after.
    """
    return f'"{version}.{revision}"' if revision else f'"{version}"'


def if_match_of(connection: ASGIConnection[Any, Any, Any, Any]) -> int:
    """Return the version that the request was made from.

    Raises:
        VersionNotNamed: there is no `If-Match`, or it is `*`, which names none.
        VersionNotOurs: it is anything else than one ETag of this service, so it can match nothing.
    """
    given = connection.headers.getall("if-match", [])
    if not given or given == ["*"]:
        raise VersionNotNamed('Read it first, then send its ETag back, such as `If-Match: "3"`.')
    match = _ETAG.fullmatch(given[0]) if len(given) == 1 else None
    if match is None:
        raise VersionNotOurs('If-Match takes one ETag as this service gave it, such as `"3"`.')
    return int(match[1])


def with_etag(body: B, version: int, *, revision: int = 0, location: str | None = None) -> Response[B]:
    """Answer with a thing and its version; `location` is the path of one that was just made."""
    headers = {"ETag": etag(version, revision)}
    if location is not None:
        headers["Location"] = location
    return Response(body, headers=headers)


def unless_seen(
    connection: ASGIConnection[Any, Any, Any, Any], body: B, version: int, *, revision: int = 0
) -> Response[B]:
    """Answer with a thing and its version, or 304 when the caller says that it has this version already."""
    now = etag(version, revision)
    seen = ",".join(connection.headers.getall("if-none-match", []))
    if seen.strip() == "*" or now.strip('"') in _SEEN.findall(seen):
        # 304 has no body, whatever the route returns otherwise, in whatever media type
        return Response(
            cast("B", None),
            status_code=HTTPStatus.NOT_MODIFIED,
            media_type=MediaType.JSON,
            headers={"ETag": now},
        )
    return with_etag(body, version, revision=revision)
