"""Certificates of conformity over HTTP: translate, call one action, translate back."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import certificates as actions
from kanta_tenancy.systems.bodies.certificates import (
    DocumentAsked,
    EndingAsked,
    SaidCertificate,
    ShownEnding,
    Warnings,
    WithdrawingCertificate,
    ending,
)
from kanta_tenancy.systems.bodies.systems import ShownSystem
from kanta_tenancy.systems.checking import LAST_DAY
from kanta_tenancy.systems.errors import (
    CertificateExists,
    CertificateNotFound,
    CertificateSettled,
    DocumentNotFound,
    SystemNotFound,
)
from kanta_tenancy.systems.model import EndingCertificate, EndingPosition
from kanta_tenancy.systems.routes.systems import MOVED, acted

ANY_FILE: Final = "application/octet-stream"


@get(
    "/conformity-certificates",
    operation_id="listEndingCertificates",
    opt=needs(Permission.SYSTEMS_READ, query=EndingAsked),
)
async def list_ending(call: NamedDependency[Call]) -> Response[Page[ShownEnding]]:
    """List the certificates that stand, by last day: which end before a day, and which have ended.

    Those of systems that were withdrawn are left out, and those that another one has taken the place of.
    """
    asked = call.asked(EndingAsked)
    today, before = day_in_finland(call.clock.now()), asked.before or LAST_DAY
    async with call.transaction() as tx:
        rows = await reading.certificates_ending(tx, before, after=asked.position(EndingPosition), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=lambda row: ending(row, today))


@post(
    "/systems/{system_id:uuid}/certificates",
    operation_id="recordConformityCertificate",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    responses=refusals(*MOVED, CertificateExists),
)
async def record_certificate(
    system_id: FromPath[UUID], data: JSONBody[SaidCertificate], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Record a certificate of conformity, or the extension of one.

    Of each kind the one with the latest last day stands; of that one people are warned before it ends.
    """
    return await acted(
        call,
        lambda tx: actions.record_certificate(
            tx, call.clock, system_id, data.certificate(), version=call.expected_version
        ),
        made=True,
    )


@post(
    "/systems/{system_id:uuid}/certificates/{conformity_certificate_id:uuid}/withdrawal",
    operation_id="withdrawConformityCertificate",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*MOVED, CertificateNotFound, CertificateSettled),
)
async def withdraw_certificate(
    system_id: FromPath[UUID],
    conformity_certificate_id: FromPath[UUID],
    data: JSONBody[WithdrawingCertificate],
    call: NamedDependency[Call],
) -> Response[ShownSystem]:
    """Say that a certificate does not count, and why; the one before it stands again. That is final."""
    return await acted(
        call,
        lambda tx: actions.withdraw_certificate(
            tx, call.clock, system_id, conformity_certificate_id, version=call.expected_version, because=data.reason
        ),
    )


@post(
    "/systems/{system_id:uuid}/certificates/{conformity_certificate_id:uuid}/document",
    operation_id="showConformityCertificate",
    opt=needs(Permission.SYSTEMS_WRITE, if_match=True, query=DocumentAsked, accepts=ANY_FILE),
    request_max_body_size=actions.LARGEST_DOCUMENT,
    responses=refusals(*MOVED, CertificateNotFound, CertificateSettled),
)
async def show_certificate(
    system_id: FromPath[UUID], conformity_certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[ShownSystem]:
    """Bring the file that shows a certificate, once: a PDF, a picture, a Word document, or plain text."""
    name = call.asked(DocumentAsked).name
    content = await call.request.body()
    return await acted(
        call,
        lambda tx: actions.show_certificate(
            tx,
            call.clock,
            system_id,
            conformity_certificate_id,
            version=call.expected_version,
            name=name,
            content=content,
        ),
        made=True,
    )


@get(
    "/systems/{system_id:uuid}/certificates/{conformity_certificate_id:uuid}/document",
    operation_id="readConformityDocument",
    opt=needs(Permission.SYSTEMS_READ),
    media_type=ANY_FILE,
    responses=refusals(SystemNotFound, CertificateNotFound, DocumentNotFound),
)
async def read_document(
    system_id: FromPath[UUID], conformity_certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[bytes]:
    """Fetch the file that shows a certificate, to be saved; a tenant sees none."""
    async with call.transaction() as tx:
        document, content = await reading.document(tx, system_id, conformity_certificate_id)
    return file_answer(content, media_type=ANY_FILE, name=document.name)


@get(
    "/systems/{system_id:uuid}/certificates/{conformity_certificate_id:uuid}/warnings",
    operation_id="listCertificateWarnings",
    opt=needs(Permission.SYSTEMS_READ),
    responses=refusals(SystemNotFound, CertificateNotFound),
)
async def list_warnings(
    system_id: FromPath[UUID], conformity_certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Warnings:
    """See when people were warned of a certificate, and which warnings a more urgent one overtook; none to a tenant."""
    async with call.transaction() as tx:
        return Warnings(items=tuple(await reading.warnings(tx, system_id, conformity_certificate_id)))


def _position(row: EndingCertificate) -> EndingPosition:
    return EndingPosition(last_day=row.last_day, id=row.id)


HANDLERS: Final = (
    list_ending, record_certificate, withdraw_certificate, show_certificate, read_document, list_warnings,
)  # fmt: skip
