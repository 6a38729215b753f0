"""Reports over HTTP, and the files that show something of them."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.exhibits.kinds import LARGEST
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import reporting as actions
from kanta_tenancy.disturbances.actions.storm import KeyClosed, Storm
from kanta_tenancy.disturbances.bodies.reports import (
    AttachmentAsked,
    Reporting,
    ShownAttachment,
    ShownIntake,
    shown_attachment,
    taken_in,
)
from kanta_tenancy.disturbances.errors import (
    AttachmentNotFound,
    AttachmentsFull,
    DisturbanceMoveNotAllowed,
    DisturbanceNotFound,
    DisturbanceRefused,
    ReportNotFound,
)
from kanta_tenancy.disturbances.routes.lane import TROUBLE
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.errors import NotAuthenticated
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import is_marked, once
from kanta_tenancy.machinery.web.trouble import reached
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import SystemNotFound

ANY_FILE: Final = "application/octet-stream"


def report_route(storm: Storm) -> HTTPRouteHandler:
    """Return the route that takes a report in.

    Args:
        storm: takes those in that are in flight at the same time.
    """

    @post(
        "/disturbances",
        operation_id="reportDisturbance",
        opt=needs(Permission.DISTURBANCES_REPORT),
        responses=refusals(DisturbanceRefused, SystemNotFound, DisturbanceNotFound, DisturbanceMoveNotAllowed),
    )
    async def report_disturbance(data: JSONBody[Reporting], call: NamedDependency[Call]) -> Response[ShownIntake]:
        """Report a disturbance: what, since when, whether it is going on. Everything else can follow.

        The named person is called at once. The same content within minutes is one report, with `Idempotency-Key` for
        days. No patient data: a personal identity code is refused, and the answer says where it stands.
        """
        trouble = call.request.scope.get(TROUBLE)
        if isinstance(trouble, Exception):
            with reached():
                raise trouble
        said = data.said()
        if actions.opens_by_itself(said, join=data.join) and not is_marked(call):
            by = actions.Reporter(scope=call.caller.scope, actor=call.caller.actor, request_id=call.request_id)
            accepted = actions.accepted(by, call.clock, said)
            try:
                with reached():
                    taken = await storm.take_in(accepted)
            except KeyClosed as error:
                raise NotAuthenticated("The access key was closed just now.") from error
            return _answer(taken_in(taken, taken.similar_ones))

        async def take_in(tx: Transaction) -> ShownIntake:
            taken = await actions.report(tx, call.clock, said, join=data.join)
            return taken_in(taken, await actions.similar(tx, taken, said))

        return await once(call, take_in, answer=_answer)

    return report_disturbance


@post(
    "/disturbances/reports/{report_id:uuid}/attachments",
    operation_id="attachToReport",
    opt=needs(Permission.DISTURBANCES_REPORT, query=AttachmentAsked, accepts=ANY_FILE),
    request_max_body_size=LARGEST,
    responses=refusals(ReportNotFound, DisturbanceRefused, AttachmentsFull),
)
async def attach(report_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAttachment]:
    """Bring a file that shows something: a PDF, a picture, a Word document without macros, or plain text in UTF-8.

    It is kept as it came and only ever handed out to be saved. No patient data.
    """
    name = call.asked(AttachmentAsked).name
    content = await call.request.body()
    return await once(
        call,
        lambda tx: actions.attach(tx, call.clock, report_id, name=name, content=content),
        answer=lambda made: Response(
            shown_attachment(made),
            headers={"Location": f"/v1/disturbances/reports/{report_id}/attachments/{made.id}"},
        ),
    )


@get(
    "/disturbances/reports/{report_id:uuid}/attachments/{attachment_id:uuid}",
    operation_id="readReportAttachment",
    opt=needs(Permission.DISTURBANCES_READ),
    media_type=ANY_FILE,
    responses=refusals(ReportNotFound, AttachmentNotFound),
)
async def read_attachment(
    report_id: FromPath[UUID], attachment_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """Fetch a file of a report, to be saved: no browser opens it in its own window."""
    async with call.transaction() as tx:
        found = await reading.attachment(tx, report_id, attachment_id)
    return file_answer(found.content, media_type=ANY_FILE, name=found.name)


def _answer(made: ShownIntake) -> Response[ShownIntake]:
    return Response(made, headers={"Location": f"/v1/disturbances/{made.disturbance_id}"})


HANDLERS: Final = (attach, read_attachment)
