"""Campaigns as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line
from kanta_tenancy.agreements.campaigns.foreseeing import Texts
from kanta_tenancy.agreements.campaigns.model import (
    Campaign,
    CampaignStatus,
    Cohort,
    Foreseen,
    NewCampaign,
    Obstacle,
    Row,
    RowState,
)
from kanta_tenancy.agreements.campaigns.progress import Became, CohortCounted, Counted, Laggard, Progress
from kanta_tenancy.agreements.campaigns.redline import ClauseRedline
from kanta_tenancy.agreements.campaigns.store import Summary
from kanta_tenancy.agreements.catalogue.bodies import ServiceKey
from kanta_tenancy.agreements.drafting.bodies import SaidSignatory
from kanta_tenancy.agreements.model import Register, Signatory
from kanta_tenancy.agreements.models.actions import NEWEST, OURS
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

DaysAfter = Annotated[int, msgspec.Meta(ge=1, le=365)]


class SaidCohort(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tenants come on which day; a tenant belongs to the first cohort that it fits."""

    name: Line
    starts_on: Annotated[date, msgspec.Meta(description="In Finland; its offers are made from that day on")]
    tenancies: Annotated[
        tuple[UUID, ...], msgspec.Meta(max_length=10_000, description="These; when left out, all whom the rules fit")
    ] = ()
    languages: Annotated[
        tuple[Language, ...], msgspec.Meta(max_length=3, description="Of the agreement in force; any when left out")
    ] = ()
    services: Annotated[
        tuple[ServiceKey, ...], msgspec.Meta(max_length=50, description="In use, at least one; any when left out")
    ] = ()
    at_a_time: Annotated[int, msgspec.Meta(ge=1, le=100_000, description="So many on its day, then more")] | None = None
    every_days: Annotated[int, msgspec.Meta(ge=1, le=365, description="After so many days, where `at_a_time`")] = 1

    def cohort(self) -> Cohort:
        said = msgspec.structs.asdict(self)
        return Cohort(**(said | {"tenancies": tuple(TenancyId(one) for one in self.tenancies)}))


