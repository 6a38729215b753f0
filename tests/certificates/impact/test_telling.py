"""What is lost when a certificate lapses is said in whole sentences, and so is what is not known of it."""

import uuid
from typing import Any

import pytest

from kanta_tenancy.certificates.impact import Reach, telling
from tests.certificates.impact.examples import MAY_3


def a_reach(**said: Any) -> Reach:
    counted = {"uses": 1, "unplaced": 0, "systems": 1, "tenants": 0, "services": (), "own_services": ()}
    return Reach(**{"certificate_id": uuid.UUID(int=7), "day": MAY_3} | counted | said)


def test_many_tenants_lose_services_on_that_day_by_the_names_of_that_day():
    told = telling.in_short(a_reach(tenants=214, services=("prescription", "patient_data")))
    assert told.en == (
        "If this certificate does not hold on 3 May 2027, 214 tenants lose services: Prescription service, Patient Data"
        " Repository."
    )
    assert told.fi == (
        "Jos varmenne ei ole voimassa 3.5.2027, 214 vuokralaista menettää palveluja: Resepti-palvelu,"
        " Potilastietovaranto."
    )
    assert told.sv.startswith("Om certifikatet inte gäller den 3.5.2027 förlorar 214 hyresgäster tjänster: ")


def test_one_tenant_is_not_called_many():
    told = telling.in_short(a_reach(tenants=1, services=("will",)))
    assert (" yksi vuokralainen " in told.fi, " en hyresgäst " in told.sv) == (True, True)
    assert " 1 tenant loses services" in told.en


@pytest.mark.parametrize(
    ("said", "beginnings"),
    [
        ({"uses": 0, "systems": 0}, ["It is not recorded where"]),
        ({}, ["No tenant's services are known"]),
        ({"unplaced": 1, "systems": 0}, ["Places of use without a recorded system: 1."]),
        ({"own_services": ("log_store",)}, ["No tenant's services are known", "Of the main connector's own services"]),
        (
            {"uses": 3, "unplaced": 2, "tenants": 2, "services": ("will",)},
            ["If this certificate does not hold", "Places of use without a recorded system: 2."],
        ),
    ],
)
def test_what_is_not_known_is_never_told_as_nothing(said, beginnings):
    told = telling.lines(a_reach(**said))
    assert len(told) == len(beginnings)
    for sentence, beginning in zip(told, beginnings, strict=True):
        assert sentence.en.startswith(beginning)
        assert sentence.fi != sentence.sv != sentence.en


def test_a_service_that_the_catalogue_does_not_have_is_told_by_its_key_after_the_others():
    assert telling.in_order(["zeta", "will", "alpha", "prescription"]) == ("prescription", "will", "alpha", "zeta")
    assert telling.named(("alpha",), MAY_3).fi == "alpha"
