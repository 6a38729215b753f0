"""Endings over HTTP: what has to be done, what is open, overdue or in conflict, and what holds them."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.endings.checklists import open_endings, settling
from kanta_tenancy.agreements.endings.checklists.bodies import (
    EndingsAsked,
    ListedEnding,
    ReleasedItem,
    ShownEnding,
    listed,
    shown,
)
from kanta_tenancy.agreements.endings.checklists.errors import EndingNotFound, ItemNotOwed
from kanta_tenancy.agreements.endings.checklists.open_endings import Ending
from kanta_tenancy.agreements.endings.checklists.store import Position
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.errors import AgreementNotFound
from kanta_tenancy.agreements.model import party_of
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once


@get("/endings", operation_id="listEndings", opt=needs("agreements.read", query=EndingsAsked))
async def list_endings(call: NamedDependency[Call]) -> Response[Page[ListedEnding]]:
    """List the endings that you may see, soonest first, with how much is open, overdue or in conflict.

    A tenant's figures of open and overdue items are of those that it keeps itself.
    """
    asked = call.asked(EndingsAsked)
    party, now = party_of(call.caller.scope), call.clock.now()
    async with call.transaction() as tx:
        rows = await open_endings.page(tx, complete=asked.complete, after=asked.position(Position), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=partial(listed, party=party, now=now))


@get(
    "/agreements/{agreement_id:uuid}/ending",
    operation_id="readEnding",
    opt=needs("agreements.read"),
    responses=refusals(AgreementNotFound, EndingNotFound),
)
async def read_ending(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownEnding:
    """Read what has to be done because an agreement ends: by whom, until when, by which rule, and what came of it.

    An item is kept, with its evidence, by `POST /v1/promises/{id}/keep`. Conflicts are those of all items.
    """
    async with call.transaction() as tx:
        ending = await open_endings.of_agreement(tx, AgreementId(agreement_id))
    return shown(ending, party_of(call.caller.scope), call.clock.now())


@post(
    "/agreements/{agreement_id:uuid}/ending/releases",
    operation_id="releaseEndingItem",
    opt=needs("agreements.record"),
    status_code=200,
    responses=refusals(AgreementNotFound, EndingNotFound, ItemNotOwed, OccurrenceRefused),
)
async def release_ending_item(
    agreement_id: FromPath[UUID], data: JSONBody[ReleasedItem], call: NamedDependency[Call]
) -> Response[ShownEnding]:
    """Say that an item is not needed, and why. It cannot be taken back."""

    async def act(tx: Transaction) -> Ending:
        of = AgreementId(agreement_id)
        await settling.release_item(tx, call.clock, agreement_id=of, item=data.item, because=data.because)
        return await open_endings.of_agreement(tx, of)

    def answer(ending: Ending) -> Response[ShownEnding]:
        return Response(shown(ending, party_of(call.caller.scope), call.clock.now()))

    return await once(call, act, answer=answer)


ROUTES: Final = Router(
    path="/", route_handlers=[list_endings, read_ending, release_ending_item], tags=["Ends of agreements"]
)


def _position(ending: Ending) -> Position:
    return Position(until=ending.checklist.until, id=ending.checklist.id)
