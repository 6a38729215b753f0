"""Certificates over HTTP: handed in, listed, read, described."""

from functools import partial
from http import HTTPStatus
from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.actions.handing_in import LARGEST, hand_in
from kanta_tenancy.certificates.inventory.bodies.certificates import (
    CertificatesAsked,
    HandedIn,
    HandingIn,
    KeptCertificate,
    KindsOfCertificate,
    SaidOfCertificate,
    WholeCertificate,
    every_kind,
    handed_in,
    kept,
    whole,
)
from kanta_tenancy.certificates.inventory.errors import (
    CertificateChangedSince,
    CertificateNotFound,
    CertificateRefused,
    CertificateTooLarge,
    KeyMaterialRefused,
    NoCertificateInIt,
)
from kanta_tenancy.certificates.inventory.model import Certificate, CertificatePosition
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission, TenancyNotFound

ANY_FILE: Final = "application/octet-stream"
SAID: Final = (CertificateNotFound, CertificateChangedSince, CertificateRefused)


@post(
    "/certificates",
    operation_id="handInCertificates",
    opt=needs(Permission.CERTIFICATES_WRITE, query=HandingIn, accepts=ANY_FILE),
    request_max_body_size=LARGEST,
    responses=refusals(KeyMaterialRefused, CertificateTooLarge, NoCertificateInIt, TenancyNotFound),
)
async def hand_in_certificates(call: NamedDependency[Call]) -> Response[HandedIn]:
    """Hand in a certificate, or a chain of up to ten: PEM, DER or PKCS#7, each up to 64 kB.

    One that is there already gets another place. Private keys, and containers that may hold one (PKCS#12), are refused.
    """
    asked = call.asked(HandingIn)
    content = await call.request.body()
    tenancy_id = None if asked.tenancy_id is None else TenancyId(asked.tenancy_id)

    async def do(tx: Transaction) -> HandedIn:
        taken = await hand_in(tx, call.clock, content, place=asked.place, tenancy_id=tenancy_id)
        found = await reading.certificates_of(tx, taken.certificates)
        return handed_in(taken, found, call.clock.now())

    return await once(call, do, answer=_made)


@get(
    "/certificates",
    operation_id="listCertificates",
    opt=needs(Permission.CERTIFICATES_READ, query=CertificatesAsked),
)
async def list_certificates(call: NamedDependency[Call]) -> Response[Page[KeptCertificate]]:
    """List certificates by their end, those that cannot be read last; to a tenant, its own."""
    asked = call.asked(CertificatesAsked)
    now = call.clock.now()
    async with call.transaction() as tx:
        rows = await reading.listed(
            tx,
            asked.wanted,
            today=day_in_finland(now),
            after=asked.position(CertificatePosition),
            count=asked.fetch,
        )
    return paged(call.request, asked, rows, position=_position, body=partial(kept, now=now))


@get(
    "/certificates/{certificate_id:uuid}",
    operation_id="readCertificate",
    opt=needs(Permission.CERTIFICATES_READ, etag=True),
    responses=refusals(CertificateNotFound),
)
async def read_certificate(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[WholeCertificate]:
    """Read a certificate: every field, where it was found and is used, what it replaced and what replaced it.

    A tenant is told what the certificate says; places, uses and replacements are the main connector's.
    """
    async with call.transaction() as tx:
        found = await reading.whole(tx, certificate_id)
    return unless_seen(call.request, whole(found, call.clock.now()), found.certificate.version)


@get(
    "/certificates/{certificate_id:uuid}/content",
    operation_id="readCertificateContent",
    opt=needs(Permission.CERTIFICATES_READ),
    media_type=ANY_FILE,
    responses=refusals(CertificateNotFound),
)
async def read_content(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch a certificate as it came, in DER."""
    async with call.transaction() as tx:
        found = await reading.certificate(tx, certificate_id)
        contents = await reading.contents(tx, [certificate_id])
    return file_answer(contents[certificate_id], media_type=ANY_FILE, name=f"{found.common_name or found.sha256}.cer")


@put(
    "/certificates/{certificate_id:uuid}",
    operation_id="describeCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    responses=refusals(*SAID, TenancyNotFound),
)
async def describe_certificate(
    certificate_id: FromPath[UUID], data: JSONBody[SaidOfCertificate], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say anew what a certificate is, what it is for, whose it is, and who answers for it."""
    async with call.transaction() as tx:
        version = call.expected_version
        await actions.describe(tx, call.clock, certificate_id, data.description(), version=version)
        found = await reading.whole(tx, certificate_id)
    return with_etag(whole(found, call.clock.now()), found.certificate.version)


@get("/certificate-kinds", operation_id="listCertificateKinds", opt=needs(Permission.CERTIFICATES_READ))
async def list_kinds() -> KindsOfCertificate:
    """List the kinds of certificate by key, with their names."""
    return every_kind()


def _made(body: HandedIn) -> Response[HandedIn]:
    headers = {"Location": f"/v1/certificates/{body.items[0].id}"} if len(body.items) == 1 else {}
    return Response(body, status_code=HTTPStatus.CREATED, headers=headers)


def _position(certificate: Certificate) -> CertificatePosition:
    return CertificatePosition(not_after=certificate.not_after, id=certificate.id)


HANDLERS: Final = (
    hand_in_certificates, list_certificates, read_certificate, read_content, describe_certificate, list_kinds,
)  # fmt: skip
