"""POST, safely repeated: with `Idempotency-Key` the answer commits together with the effect that it reports."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
from litestar import Response
from litestar.serialization import encode_json

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.machinery.web.access import media_type_of
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.errors import KeyReused, RequestInFlight, RequestMalformed, SecretShownOnce

P = TypeVar("P")
R = TypeVar("R")
B = TypeVar("B")

HEADER: Final = "Idempotency-Key"
KEPT_FOR: Final = timedelta(days=7)
_KEY: Final = re.compile(r"[\x20-\x7e]{1,100}")
_BATCH: Final = 1000
_RETRIES: Final = 3


class Asked(Record, frozen=True, kw_only=True):
    """What makes two requests the same one."""

    main_connector_id: UUID
    access_key_id: UUID
    route: str
    key: str
    digest: bytes

    @property
    def lock(self) -> int:
        identity = f"{self.main_connector_id}\n{self.access_key_id}\n{self.route}\n{self.key}"
        return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big", signed=True)


class KeptAnswer(Record, frozen=True, kw_only=True):
    request_digest: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes | None


class _Claim(Record, frozen=True, kw_only=True):
    claimed: bool


class _Forgotten(Record, frozen=True, kw_only=True):
    forgotten: int


CLAIM: Final[Statement[_Claim]] = statement("web/idempotent_answer.claim", _Claim)
FIND: Final[Statement[KeptAnswer]] = statement("web/idempotent_answer.find", KeptAnswer)
KEEP: Final[Statement[Nothing]] = statement("web/idempotent_answer.keep", Nothing)
FORGET: Final[Statement[_Forgotten]] = statement("web/idempotent_answer.forget", _Forgotten)


def is_marked(call: Call) -> bool:
    """Say whether the request carries a key by which it can be repeated for days."""
    return HEADER in call.request.headers


async def once(
    call: Call,
    act: Callable[[Transaction], Awaitable[R]],
    *,
    answer: Callable[[R], Response[B]],
    secret: bool = False,
) -> Response[B]:
    """Do `act` in one transaction and answer; a repeated request gets the same answer and no second effect.

    Args:
        answer: makes the answer of what `act` returned, before the transaction commits.
        secret: the answer shows what must not be shown twice, so a repeated request is refused instead.

    Raises:
        RequestInFlight: the same request is being worked on by another connection.
        KeyReused: the key came before with another body or path.
        SecretShownOnce: the request was done, and its answer is not told again.
    """
    call.repeatable = True
    asked = await _asked(call)
    for _ in range(_RETRIES):
        try:
            return await _do(call, asked, act, answer=answer, secret=secret)
        except asyncpg.TransactionRollbackError:  # a deadlock, or a lost race: PostgreSQL asks to try again
            continue
    return await _do(call, asked, act, answer=answer, secret=secret)


async def _do(
    call: Call,
    asked: Asked | None,
    act: Callable[[Transaction], Awaitable[R]],
    *,
    answer: Callable[[R], Response[B]],
    secret: bool,
) -> Response[B]:
    async with call.transaction() as tx:
        if asked is None:
            return answer(await act(tx))
        claim = await CLAIM.one(tx, lock=asked.lock)
        if claim is None or not claim.claimed:
            raise RequestInFlight("Wait for its answer, or send it again in a second.")
        # Whoever held the claim has committed by now, so this look cannot miss its answer.
        kept = await _find(tx, asked)
        if kept is not None:
            return _again(kept, asked)
        response = answer(await act(tx))
        return await _keep(tx, call, asked, response, secret=secret)


async def once_prepared(
    call: Call,
    prepare: Callable[[], Awaitable[P]],
    act: Callable[[Transaction, P], Awaitable[R]],
    *,
    answer: Callable[[R], Response[B]],
    secret: bool = False,
) -> Response[B]:
    """Do the same as `once`, with expensive work done before its transaction opens.

    Args:
        prepare: reads and computes what `act` needs; `act` must check that the ground has not moved since.
    """
    call.repeatable = True
    asked = await _asked(call)
    kept = await _look(call, asked)
    if kept is None or asked is None:
        try:
            prepared = await prepare()
        except DomainError:
            # Perhaps it refuses because the first request has been done in the meantime.
            kept = await _look(call, asked)
            if kept is None or asked is None:
                raise
        else:
            return await once(call, lambda tx: act(tx, prepared), answer=answer, secret=secret)
    return _again(kept, asked)


async def once_by_itself(call: Call, caller: Caller, act: Callable[[Transaction], Awaitable[R]]) -> R:
    """Do `act` in one transaction, for who comes without an access key, so that no answer can be kept for them.

    Args:
        caller: who calls, by what opened the route.
        act: finds out by itself whether it was done before; it may be run again after a deadlock.
    """
    call.repeatable = True
    for _ in range(_RETRIES):
        try:
            async with call.transaction(caller) as tx:
                return await act(tx)
        except asyncpg.TransactionRollbackError:
            continue
    async with call.transaction(caller) as tx:
        return await act(tx)


async def forget_answers(db: Database, clock: Clock) -> int:
    """Delete every answer that was kept long enough; safe on many instances.

    Returns:
        How many this run deleted.
    """
    total = 0
    while True:
        async with db.unscoped() as connection:
            row = await FORGET.one(connection, older_than=clock.now() - KEPT_FOR, batch=_BATCH)
        forgotten = 0 if row is None else row.forgotten
        total += forgotten
        if forgotten < _BATCH:
            return total


async def _asked(call: Call) -> Asked | None:
    given = call.request.headers.getall(HEADER, [])
    key_id = call.caller.actor.key_id
    if not given:
        return None
    if key_id is None:
        raise LookupError("who calls over HTTP comes with an access key")
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise RequestMalformed(
            "Idempotency-Key takes 1 to 100 printable ASCII characters.",
            flaws=(Flaw(field=HEADER, detail="Not 1 to 100 printable ASCII characters."),),
        )
    digest = hashlib.sha256(call.request.scope["path"].encode() + b"\n")
    digest.update(await call.request.body())
    return Asked(
        main_connector_id=call.caller.scope.main_connector_id,
        access_key_id=key_id,
        route=f"POST {call.request.scope['path_template']}",
        key=given[0],
        digest=digest.digest(),
    )


async def _look(call: Call, asked: Asked | None) -> KeptAnswer | None:
    if asked is None:
        return None
    async with call.transaction() as tx:
        return await _find(tx, asked)


async def _find(tx: Transaction, asked: Asked) -> KeptAnswer | None:
    return await FIND.one(
        tx,
        main_connector_id=asked.main_connector_id,
        access_key_id=asked.access_key_id,
        route=asked.route,
        key=asked.key,
    )


async def _keep(tx: Transaction, call: Call, asked: Asked, response: Response[B], *, secret: bool) -> Response[B]:
    body = _encoded(response.content)
    route = call.request.route_handler
    status = response.status_code or route.status_code
    headers = {**response.headers, "content-type": response.media_type or media_type_of(route)}
    await KEEP.run(
        tx,
        main_connector_id=asked.main_connector_id,
        tenancy_id=tx.scope.tenancy_id,
        access_key_id=asked.access_key_id,
        route=asked.route,
        key=asked.key,
        request_digest=asked.digest,
        status=status,
        headers=headers,
        body=None if secret else body,
        at=call.clock.now(),
    )
    return _told(body, status, headers)


def _again(kept: KeptAnswer, asked: Asked) -> Response[Any]:
    if kept.request_digest != asked.digest:
        raise KeyReused("Send another Idempotency-Key with another request.")
    if kept.body is None:
        raise SecretShownOnce("What it made is there; make a new one if the secret was lost.")
    return _told(kept.body, kept.status, kept.headers)


def _told(body: bytes, status: int, headers: Mapping[str, str]) -> Response[Any]:
    rest = {name: value for name, value in headers.items() if name != "content-type"}
    return Response(body, status_code=status, media_type=headers["content-type"], headers=rest)


def _encoded(content: object) -> bytes:
    if content is None:
        return b""
    return content if isinstance(content, bytes) else encode_json(content)
