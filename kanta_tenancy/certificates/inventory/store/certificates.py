"""Certificates in PostgreSQL. The only module that reads `sql/queries/certificates/certificate.sql`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.errors import CertificateChangedSince, CertificateNotFound
from kanta_tenancy.certificates.inventory.examining import Examined
from kanta_tenancy.certificates.inventory.model import Certificate
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable


class Version(Record, frozen=True, kw_only=True):
    version: int


class Known(Record, frozen=True, kw_only=True):
    id: UUID
    sha256: str


class Content(Record, frozen=True, kw_only=True):
    id: UUID
    content: bytes


class SeenRow(Record, frozen=True, kw_only=True):
    unreadable: str | None
    seen: dict[str, object]


KNOWN: Final = statement("certificates/certificate.known", Known)
TAKE_IN: Final = statement("certificates/certificate.take_in", Known)
FIND: Final = statement("certificates/certificate.find", Certificate)
FIND_MANY: Final = statement("certificates/certificate.find_many", Certificate)
SEEN: Final = statement("certificates/certificate.seen", SeenRow)
CONTENTS: Final = statement("certificates/certificate.contents", Content)
LOCK: Final = statement("certificates/certificate.lock", Certificate)
SAVE: Final = statement("certificates/certificate.save", Version)


async def known(tx: Transaction, sha256s: Collection[str]) -> dict[str, UUID]:
    """Return those of these certificates that the realm has, by SHA-256."""
    rows = await KNOWN.all(tx, main_connector_id=tx.scope.main_connector_id, sha256s=list(sha256s))
    return {one.sha256: one.id for one in rows}


async def take_in(
    tx: Transaction, examined: Sequence[Examined], *, tenancy_id: TenancyId | None, at: datetime
) -> dict[str, UUID]:
    """Write certificates in one statement; return those that the realm did not have, by SHA-256."""
    rows = await TAKE_IN.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        at=at,
        ids=[new_id() for _ in examined],
        contents=[one.content for one in examined],
        sha256s=[one.sha256 for one in examined],
        kinds=[one.kind for one in examined],
        profiles=[one.profile for one in examined],
        unreadables=[one.unreadable for one in examined],
        subjects=[one.subject for one in examined],
        issuers=[one.issuer for one in examined],
        subject_sha256s=[one.subject_sha256 for one in examined],
        issuer_name_sha256s=[one.issuer_name_sha256 for one in examined],
        serials=[one.serial for one in examined],
        common_names=[one.common_name for one in examined],
        not_befores=[one.not_before for one in examined],
        not_afters=[one.not_after for one in examined],
        thirds_left_at=[one.third_left_at for one in examined],
        keys=[one.key for one in examined],
        signature_algorithms=[one.signature_algorithm for one in examined],
        authorities=[one.authority for one in examined],
        subject_key_ids=[one.subject_key_id for one in examined],
        issuer_key_ids=[one.issuer_key_id for one in examined],
        seens=[one.seen for one in examined],
    )
    return {one.sha256: one.id for one in rows}


async def find(tx: Transaction, certificate_id: UUID) -> Certificate:
    """Read a certificate.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    if found is None:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    return found


async def find_many(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Certificate]:
    """Read those of these certificates that the scope has, by id."""
    rows = await FIND_MANY.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(ids))
    return {one.id: one for one in rows}


async def seen(tx: Transaction, certificate_id: UUID) -> Inspected | Unreadable:
    """Read all that a certificate says.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    row = await SEEN.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    if row is None:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    if row.unreadable is None:
        return msgspec.convert(row.seen, Inspected)
    return msgspec.convert(row.seen, Unreadable)


async def contents(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Read the bytes of those of these certificates that the scope has, by id."""
    rows = await CONTENTS.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(ids))
    return {one.id: one.content for one in rows}


async def take(tx: Transaction, certificate_id: UUID, version: int | None = None) -> Certificate:
    """Read a certificate and hold it until the transaction ends.

    Args:
        version: the one that the caller saw; None: whichever it is.

    Raises:
        CertificateNotFound: the scope has none of that id.
        CertificateChangedSince: it is at another version.
    """
    held = await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)
    if held is None:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    if version is not None and held.version != version:
        raise CertificateChangedSince(f"it is at version {held.version}, not {version}", version=held.version)
    return held


async def save(tx: Transaction, certificate: Certificate) -> None:
    """Write a later state of a certificate.

    Raises:
        CertificateChangedSince: another transaction moved it first.
    """
    saved = await SAVE.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        certificate_id=certificate.id,
        tenancy_id=certificate.tenancy_id,
        kind=certificate.kind,
        profile=certificate.profile,
        purpose=certificate.purpose,
        responsible_id=certificate.responsible_id,
        deputy_id=certificate.deputy_id,
        state=certificate.state,
        state_since=certificate.state_since,
        state_because=certificate.state_because,
        snoozed_until=certificate.snoozed_until,
        snoozed_because=certificate.snoozed_because,
        version=certificate.version,
    )
    if saved is None:
        raise CertificateChangedSince(f"it is no longer at version {certificate.version - 1}")
