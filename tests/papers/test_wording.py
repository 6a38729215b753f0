"""What every paper says alike."""

from datetime import UTC, datetime

from kanta_tenancy.papers import wording


def test_who_tells_stands_with_its_business_id_and_its_oid():
    told = wording.sender("Mallila Oy", "9100100-8", "1.2.246.10.91001008")
    assert told == "Mallila Oy\n9100100-8\nOID 1.2.246.10.91001008"


def test_who_has_no_oid_stands_without_one():
    assert wording.sender("Mallila Oy", "9100100-8", None) == "Mallila Oy\n9100100-8"


def test_an_instant_is_said_in_finnish_time_and_says_so():
    told = wording.instant(datetime(2026, 7, 1, 21, 30, tzinfo=UTC))
    assert told.fi == "2.7.2026 0.30 (Suomen aikaa)"
    assert (told.sv.split(" (")[1], told.en.split(" (")[1]) == ("finsk tid)", "Finnish time)")
