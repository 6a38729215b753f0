"""Prescribers, absences and statements that a tenant is prevented, as the API shows and takes them."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.renewals.model import DecidedPolicy, Entitlement, Office, Policy, Shift
from kanta_tenancy.renewals.staff import KnownPrescriber, ListedPrescriber, Prevention, SaidPrescriber

Line = Annotated[str, msgspec.Meta(max_length=200)]
Until = Annotated[date | None, msgspec.Meta(description="Exclusive; null: until further notice")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class SaidShift(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody is at work in a week, by the clock in Finland."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7, description="1 Monday to 7 Sunday")]
    begins: Annotated[time, msgspec.Meta(tz=False, examples=["08:00:00"])]
    ends: Annotated[time, msgspec.Meta(tz=False, description="00:00 is the end of the day", examples=["16:00:00"])]


class SaidOfPrescriber(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Line
    email: Annotated[Line | None, msgspec.Meta(description="Left out: warnings go to the organisation's contacts")] = (
        None
    )
    office: Office = Office.PRESCRIBER
    entitlement: Annotated[
        Entitlement, msgspec.Meta(description="limited: such as a nurse, who has their own prescriptions alone")
    ] = Entitlement.FULL
    since: date
    until: Until = None
    shifts: Annotated[
        tuple[SaidShift, ...], msgspec.Meta(max_length=50, description="None: at any time, as far as is known")
    ] = ()
    units: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200, description="Units of the same organisation")] = ()

    def said(self) -> SaidPrescriber:
        return SaidPrescriber(
            name=self.name,
            email=self.email,
            office=self.office,
            entitlement=self.entitlement,
            since=self.since,
            until=self.until,
            shifts=tuple(Shift(weekday=one.weekday, begins=one.begins, ends=one.ends) for one in self.shifts),
            units=self.units,
        )


class NewPrescriber(SaidOfPrescriber, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: Annotated[
        UUID | None,
        msgspec.Meta(description="At which tenant; left out: at the main connector, or at the tenant that asks"),
    ] = None
    code: Annotated[
        str,
        msgspec.Meta(
            max_length=11, description="Registration number (11 digits) or identification code", examples=["123456"]
        ),
    ]


class SaidAbsence(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody is not there. Why is not asked."""

    since: Instant
    until: Annotated[Instant | None, msgspec.Meta(description="Exclusive; null: until further notice")] = None


class SaidPrevention(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a tenant is prevented from handling renewal requests."""

    tenancy_id: UUID | None = None
    since: Annotated[Instant | None, msgspec.Meta(description="Left out: from now on")] = None
    until: Annotated[Instant | None, msgspec.Meta(description="Exclusive; null: until it is ended")] = None


class SaidPolicy(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When people are warned and when a request goes to the physician, in hours from its arrival."""

    warn_after_hours: Annotated[
        tuple[int, ...],
        msgspec.Meta(min_length=1, max_length=10, description="Ascending", examples=[[72, 120, 144, 168]]),
    ]
    hand_over_after_hours: Annotated[int, msgspec.Meta(examples=[144])]

    def policy(self) -> Policy:
        return Policy(warn_after_hours=self.warn_after_hours, hand_over_after_hours=self.hand_over_after_hours)


class ShownAbsence(Body, frozen=True, kw_only=True):
    id: UUID
    since: datetime
    until: datetime | None


class ShownPrescriber(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: at the main connector")]
    code: str
    name: str
    email: str | None
    office: Office
    entitlement: Entitlement
    since: date
    until: Until
    shifts: tuple[Shift, ...]
    units: tuple[UUID, ...]
    absences: tuple[ShownAbsence, ...]
    version: int
    created_at: datetime


class ShownListedPrescriber(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None
    code: str
    name: str
    email: str | None
    office: Office
    entitlement: Entitlement
    since: date
    until: Until
    version: int


class ShownPrevention(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None
    since: datetime
    until: datetime | None
    recorded_at: datetime


class ShownPolicy(Body, frozen=True, kw_only=True):
    warn_after_hours: tuple[int, ...]
    hand_over_after_hours: int
    decided_at: Annotated[datetime | None, msgspec.Meta(description="null: nobody has chosen, this is the data's")]


def shown(one: KnownPrescriber) -> ShownPrescriber:
    said = msgspec.structs.asdict(one)
    said["absences"] = tuple(ShownAbsence(**msgspec.structs.asdict(each)) for each in one.absences)
    return ShownPrescriber(**said)


def listed(one: ListedPrescriber) -> ShownListedPrescriber:
    return ShownListedPrescriber(**msgspec.structs.asdict(one))


def prevention(one: Prevention) -> ShownPrevention:
    return ShownPrevention(**msgspec.structs.asdict(one))


def policy(one: Policy) -> ShownPolicy:
    decided_at = one.decided_at if isinstance(one, DecidedPolicy) else None
    return ShownPolicy(
        warn_after_hours=one.warn_after_hours,
        hand_over_after_hours=one.hand_over_after_hours,
        decided_at=decided_at,
    )
