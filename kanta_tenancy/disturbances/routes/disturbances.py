"""Disturbances over HTTP: read, acknowledged, assessed, told, ended."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import assessing, telling
from kanta_tenancy.disturbances.bodies import disturbances as bodies
from kanta_tenancy.disturbances.bodies.disturbances import (
    Answering,
    Answers,
    Describing,
    Dismissing,
    DisturbancesAsked,
    Ending,
    Joining,
    Publishing,
    Questions,
    ShownDisturbance,
    WholeDisturbance,
    said_of,
    shown,
)
from kanta_tenancy.disturbances.case import Disturbance
from kanta_tenancy.disturbances.errors import (
    DisturbanceChanged,
    DisturbanceMoveNotAllowed,
    DisturbanceNotFound,
    DisturbanceRefused,
)
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import SystemNotFound

Acted = Callable[[Transaction], Awaitable[Disturbance]]
MOVED: Final = (DisturbanceNotFound, DisturbanceChanged, DisturbanceMoveNotAllowed, DisturbanceRefused)
MOVES: Final = needs(Permission.DISTURBANCES_MANAGE, if_match=True)


@get("/disturbances", operation_id="listDisturbances", opt=needs(Permission.DISTURBANCES_READ, query=DisturbancesAsked))
async def list_disturbances(call: NamedDependency[Call]) -> Response[Page[ShownDisturbance]]:
    """List disturbances and maintenance, newest first: those that are open, or in a state; to a tenant, its own.

    A tenant's own are those that it reported, and those that it was told of.
    """
    asked = call.asked(DisturbancesAsked)
    async with call.transaction() as tx:
        rows = await reading.listed(tx, asked.states, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown)


@get("/disturbances/questions", operation_id="listDisturbanceQuestions", opt=needs(Permission.DISTURBANCES_READ))
async def list_questions(call: NamedDependency[Call]) -> Questions:  # noqa: ARG001 -- the edge gives one to each
    """List what is asked when a disturbance is assessed, in three languages, with where each notion comes from."""
    return bodies.questions()


@get(
    "/disturbances/{disturbance_id:uuid}",
    operation_id="readDisturbance",
    opt=needs(Permission.DISTURBANCES_READ, etag=True),
    responses=refusals(DisturbanceNotFound),
)
async def read_disturbance(disturbance_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[WholeDisturbance]:
    """Read a disturbance: reports, files, answers, duties with how each came about, calls, and what tenants were told.

    `possible_duties` are those that answers would bring which nobody has given yet. A tenant sees its own reports and
    duties, and what it was told.
    """
    async with call.transaction() as tx:
        found = await reading.whole(tx, disturbance_id)
    may_arise = reading.would_arise(found) if call.caller.scope.tenancy_id is None else ()
    return with_etag(bodies.whole(found, may_arise), found.disturbance.version)


@get(
    "/disturbances/{disturbance_id:uuid}/answers",
    operation_id="listDisturbanceAnswers",
    opt=needs(Permission.DISTURBANCES_READ),
    responses=refusals(DisturbanceNotFound),
)
async def list_answers(disturbance_id: FromPath[UUID], call: NamedDependency[Call]) -> Answers:
    """List every answer that was given, in order, with who gave it and when; a tenant sees none."""
    async with call.transaction() as tx:
        found = await reading.answers(tx, disturbance_id)
    return Answers(items=tuple(map(bodies.shown_answer, found)))


@post(
    "/disturbances/{disturbance_id:uuid}/acknowledgement",
    operation_id="acknowledgeDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(DisturbanceNotFound, DisturbanceChanged, DisturbanceMoveNotAllowed),
)
async def acknowledge(disturbance_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownDisturbance]:
    """Say that you know of it: nobody else is called."""
    version = call.expected_version
    return await acted(call, lambda tx: assessing.acknowledge(tx, call.clock, disturbance_id, version=version))


@post(
    "/disturbances/{disturbance_id:uuid}/answers",
    operation_id="assessDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def assess(
    disturbance_id: FromPath[UUID], data: JSONBody[Answering], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Answer questions about it. Duties are added and withdrawn by that, and whoever was told is told of the change."""
    version = call.expected_version
    return await acted(call, lambda tx: assessing.answer(tx, call.clock, disturbance_id, data.said(), version=version))


@put(
    "/disturbances/{disturbance_id:uuid}",
    operation_id="describeDisturbance",
    opt=MOVES,
    responses=refusals(*MOVED, SystemNotFound),
)
async def describe(
    disturbance_id: FromPath[UUID], data: JSONBody[Describing], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say anew what it is called, what it hits, when it began and when it was detected."""
    async with call.transaction() as tx:
        found = await assessing.describe(tx, call.clock, disturbance_id, data.said(), version=call.expected_version)
    return _answer(found)


@post(
    "/disturbances/{disturbance_id:uuid}/telling",
    operation_id="tellTenantsOfDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def tell(
    disturbance_id: FromPath[UUID], data: JSONBody[Publishing], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Tell the tenants concerned, each in its language: those behind the system or with the service today.

    Those who reported it and those who were told of it before are told too. It stands on the status page from now on.
    """
    version, text = call.expected_version, said_of(data.text)
    return await acted(call, lambda tx: telling.publish(tx, call.clock, disturbance_id, version=version, text=text))


@post(
    "/disturbances/{disturbance_id:uuid}/end",
    operation_id="endDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def end(
    disturbance_id: FromPath[UUID], data: JSONBody[Ending], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say that it is over, or that maintenance is done; tenants who were told of it are told so."""
    version, text = call.expected_version, said_of(data.text)
    return await acted(
        call,
        lambda tx: assessing.end(tx, call.clock, disturbance_id, version=version, until=data.until, text=text),
    )


@post(
    "/disturbances/{disturbance_id:uuid}/dismissal",
    operation_id="dismissDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def dismiss(
    disturbance_id: FromPath[UUID], data: JSONBody[Dismissing], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say that it is no disturbance, and why; whoever was told of it is to be told so."""
    version, text = call.expected_version, said_of(data.text)
    return await acted(
        call,
        lambda tx: assessing.dismiss(tx, call.clock, disturbance_id, version=version, because=data.because, text=text),
    )


@post(
    "/disturbances/{disturbance_id:uuid}/joining",
    operation_id="joinDisturbance",
    opt=MOVES,
    status_code=200,
    responses=refusals(*MOVED),
)
async def join(
    disturbance_id: FromPath[UUID], data: JSONBody[Joining], call: NamedDependency[Call]
) -> Response[ShownDisturbance]:
    """Say that it is the same as another one, which goes on with its reporters. That is final."""
    version = call.expected_version
    return await acted(call, lambda tx: assessing.join(tx, call.clock, disturbance_id, version=version, to=data.to))


async def acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownDisturbance]:
    """Do an action once and answer with the disturbance as it is then."""
    return await once(call, act, answer=partial(_answer, made=made))


def _answer(found: Disturbance, *, made: bool = False) -> Response[ShownDisturbance]:
    return with_etag(shown(found), found.version, location=f"/v1/disturbances/{found.id}" if made else None)


def _id(found: Disturbance) -> UUID:
    return found.id


HANDLERS: Final = (
    list_disturbances, list_questions, read_disturbance, list_answers, acknowledge, assess, describe, tell, end,
    dismiss, join,
)  # fmt: skip
