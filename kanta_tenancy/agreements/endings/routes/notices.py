"""Notices of termination over HTTP, and when an agreement ends."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.endings import notices
from kanta_tenancy.agreements.endings import reading as ending_reading
from kanta_tenancy.agreements.endings.bodies.notices import (
    Delivery,
    Notices,
    NoticeTold,
    SaidNotice,
    ShownEnd,
    ShownNotice,
    notice_told,
    shown_end,
    shown_notice,
)
from kanta_tenancy.agreements.endings.checklists.telling import Told, telling
from kanta_tenancy.agreements.endings.errors import NoticeNotFound, OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import Notice
from kanta_tenancy.agreements.errors import AgreementNotFound, MoveNotAllowed
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once


@post(
    "/agreements/{agreement_id:uuid}/notices",
    operation_id="giveNotice",
    opt=needs("agreements.end", etag=True),
    responses=refusals(AgreementNotFound, MoveNotAllowed, OccurrenceRefused, ExhibitNotFound),
)
async def give_notice(
    agreement_id: FromPath[UUID], data: JSONBody[SaidNotice], call: NamedDependency[Call]
) -> Response[NoticeTold]:
    """Give notice on an agreement in force, in writing.

    A tenant's is delivered by being handed in here. The main connector says when its own reached the tenant, now or
    later, and puts down what a tenant gave it on paper. From the day of delivery the end is worked out, and what has to
    be done by then; what cannot be done in time is told at once.
    """
    return await once(
        call,
        telling(
            call,
            lambda tx: notices.give(tx, call.clock, agreement_id=AgreementId(agreement_id), said=data.notice()),
        ),
        answer=_made,
    )


@get(
    "/agreements/{agreement_id:uuid}/notices",
    operation_id="listNotices",
    opt=needs("agreements.read"),
    responses=refusals(AgreementNotFound),
)
async def list_notices(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Notices:
    """List every notice on an agreement, withdrawn ones too, oldest first."""
    async with call.transaction() as tx:
        found = await ending_reading.notices(tx, AgreementId(agreement_id))
    return Notices(items=tuple(map(shown_notice, found)))


@get(
    "/notices/{notice_id:uuid}",
    operation_id="readNotice",
    opt=needs("agreements.read", etag=True),
    responses=refusals(NoticeNotFound),
)
async def read_notice(notice_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownNotice]:
    """Read one notice."""
    async with call.transaction() as tx:
        notice = await ending_reading.notice(tx, notice_id)
    return unless_seen(call.request, shown_notice(notice), notice.version)


@post(
    "/notices/{notice_id:uuid}/delivery",
    operation_id="deliverNotice",
    opt=needs("agreements.end", if_match=True),
    status_code=200,
    responses=refusals(NoticeNotFound, OccurrenceChanged, MoveNotAllowed, OccurrenceRefused),
)
async def deliver_notice(
    notice_id: FromPath[UUID], data: JSONBody[Delivery], call: NamedDependency[Call]
) -> Response[NoticeTold]:
    """Say when a notice reached the other party and how that is known; a tenant tells of the main connector's."""
    return await once(
        call,
        telling(
            call,
            lambda tx: notices.deliver(
                tx,
                call.clock,
                notice_id=notice_id,
                version=call.expected_version,
                delivered_on=data.delivered_on,
                how=data.how,
            ),
        ),
        answer=_answer,
    )


@post(
    "/notices/{notice_id:uuid}/withdrawal",
    operation_id="withdrawNotice",
    opt=needs("agreements.end", if_match=True),
    status_code=200,
    responses=refusals(NoticeNotFound, OccurrenceChanged, MoveNotAllowed),
)
async def withdraw_notice(notice_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[NoticeTold]:
    """Agree, for your party, that a notice shall not hold. Once both have, the agreement goes on."""
    return await once(
        call,
        telling(
            call,
            lambda tx: notices.agree_to_withdraw(tx, call.clock, notice_id=notice_id, version=call.expected_version),
        ),
        answer=_answer,
    )


@get(
    "/agreements/{agreement_id:uuid}/end",
    operation_id="readEnd",
    opt=needs("agreements.read", etag=True),
    responses=refusals(AgreementNotFound),
)
async def read_end(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownEnd]:
    """Tell when an agreement ends or has ended, by which rule, and step by step why, in three languages."""
    async with call.transaction() as tx:
        agreement = await reading.one(tx, AgreementId(agreement_id))
    return unless_seen(call.request, shown_end(agreement), agreement.version)


ROUTES: Final = Router(
    path="/",
    route_handlers=[give_notice, list_notices, read_notice, deliver_notice, withdraw_notice, read_end],
    tags=["Ends of agreements"],
)


def _made(told: Told[Notice]) -> Response[NoticeTold]:
    notice, _ = told
    return with_etag(notice_told(*told), notice.version, location=f"/v1/notices/{notice.id}")


def _answer(told: Told[Notice]) -> Response[NoticeTold]:
    notice, _ = told
    return with_etag(notice_told(*told), notice.version)
