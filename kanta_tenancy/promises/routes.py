"""Promises over HTTP: what is owed, why then, and that a person has kept it."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.promises import actions, store
from kanta_tenancy.promises.bodies import Keeping, ListedPromise, PromisesAsked, ShownPromise, listed, shown
from kanta_tenancy.promises.errors import (
    EvidenceRefused,
    PromiseChanged,
    PromiseNotFound,
    PromiseOfAnother,
    PromiseSettled,
)
from kanta_tenancy.promises.model import Position, Promise


@get("/", operation_id="listPromises", opt=needs(Permission.PROMISES_READ, query=PromisesAsked))
async def list_promises(call: NamedDependency[Call]) -> Response[Page[ListedPromise]]:
    """List what is owed by due time, or with `state` what came of it.

    The main connector sees all of its realm, a tenant what is of its tenancy.
    """
    asked = call.asked(PromisesAsked)
    now = call.clock.now()
    async with call.transaction() as tx:
        rows = await store.page(tx, asked.wanted(now), after=asked.position(Position), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=partial(listed, now=now))


@get(
    "/{promise_id:uuid}",
    operation_id="readPromise",
    opt=needs(Permission.PROMISES_READ, etag=True),
    responses=refusals(PromiseNotFound),
)
async def read_promise(promise_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownPromise]:
    """Read one promise, with how its due time came about, in three languages."""
    async with call.transaction() as tx:
        promise = await store.find(tx, promise_id)
    return unless_seen(call.request, shown(promise), promise.version)


@post(
    "/{promise_id:uuid}/keep",
    operation_id="keepPromise",
    opt=needs(Permission.PROMISES_KEEP, if_match=True),
    status_code=200,
    responses=refusals(PromiseNotFound, PromiseChanged, PromiseSettled, PromiseOfAnother, EvidenceRefused),
)
async def keep_promise(
    promise_id: FromPath[UUID], data: JSONBody[Keeping], call: NamedDependency[Call]
) -> Response[ShownPromise]:
    """Say that you have kept a promise, and by what that can be seen.

    A tenant keeps those that are the tenant's. The main connector keeps its own, its tenants' for them, and what the
    system gave up.
    """

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.keep_by_hand(tx, call.clock, promise_id=promise_id, version=version, evidence=data.evidence)

    return await once(call, act, answer=_answer)


def _answer(promise: Promise) -> Response[ShownPromise]:
    return with_etag(shown(promise), promise.version)


def _position(promise: Promise) -> Position:
    return Position(due_at=promise.due_at, id=promise.id)


ROUTES: Final = Router(path="/promises", route_handlers=[list_promises, read_promise, keep_promise], tags=["Promises"])
