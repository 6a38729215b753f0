"""Certificates of conformity in PostgreSQL. The only module that reads `sql/queries/systems/certificate.sql`."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.systems.errors import CertificateExists, DocumentNotFound
from kanta_tenancy.systems.model import Certificate, Document, EndingCertificate, EndingPosition, Warned


class DocumentContent(Record, frozen=True, kw_only=True):
    content: bytes


INSERT: Final = statement("systems/certificate.insert", Nothing)
SAVE: Final = statement("systems/certificate.save", Nothing)
ENDING: Final = statement("systems/certificate.ending", EndingCertificate)
STANDING: Final = statement("systems/certificate.standing", EndingCertificate)
ADD_WARNING: Final = statement("systems/certificate.add_warning", Nothing)
WARNINGS: Final = statement("systems/certificate.warnings", Warned)
ADD_DOCUMENT: Final = statement("systems/certificate.add_document", Nothing)
DOCUMENT: Final = statement("systems/certificate.document", Document)
CONTENT: Final = statement("systems/certificate.content", DocumentContent)

BEGINNING: Final = EndingPosition(last_day=date(1, 1, 1), id=UUID(int=0))
NEVER: Final = date(9999, 12, 31)


async def add(tx: Transaction, system_id: UUID, certificate: Certificate) -> None:
    """Write a certificate of a system that the transaction holds; what it takes the place of was saved before.

    Raises:
        CertificateExists: the system has it already.
    """
    try:
        await INSERT.run(
            tx,
            main_connector_id=tx.scope.main_connector_id,
            id=certificate.id,
            system_id=system_id,
            kind=certificate.kind,
            issuer=certificate.issuer,
            number=certificate.number,
            granted_on=certificate.granted_on,
            last_day=certificate.last_day,
            recorded_at=certificate.recorded_at,
            stands_since=certificate.stands_since,
            turns=certificate.turns,
        )
    except asyncpg.UniqueViolationError as why:
        raise CertificateExists("it has a certificate of that kind, number and last day") from why


async def save(tx: Transaction, certificate: Certificate) -> None:
    await SAVE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=certificate.id,
        stands_since=certificate.stands_since,
        turns=certificate.turns,
        withdrawn_at=certificate.withdrawn_at,
        withdrawn_because=certificate.withdrawn_because,
    )


async def ending(tx: Transaction, before: date, *, after: EndingPosition | None, count: int) -> list[EndingCertificate]:
    """Read a page of the certificates that stand and end before a day, by last day."""
    begin = after or BEGINNING
    return await ENDING.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        before=before,
        after_day=begin.last_day,
        after_id=begin.id,
        count=count,
    )


async def that_stands(tx: Transaction, certificate_id: UUID) -> EndingCertificate | None:
    """Read a certificate that stands and ends; None: it does not."""
    realm = tx.scope.main_connector_id
    return await STANDING.one(tx, main_connector_id=realm, certificate_id=certificate_id)


async def add_warning(tx: Transaction, certificate_id: UUID, warned: Warned) -> None:
    said = msgspec.structs.asdict(warned)
    await ADD_WARNING.run(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id, **said)


async def warnings(tx: Transaction, certificate_id: UUID) -> list[Warned]:
    return await WARNINGS.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)


async def add_document(tx: Transaction, certificate_id: UUID, document: Document, content: bytes) -> None:
    said = msgspec.structs.asdict(document)
    await ADD_DOCUMENT.run(
        tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id, content=content, **said
    )


async def document(tx: Transaction, certificate_id: UUID) -> tuple[Document, bytes]:
    """Read the file that shows a certificate, with its bytes.

    Raises:
        DocumentNotFound: there is none, or it is not for this scope to see.
    """
    asked = {"main_connector_id": tx.scope.main_connector_id, "certificate_id": certificate_id}
    found, kept = await DOCUMENT.one(tx, **asked), await CONTENT.one(tx, **asked)
    if found is None or kept is None:
        raise DocumentNotFound(f"certificate {certificate_id} has no document")
    return found, kept.content
