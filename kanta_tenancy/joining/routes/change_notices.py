"""Notices to Kela of technical changes over HTTP: translate, call one action, translate back."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.joining import deadlines, reading
from kanta_tenancy.joining.actions import change_notices as actions
from kanta_tenancy.joining.bodies.change_notices import (
    ChangeNoticesAsked,
    GivingUp,
    SaidChange,
    Sending,
    ShownChangeNotice,
    shown,
)
from kanta_tenancy.joining.errors import (
    ChangeNoticeChanged,
    ChangeNoticeNotFound,
    ChangeNoticeSettled,
    JoiningRefused,
)
from kanta_tenancy.joining.model import ChangeNotice, Position
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission

_MOVED: Final = (ChangeNoticeNotFound, ChangeNoticeChanged, ChangeNoticeSettled, JoiningRefused)


@post(
    "/change-notices",
    operation_id="planChangeNotice",
    opt=needs(Permission.JOINING_WRITE, etag=True),
    responses=refusals(JoiningRefused),
)
async def plan_notice(data: JSONBody[SaidChange], call: NamedDependency[Call]) -> Response[ShownChangeNotice]:
    """Say that technical client data will change, and learn until when Kela is to be told.

    The answer says how the day came about and how sure it is, and at once what keeps the notice from being in time.
    """
    return await once(
        call,
        lambda tx: actions.plan(tx, call.clock, data.change(day_in_finland(call.clock.now()))),
        answer=partial(_answer, call, made=True),
    )


@get("/change-notices", operation_id="listChangeNotices", opt=needs(Permission.JOINING_READ, query=ChangeNoticesAsked))
async def list_notices(call: NamedDependency[Call]) -> Response[Page[ShownChangeNotice]]:
    """List change notices by due day."""
    asked = call.asked(ChangeNoticesAsked)
    async with call.transaction() as tx:
        rows = await reading.notices(tx, asked.wanted(), after=asked.position(Position), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=partial(_shown, call))


@get(
    "/change-notices/{change_notice_id:uuid}",
    operation_id="readChangeNotice",
    opt=needs(Permission.JOINING_READ, etag=True),
    responses=refusals(ChangeNoticeNotFound),
)
async def read_notice(change_notice_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownChangeNotice]:
    """Read one change notice."""
    async with call.transaction() as tx:
        notice = await reading.change_notice(tx, change_notice_id)
    return unless_seen(call.request, _shown(call, notice), notice.version)


@put(
    "/change-notices/{change_notice_id:uuid}",
    operation_id="planChangeNoticeAnew",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    responses=refusals(*_MOVED),
)
async def plan_notice_anew(
    change_notice_id: FromPath[UUID], data: JSONBody[SaidChange], call: NamedDependency[Call]
) -> Response[ShownChangeNotice]:
    """Say anew what changes and when, while Kela was not told; the due day moves with it."""
    async with call.transaction() as tx:
        notice = await actions.plan_anew(tx, call.clock, change_notice_id, data.change, version=call.expected_version)
    return _answer(call, notice)


@post(
    "/change-notices/{change_notice_id:uuid}/sending",
    operation_id="sendChangeNotice",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED),
)
async def send_notice(
    change_notice_id: FromPath[UUID], data: JSONBody[Sending], call: NamedDependency[Call]
) -> Response[ShownChangeNotice]:
    """Say that Kela was told: on which day, by whom, under which reference. This service sends nothing to Kela."""

    def act(tx: Transaction) -> Any:
        return actions.send(
            tx,
            call.clock,
            change_notice_id,
            version=call.expected_version,
            on=data.sent_on,
            by=data.sent_by,
            reference=data.reference,
        )

    return await once(call, act, answer=partial(_answer, call))


@post(
    "/change-notices/{change_notice_id:uuid}/not-needed",
    operation_id="ruleOutChangeNotice",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED),
)
async def rule_out_notice(
    change_notice_id: FromPath[UUID], data: JSONBody[GivingUp], call: NamedDependency[Call]
) -> Response[ShownChangeNotice]:
    """Say that the change comes and Kela need not be told, and why."""

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.rule_out(tx, call.clock, change_notice_id, version=version, because=data.reason)

    return await once(call, act, answer=partial(_answer, call))


@post(
    "/change-notices/{change_notice_id:uuid}/cancellation",
    operation_id="cancelChangeNotice",
    opt=needs(Permission.JOINING_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED),
)
async def cancel_notice(
    change_notice_id: FromPath[UUID], data: JSONBody[GivingUp], call: NamedDependency[Call]
) -> Response[ShownChangeNotice]:
    """Say that the change does not come, and why."""

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.cancel(tx, call.clock, change_notice_id, version=version, because=data.reason)

    return await once(call, act, answer=partial(_answer, call))


def _shown(call: Call, notice: ChangeNotice) -> ShownChangeNotice:
    today = day_in_finland(call.clock.now())
    return shown(notice, today, deadlines.technical_change_notice(today))


def _answer(call: Call, notice: ChangeNotice, *, made: bool = False) -> Response[ShownChangeNotice]:
    location = f"/v1/joining/change-notices/{notice.id}" if made else None
    return with_etag(_shown(call, notice), notice.version, location=location)


def _position(notice: ChangeNotice) -> Position:
    return Position(due_on=notice.due_on, id=notice.id)


HANDLERS: Final = (
    plan_notice, list_notices, read_notice, plan_notice_anew, send_notice, rule_out_notice, cancel_notice,
)  # fmt: skip
