"""Reports of breaches in PostgreSQL. The only module that reads `sql/queries/breaches/report.sql`."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.errors import BreachReportNotFound
from kanta_tenancy.breaches.model import Report
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("breaches/report.insert", Nothing)
FIND: Final = statement("breaches/report.find", Report)
PAGE: Final = statement("breaches/report.page", Report)
PAGE_OF_HOLDER: Final = statement("breaches/report.page_of_holder", Report)
PAGE_OF_DISTURBANCE: Final = statement("breaches/report.page_of_disturbance", Report)

NEWEST: Final = UUID(int=2**128 - 1)


async def add(tx: Transaction, report: Report) -> None:
    said = msgspec.structs.asdict(report) | {"concerned": msgspec.to_builtins(report.concerned)}
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **said)


async def find(tx: Transaction, report_id: UUID) -> Report:
    """Read a report.

    Raises:
        BreachReportNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, report_id=report_id)
    if found is None:
        raise BreachReportNotFound(f"no report {report_id} of a breach")
    return found


async def page(tx: Transaction, *, disturbance_id: UUID | None, before: UUID | None, count: int) -> list[Report]:
    """Read a page of reports, newest first: of the realm, of the tenant that asks, or of a disturbance."""
    asked = {"main_connector_id": tx.scope.main_connector_id, "before": before or NEWEST, "count": count}
    if disturbance_id is not None:
        return await PAGE_OF_DISTURBANCE.all(tx, disturbance_id=disturbance_id, **asked)
    if tx.scope.tenancy_id is not None:
        return await PAGE_OF_HOLDER.all(tx, holder=tx.scope.tenancy_id, **asked)
    return await PAGE.all(tx, **asked)
