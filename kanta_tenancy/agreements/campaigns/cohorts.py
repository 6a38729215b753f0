"""Which tenants come on which day: cohorts by lists and by rules. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kanta_tenancy.agreements.campaigns.model import Candidate, Cohort, Place
from kanta_tenancy.kernel.identifiers import TenancyId

_FAR_DAYS: Final = 3653  # ten years


def places(cohorts: Sequence[Cohort], candidates: Iterable[Candidate]) -> list[Place]:
    """Return the place of everybody whom a cohort takes, in the order in which they come.

    A tenant belongs to the first cohort that it fits, and within a cohort they come by the time that they became
    tenants. Whom no cohort takes has no place.
    """
    listed = [frozenset(cohort.tenancies) for cohort in cohorts]
    members: dict[int, list[TenancyId]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda one: one.tenancy_id):
        for number, cohort in enumerate(cohorts):
            if _fits(cohort, listed[number], candidate):
                members[number].append(candidate.tenancy_id)
                break
    return [
        _place(cohort, number, turn, tenancy_id)
        for number, cohort in enumerate(cohorts)
        for turn, tenancy_id in enumerate(members[number])
    ]


def _fits(cohort: Cohort, listed: frozenset[TenancyId], candidate: Candidate) -> bool:
    if listed and candidate.tenancy_id not in listed:
        return False
    if cohort.languages and candidate.language not in cohort.languages:
        return False
    return not cohort.services or not set(cohort.services).isdisjoint(candidate.services)


def too_far(cohort: Cohort, members: int, today: date) -> bool:
    """Say whether a cohort of so many begins, or its last member comes, more than ten years from a day."""
    last = cohort.starts_on.toordinal() + _days(cohort, members - 1)
    return not -_FAR_DAYS <= cohort.starts_on.toordinal() - today.toordinal() <= last - today.toordinal() <= _FAR_DAYS


def _place(cohort: Cohort, number: int, turn: int, tenancy_id: TenancyId) -> Place:
    day = min(cohort.starts_on.toordinal() + _days(cohort, turn), date.max.toordinal())
    return Place(tenancy_id=tenancy_id, cohort=number + 1, starts_on=date.fromordinal(day))


def _days(cohort: Cohort, turn: int) -> int:
    return 0 if cohort.at_a_time is None else max(turn, 0) // cohort.at_a_time * cohort.every_days
