"""Pages of certificates in PostgreSQL, by their end: the pages of `sql/queries/certificates/certificate.sql`."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.certificates.inventory.model import Certificate, CertificatePosition, Wanted
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

PAGE: Final = statement("certificates/certificate.page", Certificate)
PAGE_UNREADABLE: Final = statement("certificates/certificate.page_unreadable", Certificate)
PAGE_OF_KIND: Final = statement("certificates/certificate.page_of_kind", Certificate)
PAGE_OF_KIND_UNREADABLE: Final = statement("certificates/certificate.page_of_kind_unreadable", Certificate)
PAGE_OF_RESPONSIBLE: Final = statement("certificates/certificate.page_of_responsible", Certificate)
PAGE_OF_TENANCY: Final = statement("certificates/certificate.page_of_tenancy", Certificate)
PAGE_OF_SYSTEM: Final = statement("certificates/certificate.page_of_system", Certificate)

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
AFTER_ALL: Final = datetime(9999, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)  # certificates count in whole seconds
_FIRST: Final = UUID(int=0)


async def page(
    tx: Transaction, wanted: Wanted, *, today: date, after: CertificatePosition | None, count: int
) -> list[Certificate]:
    """Read a page of certificates by their end; those that cannot be read come last."""
    tenancy_id = tx.scope.tenancy_id or wanted.tenancy_id
    if wanted.system_id is not None:
        return await PAGE_OF_SYSTEM.all(
            tx, system_id=wanted.system_id, day=today, **_filtered(tx, wanted, after, count)
        )
    if wanted.responsible_id is not None:
        return await PAGE_OF_RESPONSIBLE.all(
            tx, responsible_id=wanted.responsible_id, **_filtered(tx, wanted, after, count)
        )
    if tenancy_id is not None:
        return await PAGE_OF_TENANCY.all(tx, tenancy_id=tenancy_id, **_filtered(tx, wanted, after, count))
    return await _all(tx, wanted, after, count)


async def _all(tx: Transaction, wanted: Wanted, after: CertificatePosition | None, count: int) -> list[Certificate]:
    """Read those with an end, and behind them those without, each from an index in its order."""
    found: list[Certificate] = []
    of_realm = {"main_connector_id": tx.scope.main_connector_id, "state": wanted.state}
    of_kind = of_realm if wanted.kind is None else of_realm | {"kind": wanted.kind}
    if after is None or after.not_after is not None:
        asked = PAGE if wanted.kind is None else PAGE_OF_KIND
        found = await asked.all(
            tx,
            before=wanted.ending_before or AFTER_ALL,
            after_end=BEGINNING if after is None else after.not_after,
            after_id=_FIRST if after is None else after.id,
            count=count,
            **of_kind,
        )
    if len(found) < count and wanted.ending_before is None:
        asked = PAGE_UNREADABLE if wanted.kind is None else PAGE_OF_KIND_UNREADABLE
        last = after.id if after is not None and after.not_after is None else _FIRST
        found += await asked.all(tx, after_id=last, count=count - len(found), **of_kind)
    return found


def _filtered(tx: Transaction, wanted: Wanted, after: CertificatePosition | None, count: int) -> dict[str, Any]:
    return {
        "main_connector_id": tx.scope.main_connector_id,
        "state": wanted.state,
        "kind": wanted.kind,
        "before": wanted.ending_before,
        "after_end": BEGINNING if after is None else after.not_after or AFTER_ALL,
        "after_id": _FIRST if after is None else after.id,
        "count": count,
    }
