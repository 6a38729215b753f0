"""Who is called next, by order, hours in Finland, and who was called before."""

import uuid
from datetime import UTC, datetime

import pytest

from kanta_tenancy.disturbances import reachability
from kanta_tenancy.disturbances.case import Called, Hours, OnCall
from kanta_tenancy.kernel.identifiers import ContactId

ANNA, BO, CAI = (ContactId(uuid.UUID(int=number)) for number in (1, 2, 3))
OFFICE = Hours(days=(1, 2, 3, 4, 5), begins="08:00", ends="16:00")
EVENING = Hours(days=(1, 2, 3, 4, 5), begins="16:00", ends="24:00")
MONDAY_NOON = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # 12:00 in Finland


def called(*people: ContactId | None) -> list[Called]:
    return [Called(number=n, contact_id=one, people=1, called_at=MONDAY_NOON) for n, one in enumerate(people, 1)]


def test_each_is_called_in_their_order_and_then_nobody_is_left():
    people = [OnCall(contact_id=one) for one in (BO, ANNA, CAI)]
    order = []
    while (found := reachability.next_one(people, called(*order), {ANNA, BO, CAI}, MONDAY_NOON)) is not None:
        order.append(found)
    assert order == [BO, ANNA, CAI]


def test_who_is_no_contact_any_more_is_passed_by():
    people = [OnCall(contact_id=ANNA), OnCall(contact_id=BO)]
    assert reachability.next_one(people, [], {BO}, MONDAY_NOON) == BO
    assert reachability.next_one(people, [], set(), MONDAY_NOON) is None
    assert reachability.next_one([], [], {BO}, MONDAY_NOON) is None


@pytest.mark.parametrize(
    ("at", "reachable"),
    [
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), None),  # Monday, 7:59 in Finland
        (datetime(2026, 3, 2, 6, 0, tzinfo=UTC), ANNA),
        (datetime(2026, 3, 2, 13, 59, tzinfo=UTC), ANNA),
        (datetime(2026, 3, 2, 14, 0, tzinfo=UTC), BO),
        (datetime(2026, 3, 2, 21, 59, 59, tzinfo=UTC), BO),
        (datetime(2026, 3, 2, 22, 0, tzinfo=UTC), None),  # Tuesday, 0:00
        (datetime(2026, 3, 7, 10, 0, tzinfo=UTC), None),  # Saturday
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), ANNA),  # Monday, 8:00 in summer time
        (datetime(2026, 3, 30, 4, 59, tzinfo=UTC), None),
    ],
)
def test_hours_are_those_of_finland(at, reachable):
    people = [OnCall(contact_id=ANNA, hours=(OFFICE,)), OnCall(contact_id=BO, hours=(EVENING,))]
    assert reachability.next_one(people, [], {ANNA, BO}, at) == reachable


def test_who_was_passed_by_outside_their_hours_is_called_when_they_begin():
    people = [OnCall(contact_id=ANNA, hours=(EVENING,)), OnCall(contact_id=BO, hours=(OFFICE,))]
    assert reachability.next_one(people, [], {ANNA, BO}, MONDAY_NOON) == BO
    evening = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert reachability.next_one(people, called(BO), {ANNA, BO}, evening) == ANNA
