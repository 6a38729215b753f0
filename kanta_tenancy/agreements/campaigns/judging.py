"""What a campaign does for a tenant that stands where it stands: an offer of what, or none and why. Pure."""

from collections.abc import Collection
from datetime import date, datetime

from kanta_tenancy.agreements.campaigns.model import Campaign, Ground, Obstacle, Reason
from kanta_tenancy.agreements.drafting import offering
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.model import Draft, Party
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import TheParties


def said(campaign: Campaign, ground: Ground, language: Language) -> Draft:
    """Return what the new agreement says: the campaign's part, and what is carried over from the one in force."""
    tenants = tuple(who for who in ground.signatories if who.party is Party.TENANT)
    return Draft(
        language=language,
        model=campaign.model,
        model_version=campaign.model_version,
        services=ground.services if campaign.services is None else campaign.services,
        registers=ground.registers if campaign.registers is None else campaign.registers,
        signatories=(*campaign.signatories, *tenants),
    )


def obstacles(
    campaign: Campaign,
    ground: Ground,
    both: TheParties,
    *,
    languages: Collection[Language],
    day: date,
    at: datetime,
) -> tuple[Obstacle, ...]:
    """Say why a tenant gets no offer now; nothing when it gets one.

    Args:
        languages: those in which the new model is there.
    """
    if ground.language is None or (ground.in_force_until is not None and ground.in_force_until <= at):
        return (_obstacle(Reason.NO_AGREEMENT, "no agreement is in force"),)
    draft = said(campaign, ground, ground.language)
    found = {
        Reason.AGREEMENT_ENDS: ground.in_force_until is not None and "the end of the agreement in force is known",
        Reason.OFFER_OPEN: ground.open_offer is not None and "another agreement is on offer, to be signed or withdrawn",
        Reason.SAME_MODEL: (ground.model, ground.model_version) == (campaign.model, campaign.model_version)
        and "the agreement in force is on that model already",
        Reason.LANGUAGE_LACKING: ground.language not in languages
        and f"the new model is not there in {ground.language}",
        Reason.EVIDENCE_MISSING: _evidence(both, day),
        Reason.SERVICE_MISSING: not draft.services and "no Kanta service is ticked in Annex 1",
        Reason.REGISTER_MISSING: not draft.registers and "no register's technical upkeep is handed over",
        Reason.SIGNATORY_MISSING: not any(who.party is Party.TENANT for who in draft.signatories)
        and "the agreement in force names nobody who signs for the tenant",
    }
    return tuple(_obstacle(reason, detail) for reason, detail in found.items() if detail)


def _evidence(both: TheParties, day: date) -> str:
    try:
        offering.check_evidence(both, day)
    except EvidenceMissing as missing:
        return missing.detail
    return ""


def _obstacle(reason: Reason, detail: str) -> Obstacle:
    return Obstacle(reason=reason, detail=detail)
