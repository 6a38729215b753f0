"""The register's rows. The only module that reads `sql/queries/disturbances/register.sql`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.register import (
    AnsweredOf,
    Belonging,
    Registered,
    ReportedPosition,
    ReportedTogether,
    StatusesOf,
    ToldOf,
)
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement

EVENTS: Final = statement("disturbances/register.events", Registered)
REPORTS: Final = statement("disturbances/register.reports", ReportedTogether)
ANSWERS: Final = statement("disturbances/register.answers", AnsweredOf)
DUTIES: Final = statement("disturbances/register.duties", ToldOf)
STATUSES: Final = statement("disturbances/register.statuses", StatusesOf)

_NOBODY: Final = UUID(int=0)


async def events(
    tx: Transaction, since: datetime, until: datetime, *, after: ReportedPosition | None, count: int
) -> list[Registered]:
    """Read a page of what was reported from an instant on, before another, in that order."""
    after = after or ReportedPosition(reported_at=since, id=_NOBODY)
    return await EVENTS.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        after_reported_at=after.reported_at,
        after_id=after.id,
        until=until,
        count=count,
    )


async def belonging(tx: Transaction, disturbance_ids: Sequence[UUID]) -> Belonging:
    """Read what belongs to these events, as far as the scope sees it."""
    of = {"main_connector_id": tx.scope.main_connector_id, "disturbance_ids": list(disturbance_ids)}
    return Belonging(
        reports=tuple(await REPORTS.all(tx, **of)),
        answers=tuple(await ANSWERS.all(tx, **of)),
        duties=tuple(await DUTIES.all(tx, **of)),
        statuses=tuple(await STATUSES.all(tx, **of)),
    )
