"""The form as people open, fill and send it: opened by a link, so no access key is asked; answered with pages."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath
from msgspec.structs import replace

from kanta_tenancy import parties, systems
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.disturbances import reading, rules, status_wording, wording
from kanta_tenancy.disturbances.bodies.page import POLICY as STATUS_POLICY
from kanta_tenancy.disturbances.bodies.page import as_page
from kanta_tenancy.disturbances.bodies.status import StatusPage, line
from kanta_tenancy.disturbances.case import Phase, SaidReport
from kanta_tenancy.disturbances.errors import AttachmentsFull
from kanta_tenancy.disturbances.form import actions, attached, filled
from kanta_tenancy.disturbances.form.answering import PAGES, answer, hold, language, named
from kanta_tenancy.disturbances.form.bodies import path_of
from kanta_tenancy.disturbances.form.model import Brought, Filled, OpenedLink, Sending, Wrong
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
from kanta_tenancy.machinery.web.forms import FilledForm, FormLimits
from kanta_tenancy.machinery.web.repeatable import once_by_itself
from kanta_tenancy.systems import SystemNotFound, SystemState

# In bytes; of text, every field full of the longest characters. Files that are too large are read up to the second, so
# that the form comes back, and not kept.
LIMITS: Final = FormLimits(text=200_000, file=attached.LARGEST_EACH, files=attached.LARGEST_TOGETHER)
LARGEST: Final = 100_000_000
_IN_USE: Final = (SystemState.IN_USE,)
_MOST_SYSTEMS: Final = 200
_SWITCH: Final = "switch"  # the buttons that ask for another language
_SHOWN_PHASES: Final = (Phase.ONGOING, Phase.PLANNED)
_MOST_KNOWN: Final = 5


@get(
    "/report/{address:str}", opt=public(), include_in_schema=False, media_type=MediaType.HTML, exception_handlers=PAGES
)
async def open_form(address: FromPath[str], call: NamedDependency[Call]) -> Response[str]:
    """Show the form that a link opens."""
    link = await _opened(call, address)
    offer = await _offered(call, link, address, new_id())
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
    """Take in what was sent, and lead to its confirmation; else show the form again with everything that was typed.

    Files are read once the link is known to open something: who has none brings nothing into memory.
    """
    form = FilledForm(call.request, LIMITS)
    await form.read_fields()
    token = _token(form.fields)
    _hold(call, address, form, token)
    link = await _opened(call, address)
    await form.read_files()
    typed = Typed(fields=form.fields, files_lost=form.brings_files)
    if _SWITCH in form.fields:
        other = named(form.fields[_SWITCH], language(call.request))
        text = form_page(await _offered(call, link, address, token), typed, other)
        return answer(call.request, text, in_language=other)
    done = await _taken_in(call, link, form, token)
    if isinstance(done, Sending):
        return _led_to(f"{path_of(address)}/sent/{done.report_id}", language(call.request))
    typed = replace(typed, wrong=done)
    text = form_page(await _offered(call, link, address, token), typed, language(call.request))
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


async def _taken_in(call: Call, link: OpenedLink, form: FilledForm, token: UUID) -> Sending | tuple[Wrong, ...]:
    """Take in report and files in one transaction; or return everything that is wrong, and nothing was written."""
    said = filled.read(form.fields, call.clock.now())
    files = tuple(Brought(name=one.name, size=one.size, content=one.content) for one in form.files)
    wrong = attached.examine(files)
    if not isinstance(said, SaidReport):
        lost = wrong or (attached.wrong() if files else ())
        return (*said, *lost)
    if wrong:
        return wrong
    act = partial(actions.send, clock=call.clock, link=link, token=token, filled=Filled(said=said, files=files))
    try:
        return await once_by_itself(call, link.caller, act)
    except SystemNotFound:
        return filled.of_system() + (attached.wrong() if files else ())
    except AttachmentsFull:
        return attached.full()


def _hold(call: Call, address: str, form: FilledForm, token: UUID) -> None:
    services = _services(day_in_finland(call.clock.now()))
    nobodys = Offer(path=path_of(address), token=token, of=None, services=services, systems={}, known=())
    hold(call.request, nobodys, Typed(fields=form.fields, files_lost=form.brings_files))


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


async def _offered(call: Call, link: OpenedLink, address: str, token: UUID) -> Offer:
    async with call.asking(link.caller) as tx:
        return await _offer(tx, call, link, address, token=token)


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
        systems={
            str(one.id): one.name for one in await systems.listed(tx, states=_IN_USE, after=None, count=_MOST_SYSTEMS)
        },
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
