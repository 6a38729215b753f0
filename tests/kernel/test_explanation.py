"""Sentences in three languages, and the values in them."""

from datetime import UTC, date, datetime

import pytest

from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.languages import Language


def test_a_day_is_written_as_each_language_writes_it():
    said = sentence("Päättyy {day}.", "Upphör {day}.", "It ends on {day}.", day=date(2026, 3, 2))
    assert [said.said_in(language) for language in Language] == [
        "Päättyy 2.3.2026.",
        "Upphör 2.3.2026.",
        "It ends on 2 March 2026.",
    ]


def test_an_instant_is_told_as_the_time_of_day_in_finland():
    at = datetime(2026, 10, 24, 22, 5, tzinfo=UTC)
    assert sentence("{at}", "{at}", "{at}", at=at).fi == "25.10.2026 1.05"
    assert sentence("{at}", "{at}", "{at}", at=at).en == "25 October 2026 1:05"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        sentence("{at}", "{at}", "{at}", at=datetime(2026, 10, 24))


def test_what_a_value_says_is_not_read_as_a_place_for_another():
    assert sentence("{name}", "{name}", "{name}", name="{at} {0}").sv == "{at} {0}"
