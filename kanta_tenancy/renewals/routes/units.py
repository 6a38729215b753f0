"""Service units, and the main connector's decisions whether each receives renewal requests, over HTTP."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.joining.errors import JoiningRefused
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound
from kanta_tenancy.renewals import reading
from kanta_tenancy.renewals.actions import units as actions
from kanta_tenancy.renewals.bodies import units as bodies
from kanta_tenancy.renewals.bodies.units import (
    Deciding,
    NewUnit,
    SaidUnit,
    Seeing,
    ShownListedUnit,
    ShownUnit,
    WithdrawingDecision,
)
from kanta_tenancy.renewals.errors import (
    DecisionNotFound,
    DecisionSettled,
    NobodyResponsible,
    UnitChanged,
    UnitNotFound,
    UnitRefused,
    UnitTaken,
)
from kanta_tenancy.renewals.reception import ListedUnit, Unit, UnitPosition

Acted = Callable[[Transaction], Awaitable[Unit]]
_CHANGED: Final = (UnitNotFound, UnitChanged, UnitRefused)


@post(
    "/renewal-units",
    operation_id="registerRenewalUnit",
    opt=needs(Permission.RENEWALS_DECIDE, etag=True),
    responses=refusals(TenancyNotFound, UnitRefused, UnitTaken),
)
async def register_unit(data: JSONBody[NewUnit], call: NamedDependency[Call]) -> Response[ShownUnit]:
    """Name a service unit of a tenant, or of the main connector; it receives nothing until that is decided."""
    tenancy_id = None if data.tenancy_id is None else TenancyId(data.tenancy_id)
    return await _acted(
        call,
        lambda tx: actions.register(
            tx, call.clock, tenancy_id=tenancy_id, oid=data.oid, name=data.name, changes_on=data.changes_on
        ),
        made=True,
    )


@get("/renewal-units", operation_id="listRenewalUnits", opt=needs(Permission.RENEWALS_READ, query=PageQuery))
async def list_units(call: NamedDependency[Call]) -> Response[Page[ShownListedUnit]]:
    """List service units by organisation, with whether each receives renewal requests today; to a tenant, its own."""
    asked = call.asked(PageQuery)
    today = day_in_finland(call.clock.now())
    async with call.transaction() as tx:
        rows = await reading.listed_units(tx, today, after=asked.position(UnitPosition), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=bodies.listed)


@get(
    "/renewal-units/{unit_id:uuid}",
    operation_id="readRenewalUnit",
    opt=needs(Permission.RENEWALS_READ, etag=True),
    responses=refusals(UnitNotFound),
)
async def read_unit(unit_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownUnit]:
    """Read a unit with every decision whether it receives requests, and where each was seen."""
    async with call.transaction() as tx:
        unit = await reading.unit(tx, unit_id)
    return unless_seen(call.request, bodies.shown(unit, day_in_finland(call.clock.now())), unit.version)


@put(
    "/renewal-units/{unit_id:uuid}",
    operation_id="amendRenewalUnit",
    opt=needs(Permission.RENEWALS_DECIDE, if_match=True),
    responses=refusals(*_CHANGED),
)
async def amend_unit(
    unit_id: FromPath[UUID], data: JSONBody[SaidUnit], call: NamedDependency[Call]
) -> Response[ShownUnit]:
    """Say anew how a unit is called and on which day it changes; that proposes by when its intake is to stop."""
    async with call.transaction() as tx:
        unit = await actions.amend(
            tx, call.clock, unit_id, version=call.expected_version, name=data.name, changes_on=data.changes_on
        )
    return _answer(bodies.shown(unit, day_in_finland(call.clock.now())))


@post(
    "/renewal-units/{unit_id:uuid}/decisions",
    operation_id="decideOnRenewalRequests",
    opt=needs(Permission.RENEWALS_DECIDE, if_match=True),
    responses=refusals(*_CHANGED, DecisionSettled, NobodyResponsible, JoiningRefused),
)
async def decide(unit_id: FromPath[UUID], data: JSONBody[Deciding], call: NamedDependency[Call]) -> Response[ShownUnit]:
    """Decide that a unit receives renewal requests from a day on, or does not (clause 15).

    A notice to Kela is planned, due three weeks before; and it is owed that the decision is seen in the code service
    and in Kanta Extranet by its day.
    """
    return await _acted(
        call,
        lambda tx: actions.decide(
            tx,
            call.clock,
            unit_id,
            version=call.expected_version,
            receives=data.receives,
            effective_on=data.effective_on,
        ),
        made=True,
    )


@put(
    "/renewal-units/{unit_id:uuid}/decisions/{decision_id:uuid}",
    operation_id="seeDecisionOnRenewalRequests",
    opt=needs(Permission.RENEWALS_DECIDE, if_match=True),
    responses=refusals(*_CHANGED, DecisionNotFound, DecisionSettled),
)
async def see_decision(
    unit_id: FromPath[UUID], decision_id: FromPath[UUID], data: JSONBody[Seeing], call: NamedDependency[Call]
) -> Response[ShownUnit]:
    """Put down where a decision was seen: in the code service, in Kanta Extranet, or both. `If-Match`: the unit's."""
    async with call.transaction() as tx:
        unit = await actions.see(
            tx,
            call.clock,
            unit_id,
            decision_id,
            version=call.expected_version,
            code_service=bodies.seen(data.code_service),
            extranet=bodies.seen(data.extranet),
        )
    return _answer(bodies.shown(unit, day_in_finland(call.clock.now())))


@post(
    "/renewal-units/{unit_id:uuid}/decisions/{decision_id:uuid}/withdrawal",
    operation_id="withdrawDecisionOnRenewalRequests",
    opt=needs(Permission.RENEWALS_DECIDE, if_match=True),
    status_code=200,
    responses=refusals(*_CHANGED, DecisionNotFound, DecisionSettled),
)
async def withdraw_decision(
    unit_id: FromPath[UUID],
    decision_id: FromPath[UUID],
    data: JSONBody[WithdrawingDecision],
    call: NamedDependency[Call],
) -> Response[ShownUnit]:
    """Withdraw a decision that has not taken effect. Its notice to Kela is cancelled by who looks after notices."""
    return await _acted(
        call,
        lambda tx: actions.withdraw(
            tx, call.clock, unit_id, decision_id, version=call.expected_version, because=data.reason
        ),
    )


async def _acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownUnit]:
    async def do(tx: Transaction) -> ShownUnit:
        return bodies.shown(await act(tx), day_in_finland(call.clock.now()))

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: ShownUnit, *, made: bool = False) -> Response[ShownUnit]:
    return with_etag(body, body.version, location=f"/v1/renewal-units/{body.id}" if made else None)


def _position(unit: ListedUnit) -> UnitPosition:
    return UnitPosition(holder=unit.holder, id=unit.id)


HANDLERS: Final = (
    register_unit, list_units, read_unit, amend_unit, decide, see_decision, withdraw_decision,
)  # fmt: skip
