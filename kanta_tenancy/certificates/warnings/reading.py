"""Questions about warnings and digests that change nothing."""

from datetime import date
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.findings import FindingPosition, KeptFinding
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.model import Certificate
from kanta_tenancy.certificates.inventory.model import State as CertificateState
from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import (
    Coming,
    Digest,
    DigestPosition,
    Item,
    ItemPosition,
    Lifetime,
    Mark,
    OpenPosition,
    OpenWarning,
    Warned,
)
from kanta_tenancy.certificates.warnings.store import amiss, digests, sweeps, warnings
from kanta_tenancy.machinery.postgres.database import Transaction

NEVER: Final = date.max


async def open_warnings(
    tx: Transaction, *, before: date = NEVER, after: OpenPosition | None, count: int
) -> list[OpenWarning]:
    """Read a page of the warnings that are open, of certificates that end before a day, the most urgent first."""
    return await warnings.page(tx, before=before, after=after, count=count)


async def of_certificate(tx: Transaction, certificate_id: UUID, today: date) -> tuple[list[Warned], tuple[Coming, ...]]:
    """Tell what was put down of a certificate, and which levels it comes to after today while it is in use.

    A tenant is told what is to come of its own; what was told to whom is the main connector's.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    certificate = await inventory.certificate(tx, certificate_id)
    return await warnings.of_certificate(tx, certificate_id), _coming(certificate, today)


async def newest_digests(tx: Transaction, *, after: DigestPosition | None, count: int) -> list[Digest]:
    return await digests.page(tx, after=after, count=count)


async def digest(tx: Transaction, digest_id: UUID) -> Digest:
    """Read a digest.

    Raises:
        DigestNotFound: the scope has none of that id.
    """
    return await digests.find(tx, digest_id)


async def told_in(tx: Transaction, digest_id: UUID, *, after: ItemPosition | None, count: int) -> list[Item]:
    """Read a page of what a digest tells of, by certificate.

    Raises:
        DigestNotFound: the scope has none of that id.
    """
    await digests.find(tx, digest_id)
    return await digests.items(tx, digest_id, after=after, count=count)


async def amiss_in(tx: Transaction, digest_id: UUID, *, after: FindingPosition | None, count: int) -> list[KeptFinding]:
    """Read a page of the findings of which a digest tells, in the order in which they were opened, as they stand now.

    Raises:
        DigestNotFound: the scope has none of that id.
    """
    await digests.find(tx, digest_id)
    return await amiss.of_digest(tx, digest_id, after=after, count=count)


async def mark(tx: Transaction) -> Mark | None:
    """Tell up to which day all certificates were looked at; None: there are none."""
    return await sweeps.mark(tx)


def _coming(certificate: Certificate, today: date) -> tuple[Coming, ...]:
    begins, ends, third = certificate.not_before, certificate.not_after, certificate.third_left_at
    if certificate.state is not CertificateState.IN_USE or begins is None or ends is None or third is None:
        return ()
    life = Lifetime(not_before=begins, not_after=ends, third_left_at=third)
    each = thresholds.thresholds_on(today, (certificate.kind,))[certificate.kind].levels
    days = [Coming(level=one, due_on=day) for one in each if (day := levels.due_on(life, one)) is not None]
    return tuple(sorted((one for one in days if one.due_on > today), key=lambda one: (one.due_on, -one.level)))


async def is_told_of(tx: Transaction, sha256: str) -> bool:
    """Say whether people are told here when the certificate with a fingerprint ends: it is in the inventory, in use."""
    known = await inventory.certificates_of(tx, (await inventory.known(tx, [sha256])).values())
    return any(one.state is CertificateState.IN_USE and one.not_after is not None for one in known.values())
