"""What can end an agreement (clause 20), and the end that follows from it."""

import enum
from datetime import date, datetime, timedelta
from uuid import UUID

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.records import Record

_SMALLEST = timedelta(microseconds=1)


class Ground(enum.StrEnum):
    NOTICE = "notice"  # either party's (K20.1, K20.2)
    SERVICE_AGREEMENT = "service_agreement"  # the parties' service-production agreement has ended (K20.2)
    RESCISSION = "rescission"  # the main connector's, on a serious breach (K20.4)
    REPLACEMENT = "replacement"  # another agreement of the two took force (K20.3)


class Unit(enum.StrEnum):
    DAYS = "days"
    MONTHS = "months"


class Period(Record, frozen=True, kw_only=True):
    """A notice period."""

    count: int
    unit: Unit


class End(Record, frozen=True, kw_only=True):
    """When an agreement is no longer in force, and why."""

    ground: Ground
    source: UUID  # the notice, service-production agreement, rescission or later agreement that it follows from
    until: datetime  # the first instant at which it is not in force
    explanation: Explanation

    @property
    def last_day(self) -> date:
        """The last day in Finland on which it is in force, be it for a part of the day."""
        return last_day_before(self.until)


def last_day_before(until: datetime) -> date:
    """Return the last day in Finland that has an instant before `until`."""
    return day_in_finland(until - _SMALLEST)


def first_day_without(until: datetime) -> date:
    """Return the first day in Finland at whose end the agreement is not in force: a day shows what held as it ended."""
    return day_in_finland(until)


class Breach(enum.StrEnum):
    """What entitles the main connector to rescind (clause 20)."""

    ENDANGERS_ACCESS = "endangers_access"  # seriously, its access to the Kanta services
    CONSIDERABLE_HARM = "considerable_harm"  # of another kind


class CircumstanceKind(enum.StrEnum):
    """What may befall a party and ends nothing by itself: the agreement does not say that it does."""

    DEATH = "death"
    BANKRUPTCY = "bankruptcy"
    LICENCE_WITHDRAWN = "licence_withdrawn"


class Decision(enum.StrEnum):
    GOES_ON = "goes_on"
    NOTICE = "notice"
    RESCISSION = "rescission"
    OTHER = "other"
