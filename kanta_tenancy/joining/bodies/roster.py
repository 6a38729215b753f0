"""The roster of tenants, and whether the main connector is joined to their services, as the API shows them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.joining.bodies.applications import ServiceKey
from kanta_tenancy.joining.model import Roster, RosterService, RosterTenant, ServiceUse
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

Day = Annotated[date, msgspec.Meta(description="As this day ends in Finland; today when it is left out")]


class RosterAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH
    service: ServiceKey | None = None


class WholeRosterAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH
    service: ServiceKey | None = None


class CoverageAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Only the services of this tenant")] | None = None


class Coverage(Body, frozen=True, kw_only=True):
    day: date
    language: Language
    items: Annotated[
        tuple[ServiceUse, ...], msgspec.Meta(description="Services that tenants use; one without application warns")
    ]


class ShownRosterTenant(Body, frozen=True, kw_only=True):
    tenancy_id: UUID
    agreement_id: UUID
    reference: str
    name: Annotated[str, msgspec.Meta(description="On the day of the roster")]
    business_id: str
    oid: str | None
    since: Annotated[date, msgspec.Meta(description="From when that Annex 1 holds")]
    services: tuple[RosterService, ...]


def shown_tenant(tenant: RosterTenant) -> ShownRosterTenant:
    return ShownRosterTenant(**msgspec.structs.asdict(tenant))


def as_json(roster: Roster) -> bytes:
    """Return a whole roster as one JSON document."""
    return msgspec.json.format(msgspec.json.encode(roster), indent=2) + b"\n"
