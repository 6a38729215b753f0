"""What is measured of renewal requests."""

from datetime import timedelta
from math import inf

from prometheus_client import CollectorRegistry

from kanta_tenancy.renewals.figures import RenewalFigures
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Reason


class Gauges:
    def __init__(self, practice) -> None:
        self.practice = practice
        self.registry = CollectorRegistry()
        self.figures = RenewalFigures(self.registry)

    async def read(self) -> None:
        await self.figures.read(self.practice.database, self.practice.clock)

    def of(self, name: str, state: str | None = None) -> float | None:
        return self.registry.get_sample_value(name, {} if state is None else {"state": state})


async def test_no_request_is_open_and_none_lapses(practice):
    gauges = Gauges(practice)
    await gauges.read()
    for state in ("arrived", "with_prescriber", "with_physician"):
        assert gauges.of("renewals_open", state) == 0
        assert gauges.of("renewals_oldest_age_seconds", state) == 0
        assert gauges.of("renewals_soonest_lapse_seconds", state) == inf
    assert gauges.of("renewals_patients_to_tell") == 0


async def test_open_requests_are_counted_with_the_oldest_of_them(practice, clock):
    gauges = Gauges(practice)
    await practice.followed()
    clock.advance(hours=5)
    await practice.followed()
    await practice.arrived()
    await gauges.read()
    assert (gauges.of("renewals_open", "with_prescriber"), gauges.of("renewals_open", "arrived")) == (2, 1)
    assert gauges.of("renewals_oldest_age_seconds", "with_prescriber") == 5 * 3600
    assert gauges.of("renewals_soonest_lapse_seconds", "with_prescriber") == 187 * 3600
    assert gauges.of("renewals_late") == 0


async def test_what_a_stopped_worker_left_undone_is_late(practice, clock):
    gauges = Gauges(practice)
    await practice.followed()
    clock.advance(hours=193)
    await gauges.read()
    assert gauges.of("renewals_late") == 1
    assert gauges.of("renewals_soonest_lapse_seconds", "with_prescriber") == -3600
    await practice.work()
    await gauges.read()
    assert (gauges.of("renewals_late"), gauges.of("renewals_open", "with_prescriber")) == (0, 0)


async def test_patients_who_are_still_to_be_told_are_counted(practice, clock):
    gauges = Gauges(practice)
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.CARE)
    clock.at += timedelta(hours=25)
    await gauges.read()
    assert (gauges.of("renewals_patients_to_tell"), gauges.of("renewals_patients_to_tell_overdue")) == (1, 1)
    await practice.tell_patient(request)
    await gauges.read()
    assert (gauges.of("renewals_patients_to_tell"), gauges.of("renewals_patients_to_tell_overdue")) == (0, 0)
