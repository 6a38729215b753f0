"""From what an offer freezes to the names and values that a template is filled with (clauses 1, 20, 21, Annex 1)."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.model import Content, Party, PartyAsOffered, Signatory
from kanta_tenancy.kernel.languages import Language, written_day
from kanta_tenancy.machinery.docx.contract import Contract, Group, Names, Properties, SignatureLine, Values
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine as LineToSign

CREATOR: Final = "Kanta Tenancy"
TICKED: Final = "\N{BALLOT BOX WITH X}"
NOT_TICKED: Final = "\N{BALLOT BOX}"

_PARTY: Final = ("name", "business_id", "oid", "soteri", "contact", "email")
_SIGNATORY: Final = ("name", "title", "mandate")
# The placeholders of what a party is and of who signs, by field; an agreement is rendered faster than names are put
# together.
_OF_PARTY: Final = {party: {f"{party}.{field}": field for field in _PARTY} for party in Party}
_OF_SIGNATORY: Final = {
    (party, position): {f"signatory.{party}.{position}.{field}": field for field in _SIGNATORY}
    for party in Party
    for position in (1, 2)
}
_LINE_OF: Final = {(party, position): f"{party}.{position}" for party, position in _OF_SIGNATORY}
_SECOND: Final = {party: f"signatory.{party}.2" for party in Party}

# Every placeholder that an agreement's template may use; docs/templates.md tells a lawyer what each one means.
CONTRACT: Final = Contract(
    texts=Names(
        required=frozenset(f"{party}.{field}" for party in Party for field in ("name", "business_id"))
        | {f"signatory.{party}.1.name" for party in Party},
        optional=frozenset({"agreement.reference", "agreement.offered_on", "agreement.originals"})
        | {f"{party}.{field}" for party in Party for field in ("oid", "soteri", "contact", "email")}
        | {f"signatory.{party}.1.{field}" for party in Party for field in ("title", "mandate")}
        | {f"signatory.{party}.2.{field}" for party in Party for field in _SIGNATORY},
    ),
    groups=(
        Group(name="services", items=Names(required=frozenset({"service.name"}), optional=frozenset({"service.tick"}))),
        Group(name="registers", items=Names(optional=frozenset({"register.name"}))),
        Group(name="laws", items=Names(optional=frozenset({"law.title"}))),
    ),
    conditions=Names(optional=frozenset(f"signatory.{party}.2" for party in Party)),
    signature_lines=Names(
        required=frozenset(f"{party}.1" for party in Party), optional=frozenset(f"{party}.2" for party in Party)
    ),
    line_conditions={f"{party}.2": f"signatory.{party}.2" for party in Party},
    line_pictures=frozenset({"image/x-emf", "image/emf"}),
)

_TITLE: Final = {
    Language.FINNISH: "Sopimus Kanta-palveluihin liittymisestä ja niiden käytöstä",
    Language.SWEDISH: "Avtal om anslutning till och användning av Kanta-tjänsterna",
    Language.ENGLISH: "Agreement on joining and using the Kanta services",
}
LOCALE: Final = {Language.FINNISH: "fi-FI", Language.SWEDISH: "sv-FI", Language.ENGLISH: "en-GB"}


def values(content: Content, picture: Callable[[Signatory], bytes]) -> Values:
    """Return what the agreement's template is filled with; the same content gives the same values.

    Args:
        picture: draws the signature line of a signatory, as it stands there until it is signed.
    """
    return Values(
        properties=properties(content, _TITLE[content.language]),
        texts=_texts(content) | parties_and_signatories(content),
        rows={
            "services": services(content),
            "registers": [{"register.name": name} for name in content.registers],
            "laws": [{"law.title": title} for title in content.laws],
        },
        present=second_signatories(content),
        signature_lines=signature_lines(content, picture),
    )


def properties(content: Content, title: str) -> Properties:
    return Properties(
        title=title,
        language=LOCALE[content.language],
        creator=CREATOR,
        at=datetime.combine(content.offered_on, time(), UTC),
    )


def parties_and_signatories(content: Content) -> dict[str, str]:
    signing = {(who.party, who.position): who for who in content.signatories}
    return (
        _party(Party.MAIN_CONNECTOR, content.main_connector)
        | _party(Party.TENANT, content.tenant)
        | {
            name: getattr(signing.get(place), field, "")
            for place, names in _OF_SIGNATORY.items()
            for name, field in names.items()
        }
    )


def services(content: Content) -> list[dict[str, str]]:
    return [
        {"service.name": service.name, "service.tick": TICKED if service.ticked else NOT_TICKED}
        for service in content.services
    ]


def second_signatories(content: Content) -> frozenset[str]:
    """Return the conditions that hold: which parties two sign for."""
    return frozenset(_SECOND[who.party] for who in content.signatories if who.position > 1)


def signature_lines(content: Content, picture: Callable[[Signatory], bytes]) -> dict[str, SignatureLine]:
    return {
        _LINE_OF[who.party, who.position]: SignatureLine(
            id=line_id(who.line), name=who.name, title=who.title, email=who.email, image=picture(who)
        )
        for who in content.signatories
    }


def line_id(line: UUID | None) -> str:
    """Return a signature line's identifier as Office writes it: a GUID in capitals and braces."""
    return f"{{{line}}}".upper()


def line_to_sign(who: Signatory) -> LineToSign:
    """Return the signature line of a signatory who has not signed yet, as the rendered document has it."""
    return LineToSign(
        setup_id=line_id(who.line), suggested_signer=who.name, title=who.title, email=who.email, signed=False
    )


def _texts(content: Content) -> dict[str, str]:
    return {
        "agreement.reference": content.reference,
        "agreement.offered_on": written_day(content.offered_on, content.language),
        "agreement.originals": str(content.originals),
    }


def _party(party: Party, facts: PartyAsOffered) -> dict[str, str]:
    return {name: getattr(facts, field) for name, field in _OF_PARTY[party].items()}
