from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.campaigns.cohorts import places, too_far
from kanta_tenancy.agreements.campaigns.model import Cohort
from kanta_tenancy.kernel.languages import Language
from tests.agreements.campaigns.examples import TODAY, a_candidate, a_cohort

SERVICES = st.lists(st.sampled_from(["prescription", "patient_data", "imaging"]), max_size=2, unique=True).map(tuple)
LANGUAGES = st.lists(st.sampled_from(Language), max_size=2, unique=True).map(tuple)
COHORT = st.builds(
    Cohort,
    name=st.just("x"),
    starts_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    tenancies=st.lists(st.integers(0, 40), max_size=5, unique=True).map(
        lambda numbers: tuple(a_candidate(number).tenancy_id for number in numbers)
    ),
    languages=LANGUAGES,
    services=SERVICES,
    at_a_time=st.none() | st.integers(1, 5),
    every_days=st.integers(1, 30),
)
CANDIDATES = st.dictionaries(
    st.integers(0, 40), st.tuples(st.none() | st.sampled_from(Language), SERVICES), max_size=40
).map(lambda all_: [a_candidate(n, language=said, services=services) for n, (said, services) in all_.items()])


def test_the_first_cohort_that_fits_takes_a_tenant():
    pilots = a_cohort(name="Pilots", tenancies=(a_candidate(3).tenancy_id,))
    swedish = a_cohort(name="Swedish", languages=(Language.SWEDISH,), starts_on=TODAY + timedelta(days=7))
    imaging = a_cohort(name="Imaging", services=("imaging",), starts_on=TODAY + timedelta(days=14))
    candidates = [
        a_candidate(1),
        a_candidate(2, language=Language.SWEDISH, services=("imaging",)),
        a_candidate(3, language=Language.SWEDISH),
        a_candidate(4, services=("prescription", "imaging")),
        a_candidate(5, language=None, services=()),
    ]
    found = places((pilots, swedish, imaging), candidates)
    assert [(place.tenancy_id.int, place.cohort) for place in found] == [(3, 1), (2, 2), (4, 3)]


def test_so_many_at_a_time_come_after_every_so_many_days():
    found = places((a_cohort(at_a_time=2, every_days=3),), [a_candidate(number) for number in range(5)])
    assert [(place.starts_on - TODAY).days for place in found] == [0, 0, 3, 3, 6]


@given(st.lists(COHORT, min_size=1, max_size=4), CANDIDATES)
def test_everybody_has_one_place_at_most_and_no_day_takes_more_than_it_may(cohorts, candidates):
    found = places(cohorts, candidates)
    tenancies = [place.tenancy_id for place in found]
    assert len(set(tenancies)) == len(tenancies)
    assert set(tenancies) <= {one.tenancy_id for one in candidates}
    for place in found:
        cohort = cohorts[place.cohort - 1]
        together = [one for one in found if (one.cohort, one.starts_on) == (place.cohort, place.starts_on)]
        assert cohort.at_a_time is None or len(together) <= cohort.at_a_time
        assert place.starts_on >= cohort.starts_on


@given(st.lists(COHORT, max_size=3), CANDIDATES)
def test_a_last_cohort_without_rules_takes_everybody_whom_no_other_takes(cohorts, candidates):
    found = places((*cohorts, a_cohort()), candidates)
    assert {place.tenancy_id for place in found} == {one.tenancy_id for one in candidates}
    assert places((*cohorts, a_cohort()), list(reversed(candidates))) == found


@given(COHORT, st.integers(0, 5000))
def test_whoever_would_come_in_more_than_ten_years_is_too_far(cohort, members):
    found = places((cohort,), [a_candidate(number + 1) for number in range(min(members, 50))])
    days = [abs((place.starts_on - TODAY).days) for place in found]
    if not too_far(cohort, len(found), TODAY):
        assert max(days, default=0) <= 3653
    assert too_far(a_cohort(starts_on=date(2, 1, 1)), members, TODAY)
    assert too_far(a_cohort(starts_on=date(9998, 12, 31), at_a_time=1, every_days=365), members, TODAY)
    assert too_far(a_cohort(at_a_time=1, every_days=365), 100, TODAY)
    assert not too_far(a_cohort(at_a_time=1, every_days=1), 100, TODAY)


def test_the_calendar_ends_before_the_cohort_does():
    found = places((a_cohort(starts_on=date(9998, 12, 31), at_a_time=1, every_days=365),), map(a_candidate, range(9)))
    assert found[-1].starts_on == date.max
