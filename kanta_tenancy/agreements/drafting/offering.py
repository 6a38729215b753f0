"""What an offer freezes, and what must be shown before one is made or signed. Pure."""

from datetime import date
from uuid import UUID, uuid5

from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.model import Agreement, Content, PartyAsOffered
from kanta_tenancy.kernel.languages import Language, written_day
from kanta_tenancy.parties import PartyFacts, TheParties, soteri


def content(
    agreement: Agreement, both: TheParties, *, model_sha256: str, day: date, amended: Agreement | None = None
) -> Content:
    """Return all that an offer made on that day freezes; the document is rendered from it and the model alone.

    Args:
        amended: the agreement whose Annex 1 this one changes.
    """
    language = agreement.language
    return Content(
        agreement_id=agreement.id,
        reference=agreement.reference,
        language=language,
        model=agreement.model,
        model_version=agreement.model_version,
        model_sha256=model_sha256,
        offered_on=day,
        main_connector=as_offered(both.main_connector, day, language),
        tenant=as_offered(both.tenant, day, language),
        services=catalogue.annex(agreement.services, day, language),
        registers=tuple(catalogue.register_name(register, language) for register in agreement.registers),
        laws=catalogue.laws_on(day, language),
        originals=agreement.originals,
        amended=None if amended is None else amended.reference,
        effective_on=agreement.effective_on,
        signatories=tuple(
            replace(who, line=signature_line(agreement.id, who.party, who.position)) for who in agreement.signatories
        ),
    )


def as_offered(party: PartyFacts, day: date, language: Language) -> PartyAsOffered:
    """Return a party as it is on a day, in the words that the agreement prints."""
    entry = soteri.latest(party.soteri, day)
    return PartyAsOffered(
        name=party.name,
        business_id=party.business_id,
        oid=party.oid or "",
        soteri="" if entry is None else f"{entry.entry_reference} ({written_day(entry.checked_on, language)})",
        contact="" if party.contact is None else party.contact.name,
        email="" if party.contact is None else party.contact.email,
    )


def check_evidence(both: TheParties, day: date) -> None:
    """Refuse to go on unless both parties are shown to be in the Soteri register on that day (K1.2).

    Raises:
        EvidenceMissing: with what is missing, and for whom.
    """
    flaws = tuple(
        flaw
        for party in (both.main_connector, both.tenant)
        if (flaw := soteri.missing(party.soteri, day, field=f"{party.role}.soteri"))
    )
    if flaws:
        raise EvidenceMissing("; ".join(f"{flaw.field}: {flaw.detail}" for flaw in flaws), rule="K1.2", flaws=flaws)


def signature_line(agreement_id: UUID, party: str, position: int) -> UUID:
    """Return the identifier of a signatory's line: the same whenever the same offer is worked out again."""
    return uuid5(agreement_id, f"{party}.{position}")
