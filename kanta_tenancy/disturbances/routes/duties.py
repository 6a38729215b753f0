"""Duties over HTTP: read with whom they tell and what, told by mail from here, or put down how they were."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances import reading, wording
from kanta_tenancy.disturbances.actions import duties as actions
from kanta_tenancy.disturbances.actions import enclosing, mailing, posting
from kanta_tenancy.disturbances.actions.enclosing import Enclosure
from kanta_tenancy.disturbances.bodies.duties import (
    Mailing,
    Noting,
    Posting,
    ShownDuty,
    ShownLetter,
    Telling,
    TextAsked,
    WholeDuty,
    letter,
    shown_duty,
    whole_duty,
)
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.errors import (
    DisturbanceRefused,
    DutyCarried,
    DutyChanged,
    DutyMoveNotAllowed,
    DutyNotFound,
    DutyUnaddressed,
)
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Channel
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once, once_prepared
from kanta_tenancy.messages import EndpointClosed, EndpointNotFound
from kanta_tenancy.parties import Permission
from kanta_tenancy.seals import SealKeys

SETTLED: Final = (DutyNotFound, DutyChanged, DutyCarried, DutyMoveNotAllowed, DisturbanceRefused)
SETTLES: Final = needs(Permission.DISTURBANCES_REPORT, if_match=True)


@get("/disturbances/duties", operation_id="listOpenDuties", opt=needs(Permission.DISTURBANCES_READ, query=PageQuery))
async def list_duties(call: NamedDependency[Call]) -> Response[Page[ShownDuty]]:
    """List what is still to be told, in the order in which it came up; to a tenant, its own."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.open_duties(tx, after=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_id, body=shown_duty)


