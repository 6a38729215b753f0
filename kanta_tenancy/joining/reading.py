"""Questions about dealings with Kela that change nothing, and the roster of tenants on a day."""

from collections.abc import AsyncIterator, Container
from datetime import date
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements.annex import reading as agreements
from kanta_tenancy.joining import coverage, roster
from kanta_tenancy.joining.model import Application, ChangeNotice, Position, Roster, RosterTenant, ServiceUse, Wanted
from kanta_tenancy.joining.store import applications, change_notices
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction

_PAGE: Final = 200


async def application(tx: Transaction, application_id: UUID) -> Application:
    """Read an application with its steps.

    Raises:
        ApplicationNotFound: the scope has none of that id.
    """
    return await applications.find(tx, application_id)


async def newest_applications(tx: Transaction, *, before: UUID | None, count: int) -> list[Application]:
    return await applications.newest(tx, before=before, count=count)


async def change_notice(tx: Transaction, change_notice_id: UUID) -> ChangeNotice:
    """Read a change notice.

    Raises:
        ChangeNoticeNotFound: the scope has none of that id.
    """
    return await change_notices.find(tx, change_notice_id)


async def notices(tx: Transaction, wanted: Wanted, *, after: Position | None, count: int) -> list[ChangeNotice]:
    return await change_notices.page(tx, wanted, after=after, count=count)


async def tenants_in_use(
    tx: Transaction, day: date, language: Language, *, service: str | None, after: UUID | None, count: int
) -> list[RosterTenant]:
    """Read a page of the tenants that have a service, or this one, as the day ends, by tenancy."""
    joined = coverage.by_service(await applications.in_production(tx, day))
    found: list[RosterTenant] = []
    async for tenant in _tenants(tx, day, language, joined, after=after):
        if any(service in {None, one.key} for one in tenant.services):
            found.append(tenant)
        if len(found) == count:
            break
    return found


async def whole_roster(
    tx: Transaction, clock: Clock, day: date, language: Language, *, service: str | None = None
) -> Roster:
    """Read the tenants of each service as the day ends, all of one instant; with a service, its tenants alone.

    It must be the first question of its transaction.

    Raises:
        OrganisationNotFound: the scope is a tenant's.
    """
    await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    made_at = clock.now()
    main_connector = await parties.main_connector_on(tx, day)
    joined = coverage.by_service(await applications.in_production(tx, day))
    tenants = [tenant async for tenant in _tenants(tx, day, language, joined, after=None)]
    whole = roster.roster(tenants, main_connector, joined, day=day, language=language, made_at=made_at)
    return whole if service is None else roster.of_service(whole, service)


async def covered(
    tx: Transaction, day: date, language: Language, *, tenancy_id: TenancyId | None
) -> tuple[ServiceUse, ...]:
    """Say of each service that tenants use on a day, or one tenant, whether an application for it is in production.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    joined = coverage.by_service(await applications.in_production(tx, day))
    names = roster.names_on(day, language)
    if tenancy_id is not None:
        annex = await agreements.services_on(tx, tenancy_id, day)
        return coverage.uses(() if annex is None else annex.services, joined, names, day)
    in_use: list[str] = []
    after: UUID | None = None
    while page := await agreements.services_in_use(tx, day, after=after, count=_PAGE):
        in_use += [key for annex in page for key in annex.services]
        after = page[-1].tenancy_id
    return coverage.uses(in_use, joined, names, day)


async def _tenants(
    tx: Transaction, day: date, language: Language, joined: Container[str], *, after: UUID | None
) -> AsyncIterator[RosterTenant]:
    names = roster.names_on(day, language)
    while page := await agreements.services_in_use(tx, day, after=after, count=_PAGE):
        named = await parties.tenants_on(tx, [annex.tenancy_id for annex in page], day)
        for annex in page:
            yield roster.tenant(annex, named[annex.tenancy_id], joined, names)
        after = page[-1].tenancy_id
