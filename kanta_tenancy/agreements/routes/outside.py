"""What happened outside this service, over HTTP: files that show it, and service-production agreements."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements import exhibits, reading, service_agreements
from kanta_tenancy.agreements.bodies.ends import (
    ExhibitAsked,
    SaidServiceAgreement,
    ServiceAgreements,
    ServiceAgreementTold,
    ShownExhibit,
    ShownServiceAgreement,
    service_agreement_told,
    shown_exhibit,
    shown_service_agreement,
)
from kanta_tenancy.agreements.errors import (
    ExhibitNotFound,
    ExhibitRefused,
    OccurrenceChanged,
    OccurrenceRefused,
    ServiceAgreementNotFound,
)
from kanta_tenancy.agreements.occurrences import ServiceAgreement
from kanta_tenancy.agreements.routes.telling import Told, telling
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound

ANY_FILE: Final = "application/octet-stream"


@post(
    "/tenancies/{tenancy_id:uuid}/exhibits",
    operation_id="addExhibit",
    opt=needs("agreements.end", query=ExhibitAsked, accepts=ANY_FILE),
    request_max_body_size=exhibits.LARGEST,
    responses=refusals(TenancyNotFound, ExhibitRefused),
)
async def add_exhibit(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownExhibit]:
    """Bring a file that shows something: a PDF, a Word document without macros, or plain text in UTF-8.

    It is kept as it came and never changed. What kind it is, its own bytes say.
    """
    name = call.asked(ExhibitAsked).name
    content = await call.request.body()
    return await once(
        call,
        lambda tx: exhibits.add(tx, call.clock, tenancy_id=TenancyId(tenancy_id), name=name, content=content),
        answer=lambda made: Response(shown_exhibit(made), headers={"Location": f"/v1/exhibits/{made.id}"}),
    )


@get(
    "/exhibits/{exhibit_id:uuid}",
    operation_id="readExhibit",
    opt=needs("agreements.read"),
    responses=refusals(ExhibitNotFound),
)
async def read_exhibit(exhibit_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownExhibit:
    """Read what a file is."""
    async with call.transaction() as tx:
        return shown_exhibit(await reading.exhibit(tx, exhibit_id))


@get(
    "/exhibits/{exhibit_id:uuid}/content",
    operation_id="readExhibitContent",
    opt=needs("agreements.read"),
    media_type=ANY_FILE,
    responses=refusals(ExhibitNotFound),
)
async def read_content(exhibit_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the file, to be saved: no browser opens it in its own window."""
    async with call.transaction() as tx:
        exhibit, content = await exhibits.read(tx, exhibit_id)
    return file_answer(content, media_type=ANY_FILE, name=exhibit.name)


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
        add_exhibit, read_exhibit, read_content, record_service_agreement, list_service_agreements,
        read_service_agreement, change_service_agreement,
    ],
    tags=["Ends of agreements"],
)  # fmt: skip


def _made(told: Told[ServiceAgreement]) -> Response[ServiceAgreementTold]:
    said, _ = told
    return with_etag(service_agreement_told(*told), said.version, location=f"/v1/service-agreements/{said.id}")