class CampaignSaid(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new campaign. Of each agreement in force is carried over what is not said here."""

    name: Line
    model: Line = OURS
    model_version: Line = NEWEST
    signatories: Annotated[
        tuple[SaidSignatory, ...], msgspec.Meta(min_length=1, max_length=2, description="For the main connector")
    ]
    cohorts: Annotated[tuple[SaidCohort, ...], msgspec.Meta(min_length=1, max_length=100)]
    services: (
        Annotated[
            tuple[ServiceKey, ...],
            msgspec.Meta(min_length=1, max_length=50, description="Carried over, by the day, when left out"),
        ]
        | None
    ) = None
    registers: (
        Annotated[tuple[Register, ...], msgspec.Meta(min_length=1, max_length=3, description="Carried over likewise")]
        | None
    ) = None
    remind_after: Annotated[
        tuple[DaysAfter, ...], msgspec.Meta(max_length=10, description="Days after an offer that was not signed")
    ] = (7, 14)
    sign_with_own_key: Annotated[
        bool, msgspec.Meta(description="The main connector's key beside the service signs each offer as it is made")
    ] = False

    def campaign(self) -> NewCampaign:
        return NewCampaign(
            name=self.name,
            model=self.model,
            model_version=self.model_version,
            signatories=tuple(Signatory(**msgspec.structs.asdict(who)) for who in self.signatories),
            cohorts=tuple(cohort.cohort() for cohort in self.cohorts),
            services=self.services,
            registers=self.registers,
            remind_after=self.remind_after,
            sign_with_own_key=self.sign_with_own_key,
        )


class Retrying(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows wait again."""

    failed: bool = True
    skipped: bool = False

    def states(self) -> list[RowState]:
        wanted = {RowState.FAILED: self.failed, RowState.SKIPPED: self.skipped}
        return [state for state, again in wanted.items() if again]


class RowsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: RowState | None = None


class LaggardsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: Annotated[int, msgspec.Meta(ge=0, le=3650, description="Offered so many days ago or earlier")] = 14


class RedlineAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    language: Annotated[Language, msgspec.Meta(description="Of the agreements; every one when left out")] | None = None


class ShownCampaign(Body, frozen=True, kw_only=True):
    id: UUID
    name: str
    status: CampaignStatus
    version: int
    model: str
    model_version: str
    signatories: tuple[Signatory, ...]
    services: tuple[str, ...] | None
    registers: tuple[Register, ...] | None
    cohorts: tuple[Cohort, ...]
    remind_after: tuple[int, ...]
    sign_with_own_key: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ListedCampaign(Body, frozen=True, kw_only=True):
    id: UUID
    name: str
    status: CampaignStatus
    version: int
    model: str
    model_version: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ShownProgress(Body, frozen=True, kw_only=True):
    status: CampaignStatus
    rows: int
    settled: int
    settled_in_last_minute: int
    seconds_left: Annotated[
        int | None, msgspec.Meta(description="For those whose day has come, at the rate of the last minute")
    ]
    states: Annotated[tuple[Counted, ...], msgspec.Meta(description="By state and reason, most first")]
    cohorts: tuple[CohortCounted, ...]
    offers: Annotated[tuple[Became, ...], msgspec.Meta(description="What became of the offers, by status")]


class ShownRow(Body, frozen=True, kw_only=True):
    tenancy_id: UUID
    cohort: int
    starts_on: date
    state: RowState
    attempts: int
    reason: str | None
    detail: str | None
    agreement_id: UUID | None
    replaces: UUID | None
    settled_at: datetime | None


class ShownLaggard(Body, frozen=True, kw_only=True):
    tenancy_id: UUID
    agreement_id: UUID
    reference: str
    offered_at: datetime
    tenant_owes: Annotated[bool, msgspec.Meta(description="False: only the main connector has not signed")]


class ShownForeseen(Body, frozen=True, kw_only=True):
    """What would happen to a tenant if it were its turn now."""

    tenancy_id: UUID
    cohort: int
    starts_on: date
    outcome: Annotated[RowState, msgspec.Meta(description="`offered` or `skipped`")]
    obstacles: tuple[Obstacle, ...]
    replaces: UUID | None
    language: Language | None
    model: str | None
    model_version: str | None
    services: tuple[str, ...]
    registers: tuple[Register, ...]


class ShownRedline(Body, frozen=True, kw_only=True):
    """What changes for so many tenants whose agreements in force are on one text."""

    language: Language
    model: str
    model_version: str
    tenants: int
    clauses: Annotated[
        tuple[ClauseRedline, ...] | None,
        msgspec.Meta(description="null: the old text is not in this service, or the new one not in that language"),
    ]


class Redlines(Body, frozen=True, kw_only=True):
    items: tuple[ShownRedline, ...]


def shown(campaign: Campaign) -> ShownCampaign:
    return ShownCampaign(**msgspec.structs.asdict(campaign))


def listed(summary: Summary) -> ListedCampaign:
    return ListedCampaign(**msgspec.structs.asdict(summary))


def shown_progress(campaign: Campaign, found: Progress) -> ShownProgress:
    return ShownProgress(
        status=campaign.status,
        rows=found.rows,
        settled=found.settled,
        settled_in_last_minute=found.lately,
        seconds_left=found.seconds_left,
        states=found.states,
        cohorts=found.cohorts,
        offers=found.offers,
    )


def shown_row(row: Row) -> ShownRow:
    return ShownRow(**msgspec.structs.asdict(row))


def shown_laggard(laggard: Laggard) -> ShownLaggard:
    return ShownLaggard(**msgspec.structs.asdict(laggard))


def shown_foreseen(found: Foreseen) -> ShownForeseen:
    ground = found.ground
    return ShownForeseen(
        tenancy_id=found.place.tenancy_id,
        cohort=found.place.cohort,
        starts_on=found.place.starts_on,
        outcome=RowState.SKIPPED if found.obstacles else RowState.OFFERED,
        obstacles=found.obstacles,
        replaces=ground.agreement_id,
        language=ground.language,
        model=ground.model,
        model_version=ground.model_version,
        services=ground.services,
        registers=ground.registers,
    )


def shown_redline(texts: Texts) -> ShownRedline:
    return ShownRedline(
        language=texts.language,
        model=texts.model,
        model_version=texts.model_version,
        tenants=texts.tenants,
        clauses=texts.redline(),
    )
