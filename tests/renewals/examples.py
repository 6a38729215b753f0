"""Renewal requests and who handles them, to test with. Say only what matters to the test."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.renewals import deadlines
from kanta_tenancy.renewals.model import (
    Entitlement,
    House,
    Kind,
    Office,
    Policy,
    Prescriber,
    Request,
    Shift,
    Situation,
    Span,
    State,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
UNIT = UUID(int=1)
OTHER_UNIT = UUID(int=2)
TENANCY = TenancyId(UUID(int=3))
ALWAYS = Span(since=datetime(2010, 1, 1, tzinfo=UTC), until=None)
OFFICE_HOURS = tuple(Shift(weekday=day, begins=time(8), ends=time(16)) for day in range(1, 6))
POLICY = Policy(warn_after_hours=(72, 120, 144, 168), hand_over_after_hours=144)
AUTHOR = "123456"  # who wrote the prescription
PRESCRIPTION = "1.2.246.10.32213086.10.93.2026.118"


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def a_prescriber(**said: Any) -> Prescriber:
    return Prescriber(
        **{
            "id": new_id(),
            "code": AUTHOR,
            "office": Office.PRESCRIBER,
            "entitlement": Entitlement.FULL,
            "units": frozenset({UNIT}),
            "since": date(2020, 1, 1),
            "until": None,
            "shifts": (),
            "absences": (),
        }
        | said
    )


def a_physician(**said: Any) -> Prescriber:
    return a_prescriber(**{"office": Office.RESPONSIBLE_PHYSICIAN, "code": "900001", "units": frozenset()} | said)


def away(since: datetime, until: datetime | None = None) -> Span:
    return Span(since=since, until=until)


def a_situation(*prescribers: Prescriber, **said: Any) -> Situation:
    house = House(
        prescribers=prescribers,
        prevented=said.pop("prevented", ()),
        serves=said.pop("serves", (ALWAYS,)),
    )
    return Situation(**{"house": house, "physicians": (a_physician(),), "policy": POLICY} | said)


def a_request(arrived_at: datetime = NOON, **said: Any) -> Request:
    return Request(
        **{
            "id": new_id(),
            "tenancy_id": TENANCY,
            "unit_id": UNIT,
            "request_id": "1.2.246.10.32213086.10.77.1",
            "prescription_id": PRESCRIPTION,
            "prescriber_code": AUTHOR,
            "kind": Kind.TWO_YEARS,
            "arrived_at": arrived_at,
            "received_at": arrived_at,
            "lapses_at": deadlines.lapses_at(arrived_at),
            "state": State.ARRIVED,
            "version": 1,
            "next_at": arrived_at,
        }
        | said
    )
