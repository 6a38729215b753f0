"""Soteri evidence over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.actions.evidence import record_evidence, withdraw_evidence
from kanta_tenancy.parties.bodies import SaidEvidence, SaidWithdrawal, ShownEvidence, shown_evidence
from kanta_tenancy.parties.errors import (
    EvidenceNotFound,
    EvidenceWithdrawn,
    MainConnectorsOwn,
    OrganisationNotFound,
    PartyChanged,
    PartyUnfit,
)
from kanta_tenancy.parties.model import Permission, SoteriEvidence
from kanta_tenancy.parties.store import evidence as store
from kanta_tenancy.parties.store import organisations

_FIRST: Final = UUID(int=0)


@get(
    "/{organisation_id:uuid}/soteri-evidence",
    operation_id="listSoteriEvidence",
    opt=needs(Permission.PARTIES_READ, query=PageQuery),
    responses=refusals(OrganisationNotFound),
)
async def list_evidence(organisation_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownEvidence]]:
    """List what was seen of an organisation in the Soteri register, in the order in which it was recorded."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        of = await organisations.find(tx, OrganisationId(organisation_id))
        rows = await store.page(tx, of.id, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_evidence)


@post(
    "/{organisation_id:uuid}/soteri-evidence",
    operation_id="recordSoteriEvidence",
    opt=needs(Permission.PARTIES_WRITE, etag=True),
    responses=refusals(OrganisationNotFound, PartyUnfit, MainConnectorsOwn),
)
async def record(
    organisation_id: FromPath[UUID], data: JSONBody[SaidEvidence], call: NamedDependency[Call]
) -> Response[ShownEvidence]:
    """Record a look into the Soteri register, of a tenant or of the main connector itself (K1.2)."""
    return await once(
        call,
        lambda tx: record_evidence(tx, call.clock, OrganisationId(organisation_id), data.new()),
        answer=lambda kept: with_etag(shown_evidence(kept), kept.version),
    )


@post(
    "/{organisation_id:uuid}/soteri-evidence/{evidence_id:uuid}/withdrawal",
    operation_id="withdrawSoteriEvidence",
    opt=needs(Permission.PARTIES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(EvidenceNotFound, EvidenceWithdrawn, PartyChanged, PartyUnfit, MainConnectorsOwn),
)
async def withdraw(
    organisation_id: FromPath[UUID],
    evidence_id: FromPath[UUID],
    data: JSONBody[SaidWithdrawal],
    call: NamedDependency[Call],
) -> Response[ShownEvidence]:
    """Mark a mistaken piece of evidence: it counts no longer, and stays to be read.

    The ETag is its version in quotation marks: "1" as recorded, "2" once withdrawn.
    """
    return await once(
        call,
        lambda tx: withdraw_evidence(
            tx,
            call.clock,
            OrganisationId(organisation_id),
            evidence_id,
            reason=data.reason,
            version=call.expected_version,
        ),
        answer=lambda kept: with_etag(shown_evidence(kept), kept.version),
    )


def _position(evidence: SoteriEvidence) -> UUID:
    return evidence.id


HANDLERS: Final = (list_evidence, record, withdraw)
