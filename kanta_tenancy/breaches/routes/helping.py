"""Help with breaches over HTTP: asked, answered, taken back."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.actions import helping
from kanta_tenancy.breaches.bodies.helping import (
    HelpAsked,
    SaidAnswer,
    SaidHelp,
    SaidTakingBack,
    ShownAnsweredHelp,
    ShownHelp,
    ShownHelpOfBreach,
    listed,
    shown,
)
from kanta_tenancy.breaches.errors import (
    BreachMoveNotAllowed,
    BreachNotFound,
    BreachRefused,
    HelpChanged,
    HelpNotFound,
    HelpOfAnother,
    HelpSettled,
)
from kanta_tenancy.breaches.model import BreachPosition, Help
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound

SAID: Final = (HelpNotFound, HelpChanged, HelpSettled, HelpOfAnother, BreachRefused)


@post(
    "/breaches/{breach_id:uuid}/help-requests",
    operation_id="askBreachHelp",
    opt=needs(Permission.BREACHES_WRITE, etag=True),
    responses=refusals(BreachNotFound, BreachMoveNotAllowed, BreachRefused, HelpOfAnother, TenancyNotFound),
)
async def ask_help(
    breach_id: FromPath[UUID], data: JSONBody[SaidHelp], call: NamedDependency[Call]
) -> Response[ShownAnsweredHelp]:
    """Ask the other party for help with a breach of one's own register. It sees the question, not the breach."""

    async def do(tx: Transaction) -> ShownAnsweredHelp:
        tenancy_id = None if data.tenancy_id is None else TenancyId(data.tenancy_id)
        asked = await helping.ask(
            tx, call.clock, breach_id, data.question, wanted_by=data.wanted_by, tenancy_id=tenancy_id
        )
        return shown(await reading.help_with_answers(tx, asked.id))

    return await once(call, do, answer=partial(_answer, made=True))


@get(
    "/breaches/{breach_id:uuid}/help-requests",
    operation_id="listHelpWithBreach",
    opt=needs(Permission.BREACHES_READ),
    responses=refusals(BreachNotFound),
)
async def list_help_of_breach(breach_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownHelpOfBreach:
    """See what was asked about a breach by whose it is."""
    async with call.transaction() as tx:
        whole = await reading.whole(tx, breach_id)
    return ShownHelpOfBreach(items=tuple(listed(one) for one in whole.help))


@get("/breach-help-requests", operation_id="listBreachHelp", opt=needs(Permission.BREACHES_READ, query=HelpAsked))
async def list_help(call: NamedDependency[Call]) -> Response[Page[ShownHelp]]:
    """List requests for help, newest first, those that one asks and those that one is asked."""
    asked = call.asked(HelpAsked)
    position = asked.position(BreachPosition)
    async with call.transaction() as tx:
        rows = await reading.newest_help(
            tx,
            tenancy_id=None if asked.tenancy_id is None else TenancyId(asked.tenancy_id),
            before=None if position is None else position.id,
            count=asked.fetch,
        )
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/breach-help-requests/{help_id:uuid}",
    operation_id="readBreachHelp",
    opt=needs(Permission.BREACHES_READ, etag=True),
    responses=refusals(HelpNotFound),
)
async def read_help(help_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAnsweredHelp]:
    """Read a request for help with its answers."""
    async with call.transaction() as tx:
        body = shown(await reading.help_with_answers(tx, help_id))
    return unless_seen(call.request, body, body.version)


@post(
    "/breach-help-requests/{help_id:uuid}/answers",
    operation_id="answerBreachHelp",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    responses=refusals(*SAID),
)
async def answer_help(
    help_id: FromPath[UUID], data: JSONBody[SaidAnswer], call: NamedDependency[Call]
) -> Response[ShownAnsweredHelp]:
    """Answer the other party. The final answer settles the request; one that is not adds to it."""

    async def do(tx: Transaction) -> ShownAnsweredHelp:
        version = call.expected_version
        await helping.answer(tx, call.clock, help_id, data.answer, is_final=data.is_final, version=version)
        return shown(await reading.help_with_answers(tx, help_id))

    return await once(call, do, answer=_answer)


@post(
    "/breach-help-requests/{help_id:uuid}/taking-back",
    operation_id="takeBackBreachHelp",
    opt=needs(Permission.BREACHES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*SAID),
)
async def take_back_help(
    help_id: FromPath[UUID], data: JSONBody[SaidTakingBack], call: NamedDependency[Call]
) -> Response[ShownAnsweredHelp]:
    """Say that help is not needed any more, and why."""

    async def do(tx: Transaction) -> ShownAnsweredHelp:
        await helping.take_back(tx, call.clock, help_id, data.reason, version=call.expected_version)
        return shown(await reading.help_with_answers(tx, help_id))

    return await once(call, do, answer=_answer)


def _answer(body: ShownAnsweredHelp, *, made: bool = False) -> Response[ShownAnsweredHelp]:
    location = f"/v1/breach-help-requests/{body.id}" if made else None
    return with_etag(body, body.version, location=location)


def _position(asked: Help) -> BreachPosition:
    return BreachPosition(id=asked.id)


HANDLERS: Final = (ask_help, list_help_of_breach, list_help, read_help, answer_help, take_back_help)
