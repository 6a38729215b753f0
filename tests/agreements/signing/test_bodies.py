from kanta_tenancy.agreements.model import Status
from kanta_tenancy.agreements.signing.bodies import STATUSES


def test_the_page_about_an_agreement_knows_every_status():
    assert set(STATUSES) == set(Status)
