"""Agreements that were signed before this system, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements.answering import answered
from kanta_tenancy.agreements.bodies import ShownAgreement
from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.earlier.bodies import SaidEarlier, Showing
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, AnotherAgreement, MoveNotAllowed
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound


@post(
    "/imported",
    operation_id="importAgreement",
    opt=needs("agreements.record", etag=True),
    responses=refusals(TenancyNotFound, ExhibitNotFound, OccurrenceRefused, AnotherAgreement),
)
async def import_agreement(data: JSONBody[SaidEarlier], call: NamedDependency[Call]) -> Response[ShownAgreement]:
    """Bring in an agreement that both have signed elsewhere, on paper or as a file.

    It is in force from its day, and is amended, ended and replaced as any other.
    """
    return await once(
        call,
        lambda tx: earlier.bring_in(tx, call.clock, tenancy_id=TenancyId(data.tenancy_id), said=data.earlier()),
        answer=lambda agreement: answered(agreement, made=True),
    )


@post(
    "/{agreement_id:uuid}/exhibit",
    operation_id="showImportedAgreement",
    opt=needs("agreements.record", if_match=True),
    status_code=200,
    responses=refusals(AgreementNotFound, AgreementChanged, ExhibitNotFound, MoveNotAllowed),
)
async def show_agreement(
    agreement_id: FromPath[UUID], data: JSONBody[Showing], call: NamedDependency[Call]
) -> Response[ShownAgreement]:
    """Add the scan or file of an imported agreement, once."""
    return await once(
        call,
        lambda tx: earlier.show(
            tx,
            call.clock,
            agreement_id=AgreementId(agreement_id),
            version=call.expected_version,
            exhibit_id=data.exhibit_id,
        ),
        answer=answered,
    )


ROUTES: Final = Router(path="/agreements", route_handlers=[import_agreement, show_agreement], tags=["Agreements"])
