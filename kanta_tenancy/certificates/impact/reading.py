"""Questions about whom certificates stand for; each is one query that an index answers, whatever the day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.certificates.impact import store
from kanta_tenancy.certificates.impact.model import (
    AffectedHolder,
    AffectedTenant,
    Impact,
    Reach,
    Report,
    Subject,
    UnderlyingCertificate,
    UnderlyingPosition,
)
from kanta_tenancy.certificates.impact.telling import in_order, on_day
from kanta_tenancy.certificates.looking.telling import short
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import alphabetical
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import Function, NamedOnDay, PartyFacts, Reachable

# Whom to tell at a tenant: those of the first of these functions that somebody has.
PEOPLE: Final = (
    Function.TECHNICAL,  # clauses 3, 5 and 7
    Function.DISTURBANCES,
    Function.INFORMATION_SECURITY,
    Function.AGREEMENTS,
    Function.ADMINISTRATOR,
)
_PAGE: Final = 200


async def reach_of(tx: Transaction, certificate_ids: Iterable[UUID], day: date) -> dict[UUID, Reach]:
    """Count what stands behind each of these certificates on a day; one that nothing is known of reaches nobody."""
    return await reach_on_days(tx, dict.fromkeys(certificate_ids, day))


async def reach_on_days(tx: Transaction, days: Mapping[UUID, date]) -> dict[UUID, Reach]:
    """Count what stands behind certificates, each on a day of its own: the one on which it lapses."""
    return {one.certificate_id: _arranged(one) for one in await store.reach(tx, days)} if days else {}


async def impact(tx: Transaction, clock: Clock, certificate_id: UUID, day: date | None) -> Impact:
    """Tell whom a certificate stands for, and on which systems.

    Args:
        day: left out, the day on which it lapses, or today when it has lapsed.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    certificate = await _subject(tx, certificate_id)
    on = day or on_day(certificate.not_after, day_in_finland(clock.now()))
    counted = await reach_of(tx, [certificate_id], on)
    systems = await store.systems(tx, certificate, on)
    return Impact(
        certificate=certificate,
        day=on,
        reach=counted[certificate_id],
        systems=tuple(replace(one, services=in_order(one.services)) for one in systems),
    )


async def day_of(tx: Transaction, clock: Clock, certificate_id: UUID, day: date | None) -> date:
    """Tell of which day a certificate's impact is, as `impact` does.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    certificate = await _subject(tx, certificate_id)
    return day or on_day(certificate.not_after, day_in_finland(clock.now()))


async def affected(
    tx: Transaction, certificate_id: UUID, day: date, *, after: UUID | None, count: int, people: bool
) -> list[AffectedTenant]:
    """Tell whose services stand behind a certificate on a day, a page at a time, by tenancy.

    Args:
        people: whether whom to tell at each is wanted.
    """
    found = await store.holders(tx, certificate_id, day, after=after, count=count)
    tenancies = [one.tenancy_id for one in found if one.tenancy_id is not None]
    named = await parties.tenants_on(tx, tenancies, day)
    told = await parties.reachable(tx, tenancies, PEOPLE, on_day=day) if people else {}
    own = await parties.main_connector_on(tx, day) if len(tenancies) < len(found) else None
    return [_named(one, own if one.tenancy_id is None else named.get(one.tenancy_id), told) for one in found]


async def report(tx: Transaction, clock: Clock, certificate_id: UUID, day: date | None, *, people: bool) -> Report:
    """Read all of a certificate's impact, as of one instant. It must be the first question of its transaction.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    found = await impact(tx, clock, certificate_id, day)
    own = await _main_connector(tx, found.day)
    tenants: list[AffectedTenant] = []
    after: UUID | None = None
    while page := await affected(tx, certificate_id, found.day, after=after, count=_PAGE, people=people):
        tenants += page
        after = page[-1].holder
    return Report(
        impact=found,
        made_at=clock.now(),
        main_connector=own.name,
        business_id=own.business_id,
        tenants=tuple(
            sorted(tenants, key=lambda one: (one.tenancy_id is not None, alphabetical(one.name), one.business_id))
        ),
    )


async def underlying(
    tx: Transaction, tenancy_id: TenancyId | None, day: date, *, after: UnderlyingPosition | None, count: int
) -> list[UnderlyingCertificate]:
    """Tell on which certificates a tenant depends on a day; without a tenancy, the main connector itself.

    A tenant is told of those alone that are its own.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    holder = tx.scope.main_connector_id if tenancy_id is None else tenancy_id
    found = await store.underlying(tx, holder, day, after=after, count=count)
    return [replace(one, name=short(one.name)) for one in found]


def position(certificate: UnderlyingCertificate) -> UnderlyingPosition:
    return store.position(certificate)


async def _subject(tx: Transaction, certificate_id: UUID) -> Subject:
    found = await store.subject(tx, certificate_id)
    return replace(found, name=short(found.name))


async def _main_connector(tx: Transaction, day: date) -> NamedOnDay | PartyFacts:
    """Return the main connector by its name, for a tenant's scope too."""
    tenancy_id = tx.scope.tenancy_id
    if tenancy_id is None:
        return await parties.main_connector_on(tx, day)
    return (await parties.the_parties(tx, tenancy_id, on_day=day)).main_connector


def _named(
    one: AffectedHolder, named: NamedOnDay | None, people: Mapping[TenancyId, Sequence[Reachable]]
) -> AffectedTenant:
    return AffectedTenant(
        holder=one.holder,
        tenancy_id=one.tenancy_id,
        name=str(one.holder) if named is None else named.name,
        business_id="" if named is None else named.business_id,
        reference=None if named is None else named.reference,
        services=in_order(one.services),
        systems=one.systems,
        people=() if one.tenancy_id is None else tuple(people.get(one.tenancy_id, ())),
    )


def _arranged(found: Reach) -> Reach:
    return replace(found, services=in_order(found.services), own_services=in_order(found.own_services))
