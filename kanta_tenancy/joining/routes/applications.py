"""Joining applications over HTTP: translate, call one action, translate back."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.joining import reading
from kanta_tenancy.joining.actions import applications as actions
from kanta_tenancy.joining.bodies.applications import (
    ListedApplication,
    SaidApplication,
    ShownApplication,
    TakenStep,
    listed,
    shown,
)
from kanta_tenancy.joining.errors import ApplicationChanged, ApplicationNotFound, JoiningRefused, StepNotAllowed
from kanta_tenancy.joining.lifecycle import Move
from kanta_tenancy.joining.model import Application
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission


@post(
    "/applications",
    operation_id="draftJoiningApplication",
    opt=needs(Permission.JOINING_WRITE, etag=True),
    responses=refusals(JoiningRefused),
)
async def draft_application(data: JSONBody[SaidApplication], call: NamedDependency[Call]) -> Response[ShownApplication]:
    """Begin an application of the main connector's to Kela, for some Kanta services; tenants never apply (clause 2)."""
    return await once(
        call,
        lambda tx: actions.draft(tx, call.clock, name=data.name, services=data.services),
        answer=partial(_answer, call, made=True),
    )


@get("/applications", operation_id="listJoiningApplications", opt=needs(Permission.JOINING_READ, query=PageQuery))
async def list_applications(call: NamedDependency[Call]) -> Response[Page[ListedApplication]]:
    """List the main connector's applications, newest first."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.newest_applications(tx, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/applications/{application_id:uuid}",
    operation_id="readJoiningApplication",
    opt=needs(Permission.JOINING_READ, etag=True),
    responses=refusals(ApplicationNotFound),
)
async def read_application(application_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownApplication]:
    """Read one application with its steps, and what can be done with it now."""
    async with call.transaction() as tx:
        application = await reading.application(tx, application_id)
    return unless_seen(call.request, shown(application, _today(call)), application.version)


@put(
    "/applications/{application_id:uuid}",
    operation_id="amendJoiningApplication",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    responses=refusals(ApplicationNotFound, ApplicationChanged, StepNotAllowed, JoiningRefused),
)
async def amend_application(
    application_id: FromPath[UUID], data: JSONBody[SaidApplication], call: NamedDependency[Call]
) -> Response[ShownApplication]:
    """Write a draft anew; what Kela was told of is never edited."""
    async with call.transaction() as tx:
        application = await actions.amend(
            tx, call.clock, application_id, version=call.expected_version, name=data.name, services=data.services
        )
    return _answer(call, application)


@post(
    "/applications/{application_id:uuid}/steps",
    operation_id="takeJoiningStep",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    status_code=200,
    responses=refusals(ApplicationNotFound, ApplicationChanged, StepNotAllowed, JoiningRefused),
)
async def take_step(
    application_id: FromPath[UUID], data: JSONBody[TakenStep], call: NamedDependency[Call]
) -> Response[ShownApplication]:
    """Say that an application came a step further at Kela: on which day, and by what that can be seen."""

    def act(tx: Transaction) -> Any:
        return actions.take_step(
            tx,
            call.clock,
            application_id,
            Move(data.move.value),
            version=call.expected_version,
            on=data.on,
            reference=data.reference,
            evidence=data.evidence,
        )

    return await once(call, act, answer=partial(_answer, call))


def _answer(call: Call, application: Application, *, made: bool = False) -> Response[ShownApplication]:
    location = f"/v1/joining/applications/{application.id}" if made else None
    return with_etag(shown(application, _today(call)), application.version, location=location)


def _today(call: Call) -> Any:
    return day_in_finland(call.clock.now())


def _position(application: Application) -> UUID:
    return application.id


HANDLERS: Final = (draft_application, list_applications, read_application, amend_application, take_step)
