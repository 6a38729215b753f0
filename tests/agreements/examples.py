"""Agreements to test with. Say only what matters to the test."""

from datetime import UTC, date, datetime
from typing import Any

from kanta_tenancy.agreements.drafting.offering import signature_line
from kanta_tenancy.agreements.model import (
    Agreement,
    Content,
    Draft,
    LaterScan,
    Manner,
    NamedService,
    OnPaper,
    Party,
    PartyAsOffered,
    Register,
    Signatory,
    Signature,
    Status,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_signatory(party: Party = Party.MAIN_CONNECTOR, position: int = 1, **said: Any) -> Signatory:
    return Signatory(
        **{
            "party": party,
            "position": position,
            "name": f"Aino {party.value.title()} {position}",
            "title": "Managing director",
            "mandate": "Entered in the trade register",
            "email": "aino@example.org",
        }
        | said
    )


def both_sign(*, jointly: bool = False) -> tuple[Signatory, ...]:
    return tuple(a_signatory(party, position) for party in Party for position in ((1, 2) if jointly else (1,)))


def a_draft(**said: Any) -> Draft:
    return Draft(
        **{
            "language": Language.SWEDISH,
            "model": "main-connector-tenant",
            "model_version": "1",
            "services": ("prescription", "patient_data"),
            "registers": (Register.PATIENT, Register.LOG),
            "signatories": both_sign(),
        }
        | said
    )


def an_agreement(**said: Any) -> Agreement:
    agreement_id = said.pop("id", AgreementId(new_id()))
    signatories = said.pop("signatories", both_sign())
    if said.get("status", Status.DRAFT) is not Status.DRAFT:
        said = {"offered_at": NOON, "content_sha256": "0" * 64} | said
    return Agreement(
        **{
            "id": agreement_id,
            "tenancy_id": TenancyId(new_id()),
            "reference": "2026-00000001",
            "status": Status.DRAFT,
            "version": 1,
            "language": Language.SWEDISH,
            "model": "main-connector-tenant",
            "model_version": "1",
            "services": ("prescription",),
            "registers": (Register.PATIENT,),
            "originals": 2,
            "signatories": signatories,
            "created_at": NOON,
        }
        | said
    )


def a_party(**said: Any) -> PartyAsOffered:
    return PartyAsOffered(
        **{
            "name": "Terveystalo Esimerkki Oy",
            "business_id": "0246246-0",
            "oid": "1.2.246.10.2462460",
            "soteri": "SOT-1 (2026-02-01)",
            "contact": "Eino Esimerkki",
            "email": "eino@example.org",
        }
        | said
    )


def a_content(**said: Any) -> Content:
    agreement_id = said.get("agreement_id", AgreementId(new_id()))
    signatories = said.pop("signatories", both_sign())
    return Content(
        **{
            "agreement_id": agreement_id,
            "reference": "2026-00000001",
            "language": Language.ENGLISH,
            "model": "main-connector-tenant",
            "model_version": "1",
            "model_sha256": "0" * 64,
            "offered_on": date(2026, 3, 2),
            "main_connector": a_party(),
            "tenant": a_party(name="Lääkäri Tuomas Virtanen", business_id="2532004-3", oid="1.2.246.10.25320043"),
            "services": (
                NamedService(key="prescription", name="Prescription service", ticked=True),
                NamedService(key="patient_data", name="Patient Data Repository", ticked=False),
            ),
            "registers": ("patient register", "log register"),
            "laws": ("Act on Electronic Prescriptions (61/2007)",),
            "originals": 2,
        }
        | said,
        signatories=tuple(
            a_signatory(
                who.party, who.position, name=who.name, line=signature_line(agreement_id, who.party, who.position)
            )
            for who in signatories
        ),
    )


def a_signature(who: Signatory, at: datetime = NOON) -> Signature:
    return Signature(
        party=who.party,
        position=who.position,
        signed_at=at,
        claimed_at=at,
        certificate_sha256="0" * 64,
        certificate_subject=f"CN={who.name}",
    )


def on_paper(who: Signatory, at: datetime = NOON, *, received_on: date | None = None) -> Signature:
    """Make the signature of somebody who signed by hand on the day on which the paper was received."""
    received = received_on or day_in_finland(at)
    paper = OnPaper(
        signed_on=received,
        received_on=received,
        received_by="Eino Esimerkki",
        put_down_by=Party.MAIN_CONNECTOR,
        exhibit_id=new_id(),
    )
    return Signature(party=who.party, position=who.position, signed_at=at, manner=Manner.PAPER, paper=paper)


def a_later_scan(at: datetime = NOON) -> LaterScan:
    return LaterScan(exhibit_id=new_id(), because="A page was missing", at=at, put_down_by=Party.MAIN_CONNECTOR)
