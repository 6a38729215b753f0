"""Questions about the inventory that change nothing; the rooms above ask them too."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date
from uuid import UUID

from kanta_tenancy.certificates.inventory import lifecycle
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.certificates.inventory.model import (
    Certificate,
    CertificatePosition,
    Link,
    Place,
    Replacement,
    Source,
    Use,
    Wanted,
    Whole,
)
from kanta_tenancy.certificates.inventory.store import certificates, lists, sources, uses
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable


async def certificate(tx: Transaction, certificate_id: UUID) -> Certificate:
    """Read a certificate.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    return await certificates.find(tx, certificate_id)


async def certificates_of(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Certificate]:
    """Read those of these certificates that the scope has, by id."""
    return await certificates.find_many(tx, ids)


async def known(tx: Transaction, sha256s: Collection[str]) -> dict[str, UUID]:
    """Return those of these certificates that the inventory has, by SHA-256."""
    return await certificates.known(tx, sha256s)


async def identified(tx: Transaction, asked: str) -> UUID:
    """Return which certificate somebody means by its id or its SHA-256, with or without colons.

    Raises:
        CertificateNotFound: the inventory has none of that SHA-256. An id is not looked up.
    """
    with suppress(ValueError):
        return UUID(asked)
    sha256 = asked.replace(":", "").lower()
    found = (await known(tx, [sha256])).get(sha256)
    if found is None:
        raise CertificateNotFound("no certificate of the inventory has that id or SHA-256")
    return found


async def seen(tx: Transaction, certificate_id: UUID) -> Inspected | Unreadable:
    """Read all that a certificate says.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    return await certificates.seen(tx, certificate_id)


async def contents(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Read the bytes (DER) of those of these certificates that the scope has, by id."""
    return await certificates.contents(tx, ids)


async def listed(
    tx: Transaction, wanted: Wanted, *, today: date, after: CertificatePosition | None, count: int
) -> list[Certificate]:
    """Read a page of certificates by their end; those that cannot be read come last."""
    return await lists.page(tx, wanted, today=today, after=after, count=count)


async def places_of(tx: Transaction, certificate_id: UUID) -> list[Place]:
    """Tell where a certificate is and was, the oldest first."""
    return await sources.places_of(tx, certificate_id)


async def uses_of(tx: Transaction, certificate_id: UUID) -> list[Use]:
    """Tell where a certificate is used, was, and will be, by first day."""
    return await uses.of_certificate(tx, certificate_id)


async def whole(tx: Transaction, certificate_id: UUID) -> Whole:
    """Read a certificate with all that it says and all that belongs to it; a tenant is told what it says alone.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    found = await certificates.find(tx, certificate_id)
    issuer = {} if found.issuer_sha256 is None else await certificates.known(tx, [found.issuer_sha256])
    by = await uses.successor(tx, certificate_id)
    before = await uses.predecessors(tx, certificate_id)
    others = await certificates.find_many(
        tx, [one.replaced_id for one in before] + ([] if by is None else [by.successor_id])
    )
    return Whole(
        certificate=found,
        seen=await certificates.seen(tx, certificate_id),
        issuer_id=next(iter(issuer.values()), None),
        places=tuple(await sources.places_of(tx, certificate_id)),
        uses=tuple(await uses.of_certificate(tx, certificate_id)),
        replaced_by=None if by is None else _link(others[by.successor_id], found, others[by.successor_id], by),
        replaces=tuple(_link(others[one.replaced_id], others[one.replaced_id], found, one) for one in before),
    )


async def sources_listed(tx: Transaction, *, after: UUID | None, count: int) -> list[Source]:
    """Read a page of the sources that somebody reads still, the oldest first."""
    return await sources.page(tx, after=after, count=count)


def _link(other: Certificate, replaced: Certificate, successor: Certificate, by: Replacement) -> Link:
    return Link(
        certificate_id=other.id,
        common_name=other.common_name,
        not_before=other.not_before,
        not_after=other.not_after,
        overlap_days=lifecycle.overlap_days(replaced, successor),
        recorded_at=by.recorded_at,
    )
