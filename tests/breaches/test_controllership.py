"""Who is controller: every row of the table against a statement of its own, written from the domain's page."""

from itertools import product

import pytest

from kanta_tenancy.breaches import requirements
from kanta_tenancy.breaches.controllership import called, controllership, holders, outside, part_of
from kanta_tenancy.breaches.model import Concerned, Controllership, Part, Party, PartyKind, RegisterKind
from kanta_tenancy.kernel.dated import Certainty
from tests.breaches.examples import KELA, MAIN_CONNECTOR, MARCH_2, NEIGHBOUR, TENANT, a_concerned

K = PartyKind
ACT = "Act 703/2023, section"
# Register → law, the kinds of controllers beside the provider, whether the provider is one, and who is asked.
TABLE = {
    RegisterKind.CLIENT_DOCUMENTS: (f"{ACT}s 13 and 69", set(), True, "provider"),
    RegisterKind.OCCUPATIONAL_HEALTH_DOCUMENTS: (f"{ACT}s 13 and 69", set(), True, "provider"),
    RegisterKind.USAGE_LOGS: (f"{ACT} 70(3)", set(), True, "provider"),
    RegisterKind.KELAIN_USAGE_LOGS: (f"{ACT} 70(4)", {K.PROFESSIONAL, K.KELA}, False, "kela"),
    RegisterKind.DISCLOSURE_LOGS: (f"{ACT} 70(5)", {K.KELA}, True, "kela"),
    RegisterKind.PRESCRIPTION_DISCLOSURE_LOG: (f"{ACT} 70(5)", {K.KELA, K.PHARMACY, K.OTHER}, True, "kela"),
    RegisterKind.PRESCRIPTION_CENTRE: (
        "Act 61/2007, section 18",
        {K.KELA, K.PHARMACY, K.OTHER, K.PROFESSIONAL},
        True,
        "kela",
    ),
    RegisterKind.INFO_MGMT: (f"{ACT} 71(2)", {K.KELA}, True, "kela"),
    RegisterKind.WILL: (f"{ACT} 72(3)", {K.KELA}, True, "kela"),
    RegisterKind.PERSONAL_HEALTH_RECORD: (f"{ACT} 73(2)", {K.KELA}, False, "kela"),
    RegisterKind.ENDED_PROVIDER_DOCUMENTS: (f"{ACT} 16(3)", {K.COUNTY, K.KELA}, False, "kela"),
}
HERE = (MAIN_CONNECTOR, TENANT)


def found(register: RegisterKind, producer: Party, on_behalf_of: Party | None = None) -> Controllership:
    return controllership(Concerned(register=register, producer=producer, on_behalf_of=on_behalf_of), MARCH_2)


@pytest.mark.parametrize("register", RegisterKind)
@pytest.mark.parametrize(("producer", "on_behalf_of"), list(product(HERE, (None, NEIGHBOUR, MAIN_CONNECTOR))))
def test_every_row_names_those_whom_the_law_names(register: RegisterKind, producer: Party, on_behalf_of: Party | None):
    one = found(register, producer, on_behalf_of)
    if register is RegisterKind.OWN_REGISTER:
        assert (one.controllers, one.contact_point) == ((producer,), producer)
        return
    law, others, provider_is, contact = TABLE[register]
    provider = on_behalf_of or producer
    assert (provider in one.controllers) is provider_is
    assert {party.kind for party in one.controllers if party != provider} == others
    assert one.contact_point == (KELA if contact == "kela" else provider)
    assert one.law == law
    assert one.is_joint is (len(others) + provider_is > 1)
    assert one.is_joint_with_kela is (one.is_joint and K.KELA in others)


@pytest.mark.parametrize("register", RegisterKind)
def test_every_answer_says_how_it_came_about_and_names_its_law_first(register: RegisterKind):
    one = found(register, TENANT)
    assert one.explanation.rule == "K14"
    assert one.explanation.sources == (one.law,)
    assert one.explanation.steps[0] == requirements.register_on(register, MARCH_2).name
    for text in (step for sentence in one.explanation.steps for step in (sentence.fi, sentence.sv, sentence.en)):
        assert text.strip() == text != ""


def test_what_is_produced_for_another_is_in_the_others_register():
    one = found(RegisterKind.CLIENT_DOCUMENTS, TENANT, MAIN_CONNECTOR)
    assert one.controllers == (MAIN_CONNECTOR,)
    assert one.explanation.sources == ("Act 703/2023, sections 13 and 69", "Act 703/2023, section 14")
    assert one.certainty is Certainty.READ


def test_that_logs_follow_the_records_is_told_as_our_own_reading():
    one = found(RegisterKind.USAGE_LOGS, TENANT, MAIN_CONNECTOR)
    assert one.certainty is Certainty.ASSUMED
    assert any("not verified" in step.en for step in one.explanation.steps)


def test_that_the_main_connector_is_a_processor_is_told_as_our_own_reading():
    assert "processor" in found(RegisterKind.CLIENT_DOCUMENTS, TENANT).explanation.steps[-1].en
    assert not any("processor" in step.en for step in found(RegisterKind.OWN_REGISTER, TENANT).explanation.steps)
    assert not any("processor" in step.en for step in found(RegisterKind.USAGE_LOGS, MAIN_CONNECTOR).explanation.steps)


def test_a_name_that_was_given_is_kept_where_the_table_means_the_very_one():
    her = Party(kind=K.PROFESSIONAL, name="L. Lääkäri")
    assert found(RegisterKind.KELAIN_USAGE_LOGS, her).controllers == (her, KELA)
    shop = Party(kind=K.PHARMACY, name="Apteekki")
    assert found(RegisterKind.USAGE_LOGS, shop).controllers == (shop,)
    assert called(shop).fi == "Apteekki"


def test_kela_is_controller_once_of_what_it_produces_itself():
    assert found(RegisterKind.DISCLOSURE_LOGS, KELA).controllers == (KELA,)


def test_before_the_law_the_oldest_row_that_is_known_is_told():
    for register in RegisterKind:
        assert requirements.register_on(register, MARCH_2.replace(year=2015)).key is register


def test_whose_part_it_is_follows_from_all_that_it_concerns():
    own, joint = found(RegisterKind.CLIENT_DOCUMENTS, TENANT), found(RegisterKind.WILL, TENANT)
    of_kela = found(RegisterKind.PERSONAL_HEALTH_RECORD, TENANT)
    assert part_of(TENANT, [own, joint]) is Part.CONTROLLER
    assert part_of(TENANT, [joint, of_kela]) is Part.JOINT_CONTROLLER
    assert part_of(TENANT, [of_kela]) is Part.FINDER
    assert part_of(NEIGHBOUR, [own, joint]) is Part.FINDER


def test_who_works_here_gets_it_into_its_register_and_others_are_told():
    own = controllership(a_concerned(), MARCH_2)
    theirs = controllership(a_concerned(producer=NEIGHBOUR, register=RegisterKind.WILL), MARCH_2)
    ended = found(RegisterKind.ENDED_PROVIDER_DOCUMENTS, TENANT)
    assert holders([own, theirs, own, ended]) == [TENANT, NEIGHBOUR]
    assert outside([own, theirs, ended]) == [Party(kind=K.COUNTY), KELA]
    assert outside([own, theirs]) == []
