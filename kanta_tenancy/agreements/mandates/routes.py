"""Mandates over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.mandates import actions, reading
from kanta_tenancy.agreements.mandates.bodies import (
    EndingMandate,
    MandatesAsked,
    SaidMandate,
    ShownMandate,
    shown_mandate,
)
from kanta_tenancy.agreements.mandates.errors import MandateChanged, MandateNotFound, MandateOver, MandateRefused
from kanta_tenancy.agreements.mandates.model import Mandate
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/",
    operation_id="recordMandate",
    opt=needs("agreements.sign", etag=True),
    responses=refusals(TenancyNotFound, ExhibitNotFound, MandateRefused),
)
async def record_mandate(data: JSONBody[SaidMandate], call: NamedDependency[Call]) -> Response[ShownMandate]:
    """Put down that somebody may sign for a party: each for its own people, the main connector for both."""
    return await once(
        call,
        lambda tx: actions.put_down(tx, call.clock, data.said()),
        answer=lambda made: _answered(made, location=f"/v1/mandates/{made.id}"),
    )


@get("/", operation_id="listMandates", opt=needs("agreements.read", query=MandatesAsked))
async def list_mandates(call: NamedDependency[Call]) -> Response[Page[ShownMandate]]:
    """List mandates, newest first; a tenant sees its own people's, and those by which somebody signs with it."""
    asked = call.asked(MandatesAsked)
    before = asked.position(UUID)
    async with call.transaction() as tx:
        rows = await reading.newest(tx, before=before, count=asked.fetch, tenancy_id=asked.tenancy_id)
    return paged(call.request, asked, rows, position=_position, body=shown_mandate)


@get(
    "/{mandate_id:uuid}",
    operation_id="readMandate",
    opt=needs("agreements.read", etag=True),
    responses=refusals(MandateNotFound),
)
async def read_mandate(mandate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownMandate]:
    """Read one mandate."""
    async with call.transaction() as tx:
        found = await reading.mandate(tx, mandate_id)
    return unless_seen(call.request, shown_mandate(found), found.version)


@post(
    "/{mandate_id:uuid}/end",
    operation_id="endMandate",
    opt=needs("agreements.sign", if_match=True),
    status_code=200,
    responses=refusals(MandateNotFound, MandateChanged, MandateOver, MandateRefused),
)
async def end_mandate(
    mandate_id: FromPath[UUID], data: JSONBody[EndingMandate], call: NamedDependency[Call]
) -> Response[ShownMandate]:
    """Put down, once, that a mandate does not hold any more; what was signed by it before stays signed."""
    return await once(
        call,
        lambda tx: actions.end(
            tx, call.clock, mandate_id=mandate_id, version=call.expected_version, on=data.on, because=data.because
        ),
        answer=_answered,
    )


ROUTES: Final = Router(
    path="/mandates",
    route_handlers=[record_mandate, list_mandates, read_mandate, end_mandate],
    tags=["Agreements"],
)


def _answered(mandate: Mandate, *, location: str | None = None) -> Response[ShownMandate]:
    return with_etag(shown_mandate(mandate), mandate.version, location=location)


def _position(mandate: Mandate) -> UUID:
    return mandate.id
