"""Whom a certificate stands for, as the API shows it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.impact import telling
from kanta_tenancy.certificates.impact.model import (
    AffectedSystem,
    AffectedTenant,
    Impact,
    UnderlyingCertificate,
    UnderlyingSystem,
)
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.parties import Function, Reachable
from kanta_tenancy.systems import Firm, SystemState, Upkeep

Day = Annotated[
    date,
    msgspec.Meta(description="Left out: the day on which the certificate lapses, or today when it has lapsed"),
]
ServiceKeys = Annotated[tuple[str, ...], msgspec.Meta(description="Keys of the service catalogue, in its order")]


class ImpactAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None


class ImpactPage(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None


class ReportAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH


class UnderlyingAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Annotated[date, msgspec.Meta(description="Past or future; today in Finland when it is left out")] | None = None


class ShownAffectedSystem(Body, frozen=True, kw_only=True):
    """A system that uses the certificate on that day."""

    id: UUID
    name: str
    state: SystemState
    producer: Firm
    upkeep: Upkeep | None
    tenants: int
    services: ServiceKeys
    others: Annotated[
        int,
        msgspec.Meta(
            description="Certificates of the same kind in use on it that day that hold beyond it. They may carry its"
            " services on; the inventory does not know"
        ),
    ]


class ShownImpact(Body, frozen=True, kw_only=True):
    """Who loses what when a certificate does not hold on a day, as far as it is recorded."""

    certificate_id: UUID
    name: str
    kind: str
    sha256: str
    not_after: Annotated[datetime | None, msgspec.Meta(description="null: the certificate cannot be read")]
    state: State
    day: date
    told: Annotated[tuple[Sentence, ...], msgspec.Meta(description="The same for people, and what is not known")]
    uses: Annotated[int, msgspec.Meta(description="Places of use that are recorded for that day")]
    unplaced: Annotated[int, msgspec.Meta(description="Those without a recorded system: whom they serve is not known")]
    tenants: int
    services: ServiceKeys
    own_services: Annotated[tuple[str, ...], msgspec.Meta(description="Of the main connector itself")]
    systems: tuple[ShownAffectedSystem, ...]


class PersonToTell(Body, frozen=True, kw_only=True):
    name: str
    function: Function
    email: str
    phone: str | None
    language: Language


class ShownAffectedTenant(Body, frozen=True, kw_only=True):
    """Whose services stand behind a certificate on a day."""

    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector itself")]
    name: Annotated[str, msgspec.Meta(description="On that day")]
    business_id: str
    reference: str | None
    services: ServiceKeys
    systems: Annotated[tuple[UUID, ...], msgspec.Meta(description="Those of the impact that its services run on")]
    people: Annotated[
        tuple[PersonToTell, ...],
        msgspec.Meta(description="Whom to tell; left empty without the permission parties.read"),
    ]


class ShownUnderlying(Body, frozen=True, kw_only=True):
    """A certificate that somebody's services depend on, on a day."""

    id: UUID
    kind: str
    name: str
    sha256: str
    not_after: Annotated[datetime | None, msgspec.Meta(description="null: the certificate cannot be read")]
    state: State
    systems: tuple[UnderlyingSystem, ...]


def shown(impact: Impact) -> ShownImpact:
    certificate, reach = impact.certificate, impact.reach
    return ShownImpact(
        certificate_id=certificate.id,
        name=certificate.name,
        kind=certificate.kind,
        sha256=certificate.sha256,
        not_after=certificate.not_after,
        state=certificate.state,
        day=impact.day,
        told=telling.told(impact),
        uses=reach.uses,
        unplaced=reach.unplaced,
        tenants=reach.tenants,
        services=reach.services,
        own_services=reach.own_services,
        systems=tuple(_system(one) for one in impact.systems),
    )


def tenant(one: AffectedTenant) -> ShownAffectedTenant:
    return ShownAffectedTenant(
        tenancy_id=one.tenancy_id,
        name=one.name,
        business_id=one.business_id,
        reference=one.reference,
        services=one.services,
        systems=one.systems,
        people=tuple(_person(each) for each in one.people),
    )


def underlying(one: UnderlyingCertificate) -> ShownUnderlying:
    return ShownUnderlying(**msgspec.structs.asdict(one))


def _system(one: AffectedSystem) -> ShownAffectedSystem:
    return ShownAffectedSystem(**msgspec.structs.asdict(one))


def _person(one: Reachable) -> PersonToTell:
    return PersonToTell(name=one.name, function=one.function, email=one.email, phone=one.phone, language=one.language)
