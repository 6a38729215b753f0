"""The register of disturbances: what happened, what it was in law, who was told when (K4.1b, K4.1c). Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Basis, DutyState, Kind, Purpose, State
from kanta_tenancy.disturbances.model import Addressee, Answer, Channel, Fact, Source
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record


class Period(Record, frozen=True, kw_only=True):
    """Days in Finland; the last is a whole one too."""

    since: date
    until: date


class ReportedPosition(Record, frozen=True, kw_only=True):
    """Where a page of the register ended, in the order of reporting."""

    reported_at: Annotated[datetime, msgspec.Meta(tz=True)]
    id: UUID


class Registered(Record, frozen=True, kw_only=True):
    """An event, as its row is."""

    id: UUID
    tenancy_id: TenancyId | None  # who reported it first; None: the main connector
    kind: Kind
    state: State
    title: str | None
    since: datetime
    until: datetime | None
    system_id: UUID | None
    service: str | None
    joined_to: UUID | None
    reported_at: datetime
    detected_at: datetime
    aware_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    because: str | None


class ReportedTogether(Record, frozen=True, kw_only=True):
    """What all reports of an event say: the gravest, and the largest numbers."""

    disturbance_id: UUID
    reports: int
    reporters: int
    units_hit: int | None
    users_hit: int | None
    patient_safety: Answer
    data_protection: Answer


class AnsweredOf(Record, frozen=True, kw_only=True):
    disturbance_id: UUID
    fact: Fact
    answer: Answer
    basis: Basis
    answered_by: str
    answered_at: datetime


class ToldOf(Record, frozen=True, kw_only=True):
    disturbance_id: UUID
    tenancy_id: TenancyId | None
    rule: str
    round: int
    purpose: Purpose
    addressee: Addressee
    source: Source
    due_at: datetime
    state: DutyState
    state_at: datetime
    channel: Channel | None


class StatusesOf(Record, frozen=True, kw_only=True):
    disturbance_id: UUID
    statuses: int
    first_at: datetime
    last_at: datetime


class Judged(Record, frozen=True, kw_only=True):
    """A question that somebody answered, or that a report suggests an answer to."""

    fact: Fact
    answer: Answer
    basis: Basis
    answered_by: str
    answered_at: datetime


class RegisteredDuty(Record, frozen=True, kw_only=True):
    """That somebody was to be told, by which source, and what became of it."""

    rule: str
    round: int
    purpose: Purpose
    addressee: Addressee
    source: Source
    owed_by: TenancyId | None  # None: the main connector
    due_at: datetime
    state: DutyState
    state_at: datetime
    channel: Channel | None


class Belonging(Record, frozen=True, kw_only=True):
    """What belongs to the events of a page."""

    reports: tuple[ReportedTogether, ...] = ()
    answers: tuple[AnsweredOf, ...] = ()
    duties: tuple[ToldOf, ...] = ()
    statuses: tuple[StatusesOf, ...] = ()


class DisturbanceLine(Record, frozen=True, kw_only=True):
    """An event as the register tells it."""

    id: UUID
    reference: str
    kind: Kind
    state: State
    title: str | None
    since: datetime
    until: datetime | None
    reported_at: datetime
    detected_at: datetime
    aware_at: datetime | None  # of a breach
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    reported_by: TenancyId | None  # who reported it first; None: the main connector
    system_id: UUID | None
    service: str | None
    joined_to: UUID | None
    because: str | None
    reports: int
    reporters: int
    units_hit: int | None
    users_hit: int | None
    patient_safety: Answer | None  # as reported
    data_protection: Answer | None
    disturbance: Answer | None  # the four notions, as they are answered now; None: nobody has, or a tenant asks
    deviation: Answer | None
    security_disturbance: Answer | None
    breach: Answer | None
    answers: tuple[Judged, ...]  # a tenant sees none
    duties: tuple[RegisteredDuty, ...]  # by when they were due; a tenant sees its own
    tenants_told: int  # how many times
    tenants_first_told_at: datetime | None
    tenants_last_told_at: datetime | None


def lines(events: Iterable[Registered], of: Belonging) -> list[DisturbanceLine]:
    """Put events together with what belongs to each."""
    reports = {one.disturbance_id: one for one in of.reports}
    statuses = {one.disturbance_id: one for one in of.statuses}
    return [
        _line(
            event,
            reports.get(event.id),
            [one for one in of.answers if one.disturbance_id == event.id],
            [one for one in of.duties if one.disturbance_id == event.id],
            statuses.get(event.id),
        )
        for event in events
    ]


def _line(
    event: Registered,
    reported: ReportedTogether | None,
    answers: list[AnsweredOf],
    duties: list[ToldOf],
    told: StatusesOf | None,
) -> DisturbanceLine:
    given = {one.fact: one.answer for one in answers}
    row = msgspec.structs.asdict(event)
    return DisturbanceLine(
        reference=event.id.hex[-8:].upper(),
        reported_by=row.pop("tenancy_id"),
        reports=0 if reported is None else reported.reports,
        reporters=0 if reported is None else reported.reporters,
        units_hit=None if reported is None else reported.units_hit,
        users_hit=None if reported is None else reported.users_hit,
        patient_safety=None if reported is None else reported.patient_safety,
        data_protection=None if reported is None else reported.data_protection,
        disturbance=given.get(Fact.DISTURBANCE),
        deviation=given.get(Fact.DEVIATION),
        security_disturbance=given.get(Fact.SECURITY_DISTURBANCE),
        breach=given.get(Fact.BREACH),
        answers=tuple(Judged(**_without(one, "disturbance_id")) for one in answers),
        duties=tuple(
            RegisteredDuty(owed_by=one.tenancy_id, **_without(one, "disturbance_id", "tenancy_id")) for one in duties
        ),
        tenants_told=0 if told is None else told.statuses,
        tenants_first_told_at=None if told is None else told.first_at,
        tenants_last_told_at=None if told is None else told.last_at,
        **row,
    )


def _without(struct: msgspec.Struct, *names: str) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if name not in names}
