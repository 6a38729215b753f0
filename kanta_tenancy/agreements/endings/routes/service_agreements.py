"""Service-production agreements of the two parties, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.endings import reading, service_agreements
from kanta_tenancy.agreements.endings.bodies.service_agreements import (
    SaidServiceAgreement,
    ServiceAgreements,
    ServiceAgreementTold,
    ShownServiceAgreement,
    service_agreement_told,
    shown_service_agreement,
)
from kanta_tenancy.agreements.endings.checklists.telling import Told, telling
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused, ServiceAgreementNotFound
from kanta_tenancy.agreements.endings.model import ServiceAgreement
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/tenancies/{tenancy_id:uuid}/service-agreements",
    operation_id="recordServiceAgreement",
    opt=needs("agreements.record", etag=True),
    responses=refusals(TenancyNotFound, ExhibitNotFound, OccurrenceRefused),
)
async def record_service_agreement(
    tenancy_id: FromPath[UUID], data: JSONBody[SaidServiceAgreement], call: NamedDependency[Call]
) -> Response[ServiceAgreementTold]:
    """Put down a service-production agreement of the two: its notice period prevails, its end ends their agreement."""
    return await once(
        call,
        telling(
            call,
            lambda tx: service_agreements.put_down(tx, call.clock, tenancy_id=TenancyId(tenancy_id), said=data.said()),
        ),
        answer=_made,
    )


@get(
    "/tenancies/{tenancy_id:uuid}/service-agreements",
    operation_id="listServiceAgreements",
    opt=needs("agreements.read"),
    responses=refusals(TenancyNotFound),
)
async def list_service_agreements(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> ServiceAgreements:
    """List the service-production agreements of a tenancy."""
    async with call.transaction() as tx:
        found = await reading.service_agreements(tx, TenancyId(tenancy_id))
    return ServiceAgreements(items=tuple(map(shown_service_agreement, found)))


@get(
    "/service-agreements/{service_agreement_id:uuid}",
    operation_id="readServiceAgreement",
    opt=needs("agreements.read", etag=True),
    responses=refusals(ServiceAgreementNotFound),
)
async def read_service_agreement(
    service_agreement_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownServiceAgreement]:
    """Read one service-production agreement."""
    async with call.transaction() as tx:
        found = await reading.service_agreement(tx, service_agreement_id)
    return unless_seen(call.request, shown_service_agreement(found), found.version)


@put(
    "/service-agreements/{service_agreement_id:uuid}",
    operation_id="changeServiceAgreement",
    opt=needs("agreements.record", if_match=True),
    responses=refusals(ServiceAgreementNotFound, OccurrenceChanged, ExhibitNotFound, OccurrenceRefused),
)
async def change_service_agreement(
    service_agreement_id: FromPath[UUID], data: JSONBody[SaidServiceAgreement], call: NamedDependency[Call]
) -> Response[ServiceAgreementTold]:
    """Put down what is known of it now, such as its last day: their agreement ends by itself the same day."""
    change = telling(
        call,
        lambda tx: service_agreements.change(
            tx,
            call.clock,
            service_agreement_id=service_agreement_id,
            version=call.expected_version,
            said=data.said(),
        ),
    )
    async with call.transaction() as tx:
        told = await change(tx)
    return with_etag(service_agreement_told(*told), told[0].version)


ROUTES: Final = Router(
    path="/",
    route_handlers=[
        record_service_agreement,
        list_service_agreements,
        read_service_agreement,
        change_service_agreement,
    ],
    tags=["Ends of agreements"],
)


def _made(told: Told[ServiceAgreement]) -> Response[ServiceAgreementTold]:
    said, _ = told
    return with_etag(service_agreement_told(*told), said.version, location=f"/v1/service-agreements/{said.id}")
