"""Warnings and digests over HTTP: what is open, what was told to whom, and that somebody sees to it."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.findings import FindingPosition, KeptFinding
from kanta_tenancy.certificates.findings.bodies import ShownFinding, shown
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.certificates.warnings import actions, bodies, levels, reading
from kanta_tenancy.certificates.warnings.bodies import (
    Acknowledging,
    ShownDigest,
    ShownItem,
    ShownOpenWarning,
    WarningsAsked,
    WarningsOfCertificate,
)
from kanta_tenancy.certificates.warnings.errors import (
    DigestAcknowledged,
    DigestChanged,
    DigestNotFound,
    FindingNotFound,
    FindingNotOpen,
    WarningNotOpen,
)
from kanta_tenancy.certificates.warnings.model import (
    Digest,
    DigestPosition,
    Item,
    ItemPosition,
    OpenPosition,
    OpenWarning,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission


@get(
    "/certificate-warnings",
    operation_id="listCertificateWarnings",
    opt=needs(Permission.CERTIFICATES_READ, query=WarningsAsked),
)
async def list_warnings(call: NamedDependency[Call]) -> Response[Page[ShownOpenWarning]]:
    """List the warnings that nobody has acknowledged, the most urgent first; a tenant's list is empty."""
    asked = call.asked(WarningsAsked)
    after = asked.position(OpenPosition)
    before = asked.ends_before or reading.NEVER
    async with call.transaction() as tx:
        rows = await reading.open_warnings(tx, before=before, after=after, count=asked.fetch)
    today = day_in_finland(call.clock.now())
    return paged(call.request, asked, rows, position=_open_position, body=partial(bodies.open_warning, today=today))


@get(
    "/certificates/{certificate_id:uuid}/warnings",
    operation_id="listWarningsOfCertificate",
    opt=needs(Permission.CERTIFICATES_READ),
    responses=refusals(CertificateNotFound),
)
async def list_warnings_of_certificate(
    certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> WarningsOfCertificate:
    """Tell what was put down of a certificate and what became of it, and what it comes to while it is in use.

    A tenant is told what its own certificates come to.
    """
    async with call.transaction() as tx:
        warned, coming = await reading.of_certificate(tx, certificate_id, day_in_finland(call.clock.now()))
    return bodies.of_certificate(warned, coming)


@post(
    "/certificates/{certificate_id:uuid}/warnings/acknowledgement",
    operation_id="acknowledgeCertificateWarning",
    opt=needs(Permission.CERTIFICATES_WRITE),
    status_code=200,
    responses=refusals(CertificateNotFound, WarningNotOpen),
)
async def acknowledge_warning(
    certificate_id: FromPath[UUID], data: JSONBody[Acknowledging], call: NamedDependency[Call]
) -> Response[WarningsOfCertificate]:
    """Say that somebody sees to a certificate: nobody else is told, until it comes to the next level.

    The level is named, so that a more urgent warning that came meanwhile is not silenced unseen.
    """

    async def act(tx: Transaction) -> WarningsOfCertificate:
        await actions.acknowledge_warning(tx, call.clock, certificate_id, levels.named(data.level))
        warned, coming = await reading.of_certificate(tx, certificate_id, day_in_finland(call.clock.now()))
        return bodies.of_certificate(warned, coming)

    return await once(call, act, answer=Response)


@post(
    "/certificate-findings/{finding_id:uuid}/acknowledgement",
    operation_id="acknowledgeCertificateFinding",
    opt=needs(Permission.CERTIFICATES_WRITE),
    status_code=200,
    responses=refusals(FindingNotFound, FindingNotOpen),
)
async def acknowledge_finding(finding_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFinding]:
    """Say that somebody sees to what is amiss: nobody else is told of it.

    When it comes back or grows more severe it is a finding of its own, and people are told of it again.
    """

    async def act(tx: Transaction) -> KeptFinding:
        return await actions.acknowledge_finding(tx, call.clock, finding_id)

    return await once(call, act, answer=_finding)


@get(
    "/certificate-digests",
    operation_id="listCertificateDigests",
    opt=needs(Permission.CERTIFICATES_READ, query=PageQuery),
)
async def list_digests(call: NamedDependency[Call]) -> Response[Page[ShownDigest]]:
    """List what people were told of certificates, newest first; a tenant's list is empty."""
    asked = call.asked(PageQuery)
    after = asked.position(DigestPosition)
    async with call.transaction() as tx:
        rows = await reading.newest_digests(tx, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_digest_position, body=bodies.digest)


@get(
    "/certificate-digests/{digest_id:uuid}",
    operation_id="readCertificateDigest",
    opt=needs(Permission.CERTIFICATES_READ, etag=True),
    responses=refusals(DigestNotFound),
)
async def read_digest(digest_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownDigest]:
    """Read a digest: to whom, when, of how much, and whether somebody acknowledged it."""
    async with call.transaction() as tx:
        found = await reading.digest(tx, digest_id)
    return unless_seen(call.request, bodies.digest(found), found.version)


@get(
    "/certificate-digests/{digest_id:uuid}/warnings",
    operation_id="listWarningsInDigest",
    opt=needs(Permission.CERTIFICATES_READ, query=PageQuery),
    responses=refusals(DigestNotFound),
)
async def list_warnings_in_digest(digest_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ShownItem]]:
    """List the warnings that a digest tells of, by certificate, with what became of each since."""
    asked = call.asked(PageQuery)
    after = asked.position(ItemPosition)
    async with call.transaction() as tx:
        rows = await reading.told_in(tx, digest_id, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_item_position, body=bodies.item)