@get(
    "/disturbances/duties/{duty_id:uuid}",
    operation_id="readDuty",
    opt=needs(Permission.DISTURBANCES_READ, etag=True),
    responses=refusals(DutyNotFound),
)
async def read_duty(duty_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[WholeDuty]:
    """Read a duty with how it came about, and how its addressee is reached today."""
    async with call.transaction() as tx:
        duty = await reading.duty(tx, duty_id)
        found = await reading.disturbance(tx, duty.disturbance_id)
        to = await reading.addressed(tx, found, duty, day_in_finland(call.clock.now()))
    return with_etag(whole_duty(duty, to), duty.version)


@get(
    "/disturbances/duties/{duty_id:uuid}/text",
    operation_id="readDutyText",
    opt=needs(Permission.DISTURBANCES_READ, query=TextAsked),
    responses=refusals(DutyNotFound),
)
async def read_text(duty_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownLetter:
    """Read what is to be told, prefilled by what the caller may know of it now."""
    language = call.asked(TextAsked).language
    async with call.transaction() as tx:
        duty = await reading.duty(tx, duty_id)
        found = await reading.whole(tx, duty.disturbance_id)
        about = await reading.about(tx, found, day_in_finland(call.clock.now()), duty.tenancy_id)
    return letter(wording.letter(about, duty.purpose, language))


def mail_route(keys: SealKeys | None) -> HTTPRouteHandler:
    """Return the route that sends a duty's text by mail.

    Args:
        keys: those of the seal, where they lie beside this instance.
    """

    @post(
        "/disturbances/duties/{duty_id:uuid}/mail",
        operation_id="mailDuty",
        opt=needs(Permission.DISTURBANCES_MANAGE, if_match=True),
        status_code=200,
        responses=refusals(*SETTLED, DutyUnaddressed),
    )
    async def mail(
        duty_id: FromPath[UUID], data: JSONBody[Mailing], call: NamedDependency[Call]
    ) -> Response[ShownDuty]:
        """Send the prefilled text by mail from here, with the sealed document where that may go by mail.

        A document that cannot be sealed holds nothing up: the mail goes without, says so, and so does the note of the
        duty. When the mail does not arrive, the duty has failed and is told anew.
        """
        version, language = call.expected_version, data.language

        async def prepare() -> Enclosure:
            return await enclosing.prepare(call.transaction, call.clock, keys, duty_id, language, asked=data.document)

        async def act(tx: Transaction, enclosure: Enclosure) -> KeptDuty:
            return await mailing.mail(
                tx, call.clock, duty_id, version=version, language=language, email=data.email, enclosure=enclosure
            )

        return await once_prepared(call, prepare, act, answer=_answer)

    return mail


@post(
    "/disturbances/duties/{duty_id:uuid}/webhook",
    operation_id="postDuty",
    opt=needs(Permission.DISTURBANCES_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(*SETTLED, DutyUnaddressed, EndpointNotFound, EndpointClosed),
)
async def post_(duty_id: FromPath[UUID], data: JSONBody[Posting], call: NamedDependency[Call]) -> Response[ShownDuty]:
    """Send the prefilled text and the facts to the addressee's webhook. Given up, the duty has failed: tell it anew."""
    version = call.expected_version
    return await once(
        call,
        lambda tx: posting.post(tx, call.clock, duty_id, version=version, language=data.language),
        answer=_answer,
    )


@post(
    "/disturbances/duties/{duty_id:uuid}/telling",
    operation_id="tellDuty",
    opt=SETTLES,
    status_code=200,
    responses=refusals(*SETTLED),
)
async def tell(duty_id: FromPath[UUID], data: JSONBody[Telling], call: NamedDependency[Call]) -> Response[ShownDuty]:
    """Put down that somebody was told: by telephone with a note, by a form with its receipt, by your own mail."""
    return await _settled(call, duty_id, DutyMove.SEND, data.note, channel=data.channel)


@post(
    "/disturbances/duties/{duty_id:uuid}/acknowledgement",
    operation_id="acknowledgeDuty",
    opt=SETTLES,
    status_code=200,
    responses=refusals(*SETTLED),
)
async def acknowledge(
    duty_id: FromPath[UUID], data: JSONBody[Noting], call: NamedDependency[Call]
) -> Response[ShownDuty]:
    """Put down that the addressee has acknowledged it."""
    return await _settled(call, duty_id, DutyMove.ACKNOWLEDGE, data.note)


@post(
    "/disturbances/duties/{duty_id:uuid}/failure",
    operation_id="failDuty",
    opt=SETTLES,
    status_code=200,
    responses=refusals(*SETTLED),
)
async def fail(duty_id: FromPath[UUID], data: JSONBody[Noting], call: NamedDependency[Call]) -> Response[ShownDuty]:
    """Put down that what was sent did not arrive: it is still to be told."""
    return await _settled(call, duty_id, DutyMove.FAIL, data.note)


@post(
    "/disturbances/duties/{duty_id:uuid}/release",
    operation_id="releaseDuty",
    opt=SETTLES,
    status_code=200,
    responses=refusals(*SETTLED),
)
async def release(duty_id: FromPath[UUID], data: JSONBody[Noting], call: NamedDependency[Call]) -> Response[ShownDuty]:
    """Put down that it need not be told, and why; new facts do not bring it back."""
    return await _settled(call, duty_id, DutyMove.RELEASE, data.note)


async def _settled(
    call: Call, duty_id: UUID, move: DutyMove, note: str, *, channel: Channel | None = None
) -> Response[ShownDuty]:
    act = partial(
        actions.settle,
        clock=call.clock,
        duty_id=duty_id,
        move=move,
        version=call.expected_version,
        note=note,
        channel=channel,
    )
    return await once(call, act, answer=_answer)


def _answer(duty: KeptDuty) -> Response[ShownDuty]:
    return with_etag(shown_duty(duty), duty.version)


def _id(duty: KeptDuty) -> UUID:
    return duty.id


HANDLERS: Final = (list_duties, read_duty, read_text, post_, tell, acknowledge, fail, release)
