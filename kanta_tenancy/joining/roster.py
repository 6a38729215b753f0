"""The tenants of each Kanta service on a day, from the annexes that hold and the names of that day (K2.1). Pure."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.joining import coverage
from kanta_tenancy.joining.model import Roster, RosterService, RosterTenant
from kanta_tenancy.kernel.languages import Language, alphabetical
from kanta_tenancy.parties import NamedOnDay


def names_on(day: date, language: Language) -> dict[str, str]:
    """Return every service's name on a day, in the order of the catalogue."""
    return {service.key: service.name_on(day, language) for service in catalogue.services()}


def tenant(annex: AnnexOnDay, named: NamedOnDay, joined: Container[str], names: Mapping[str, str]) -> RosterTenant:
    """Return a tenant with its services.

    Args:
        joined: the services that an application in production covers.
        names: as `names_on` tells.
    """
    return RosterTenant(
        tenancy_id=annex.tenancy_id,
        agreement_id=annex.agreement_id,
        reference=named.reference or "",
        name=named.name,
        business_id=named.business_id,
        oid=named.oid,
        since=annex.since,
        services=tuple(
            RosterService(key=key, name=name, covered=key in joined)
            for key, name in names.items()
            if key in annex.services
        ),
    )


def roster(
    tenants: Iterable[RosterTenant],
    main_connector: NamedOnDay,
    joined: Mapping[str, Sequence[UUID]],
    *,
    day: date,
    language: Language,
    made_at: datetime,
) -> Roster:
    """Return the whole roster of these tenants."""
    with_services = [each for each in tenants if each.services]
    in_use = (service.key for each in with_services for service in each.services)
    return Roster(
        day=day,
        language=language,
        made_at=made_at,
        main_connector=main_connector.name,
        business_id=main_connector.business_id,
        services=coverage.uses(in_use, joined, names_on(day, language), day),
        tenants=tuple(sorted(with_services, key=lambda each: (alphabetical(each.name), each.business_id))),
    )


def of_service(whole: Roster, key: str) -> Roster:
    """Return what a roster says of one service."""
    narrowed = (
        replace(tenant, services=tuple(one for one in tenant.services if one.key == key)) for tenant in whole.tenants
    )
    return replace(
        whole,
        services=tuple(use for use in whole.services if use.key == key),
        tenants=tuple(tenant for tenant in narrowed if tenant.services),
    )
