"""Agreements that were signed before this system, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.agreements import earlier
from kanta_tenancy.agreements.bodies.agreements import ShownAgreement, shown
from kanta_tenancy.agreements.bodies.earlier import SaidEarlier, Showing
from kanta_tenancy.agreements.errors import (
    AgreementChanged,
    AgreementNotFound,
    AnotherAgreement,
    ExhibitNotFound,
    MoveNotAllowed,
    OccurrenceRefused,
)
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import with_etag
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
        answer=_made,
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
        answer=_answer,
    )


ROUTES: Final = Router(path="/agreements", route_handlers=[import_agreement, show_agreement], tags=["Agreements"])


def _made(agreement: Agreement) -> Response[ShownAgreement]:
    return with_etag(shown(agreement), agreement.version, location=f"/v1/agreements/{agreement.id}")


def _answer(agreement: Agreement) -> Response[ShownAgreement]:
    return with_etag(shown(agreement), agreement.version)
