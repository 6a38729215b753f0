"""Mandates, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line
from kanta_tenancy.agreements.mandates.model import Mandate, MandateGround, NewMandate
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery


class SaidMandate(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a person may sign for a party."""

    party: Party
    tenancy_id: (
        Annotated[UUID, msgspec.Meta(description="Left out: the main connector's, towards all of its tenants")] | None
    ) = None
    person: Line
    ground: MandateGround
    words: Annotated[str, msgspec.Meta(max_length=200, description="The ground in words; needed for `other`")] = ""
    exhibit_id: Annotated[UUID, msgspec.Meta(description="The document; needed for `power_of_attorney`")] | None = None
    valid_from: date
    valid_until: Annotated[date, msgspec.Meta(description="Its last day; left out: until further notice")] | None = None

    def said(self) -> NewMandate:
        return NewMandate(
            party=self.party,
            tenancy_id=None if self.tenancy_id is None else TenancyId(self.tenancy_id),
            person=self.person,
            ground=self.ground,
            words=self.words,
            exhibit_id=self.exhibit_id,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


class EndingMandate(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a mandate does not hold any more, and why."""

    on: (
        Annotated[date, msgspec.Meta(description="The first day on which it does not hold; today if left out")] | None
    ) = None
    because: Line


class ShownMandate(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None  # null: the main connector's, towards all of its tenants
    organisation_id: UUID
    party: Party
    person: str
    ground: MandateGround
    words: str | None
    exhibit_id: UUID | None
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    recorded_by: Party
    ended_on: date | None
    ended_because: str | None
    ended_at: datetime | None
    ended_by: Party | None
    version: int


class MandatesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: UUID | None = None


def shown_mandate(mandate: Mandate) -> ShownMandate:
    return ShownMandate(**msgspec.structs.asdict(mandate))
