"""Annex 1 over time, as the API shows and takes it."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.annex.model import AnnexOnDay
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.catalogue.bodies import ServiceKey, ShownService
from kanta_tenancy.agreements.drafting.bodies import SaidSignatory
from kanta_tenancy.agreements.model import Signatory
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

Day = Annotated[date, msgspec.Meta(description="Past or future; today when it is left out")]


class NewAmendment(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of Annex 1 anew, from a day on."""

    services: Annotated[tuple[ServiceKey, ...], msgspec.Meta(max_length=50, description="All that are ticked")]
    effective_on: Annotated[date, msgspec.Meta(description="Not before the day of the last signature in any case")]
    signatories: Annotated[tuple[SaidSignatory, ...], msgspec.Meta(max_length=4)] = ()

    def signing(self) -> tuple[Signatory, ...]:
        return tuple(Signatory(**msgspec.structs.asdict(who)) for who in self.signatories)


class OnDayAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH


class InUseAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Day | None = None
    language: Language = Language.ENGLISH


class ServicesOfTenancy(Body, frozen=True, kw_only=True):
    """Which services a tenancy has as a day ends, by their names on that day."""

    day: date
    tenancy_id: UUID
    agreement_id: UUID | None  # null: no agreement is in force
    said_by: UUID | None  # that agreement, or its amendment
    since: date | None
    until: date | None  # exclusive; null: until further notice
    items: tuple[ShownService, ...]


class ShownAnnex(Body, frozen=True, kw_only=True):
    """A version of Annex 1, by the names of the day from which it holds."""

    agreement_id: UUID
    said_by: UUID
    since: date
    until: date | None
    items: tuple[ShownService, ...]


class Annexes(Body, frozen=True, kw_only=True):
    items: tuple[ShownAnnex, ...]


def services_of(tenancy_id: UUID, day: date, found: AnnexOnDay | None, language: Language) -> ServicesOfTenancy:
    return ServicesOfTenancy(
        day=day,
        tenancy_id=tenancy_id,
        agreement_id=None if found is None else found.agreement_id,
        said_by=None if found is None else found.said_by,
        since=None if found is None else found.since,
        until=None if found is None else found.until,
        items=() if found is None else named(found.services, day, language),
    )


def shown_annex(found: AnnexOnDay, language: Language) -> ShownAnnex:
    return ShownAnnex(
        agreement_id=found.agreement_id,
        said_by=found.said_by,
        since=found.since,
        until=found.until,
        items=named(found.services, found.since, language),
    )


def named(services: tuple[str, ...], day: date, language: Language) -> tuple[ShownService, ...]:
    """Return services by their names on a day, in the order of the catalogue."""
    return tuple(
        ShownService(key=one.key, name=one.name) for one in catalogue.annex(services, day, language) if one.ticked
    )
