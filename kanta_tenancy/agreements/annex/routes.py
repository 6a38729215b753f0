"""Annex 1 over time, over HTTP: amendments are drafted, and any day tells which services it has."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.annex import amending, reading
from kanta_tenancy.agreements.annex.bodies import (
    Annexes,
    InUseAsked,
    NewAmendment,
    OnDayAsked,
    ServicesOfTenancy,
    services_of,
    shown_annex,
)
from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.agreements.answering import answered
from kanta_tenancy.agreements.bodies import ShownAgreement
from kanta_tenancy.agreements.drafting.errors import DraftRefused
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, MoveNotAllowed
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/agreements/{agreement_id:uuid}/amendments",
    operation_id="draftAmendment",
    opt=needs("agreements.draft", etag=True),
    responses=refusals(AgreementNotFound, MoveNotAllowed, DraftRefused),
)
async def draft_amendment(
    agreement_id: FromPath[UUID], data: JSONBody[NewAmendment], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Begin a change of Annex 1. It is then offered and signed as an agreement is, by its own id.

    An amendment says the whole of Annex 1. Once all have signed, it holds from its day, or from the day of the last
    signature where that is later.
    """
    return await once(
        call,
        lambda tx: amending.draft_amendment(
            tx,
            call.clock,
            agreement_id=AgreementId(agreement_id),
            services=data.services,
            effective_on=data.effective_on,
            signatories=data.signing(),
        ),
        answer=lambda agreement: answered(agreement, made=True),
    )


@put(
    "/amendments/{agreement_id:uuid}",
    operation_id="amendAmendment",
    opt=needs("agreements.draft", if_match=True),
    responses=refusals(AgreementNotFound, AgreementChanged, MoveNotAllowed, DraftRefused),
)
async def amend_amendment(
    agreement_id: FromPath[UUID], data: JSONBody[NewAmendment], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Write an amendment anew that was not offered; what was offered is never edited."""
    async with call.transaction() as tx:
        amendment = await amending.amend_amendment(
            tx,
            call.clock,
            amendment_id=AgreementId(agreement_id),
            version=call.expected_version,
            services=data.services,
            effective_on=data.effective_on,
            signatories=data.signing(),
        )
    return answered(amendment)


@get(
    "/tenancies/{tenancy_id:uuid}/services",
    operation_id="servicesOfTenancy",
    opt=needs("agreements.read", query=OnDayAsked),
    responses=refusals(TenancyNotFound),
)
async def services_of_tenancy(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> ServicesOfTenancy:
    """Tell which services a tenancy has on a day, past or future: what holds as the day ends."""
    asked = call.asked(OnDayAsked)
    day = asked.day or day_in_finland(call.clock.now())
    async with call.transaction() as tx:
        found = await reading.services_on(tx, TenancyId(tenancy_id), day)
    return services_of(tenancy_id, day, found, asked.language)


@get(
    "/tenancies/{tenancy_id:uuid}/annexes",
    operation_id="annexesOfTenancy",
    opt=needs("agreements.read", query=OnDayAsked),
    responses=refusals(TenancyNotFound),
)
async def annexes_of_tenancy(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Annexes:
    """List every version of Annex 1 that held in a tenancy or will, oldest first."""
    asked = call.asked(OnDayAsked)
    async with call.transaction() as tx:
        found = await reading.annexes(tx, TenancyId(tenancy_id), asked.day)
    return Annexes(items=tuple(shown_annex(one, asked.language) for one in found))


@get("/services/in-use", operation_id="servicesInUse", opt=needs("agreements.read", query=InUseAsked))
async def services_in_use(call: NamedDependency[Call]) -> Response[Page[ServicesOfTenancy]]:
    """Tell which services every tenancy has on a day, past or future; those without an agreement are left out."""
    asked = call.asked(InUseAsked)
    day = asked.day or day_in_finland(call.clock.now())
    after = asked.position(UUID)
    async with call.transaction() as tx:
        rows = await reading.services_in_use(tx, day, after=after, count=asked.fetch)
    return paged(
        call.request,
        asked,
        rows,
        position=_position,
        body=lambda row: services_of(row.tenancy_id, day, row, asked.language),
    )


ROUTES: Final = Router(
    path="/",
    route_handlers=[draft_amendment, amend_amendment, services_of_tenancy, annexes_of_tenancy, services_in_use],
    tags=["Annex 1"],
)


def _position(row: AnnexOnDay) -> UUID:
    return row.tenancy_id
