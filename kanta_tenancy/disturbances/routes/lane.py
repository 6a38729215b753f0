"""A lane of its own for plain reports: past the router, with one way to the database (K4.1a).

When much is out of order everybody reports, and nearly all reports are alike: one short JSON document with a key that
was used before, nothing by which it could be repeated for days, nothing that has to be read first. Such a one is taken
in here as its route does it; its key is looked at again by what writes it. Whatever is not so, and whatever is refused
or fails here, goes on to the route with what was read of it: the route alone says what is wrong.
"""

from collections.abc import Mapping
from http import HTTPMethod, HTTPStatus
from typing import Any, Final, Protocol

import asyncpg
import msgspec
from litestar.types import ASGIApp, Receive, Send

from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.actions.storm import KeyClosed, Storm
from kanta_tenancy.disturbances.bodies.reports import Reporting, ShownIntake, taken_in
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.web.access import JSON, bearer
from kanta_tenancy.machinery.web.bodies import read_json
from kanta_tenancy.machinery.web.problems import REQUEST_ID
from kanta_tenancy.parties import Permission

PATH: Final = "/v1/disturbances"
LONGEST: Final = 16 * 1024  # bytes of a plain report
TROUBLE: Final = "kanta.trouble"  # where it is left in the ASGI scope, for the route to tell: nobody tries it again
_TROUBLE: Final = (
    OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, msgspec.MsgspecError, LookupError, ValueError
)  # fmt: skip
_JSON: Final = JSON.encode()
_UNUSUAL: Final = frozenset({b"idempotency-key", b"content-encoding", b"transfer-encoding"})


class Keys(Protocol):
    def remembered(self, token: str) -> Caller | None:
        """Return who held a key when it was looked up last."""
        ...

    def was_good(self, caller: Caller) -> None:
        """Note that the key was looked at again, and used."""
        ...


class ReportLane:
    """Stands before the router."""

    def __init__(self, router: ASGIApp, storm: Storm, keys: Keys, clock: Clock) -> None:
        self._router = router
        self._storm = storm
        self._keys = keys
        self._clock = clock

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        caller = self._reporter(scope)
        if caller is None:
            await self._router(scope, receive, send)
            return
        message = await receive()
        shown = await self._taken_in(caller, scope, message)
        if shown is None:
            await self._router(scope, _again(message, receive), send)
            return
        self._keys.was_good(caller)
        scope["user"], scope["path_template"] = caller, PATH  # as the router would leave them for the log
        await _answer(shown, send)

    def _reporter(self, scope: Any) -> Caller | None:
        """Return who sends a plain report, with a key that is known here and may report."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != HTTPMethod.POST:
            return None
        headers = dict(scope["headers"])
        if len(headers) < len(scope["headers"]) or scope["query_string"] or not _is_plain(headers):
            return None
        token = bearer(headers.get(b"authorization", b"").decode("latin-1"))
        caller = None if token is None else self._keys.remembered(token)
        return caller if caller is not None and Permission.DISTURBANCES_REPORT in caller.permissions else None

    async def _taken_in(self, caller: Caller, scope: Any, message: Any) -> ShownIntake | None:
        if message["type"] != "http.request" or message["more_body"]:
            return None
        by = reporting.Reporter(scope=caller.scope, actor=caller.actor, request_id=scope[REQUEST_ID])
        try:
            body = read_json(message["body"], Reporting)
            said = body.said()
            if not reporting.opens_by_itself(said, join=body.join):
                return None
            taken = await self._storm.take_in(reporting.accepted(by, self._clock, said))
        except (DomainError, KeyClosed):
            return None
        except _TROUBLE as error:
            scope[TROUBLE] = error
            return None
        return taken_in(taken, taken.similar_ones)


def _is_plain(headers: Mapping[bytes, bytes]) -> bool:
    length = headers.get(b"content-length", b"")
    return (
        headers.get(b"content-type") == _JSON
        and _UNUSUAL.isdisjoint(headers)
        and length.isdigit()
        and int(length) <= LONGEST
    )


def _again(message: Any, receive: Receive) -> Receive:
    """Return what the router receives: what was received already, then the rest."""
    first = iter([message])

    async def received() -> Any:
        return next(first, None) or await receive()

    return received


async def _answer(shown: ShownIntake, send: Send) -> None:
    body = msgspec.json.encode(shown)
    headers = [
        (b"location", f"{PATH}/{shown.disturbance_id}".encode()),
        (b"content-type", _JSON),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": HTTPStatus.CREATED, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
