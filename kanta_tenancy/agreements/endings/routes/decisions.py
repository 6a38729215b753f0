"""Rescission by two persons, and what befell a party, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.endings import circumstances, reading, rescinding
from kanta_tenancy.agreements.endings.bodies.decisions import (
    Circumstances,
    Deciding,
    Rescissions,
    RescissionTold,
    SaidCircumstance,
    SaidRescission,
    ShownCircumstance,
    ShownRescission,
    rescission_told,
    shown_circumstance,
    shown_rescission,
)
from kanta_tenancy.agreements.endings.checklists.telling import Told, telling
from kanta_tenancy.agreements.endings.errors import (
    CircumstanceNotFound,
    FourEyes,
    OccurrenceChanged,
    OccurrenceRefused,
    RescissionNotFound,
)
from kanta_tenancy.agreements.endings.model import Circumstance, Rescission
from kanta_tenancy.agreements.errors import AgreementNotFound, MoveNotAllowed
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/agreements/{agreement_id:uuid}/rescissions",
    operation_id="proposeRescission",
    opt=needs("agreements.rescind", etag=True),
    responses=refusals(AgreementNotFound, ExhibitNotFound, MoveNotAllowed, FourEyes, OccurrenceRefused),
)
async def propose_rescission(
    agreement_id: FromPath[UUID], data: JSONBody[SaidRescission], call: NamedDependency[Call]
) -> Response[ShownRescission]:
    """Propose to rescind an agreement at once, on a serious breach by the tenant, with evidence.

    Nothing ends before a second person of the main connector confirms it. Until then the tenant sees nothing.
    """
    return await once(
        call,
        lambda tx: rescinding.propose(tx, call.clock, agreement_id=AgreementId(agreement_id), said=data.rescission()),
        answer=_proposed,
    )


@get(
    "/agreements/{agreement_id:uuid}/rescissions",
    operation_id="listRescissions",
    opt=needs("agreements.read"),
    responses=refusals(AgreementNotFound),
)
async def list_rescissions(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Rescissions:
    """List the rescissions of an agreement; a tenant sees a confirmed one."""
    async with call.transaction() as tx:
        found = await reading.rescissions(tx, AgreementId(agreement_id))
    return Rescissions(items=tuple(map(shown_rescission, found)))


@get(
    "/rescissions/{rescission_id:uuid}",
    operation_id="readRescission",
    opt=needs("agreements.read", etag=True),
    responses=refusals(RescissionNotFound),
)
async def read_rescission(rescission_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownRescission]:
    """Read one rescission."""
    async with call.transaction() as tx:
        found = await reading.rescission(tx, rescission_id)
    return unless_seen(call.request, shown_rescission(found), found.version)


@post(
    "/rescissions/{rescission_id:uuid}/confirmation",
    operation_id="confirmRescission",
    opt=needs("agreements.rescind", if_match=True),
    status_code=200,
    responses=refusals(RescissionNotFound, OccurrenceChanged, MoveNotAllowed, FourEyes),
)
async def confirm_rescission(rescission_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[RescissionTold]:
    """Confirm, as another person than the one who proposed it: the agreement ends at that instant.

    What should have been done before such an end is told at once.
    """
    return await once(
        call,
        telling(
            call,
            lambda tx: rescinding.confirm(tx, call.clock, rescission_id=rescission_id, version=call.expected_version),
        ),
        answer=_confirmed,
    )


@post(
    "/rescissions/{rescission_id:uuid}/withdrawal",
    operation_id="dropRescission",
    opt=needs("agreements.rescind", if_match=True),
    status_code=200,
    responses=refusals(RescissionNotFound, OccurrenceChanged, MoveNotAllowed),
)
async def drop_rescission(rescission_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownRescission]:
    """Let a proposal go: the agreement goes on."""
    return await once(
        call,
        lambda tx: rescinding.drop(tx, call.clock, rescission_id=rescission_id, version=call.expected_version),
        answer=_rescission,
    )


@post(
    "/tenancies/{tenancy_id:uuid}/circumstances",
    operation_id="noteCircumstance",
    opt=needs("agreements.record", etag=True),
    responses=refusals(TenancyNotFound, ExhibitNotFound, OccurrenceRefused),
)
async def note_circumstance(
    tenancy_id: FromPath[UUID], data: JSONBody[SaidCircumstance], call: NamedDependency[Call]
) -> Response[ShownCircumstance]:
    """Put down death, bankruptcy or a licence withdrawn: it ends nothing by itself, but a decision is owed."""
    return await once(
        call,
        lambda tx: circumstances.note(tx, call.clock, tenancy_id=TenancyId(tenancy_id), said=data.circumstance()),
        answer=_noted,
    )


@get(
    "/tenancies/{tenancy_id:uuid}/circumstances",
    operation_id="listCircumstances",
    opt=needs("agreements.record"),
    responses=refusals(TenancyNotFound),
)
async def list_circumstances(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Circumstances:
    """List what befell the parties of a tenancy, and what was decided."""
    async with call.transaction() as tx:
        found = await reading.circumstances(tx, TenancyId(tenancy_id))
    return Circumstances(items=tuple(map(shown_circumstance, found)))


@get(
    "/circumstances/{circumstance_id:uuid}",
    operation_id="readCircumstance",
    opt=needs("agreements.record", etag=True),
    responses=refusals(CircumstanceNotFound),
)
async def read_circumstance(
    circumstance_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownCircumstance]:
    """Read one of them."""
    async with call.transaction() as tx:
        found = await reading.circumstance(tx, circumstance_id)
    return unless_seen(call.request, shown_circumstance(found), found.version)


@post(
    "/circumstances/{circumstance_id:uuid}/decision",
    operation_id="decideCircumstance",
    opt=needs("agreements.record", if_match=True),
    status_code=200,
    responses=refusals(CircumstanceNotFound, OccurrenceChanged, OccurrenceRefused),
)
async def decide_circumstance(
    circumstance_id: FromPath[UUID], data: JSONBody[Deciding], call: NamedDependency[Call]
) -> Response[ShownCircumstance]:
    """Put down what was decided and why. A notice or a rescission that follows is given by its own operation."""
    return await once(
        call,
        lambda tx: circumstances.decide(
            tx,
            call.clock,
            circumstance_id=circumstance_id,
            version=call.expected_version,
            decision=data.decision,
            reason=data.reason,
        ),
        answer=_decided,
    )


ROUTES: Final = Router(
    path="/",
    route_handlers=[
        propose_rescission, list_rescissions, read_rescission, confirm_rescission, drop_rescission,
        note_circumstance, list_circumstances, read_circumstance, decide_circumstance,
    ],
    tags=["Ends of agreements"],
)  # fmt: skip


def _proposed(made: Rescission) -> Response[ShownRescission]:
    return with_etag(shown_rescission(made), made.version, location=f"/v1/rescissions/{made.id}")


def _rescission(rescission: Rescission) -> Response[ShownRescission]:
    return with_etag(shown_rescission(rescission), rescission.version)


def _confirmed(told: Told[Rescission]) -> Response[RescissionTold]:
    return with_etag(rescission_told(*told), told[0].version)


def _noted(made: Circumstance) -> Response[ShownCircumstance]:
    return with_etag(shown_circumstance(made), made.version, location=f"/v1/circumstances/{made.id}")


def _decided(circumstance: Circumstance) -> Response[ShownCircumstance]:
    return with_etag(shown_circumstance(circumstance), circumstance.version)
