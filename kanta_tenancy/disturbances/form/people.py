"""The form as people open, fill and send it: opened by a link, so no access key is asked; answered with pages."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from kanta_tenancy import parties
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.disturbances import reading, rules, status_wording, wording
from kanta_tenancy.disturbances.bodies.page import POLICY as STATUS_POLICY
from kanta_tenancy.disturbances.bodies.page import as_page
from kanta_tenancy.disturbances.bodies.status import StatusPage, line
from kanta_tenancy.disturbances.case import Phase, SaidReport
from kanta_tenancy.disturbances.form import actions, filled
from kanta_tenancy.disturbances.form.answering import PAGES, answer, hold, language, named
from kanta_tenancy.disturbances.form.bodies import path_of
from kanta_tenancy.disturbances.form.model import OpenedLink
from kanta_tenancy.disturbances.form.page import Offer, Typed, beginning, form_page
from kanta_tenancy.disturbances.form.told import Received, received_page
from kanta_tenancy.disturbances.store.statuses import Shown
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import FORM, public
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.repeatable import once_by_itself

LARGEST: Final = 200_000  # bytes: every field full of the longest characters
_MOST_FIELDS: Final = 40
_SWITCH: Final = "switch"  # the buttons that ask for another language
_SHOWN_PHASES: Final = (Phase.ONGOING, Phase.PLANNED)
_MOST_KNOWN: Final = 5


@get(
    "/report/{address:str}", opt=public(), include_in_schema=False, media_type=MediaType.HTML, exception_handlers=PAGES
)
async def open_form(address: FromPath[str], call: NamedDependency[Call]) -> Response[str]:
    """Show the form that a link opens."""
    link = await _opened(call, address)
    async with call.asking(link.caller) as tx:
        offer = await _offer(tx, call, link, address, token=new_id())
    return answer(call.request, form_page(offer, beginning(call.clock.now()), language(call.request)))


@post(
    "/report/{address:str}",
    opt=public(accepts=FORM),
    include_in_schema=False,
    media_type=MediaType.HTML,
    request_max_body_size=LARGEST,
    exception_handlers=PAGES,
)
async def send_form(address: FromPath[str], call: NamedDependency[Call]) -> Response[str]:
    """Take in what was sent, and lead to its confirmation; else show the form again with everything that was typed."""
    fields = _fields(await call.request.body())
    token, now = _token(fields), call.clock.now()
    services = _services(day_in_finland(now))
    nobodys = Offer(path=path_of(address), token=token, of=None, services=services, known=())
    hold(call.request, nobodys, Typed(fields=fields))
    link = await _opened(call, address)
    said = filled.read(fields, now)
    if _SWITCH not in fields and isinstance(said, SaidReport):
        sending = await once_by_itself(call, link.caller, lambda tx: actions.send(tx, call.clock, link, token, said))
        return _led_to(f"{path_of(address)}/sent/{sending.report_id}", language(call.request))
    async with call.asking(link.caller) as tx:
        offer = await _offer(tx, call, link, address, token=token)
    if _SWITCH in fields:
        other = named(fields[_SWITCH], language(call.request))
        return answer(call.request, form_page(offer, Typed(fields=fields), other), in_language=other)
    wrong = () if isinstance(said, SaidReport) else said
    text = form_page(offer, Typed(fields=fields, wrong=wrong), language(call.request))
    return answer(call.request, text, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@get(
    "/report/{address:str}/sent/{number:uuid}",
    opt=public(),
    include_in_schema=False,
    media_type=MediaType.HTML,
    exception_handlers=PAGES,
)
async def confirm(address: FromPath[str], number: FromPath[UUID], call: NamedDependency[Call]) -> Response[str]:
    """Tell that a report was received, by which number it is known, and what happens next."""
    link = await _opened(call, address)
    day = day_in_finland(call.clock.now())
    async with call.asking(link.caller) as tx:
        sent = await actions.sent(tx, link, number)
        of, main_connector = await _names(tx, link, day)
    received = Received(
        path=path_of(address),
        of=of,
        main_connector=main_connector,
        minutes=rules.pace_on(day).acknowledge_minutes,
        sent=sent,
    )
    return answer(call.request, received_page(received, language(call.request)))


@get(
    "/report/{address:str}/status",
    opt=public(),
    include_in_schema=False,
    media_type=MediaType.HTML,
    exception_handlers=PAGES,
)
async def read_status(address: FromPath[str], call: NamedDependency[Call]) -> Response[str]:
    """Show how everything stands that the party was told of."""
    link = await _opened(call, address)
    now = call.clock.now()
    day = day_in_finland(now)
    async with call.asking(link.caller) as tx:
        found = await reading.status_page(tx, now)
        lines = [line(one, await reading.shown_system(tx, one.system_id, day), day) for one in found]
    text = as_page(StatusPage(at=now, items=tuple(lines)), language(call.request))
    return answer(call.request, text, policy=f"{STATUS_POLICY}; frame-ancestors 'none'")


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as why:
        raise ClientException("this is no filled form") from why
    return dict(pairs)


def _token(fields: Mapping[str, str]) -> UUID:
    try:
        return UUID(fields.get("token", ""))
    except ValueError as why:
        raise ClientException("the form has no token") from why


def _led_to(path: str, in_language: Language) -> Response[str]:
    location = f"{path}?lang={in_language.value}"
    return Response("", status_code=HTTPStatus.SEE_OTHER, media_type=MediaType.HTML, headers={"Location": location})


async def _opened(call: Call, address: str) -> OpenedLink:
    async with call.unscoped() as connection:
        return await actions.open_link(connection, address)


async def _offer(tx: Transaction, call: Call, link: OpenedLink, address: str, *, token: UUID) -> Offer:
    now = call.clock.now()
    day = day_in_finland(now)
    told = [one for one in await reading.status_page(tx, now) if one.phase in _SHOWN_PHASES]
    of, _ = await _names(tx, link, day)
    return Offer(
        path=path_of(address),
        token=token,
        of=of,
        services=_services(day),
        known=tuple(_known(one, day) for one in told[:_MOST_KNOWN]),
    )


async def _names(tx: Transaction, link: OpenedLink, day: date) -> tuple[str, str]:
    """Return whose people the link is for, and who takes reports in."""
    if link.tenancy_id is None:
        name = (await parties.main_connector_on(tx, day)).name
        return name, name
    both = await parties.the_parties(tx, link.tenancy_id, on_day=day)
    return both.tenant.name, both.main_connector.name


def _services(day: date) -> dict[str, Sentence]:
    found = {one.key: reading.service_name(one.key, day) for one in catalogue.services()}
    return {key: name for key, name in found.items() if name is not None}


def _known(one: Shown, day: date) -> Sentence:
    """Tell in one line what goes on: what it is, what it hits, since when."""
    service = reading.service_name(one.service, day)
    title = None if one.title is None else Sentence(fi=one.title, sv=one.title, en=one.title)
    when = status_wording.when(one.phase, one.kind, one.since, one.until)
    said = [each for each in (title, service) if each is not None]
    texts: dict[str, Any] = {
        each.value: f"{': '.join([wording.PHASES[one.phase].said_in(each), *(s.said_in(each) for s in said)])}."
        f" {when.said_in(each)}"
        for each in Language
    }
    return Sentence(**texts)


HANDLERS: Final = (open_form, send_form, confirm, read_status)
