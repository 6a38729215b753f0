from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.kernel.languages import Language

DAYS = st.dates(date(2010, 1, 1), date(2050, 1, 1))


@given(DAYS, st.sampled_from(Language))
def test_every_service_that_can_be_ticked_has_a_name_on_every_day(day, language):
    names = [service.name for service in catalogue.annex((), day, language)]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("day", "language", "name"),
    [
        (date(2024, 4, 30), Language.SWEDISH, "Patientdataarkivet"),
        (date(2024, 5, 1), Language.SWEDISH, "Patientdatalagret"),
        (date(2026, 1, 1), Language.FINNISH, "Potilastietovaranto"),
    ],
)
def test_a_service_is_called_what_it_was_called_on_that_day(day, language, name):
    annex = {service.key: service.name for service in catalogue.annex((), day, language)}
    assert annex["patient_data"] == name


def test_a_name_that_no_source_shows_is_never_printed():
    annex = {service.key: service.name for service in catalogue.annex((), date(2026, 1, 1), Language.FINNISH)}
    assert annex["imaging"] == "Kuva-aineistojen arkisto"


def test_what_comes_along_with_kanta_cannot_be_ticked():
    assert {flaw.field for flaw in catalogue.unknown(("mykanta", "prescription", "nonsense"), field="services")} == {
        "services[0]",
        "services[2]",
    }


def test_clause_1_names_the_laws_of_the_day():
    assert len(catalogue.laws_on(date(2023, 12, 31), Language.FINNISH)) == 2
    assert len(catalogue.laws_on(date(2024, 1, 1), Language.FINNISH)) == 3
