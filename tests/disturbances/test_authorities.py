"""Whom one tells outside the agreement on a day: dated data, and what the main connector itself says of it."""

from datetime import date

import pytest

from kanta_tenancy.disturbances import authorities, rules
from kanta_tenancy.disturbances.model import Addressee, Override
from kanta_tenancy.kernel.dated import Certainty

MARCH_2 = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 12, 31), "Valvira"),
        (date(2026, 1, 1), "Lupa- ja valvontavirasto"),
        (MARCH_2, "Lupa- ja valvontavirasto"),
    ],
)
def test_the_supervisor_is_the_one_of_the_day(day, name):
    assert authorities.authority_on(Addressee.SUPERVISOR, day).name.fi == name


def test_kela_is_told_by_mail_and_has_a_telephone_for_critical_faults():
    kela = authorities.authority_on(Addressee.KELA, MARCH_2)
    assert (kela.email, kela.phone) == ("tekninentuki@kanta.fi", "020 634 7787")
    assert kela.contact_certainty is Certainty.EXCERPT


def test_how_an_authority_is_reached_is_never_shown_as_certain_unless_the_main_connector_said_it():
    for key in authorities.authorities():
        known = authorities.authority_on(key, MARCH_2)
        assert known.contact_certainty is not Certainty.READ
    own = Override(email="kirjaamo@example.org")
    said = authorities.authority_on(Addressee.SUPERVISOR, MARCH_2, own)
    assert (said.email, said.contact_certainty) == ("kirjaamo@example.org", Certainty.READ)
    assert said.form == authorities.authority_on(Addressee.SUPERVISOR, MARCH_2).form
    kela = authorities.authority_on(Addressee.KELA, MARCH_2, Override())
    assert kela == authorities.authority_on(Addressee.KELA, MARCH_2)


def test_every_authority_that_a_rule_names_is_known():
    outside = {
        Addressee.KELA,
        Addressee.SUPERVISOR,
        Addressee.CYBER_SECURITY_CENTRE,
        Addressee.DATA_PROTECTION_OMBUDSMAN,
    }
    assert set(authorities.authorities()) == outside
    assert outside <= {rule.to for rule in rules.rules_on(MARCH_2)}
    with pytest.raises(KeyError):
        authorities.authority_on(Addressee.PRODUCER, MARCH_2)


def test_a_name_that_is_a_working_translation_says_so():
    assert authorities.authority_on(Addressee.SUPERVISOR, MARCH_2).unsure_names == ("sv", "en")


def test_no_contact_is_made_up():
    valvira = authorities.authority_on(Addressee.SUPERVISOR, date(2025, 6, 1))
    assert (valvira.email, valvira.phone, valvira.form) == (None, None, None)
