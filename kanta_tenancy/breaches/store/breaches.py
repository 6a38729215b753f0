"""Breaches in PostgreSQL. The only module that reads `sql/queries/breaches/breach.sql`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.errors import BreachChanged, BreachNotFound
from kanta_tenancy.breaches.model import Breach, FindingPosition
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("breaches/breach.insert", Nothing)
FIND: Final = statement("breaches/breach.find", Breach)
LOCK: Final = statement("breaches/breach.lock", Breach)
SAVE: Final = statement("breaches/breach.save", Nothing)
OF_REPORT: Final = statement("breaches/breach.of_report", Breach)
PAGE: Final = statement("breaches/breach.page", Breach)
PAGE_OPEN: Final = statement("breaches/breach.page_open", Breach)
PAGE_OF_HOLDER: Final = statement("breaches/breach.page_of_holder", Breach)
PAGE_OPEN_OF_HOLDER: Final = statement("breaches/breach.page_open_of_holder", Breach)
FOUND_WITHIN: Final = statement("breaches/breach.found_within", Breach)

NEWEST: Final = UUID(int=2**128 - 1)
_NOBODY: Final = UUID(int=0)


def holder_of(tx: Transaction, tenancy_id: TenancyId | None) -> UUID:
    return tx.scope.main_connector_id if tenancy_id is None else tenancy_id


async def add(tx: Transaction, breaches: Iterable[Breach]) -> None:
    realm = tx.scope.main_connector_id
    await INSERT.run_many(tx, [{"main_connector_id": realm, **msgspec.structs.asdict(one)} for one in breaches])


async def find(tx: Transaction, breach_id: UUID) -> Breach:
    """Read a breach.

    Raises:
        BreachNotFound: the scope has none of that id.
    """
    return _there(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, breach_id=breach_id), breach_id)


async def hold(tx: Transaction, breach_id: UUID) -> Breach:
    """Read a breach and hold it until the transaction ends.

    Raises:
        BreachNotFound: the scope has none of that id.
    """
    return _there(await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, breach_id=breach_id), breach_id)


async def take(tx: Transaction, breach_id: UUID, version: int) -> Breach:
    """Hold a breach, if nothing was said of it since the version that the caller saw.

    Raises:
        BreachNotFound: the scope has none of that id.
        BreachChanged: it is at another version.
    """
    held = await hold(tx, breach_id)
    if held.version != version:
        raise BreachChanged(f"the breach is at version {held.version}, not {version}", version=held.version)
    return held


async def save(tx: Transaction, breach: Breach) -> None:
    """Write what stands of a breach that the transaction holds, one entry later.

    Raises:
        BreachChanged: it is not at the version before.
    """
    saved = await SAVE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        breach_id=breach.id,
        state=breach.state,
        part=breach.part,
        risk=breach.risk,
        aware_at=breach.aware_at,
        authority_due_at=breach.authority_due_at,
        version=breach.version,
    )
    if saved != 1:
        raise BreachChanged(f"the breach is no longer at version {breach.version - 1}")


async def of_report(tx: Transaction, report_id: UUID) -> list[Breach]:
    return await OF_REPORT.all(tx, main_connector_id=tx.scope.main_connector_id, report_id=report_id)


async def page(
    tx: Transaction, *, holder: UUID | None, only_open: bool, before: UUID | None, count: int
) -> list[Breach]:
    """Read a page of breaches, newest first; of one register where a holder is given."""
    asked = {"main_connector_id": tx.scope.main_connector_id, "before": before or NEWEST, "count": count}
    if holder is None:
        return await (PAGE_OPEN if only_open else PAGE).all(tx, **asked)
    return await (PAGE_OPEN_OF_HOLDER if only_open else PAGE_OF_HOLDER).all(tx, holder=holder, **asked)


async def found_within(
    tx: Transaction, holder: UUID, since: datetime, until: datetime, *, after: FindingPosition | None, count: int
) -> list[Breach]:
    """Read a page of what stands in a register and was found from an instant on, before another, in that order."""
    after = after or FindingPosition(found_at=since, id=_NOBODY)
    return await FOUND_WITHIN.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        holder=holder,
        after_found_at=after.found_at,
        after_id=after.id,
        until=until,
        count=count,
    )


def _there(found: Breach | None, breach_id: UUID) -> Breach:
    if found is None:
        raise BreachNotFound(f"no breach {breach_id}")
    return found
