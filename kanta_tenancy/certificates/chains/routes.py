"""Chains, findings on demand and lines of renewals over HTTP."""

from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.certificates.chains import examining, reading
from kanta_tenancy.certificates.chains.bodies import (
    LintAsked,
    ShownChain,
    ShownLine,
    ShownLinted,
    shown_chain,
    shown_line,
    shown_linted,
)
from kanta_tenancy.certificates.chains.errors import ProfileUnknown
from kanta_tenancy.certificates.chains.model import Chain
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission


@get(
    "/certificates/{certificate_id:uuid}/chain",
    operation_id="readCertificateChain",
    opt=needs(Permission.CERTIFICATES_READ),
    responses=refusals(CertificateNotFound),
)
async def read_chain(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownChain]:
    """Read the way up from a certificate, as far as issuers are in the inventory, and whether any of them was revoked.

    A certificate that has just come is examined within seconds; until then the way ends with `not_examined`.
    """
    async with call.transaction() as tx:
        chain = await reading.chain_of(tx, certificate_id)
    return Response(shown_chain(chain, call.clock.now()))


@post(
    "/certificates/{certificate_id:uuid}/examination",
    operation_id="examineCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE),
    status_code=200,
    responses=refusals(CertificateNotFound),
)
async def examine_certificate(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownChain]:
    """Examine a certificate now: its issuer, chain, key and profile; its authority is asked about it within seconds.

    It is done by itself when a certificate comes or changes, and again each month.
    """

    async def act(tx: Transaction) -> Chain:
        await reading.chain_of(tx, certificate_id)  # it is not there for whoever cannot see it
        await examining.examine_now(tx, certificate_id, at=call.clock.now())
        return await reading.chain_of(tx, certificate_id)

    return await once(call, act, answer=partial(_shown, call))


@get(
    "/certificates/{certificate_id:uuid}/lint",
    operation_id="lintCertificate",
    opt=needs(Permission.CERTIFICATES_READ, query=LintAsked),
    responses=refusals(CertificateNotFound, ProfileUnknown),
)
async def lint_certificate(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownLinted]:
    """Hold a certificate against its profile, or another, and tell what does not keep it; nothing is written."""
    asked = call.asked(LintAsked)
    async with call.transaction() as tx:
        profile, found = await reading.lint_of(tx, certificate_id, asked.profile)
    return Response(shown_linted(certificate_id, profile, found))


@get(
    "/certificates/{certificate_id:uuid}/renewals",
    operation_id="readCertificateRenewals",
    opt=needs(Permission.CERTIFICATES_READ),
    responses=refusals(CertificateNotFound),
)
async def read_renewals(certificate_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownLine]:
    """Read what a certificate took the place of and what took its place, with the days that overlap or lack cover.

    A certificate for the same names from the same issuer is suggested; recording it is left to people. A tenant is told
    of those that are its own.
    """
    async with call.transaction() as tx:
        line = await reading.line_of(tx, certificate_id)
    return Response(shown_line(certificate_id, line))


def _shown(call: Call, chain: Chain) -> Response[ShownChain]:
    return Response(shown_chain(chain, call.clock.now()))


ROUTES: Final = Router(
    path="/",
    route_handlers=[read_chain, examine_certificate, lint_certificate, read_renewals],
    tags=["Certificates"],
)
