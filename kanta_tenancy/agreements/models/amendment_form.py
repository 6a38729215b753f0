"""From what an offer of an amendment freezes to the names and values that its template is filled with (K1.3, K21)."""

from collections.abc import Callable
from typing import Final

from kanta_tenancy.agreements.model import Content, Signatory
from kanta_tenancy.agreements.models import rendering
from kanta_tenancy.kernel.languages import Language, written_day
from kanta_tenancy.machinery.docx.contract import Contract, Names, Values

_OWN: Final = ("amendment.reference", "amendment.effective_on")

# What an agreement's template may use, without the registers and laws, and with what only an amendment says.
CONTRACT: Final = Contract(
    texts=Names(
        required=rendering.CONTRACT.texts.required | {"agreement.reference", *_OWN},
        optional=rendering.CONTRACT.texts.optional - {"agreement.reference"},
    ),
    groups=tuple(group for group in rendering.CONTRACT.groups if group.name == "services"),
    conditions=rendering.CONTRACT.conditions,
    signature_lines=rendering.CONTRACT.signature_lines,
    line_conditions=rendering.CONTRACT.line_conditions,
    line_pictures=rendering.CONTRACT.line_pictures,
)

_TITLE: Final = {
    Language.FINNISH: "Liitteen 1 muutos: vuokralaisen käyttämät Kanta-palvelut",
    Language.SWEDISH: "Ändring av bilaga 1: Kanta-tjänster som hyresgästen använder",
    Language.ENGLISH: "Amendment of Annex 1: Kanta services used by the Tenant",
}


def values(content: Content, picture: Callable[[Signatory], bytes]) -> Values:
    """Return what the amendment's template is filled with; the same content gives the same values."""
    return Values(
        properties=rendering.properties(content, _TITLE[content.language]),
        texts=rendering.parties_and_signatories(content) | _texts(content),
        rows={"services": rendering.services(content)},
        present=rendering.second_signatories(content),
        signature_lines=rendering.signature_lines(content, picture),
    )


def _texts(content: Content) -> dict[str, str]:
    day = content.effective_on or content.offered_on
    return {
        "agreement.reference": content.amended or "",
        "agreement.offered_on": written_day(content.offered_on, content.language),
        "agreement.originals": str(content.originals),
        "amendment.reference": content.reference,
        "amendment.effective_on": written_day(day, content.language),
    }
