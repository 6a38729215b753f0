"""Who is looked up each year: the main connector, and each tenant that has an agreement in force."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.looks import owing
from kanta_tenancy.agreements.looks.owing import Watched
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import SoteriEvidence, TenancyLine
from kanta_tenancy.promises import Expected

_PAGE: Final = 200
_ON_ITS_WAY: Final = timedelta(minutes=5)


async def watched(tx: Transaction, organisation_id: OrganisationId) -> Watched | None:
    """Return a party as it is to be looked up; None when it is neither the main connector nor a tenant in force."""
    main_connector = await _main_connector(tx)
    if organisation_id == main_connector.organisation_id:
        return main_connector
    tenancies = [await parties.find_tenancy(tx, one.id) for one in await parties.tenancies_of(tx, [organisation_id])]
    return next(iter(await _in_force(tx, tenancies)), None)


async def looks_expected(tx: Transaction, now: datetime) -> AsyncIterator[Expected]:
    """Say which promises to look a party up there should be: one for each that was ever looked up.

    What was recorded within the last minutes may still be on its way to whoever owes.
    """
    if tx.scope.tenancy_id is None:  # a tenant does not see it
        for expected in await _expected(tx, [await _main_connector(tx)], now):
            yield expected
    after = UUID(int=0)
    while page := await parties.tenancies_after(tx, after=after, limit=_PAGE):
        for expected in await _expected(tx, await _in_force(tx, page), now):
            yield expected
        after = page[-1].id


async def _expected(tx: Transaction, those: Sequence[Watched], now: datetime) -> list[Expected]:
    evidence: dict[OrganisationId, list[SoteriEvidence]] = {one.organisation_id: [] for one in those}
    for seen in await parties.evidence_of(tx, evidence):
        if seen.recorded_at > now - _ON_ITS_WAY:
            continue
        evidence[seen.organisation_id].append(seen)
    owed = [owing.to_look(one, evidence[one.organisation_id], at=now) for one in those]
    return [Expected(key=one.key, subject=one.subject, due_at=one.due_at) for one in owed if one is not None]


async def _main_connector(tx: Transaction) -> Watched:
    own = await parties.main_connector(tx)
    return Watched(organisation_id=own.organisation_id, name=own.name, tenancy_id=None, while_holds=own.organisation_id)


async def _in_force(tx: Transaction, tenancies: Sequence[TenancyLine]) -> list[Watched]:
    """Return those of these tenants that have an agreement in force."""
    by_id = {one.id: one for one in tenancies}
    return [
        Watched(
            organisation_id=by_id[one.tenancy_id].organisation_id,
            name=by_id[one.tenancy_id].name,
            tenancy_id=one.tenancy_id,
            while_holds=one.id,
        )
        for one in await life.in_force_of(tx, by_id)
    ]
