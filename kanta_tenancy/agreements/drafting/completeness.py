"""What an agreement must say before it can be drafted, and before it can be offered (clauses 1 and 21, Annex 1)."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.drafting.errors import DraftRefused
from kanta_tenancy.agreements.model import Agreement, Draft, Party, Signatory
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.parties import wording


def examined(draft: Draft) -> Draft:
    """Return the draft with its texts as they will be printed.

    Raises:
        DraftRefused: something in it cannot be agreed; what is merely missing may still come.
    """
    flaws = list(_flaws(draft))
    signatories = []
    for place, who in enumerate(draft.signatories):
        look = wording.Examination(f"signatories[{place}].")
        signatories.append(
            replace(
                who,
                name=look.text("name", wording.name, who.name, clause="K21"),
                title=look.text("title", wording.name, who.title, clause="K21"),
                mandate=look.text("mandate", wording.name, who.mandate, clause="K21"),
                email=look.optional("email", wording.email, who.email, clause="K21") or "",
                line=None,
            )
        )
        flaws += look.flaws
    if flaws:
        raise DraftRefused(f"{len(flaws)} of its statements cannot be agreed", flaws=tuple(flaws))
    ordered = sorted(signatories, key=lambda who: (who.party, who.position))
    return replace(draft, signatories=tuple(ordered))


def _flaws(draft: Draft) -> list[Flaw]:
    found = list(catalogue.unknown(draft.services, field="services"))
    if len(set(draft.registers)) != len(draft.registers):
        found.append(Flaw(field="registers", detail="a register is named more than once", rule="K1.1"))
    for party in Party:
        positions = [who.position for who in draft.signatories if who.party is party]
        if sorted(positions) not in ([], [1], [1, 2]):
            detail = f"the signatories of the {_words(party)} take positions 1 and, where two sign jointly, 2"
            found.append(Flaw(field="signatories", detail=detail, rule="K21"))
    return found


def lacking(agreement: Agreement) -> tuple[Flaw, ...]:
    """Say what an agreement still lacks to be offered."""
    found: list[Flaw] = []
    if not agreement.services:
        detail = "at least one Kanta service is ticked in Annex 1"
        found.append(Flaw(field="services", detail=detail, rule="K1.3"))
    if not agreement.registers and agreement.amends is None:
        detail = "at least one register's technical upkeep is handed over"
        found.append(Flaw(field="registers", detail=detail, rule="K1.1"))
    found += [
        Flaw(field="signatories", detail=f"somebody signs for the {_words(party)}", rule="K21")
        for party in Party
        if not _signs(agreement.signatories, party)
    ]
    return tuple(found)


def day_of_amendment(amendment: Agreement, amended: Agreement, today: date) -> tuple[Flaw, ...]:
    """Say why an amendment cannot take effect on the day that it names: it is past, or the agreement has ended then."""
    day = amendment.effective_on
    if day is None:
        return ()
    if day < today:
        detail = "it is past: an amendment does not change what held before it was offered"
        return (Flaw(field="effective_on", detail=detail, rule="K1.3"),)
    if amended.last_day is not None and day > amended.last_day:
        return (Flaw(field="effective_on", detail="the agreement is not in force on that day any more", rule="K1.3"),)
    return ()


def _signs(signatories: Sequence[Signatory], party: Party) -> bool:
    return any(who.party is party for who in signatories)


def _words(party: Party) -> str:
    return party.value.replace("_", " ")
