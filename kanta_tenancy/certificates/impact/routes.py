"""Whom a certificate stands for over HTTP, and what a tenant depends on."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.certificates.impact import bodies, reading, report_csv, report_document
from kanta_tenancy.certificates.impact.bodies import (
    ImpactAsked,
    ImpactPage,
    ReportAsked,
    ShownAffectedTenant,
    ShownImpact,
    ShownUnderlying,
    UnderlyingAsked,
)
from kanta_tenancy.certificates.impact.model import AffectedTenant, Report, UnderlyingPosition
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@get(
    "/certificates/{certificate_id:uuid}/impact",
    operation_id="readImpact",
    opt=needs(Permission.CERTIFICATES_READ, query=ImpactAsked),
    responses=refusals(CertificateNotFound),
)
async def read_impact(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownImpact:
    """Tell who loses which services when a certificate does not hold on a day, and on which systems it is used.

    It is what is recorded: uses without a system, and a certificate without uses, are told as not known. A tenant asks
    about its own certificates, and counts itself alone.
    """
    asked = call.asked(ImpactAsked)
    async with call.transaction() as tx:
        return bodies.shown(await reading.impact(tx, call.clock, certificate_id, asked.day))


@get(
    "/certificates/{certificate_id:uuid}/impact/tenants",
    operation_id="listAffectedTenants",
    opt=needs(Permission.CERTIFICATES_READ, query=ImpactPage),
    responses=refusals(CertificateNotFound),
)
async def list_affected_tenants(
    certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownAffectedTenant]]:
    """List whose services stand behind a certificate on a day, by tenancy, with the people to tell at each.

    Those are the contacts of that day for `technical`; where there are none, for `disturbances`,
    `information_security`, `agreements`, `administrator`.
    """
    asked = call.asked(ImpactPage)
    async with call.transaction() as tx:
        day = await reading.day_of(tx, call.clock, certificate_id, asked.day)
        rows = await reading.affected(
            tx, certificate_id, day, after=asked.position(UUID), count=asked.fetch, people=_may_see_people(call)
        )
    return paged(call.request, asked, rows, position=_holder, body=bodies.tenant)


@get(
    "/certificates/{certificate_id:uuid}/impact/csv",
    operation_id="readImpactAsCsv",
    opt=needs(Permission.CERTIFICATES_READ, query=ReportAsked),
    media_type=spreadsheets.MEDIA_TYPE,
    responses=refusals(CertificateNotFound),
)
async def read_impact_as_csv(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch a certificate's impact for a spreadsheet: a line for each tenant and person to tell."""
    return await _file(call, certificate_id, report_csv.as_csv, spreadsheets.MEDIA_TYPE, "csv")


@get(
    "/certificates/{certificate_id:uuid}/impact/docx",
    operation_id="readImpactAsDocument",
    opt=needs(Permission.CERTIFICATES_READ, query=ReportAsked),
    media_type=DOCX,
    responses=refusals(CertificateNotFound),
)
async def read_impact_as_document(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch a certificate's impact as a Word document."""
    return await _file(call, certificate_id, report_document.as_docx, DOCX, "docx")


@get(
    "/tenancies/{tenancy_id:uuid}/certificates",
    operation_id="certificatesOfTenancy",
    opt=needs(Permission.CERTIFICATES_READ, query=UnderlyingAsked),
    responses=refusals(TenancyNotFound),
)
async def certificates_of_tenancy(
    tenancy_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownUnderlying]]:
    """List on which certificates a tenant depends on a day, by their end, with the systems and its services on each.

    A tenant is shown those alone that are its own.
    """
    return await _underlying(call, TenancyId(tenancy_id))


@get(
    "/certificates/own",
    operation_id="certificatesOfMainConnector",
    opt=needs(Permission.CERTIFICATES_READ, query=UnderlyingAsked),
)
async def certificates_of_main_connector(call: NamedDependency[Call]) -> Response[Page[ShownUnderlying]]:
    """List on which certificates the main connector's own services depend on a day; a tenant is shown nothing."""
    return await _underlying(call, None)


async def _file(
    call: Call, certificate_id: UUID, made: Callable[[Report, Language], bytes], media_type: str, ending: str
) -> Response[bytes]:
    asked = call.asked(ReportAsked)
    async with call.transaction() as tx:
        report = await reading.report(tx, call.clock, certificate_id, asked.day, people=_may_see_people(call))
    content = await asyncio.to_thread(partial(made, report, asked.language))
    return file_answer(content, media_type=media_type, name=f"impact-{report.impact.day}.{ending}")


async def _underlying(call: Call, tenancy_id: TenancyId | None) -> Response[Page[ShownUnderlying]]:
    asked = call.asked(UnderlyingAsked)
    day = asked.day or day_in_finland(call.clock.now())
    async with call.transaction() as tx:
        rows = await reading.underlying(
            tx, tenancy_id, day, after=asked.position(UnderlyingPosition), count=asked.fetch
        )
    return paged(call.request, asked, rows, position=reading.position, body=bodies.underlying)


def _may_see_people(call: Call) -> bool:
    return Permission.PARTIES_READ in call.caller.permissions


def _holder(tenant: AffectedTenant) -> UUID:
    return tenant.holder


ROUTES: Final = Router(
    path="/",
    route_handlers=[
        read_impact,
        list_affected_tenants,
        read_impact_as_csv,
        read_impact_as_document,
        certificates_of_tenancy,
        certificates_of_main_connector,
    ],
    tags=["Certificates"],
)
