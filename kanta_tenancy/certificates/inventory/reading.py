"""Questions about the inventory that change nothing; the rooms above ask them too."""

from collections.abc import Collection
from uuid import UUID

from kanta_tenancy.certificates.inventory.model import Certificate, Place
from kanta_tenancy.certificates.inventory.store import certificates, sources
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


async def seen(tx: Transaction, certificate_id: UUID) -> Inspected | Unreadable:
    """Read all that a certificate says.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    return await certificates.seen(tx, certificate_id)


async def contents(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Read the bytes (DER) of those of these certificates that the scope has, by id."""
    return await certificates.contents(tx, ids)


async def places_of(tx: Transaction, certificate_id: UUID) -> list[Place]:
    """Tell where a certificate is and was, the oldest first."""
    return await sources.places_of(tx, certificate_id)
