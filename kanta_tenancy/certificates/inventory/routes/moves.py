"""What is done with a certificate, over HTTP: replaced, retired, snoozed, and where it is used."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, delete, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.bodies.certificates import (
    Because,
    EndingUse,
    Replacing,
    SaidUse,
    Snoozing,
    WholeCertificate,
    whole,
)
from kanta_tenancy.certificates.inventory.errors import (
    CertificateChangedSince,
    CertificateMoveNotAllowed,
    CertificateNotFound,
    CertificateRefused,
    UseNotFound,
)
from kanta_tenancy.certificates.inventory.model import Certificate
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import SystemNotFound

Acted = Callable[[Transaction], Awaitable[Certificate]]
MOVED: Final = (CertificateNotFound, CertificateChangedSince, CertificateMoveNotAllowed)
SAID: Final = (CertificateNotFound, CertificateChangedSince, CertificateRefused)
_CHANGES: Final = needs(Permission.CERTIFICATES_WRITE, if_match=True)


@post(
    "/certificates/{certificate_id:uuid}/replacement",
    operation_id="replaceCertificate",
    opt=_CHANGES,
    status_code=200,
    responses=refusals(*MOVED, CertificateRefused),
)
async def replace_certificate(
    certificate_id: FromPath[UUID], data: JSONBody[Replacing], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say that another certificate took the place of this one; people are told of its end no more.

    The successor takes over where this one is used, and what nobody said of itself. Nothing is revoked by this.
    """
    return await acted(
        call,
        certificate_id,
        lambda tx: actions.replace(
            tx, call.clock, certificate_id, successor_id=data.successor_id, version=call.expected_version
        ),
    )


@delete(
    "/certificates/{certificate_id:uuid}/replacement", operation_id="unreplaceCertificate", opt=_CHANGES,
    status_code=200, responses=refusals(*MOVED),
)  # fmt: skip
async def unreplace_certificate(
    certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Take back that a certificate was replaced; it is in use again, and its successor keeps what it took over."""
    async with call.transaction() as tx:
        await actions.unreplace(tx, call.clock, certificate_id, version=call.expected_version)
        body = await _shown(call, tx, certificate_id)
    return with_etag(body, body.version)


@post(
    "/certificates/{certificate_id:uuid}/retirement",
    operation_id="retireCertificate",
    opt=_CHANGES,
    status_code=200,
    responses=refusals(*MOVED, CertificateRefused),
)
async def retire_certificate(
    certificate_id: FromPath[UUID], data: JSONBody[Because], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say that nobody uses a certificate any more, and why. People are told of its end no more; it is not revoked."""
    return await acted(
        call,
        certificate_id,
        lambda tx: actions.retire(tx, call.clock, certificate_id, because=data.reason, version=call.expected_version),
    )


@post(
    "/certificates/{certificate_id:uuid}/restoration",
    operation_id="restoreCertificate",
    opt=_CHANGES,
    status_code=200,
    responses=refusals(*MOVED, CertificateRefused),
)
async def restore_certificate(
    certificate_id: FromPath[UUID], data: JSONBody[Because], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say that a certificate that was retired is in use after all, and why."""
    return await acted(
        call,
        certificate_id,
        lambda tx: actions.restore(tx, call.clock, certificate_id, because=data.reason, version=call.expected_version),
    )


@post(
    "/certificates/{certificate_id:uuid}/snooze",
    operation_id="snoozeCertificate",
    opt=_CHANGES,
    status_code=200,
    responses=refusals(*MOVED, CertificateRefused),
)
async def snooze_certificate(
    certificate_id: FromPath[UUID], data: JSONBody[Snoozing], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say up to which day nobody is told of a certificate, and why: 90 days at most, and not past its end."""
    return await acted(
        call,
        certificate_id,
        lambda tx: actions.snooze(
            tx,
            call.clock,
            certificate_id,
            until=data.until,
            because=data.reason,
            version=call.expected_version,
        ),
    )


@delete(
    "/certificates/{certificate_id:uuid}/snooze", operation_id="unsnoozeCertificate", opt=_CHANGES,
    status_code=200, responses=refusals(*MOVED),
)  # fmt: skip
async def unsnooze_certificate(
    certificate_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say that people are told of a certificate again."""
    async with call.transaction() as tx:
        await actions.unsnooze(tx, call.clock, certificate_id, version=call.expected_version)
        body = await _shown(call, tx, certificate_id)
    return with_etag(body, body.version)


@post(
    "/certificates/{certificate_id:uuid}/uses",
    operation_id="addCertificateUse",
    opt=_CHANGES,
    responses=refusals(*SAID, SystemNotFound),
)
async def add_use(
    certificate_id: FromPath[UUID], data: JSONBody[SaidUse], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say where a certificate is used: on which system, host or access point, from which day on."""
    return await acted(
        call,
        certificate_id,
        lambda tx: actions.add_use(tx, call.clock, certificate_id, data.use(), version=call.expected_version),
        made=True,
    )


@put(
    "/certificates/{certificate_id:uuid}/uses/{use_id:uuid}",
    operation_id="endCertificateUse",
    opt=_CHANGES,
    responses=refusals(*SAID, UseNotFound),
)
async def end_use(
    certificate_id: FromPath[UUID], use_id: FromPath[UUID], data: JSONBody[EndingUse], call: NamedDependency[Call]
) -> Response[WholeCertificate]:
    """Say until when a certificate is used somewhere. `If-Match` names the version of the certificate."""
    async with call.transaction() as tx:
        await actions.end_use(tx, call.clock, certificate_id, use_id, until=data.until, version=call.expected_version)
        body = await _shown(call, tx, certificate_id)
    return with_etag(body, body.version)


async def acted(call: Call, certificate_id: UUID, act: Acted, *, made: bool = False) -> Response[WholeCertificate]:
    """Do an action once and answer with the certificate as it is then."""

    async def do(tx: Transaction) -> WholeCertificate:
        await act(tx)
        return await _shown(call, tx, certificate_id)

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: WholeCertificate, *, made: bool) -> Response[WholeCertificate]:
    return with_etag(body, body.version, location=f"/v1/certificates/{body.id}" if made else None)


async def _shown(call: Call, tx: Transaction, certificate_id: UUID) -> WholeCertificate:
    return whole(await reading.whole(tx, certificate_id), call.clock.now())


HANDLERS: Final = (
    replace_certificate, unreplace_certificate, retire_certificate, restore_certificate, snooze_certificate,
    unsnooze_certificate, add_use, end_use,
)  # fmt: skip
