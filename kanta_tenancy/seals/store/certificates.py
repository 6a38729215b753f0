"""Certificates of the seal in PostgreSQL. The only module that reads `sql/queries/seals/certificate.sql`."""

from typing import Final

import asyncpg
import msgspec

from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.seals.errors import SuccessionRefused
from kanta_tenancy.seals.model import SealCertificate

INSERT: Final = statement("seals/certificate.insert", Nothing)
EVERY: Final = statement("seals/certificate.every", SealCertificate)


async def add(connection: "Connection", certificate: SealCertificate) -> None:
    """Keep a certificate for ever.

    Raises:
        SuccessionRefused: somebody else added one at the same time.
    """
    try:
        await INSERT.run(connection, **msgspec.structs.asdict(certificate))
    except asyncpg.IntegrityConstraintViolationError as error:
        raise SuccessionRefused(
            "another key was given the seal just now; look at `kanta-tenancy seals list`"
        ) from error


async def every(on: "Transaction | Connection") -> list[SealCertificate]:
    """Return all certificates, in the order in which they took over; they are the same in every scope."""
    return await EVERY.all(on)
