"""Long lists, a page at a time: after the last row seen, never by counting rows over."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection

from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.bodies import read_json
from kanta_tenancy.machinery.web.errors import RequestInvalid

B = TypeVar("B")
P = TypeVar("P")
R = TypeVar("R")


class PageQuery(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query parameters of a list; a room adds its filters in a subclass."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200, description="How many items at most")] = 50
    after: (
        Annotated[str, msgspec.Meta(max_length=500, description="Where the page before ended, as its `next` says")]
        | None
    ) = None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than the page shows, to know whether another follows."""
        return self.limit + 1

    def position(self, kind: type[P]) -> P | None:
        """Return where the page before ended, in the same type as `position=` of `paged` gives; None at the start.

        Raises:
            RequestInvalid: `after` was not made by this list.
        """
        if self.after is None:
            return None
        try:
            padded = self.after + "=" * (-len(self.after) % 4)
            return read_json(urlsafe_b64decode(padded.encode("ascii")), kind)
        except (ValueError, DomainError) as error:
            flaw = Flaw(field="after", detail="This is no `after` that this list gave.")
            raise RequestInvalid(
                "Follow `next` of the page before, or begin without `after`.", flaws=(flaw,)
            ) from error


class Page(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """Some items of a list, and the address of those that follow."""

    items: tuple[B, ...]
    next: str | None


def paged(
    connection: ASGIConnection[Any, Any, Any, Any],
    query: PageQuery,
    rows: Sequence[R],
    *,
    position: Callable[[R], object],
    body: Callable[[R], B],
) -> Response[Page[B]]:
    """Answer with a page of `rows`, of which `query.fetch` were asked for.

    Args:
        position: the sort key of a row, which must be unique; the next page begins after it.
    """
    shown = rows[: query.limit]
    following = _next(connection, position(shown[-1])) if len(rows) > query.limit else None
    return Response(
        Page(items=tuple(map(body, shown)), next=following),
        headers={} if following is None else {"Link": f'<{following}>; rel="next"'},
    )


def _next(connection: ASGIConnection[Any, Any, Any, Any], position: object) -> str:
    after = urlsafe_b64encode(msgspec.json.encode(position)).decode("ascii").rstrip("=")
    given = parse_qsl(connection.scope["query_string"].decode("ascii"), keep_blank_values=True)
    kept = [(name, value) for name, value in given if name != "after"]
    return f"{connection.scope['path']}?{urlencode([*kept, ('after', after)])}"
