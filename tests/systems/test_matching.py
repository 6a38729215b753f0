"""Where Annex 1 and what runs differ: nothing is missed and nothing made up, however pages are cut."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.systems.matching import difference, differences, read_up_to

KNOWN = ("prescription", "patient_data", "imaging")
SERVICES = st.sets(st.sampled_from((*KNOWN, "log_store")))
SIDES = st.dictionaries(st.integers(1, 9).map(lambda number: TenancyId(UUID(int=number))), SERVICES)
ONE = TenancyId(UUID(int=7))


@given(SERVICES, SERVICES)
def test_each_service_of_annex_1_that_differs_is_told_on_its_side(annex, deployed):
    found = difference(ONE, annex, deployed, KNOWN)
    not_in_annex, without_system = (
        (set(), set()) if found is None else (set(found.not_in_annex), set(found.without_system))
    )
    assert not_in_annex == (deployed - annex) - {"log_store"}
    assert without_system == (annex - deployed) - {"log_store"}
    assert (found is None) is (not (not_in_annex | without_system))


@given(SIDES, SIDES, st.integers(1, 4))
def test_pages_of_both_sides_together_tell_what_the_whole_tells(annexes, deployed, count):
    told = []
    until: UUID | None = UUID(int=0)
    while until is not None:
        pages = [page_of(side, until, count) for side in (annexes, deployed)]
        until = read_up_to([list(page) for page in pages], count)
        read = [{one: page[one] for one in page if until is None or one <= until} for page in pages]
        told += differences(*read, KNOWN)
    assert told == differences(annexes, deployed, KNOWN)


def page_of(side: dict, after: UUID, count: int) -> dict:
    """Return the next tenancies of one side, as a query would."""
    return {one: side[one] for one in sorted(one for one in side if one > after)[:count]}
