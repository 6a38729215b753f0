"""Breaches in a register over HTTP: translate, call one action, translate back."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.actions import saying
from kanta_tenancy.breaches.actions.keeping import Standing, standing
from kanta_tenancy.breaches.bodies.breaches import (
    BreachesAsked,
    Only,
    SaidAwareness,
    SaidConcerns,
    SaidCorrection,
    SaidDecision,
    SaidMovement,
    SaidStatement,
    SaidTelling,
    ShownBreach,
    shown,
)
from kanta_tenancy.breaches.bodies.helping import ShownReminders
from kanta_tenancy.breaches.bodies.reports import ShownListedBreach, listed
from kanta_tenancy.breaches.errors import (
    BreachChanged,
    BreachMoveNotAllowed,
    BreachNotFound,
    BreachRefused,
    BreachUnfinished,
)
from kanta_tenancy.breaches.model import Breach, BreachPosition, Said
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission

SAID: Final = (BreachNotFound, BreachChanged, BreachMoveNotAllowed, BreachRefused)
Acted = Callable[[Transaction], Awaitable[Standing]]


@get("/breaches", operation_id="listBreaches", opt=needs(Permission.BREACHES_READ, query=BreachesAsked))
async def list_breaches(call: NamedDependency[Call]) -> Response[Page[ShownListedBreach]]:
    """List breaches and suspicions, newest first; to a tenant, those of its own register."""
    asked = call.asked(BreachesAsked)
    position = asked.position(BreachPosition)
    async with call.transaction() as tx:
        rows = await reading.newest(
            tx,
            tenancy_id=None if asked.tenancy_id is None else TenancyId(asked.tenancy_id),
            only_open=asked.only is Only.OPEN,
            before=None if position is None else position.id,
            count=asked.fetch,
        )
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/breaches/{breach_id:uuid}",
    operation_id="readBreach",
    opt=needs(Permission.BREACHES_READ, etag=True),
    responses=refusals(BreachNotFound),
)
async def read_breach(breach_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownBreach]:
    """Read a breach: whose it is and why, the 72 hours, what is known, what it asks, and all that was said of it."""
    async with call.transaction() as tx:
        whole = await reading.whole(tx, breach_id)
    body = shown(standing(whole.breach, whole.entries))
    return unless_seen(call.request, body, body.version)


@get(
    "/breaches/{breach_id:uuid}/reminders",
    operation_id="listBreachReminders",
    opt=needs(Permission.BREACHES_READ),
    responses=refusals(BreachNotFound),
)
async def list_reminders(breach_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownReminders:
    """See when people were reminded of the 72 hours, how many, and which reminder a more urgent one overtook."""
    async with call.transaction() as tx:
        whole = await reading.whole(tx, breach_id)
    return ShownReminders(items=whole.reminders)


@post(
    "/breaches/{breach_id:uuid}/data",
    operation_id="sayBreachData",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def say_data(
    breach_id: FromPath[UUID], data: JSONBody[SaidConcerns], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Say anew which data of this register it concerns. When a joint register is touched, Kela is to be told."""
    return await acted(
        call, lambda tx: saying.concern(tx, call.clock, breach_id, data.said(), version=call.expected_version)
    )


@post(
    "/breaches/{breach_id:uuid}/awareness",
    operation_id="sayBreachAwareness",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def say_awareness(
    breach_id: FromPath[UUID], data: JSONBody[SaidAwareness], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Say since when the controller is aware, and why since then; the 72 hours and their reminders follow."""
    return await _say(call, breach_id, data.said())


@post(
    "/breaches/{breach_id:uuid}/risk",
    operation_id="decideBreachRisk",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def decide_risk(
    breach_id: FromPath[UUID], data: JSONBody[SaidDecision], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Decide on the risk: unlikely, and nobody need be notified; a risk, the authority; a high one, the persons too."""
    return await _say(call, breach_id, data.said())


@post(
    "/breaches/{breach_id:uuid}/content",
    operation_id="sayBreachContent",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def say_content(
    breach_id: FromPath[UUID], data: JSONBody[SaidStatement], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Say what is known of one item: facts, effects, remedies, who and how many. A later statement corrects it."""
    return await _say(call, breach_id, data.said())


@post(
    "/breaches/{breach_id:uuid}/tellings",
    operation_id="recordBreachTelling",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def record_telling(
    breach_id: FromPath[UUID], data: JSONBody[SaidTelling], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Put down that the authority, the persons, Kela or a controller outside was told, in whole or in a phase."""
    return await _say(call, breach_id, data.said())


@post(
    "/breaches/{breach_id:uuid}/corrections",
    operation_id="correctBreachTelling",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def correct_telling(
    breach_id: FromPath[UUID], data: JSONBody[SaidCorrection], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Say that a telling does not hold. It stays to be read, and what it did is owed anew."""
    return await _say(call, breach_id, data.said())


@post(
    "/breaches/{breach_id:uuid}/moves",
    operation_id="moveBreach",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID, BreachUnfinished),
)
async def move_breach(
    breach_id: FromPath[UUID], data: JSONBody[SaidMovement], call: NamedDependency[Call]
) -> Response[ShownBreach]:
    """Confirm a suspicion, dismiss it, close a breach of which nothing is open, or reopen it; each with its reason."""
    return await acted(
        call, lambda tx: saying.move(tx, call.clock, breach_id, data.said(), version=call.expected_version)
    )


async def acted(call: Call, act: Acted) -> Response[ShownBreach]:
    """Do an action once and answer with the breach as it stands then."""

    async def do(tx: Transaction) -> ShownBreach:
        return shown(await act(tx))

    return await once(call, do, answer=_answer)


async def _say(call: Call, breach_id: UUID, said: Said) -> Response[ShownBreach]:
    return await acted(call, lambda tx: saying.say(tx, call.clock, breach_id, said, version=call.expected_version))


def _answer(body: ShownBreach) -> Response[ShownBreach]:
    return with_etag(body, body.version)


def _position(breach: Breach) -> BreachPosition:
    return BreachPosition(id=breach.id)


HANDLERS: Final = (
    list_breaches, read_breach, list_reminders, say_data, say_awareness, decide_risk, say_content, record_telling,
    correct_telling, move_breach,
)  # fmt: skip
