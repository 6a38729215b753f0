"""Campaigns to test with. Say only what matters to the test."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from kanta_tenancy.agreements.campaigns.model import Campaign, CampaignStatus, Candidate, Cohort, Ground, NewCampaign
from kanta_tenancy.agreements.model import Party, Register
from kanta_tenancy.agreements.models.model import Clause
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from tests.agreements.examples import a_signatory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def a_cohort(**said: Any) -> Cohort:
    return Cohort(**{"name": "All", "starts_on": TODAY} | said)


def a_new_campaign(**said: Any) -> NewCampaign:
    return NewCampaign(
        **{
            "name": "Model 2",
            "model": "official",
            "model_version": "2",
            "signatories": (a_signatory(),),
            "cohorts": (a_cohort(),),
            "remind_after": (7, 14),
        }
        | said
    )


def a_campaign(**said: Any) -> Campaign:
    return Campaign(
        **{
            "id": new_id(),
            "name": "Model 2",
            "status": CampaignStatus.DRAFT,
            "version": 1,
            "model": "official",
            "model_version": "2",
            "signatories": (a_signatory(),),
            "services": None,
            "registers": None,
            "cohorts": (a_cohort(),),
            "remind_after": (),
            "sign_with_own_key": False,
            "created_at": NOON,
        }
        | said
    )


def a_ground(**said: Any) -> Ground:
    return Ground(
        **{
            "tenancy_id": TenancyId(new_id()),
            "agreement_id": AgreementId(new_id()),
            "agreement_version": 4,
            "language": Language.SWEDISH,
            "model": "main-connector-tenant",
            "model_version": "1",
            "registers": (Register.PATIENT,),
            "signatories": (a_signatory(), a_signatory(Party.TENANT)),
            "in_force_until": None,
            "services": ("prescription",),
            "open_offer": None,
        }
        | said
    )


def a_candidate(number: int, **said: Any) -> Candidate:
    tenancy_id = TenancyId(UUID(int=number))
    return Candidate(**{"tenancy_id": tenancy_id, "language": Language.FINNISH, "services": ("prescription",)} | said)


def a_clause(number: str, heading: str, *paragraphs: str) -> Clause:
    return Clause(number=number, heading=heading, paragraphs=paragraphs)
