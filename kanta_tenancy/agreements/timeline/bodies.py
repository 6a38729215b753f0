"""A tenancy on a day, and what will fall due, as the API shows it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.annex.bodies import named
from kanta_tenancy.agreements.bodies import ShownAgreement, shown
from kanta_tenancy.agreements.catalogue.bodies import ShownService
from kanta_tenancy.agreements.endings.bodies.notices import ShownNotice, shown_notice
from kanta_tenancy.agreements.endings.bodies.service_agreements import ShownServiceAgreement, shown_service_agreement
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.agreements.timeline.reading import AsOf
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.parties import PartyFacts, soteri
from kanta_tenancy.promises import Owner


class AsOfAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Annotated[date, msgspec.Meta(description="Past or future")]
    language: Language = Language.ENGLISH


class ForecastAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[date, msgspec.Meta(description="The last day that is looked at")]


class ShownParty(Body, frozen=True, kw_only=True):
    """A party by its numbers of today, with the name, the contact and the Soteri entry of the day."""

    organisation_id: UUID
    business_id: str
    name: str
    oid: str | None
    contact: str | None
    soteri_entry: str | None
    soteri_checked_on: date | None


class TenancyOnDay(Body, frozen=True, kw_only=True):
    """What held as the day ended, by all that is known now."""

    day: date
    tenancy_id: UUID
    main_connector: ShownParty
    tenant: ShownParty
    agreement: ShownAgreement | None  # null: none was in force
    annex_said_by: UUID | None  # the agreement, or its amendment
    services: tuple[ShownService, ...]  # by their names on that day
    notices: tuple[ShownNotice, ...]
    service_agreements: tuple[ShownServiceAgreement, ...]


class ShownDue(Body, frozen=True, kw_only=True):
    id: UUID
    due_at: datetime
    kind: str
    subject: str
    tenancy_id: UUID | None
    owner: Owner
    rule: str
    sources: tuple[str, ...]
    title: Sentence
    overdue: bool


def on_day(tenancy_id: UUID, found: AsOf, language: Language) -> TenancyOnDay:
    version = found.annex
    return TenancyOnDay(
        day=found.day,
        tenancy_id=tenancy_id,
        main_connector=_party(found.parties.main_connector, found.day),
        tenant=_party(found.parties.tenant, found.day),
        agreement=None if found.agreement is None else shown(found.agreement),
        annex_said_by=None if version is None else version.said_by,
        services=() if version is None else named(version.services, found.day, language),
        notices=tuple(map(shown_notice, found.notices)),
        service_agreements=tuple(map(shown_service_agreement, found.service_agreements)),
    )


def shown_due(due: Due) -> ShownDue:
    return ShownDue(**msgspec.structs.asdict(due))


def _party(party: PartyFacts, day: date) -> ShownParty:
    entry = soteri.latest(party.soteri, day)
    return ShownParty(
        organisation_id=party.organisation_id,
        business_id=party.business_id,
        name=party.name,
        oid=party.oid,
        contact=None if party.contact is None else party.contact.name,
        soteri_entry=None if entry is None else entry.entry_reference,
        soteri_checked_on=None if entry is None else entry.checked_on,
    )