@get(
    "/certificate-digests/{digest_id:uuid}/findings",
    operation_id="listFindingsInDigest",
    opt=needs(Permission.CERTIFICATES_READ, query=PageQuery),
    responses=refusals(DigestNotFound),
)
async def list_findings_in_digest(
    digest_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Page[ShownFinding]]:
    """List what a digest says is amiss, in the order in which it was found, with what became of each since."""
    asked = call.asked(PageQuery)
    after = asked.position(FindingPosition)
    async with call.transaction() as tx:
        rows = await reading.amiss_in(tx, digest_id, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_finding_position, body=shown)


@post(
    "/certificate-digests/{digest_id:uuid}/acknowledgement",
    operation_id="acknowledgeCertificateDigest",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(DigestNotFound, DigestChanged, DigestAcknowledged),
)
async def acknowledge_digest(digest_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownDigest]:
    """Say that somebody sees to all that a digest tells of: nobody else is told of it.

    What has come to a more urgent level since is in a newer digest, and stays open.
    """

    async def act(tx: Transaction) -> Digest:
        return await actions.acknowledge_digest(tx, call.clock, digest_id, version=call.expected_version)

    return await once(call, act, answer=_answer)


def _finding(finding: KeptFinding) -> Response[ShownFinding]:
    return Response(shown(finding))


def _answer(digest: Digest) -> Response[ShownDigest]:
    return with_etag(bodies.digest(digest), digest.version)


def _open_position(warning: OpenWarning) -> Any:
    return OpenPosition(ends_on=warning.ends_on, certificate_id=warning.certificate_id)


def _digest_position(digest: Digest) -> Any:
    return DigestPosition(id=digest.id)


def _finding_position(finding: KeptFinding) -> Any:
    return FindingPosition(id=finding.id)


def _item_position(item: Item) -> Any:
    return ItemPosition(certificate_id=item.certificate_id)


ROUTES: Final = Router(
    path="/",
    route_handlers=[
        list_warnings,
        list_warnings_of_certificate,
        acknowledge_warning,
        acknowledge_finding,
        list_digests,
        read_digest,
        list_warnings_in_digest,
        list_findings_in_digest,
        acknowledge_digest,
    ],
    tags=["Certificates"],
)
