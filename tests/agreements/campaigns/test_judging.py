from datetime import timedelta

import pytest

from kanta_tenancy.agreements.campaigns.judging import obstacles, said
from kanta_tenancy.agreements.campaigns.model import Reason
from kanta_tenancy.agreements.model import Party, Register
from kanta_tenancy.kernel.identifiers import AgreementId, OrganisationId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import PartyFacts, Role, SoteriCheck, TheParties
from kanta_tenancy.parties.model import Finding
from tests.agreements.campaigns.examples import NOON, TODAY, a_campaign, a_ground
from tests.agreements.examples import a_signatory


def a_party(role: Role, finding: Finding = Finding.REGISTERED) -> PartyFacts:
    check = SoteriCheck(id=new_id(), finding=finding, entry_reference="S-1", checked_on=TODAY, recorded_at=NOON)
    return PartyFacts(
        role=role,
        organisation_id=OrganisationId(new_id()),
        business_id="1234567-1",
        name="Praktik",
        parallel_names={},
        language=Language.SWEDISH,
        oid=None,
        contact=None,
        soteri=(check,),
    )


def both(finding: Finding = Finding.REGISTERED) -> TheParties:
    return TheParties(
        tenancy_id=TenancyId(new_id()),
        main_connector=a_party(Role.MAIN_CONNECTOR),
        tenant=a_party(Role.TENANT, finding),
    )


def reasons(campaign, ground, parties=None) -> list[Reason]:
    known = {Language.SWEDISH, Language.FINNISH}
    found = obstacles(campaign, ground, parties or both(), languages=known, day=TODAY, at=NOON)
    assert all(one.detail for one in found)
    return [one.reason for one in found]


def test_a_tenant_with_an_agreement_in_force_and_nothing_in_the_way_gets_an_offer():
    assert reasons(a_campaign(), a_ground()) == []


@pytest.mark.parametrize(
    ("ground", "reason"),
    [
        (a_ground(agreement_id=None, language=None, model=None, model_version=None), Reason.NO_AGREEMENT),
        (a_ground(in_force_until=NOON), Reason.NO_AGREEMENT),
        (a_ground(in_force_until=NOON + timedelta(days=20)), Reason.AGREEMENT_ENDS),
        (a_ground(open_offer=AgreementId(new_id())), Reason.OFFER_OPEN),
        (a_ground(model="official", model_version="2"), Reason.SAME_MODEL),
        (a_ground(language=Language.ENGLISH), Reason.LANGUAGE_LACKING),
        (a_ground(services=()), Reason.SERVICE_MISSING),
        (a_ground(registers=()), Reason.REGISTER_MISSING),
        (a_ground(signatories=(a_signatory(),)), Reason.SIGNATORY_MISSING),
    ],
)
def test_a_tenant_that_stands_elsewhere_is_skipped_and_it_is_said_why(ground, reason):
    assert reasons(a_campaign(), ground) == [reason]


def test_evidence_counts_on_the_day_of_the_offer():
    assert reasons(a_campaign(), a_ground(), both(Finding.NOT_REGISTERED)) == [Reason.EVIDENCE_MISSING]


def test_everything_that_is_in_the_way_is_told_at_once():
    found = reasons(a_campaign(), a_ground(services=(), open_offer=AgreementId(new_id())))
    assert found == [Reason.OFFER_OPEN, Reason.SERVICE_MISSING]


def test_what_is_carried_over_and_what_the_campaign_says_itself():
    ground = a_ground(registers=(Register.LOG,), signatories=(a_signatory(name="Old"), a_signatory(Party.TENANT)))
    carried = said(a_campaign(), ground, Language.SWEDISH)
    assert (carried.services, carried.registers) == (("prescription",), (Register.LOG,))
    assert [(who.party, who.name) for who in carried.signatories] == [
        (Party.MAIN_CONNECTOR, "Aino Main_Connector 1"),
        (Party.TENANT, "Aino Tenant 1"),
    ]
    own = said(a_campaign(services=("imaging",), registers=(Register.PATIENT,)), ground, Language.SWEDISH)
    assert (own.services, own.registers) == (("imaging",), (Register.PATIENT,))
    assert (own.language, own.model, own.model_version) == (Language.SWEDISH, "official", "2")


def test_what_the_campaign_says_itself_need_not_be_carried_over():
    assert reasons(a_campaign(services=("imaging",)), a_ground(services=())) == []
