"""The agreements that are rendered and signed: our English model, ten pages, no two of them alike."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.drafting import offering
from kanta_tenancy.agreements.model import Content, Party, PartyAsOffered, Register, Signatory
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models import rendering
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx.contract import Values
from kanta_tenancy.machinery.docx.template import Template
from kanta_tenancy.machinery.ooxml.line_images import unsigned_image
from kanta_tenancy.machinery.resources import folder

DAY: Final = date(2026, 3, 2)
AT: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_MODEL: Final = (models.OURS, models.NEWEST, Language.ENGLISH)
DIFFERENT: Final = 300  # in a row: more than anything that reads documents remembers
_FIRST_ID: Final = UUID("0195561e-7000-7000-8000-000000000000").int


def template() -> Template:
    return models.builtin()[_MODEL].template


def template_file() -> bytes:
    """Return the document that a lawyer edits, with its content controls."""
    return (folder("templates") / "agreements" / f"{models.OURS}-{models.NEWEST}" / "en.docx").read_bytes()


def content(number: int = 0) -> Content:
    """Return what the agreement of that number says: the main connector is the same in all, the tenant is not."""
    agreement_id = AgreementId(UUID(int=_FIRST_ID + number))
    tickable = tuple(service.key for service in catalogue.services() if service.tickable)
    return Content(
        agreement_id=agreement_id,
        reference=f"2026-7K3Q{number:04}",
        language=Language.ENGLISH,
        model=models.OURS,
        model_version=models.NEWEST,
        model_sha256=models.builtin()[_MODEL].frozen.content_sha256,
        offered_on=DAY,
        main_connector=_party("Esimerkin hyvinvointialue", "0246246-0", "1.2.246.10.2462460"),
        tenant=_party(f"Lääkärikeskus Virtanen {number} & pojat Oy", "2532004-3", "1.2.246.10.25320043"),
        services=catalogue.annex(tickable[number % 3 :: 2], DAY, Language.ENGLISH),
        registers=tuple(catalogue.register_name(register, Language.ENGLISH) for register in Register),
        laws=catalogue.laws_on(DAY, Language.ENGLISH),
        originals=2,
        signatories=(
            _signatory(agreement_id, Party.MAIN_CONNECTOR, "Aino Ahola"),
            _signatory(agreement_id, Party.TENANT, f"Tuomas Virtanen {number}"),
        ),
    )


def values(said: Content) -> Values:
    """Return what a template is filled with, the pictures of its signature lines drawn."""
    return rendering.values(said, lambda who: unsigned_image(who.name, who.title))


def _signatory(agreement_id: AgreementId, party: Party, name: str) -> Signatory:
    return Signatory(
        party=party,
        position=1,
        name=name,
        title="Managing director",
        mandate="Entered in the trade register",
        email="aino@example.org",
        line=offering.signature_line(agreement_id, party, 1),
    )


def _party(name: str, business_id: str, oid: str) -> PartyAsOffered:
    return PartyAsOffered(
        name=name,
        business_id=business_id,
        oid=oid,
        soteri="SOT-1 (1 February 2026)",
        contact="Eino Esimerkki",
        email="eino@example.org",
    )
