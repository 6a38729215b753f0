"""What is refused of a request, and what never is: an identifier that looks like a number of somebody's."""

from contextlib import suppress
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.parties import wording
from kanta_tenancy.renewals import checking
from kanta_tenancy.renewals.errors import PatientDataRefused, PrescriberRefused, RequestRefused
from kanta_tenancy.renewals.model import Office, Shift
from tests.renewals.examples import NOON
from tests.renewals.practice import a_said_prescriber, an_arrival

ALL_DIGITS = "28849257-8449-0800-0496-918166176673"
ENDS_LIKE_A_CODE = "01a2157c-3631-77f4-aecc-b010101a002b"


MOST = 20  # flaws that are told


class AClock:
    def now(self):
        return NOON


@given(st.uuids())
def test_no_uuid_is_ever_refused(one: UUID):
    for text in (str(one), ALL_DIGITS, ENDS_LIKE_A_CODE):
        assert checking.arrival(an_arrival(AClock(), request_id=text), NOON).request_id == text


arcs = st.integers(0, 10**15).map(str)


@given(st.lists(arcs, min_size=2, max_size=6))
def test_no_oid_is_ever_refused_but_those_of_persons(tail: list[str]):
    oid = ".".join(["1.2.246", *tail])
    said = an_arrival(AClock(), request_id=oid, prescription_id=oid)
    if tail[0] == "21":
        with pytest.raises(PatientDataRefused):
            checking.arrival(said, NOON)
    else:
        assert checking.arrival(said, NOON).prescription_id == oid


@given(st.text(max_size=40))
def test_any_other_text_is_refused_in_one_way_or_the_other(text: str):
    try:
        kept = checking.arrival(an_arrival(AClock(), prescription_id=text), NOON)
    except (PatientDataRefused, RequestRefused):
        return
    assert kept.prescription_id.startswith("1.2.246.")


def within(inner: st.SearchStrategy) -> st.SearchStrategy:
    return st.dictionaries(st.text(max_size=9), inner) | st.lists(inner)


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=20), within, max_leaves=8))
def test_whatever_is_sent_is_refused_by_name_or_passed_over_and_nothing_breaks(said):
    with suppress(PatientDataRefused):
        checking.refuse_patient_data({"requests": [said]})
    with pytest.raises(PatientDataRefused) as refused:
        checking.refuse_patient_data({"requests": [said, {"name": said}]})
    assert "requests[1].name" in {flaw.field for flaw in refused.value.flaws} or len(refused.value.flaws) == MOST


SHIFT = Shift(weekday=1, begins=time(8), ends=time(16))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"shifts": (SHIFT, Shift(weekday=1, begins=time(15), ends=time(17)))}, "shifts[1]"),
        ({"shifts": (Shift(weekday=1, begins=time(20), ends=time()), Shift(weekday=1, begins=time(23), ends=time()))},
         "shifts[1]"),
        ({"shifts": (Shift(weekday=8, begins=time(8), ends=time(9)),)}, "shifts[0].weekday"),
        ({"shifts": (Shift(weekday=1, begins=time(9), ends=time(9)),)}, "shifts[0].ends"),
        ({"until": date(2019, 1, 1)}, "until"),
        ({"since": date(1999, 1, 1)}, "since"),
        ({"office": Office.DEPUTY}, "office"),
        ({"name": "a\nb"}, "name"),
        ({"email": "nobody"}, "email"),
    ],
)  # fmt: skip
def test_a_prescriber_who_cannot_be_is_refused_by_the_field(said, field):
    look = wording.Examination()
    checking.prescriber(a_said_prescriber(**said), look, at_main_connector=False)
    assert [flaw.field for flaw in look.flaws] == [field]


@pytest.mark.parametrize(
    "shifts",
    [
        (SHIFT, Shift(weekday=1, begins=time(16), ends=time(18))),
        (SHIFT, Shift(weekday=2, begins=time(8), ends=time(16))),
        (Shift(weekday=7, begins=time(22), ends=time()), Shift(weekday=7, begins=time(), ends=time(6))),
    ],
)
def test_hours_that_touch_or_are_of_other_days_are_kept(shifts):
    look = wording.Examination()
    checking.prescriber(a_said_prescriber(shifts=shifts), look, at_main_connector=False)
    assert look.flaws == []


def test_an_absence_ends_after_it_begins():
    checking.span(NOON, NOON + timedelta(seconds=1))
    for until in (NOON, NOON - timedelta(days=1)):
        with pytest.raises(PrescriberRefused):
            checking.span(NOON, until)
