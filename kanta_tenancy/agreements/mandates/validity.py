"""Whether a mandate holds on a day, and whose it is. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.mandates.model import Mandate
from kanta_tenancy.agreements.model import Signatory
from kanta_tenancy.kernel.errors import DomainError, Flaw
from kanta_tenancy.kernel.identifiers import TenancyId

# An offer is signed within some weeks: a mandate that ends sooner than this is worth a warning when it is made.
AHEAD: Final = timedelta(days=30)
RULE: Final = "K21"


def objection(mandate: Mandate, day: date) -> DomainError | None:
    """Return why nobody signs by a mandate on a day in Finland; None: it holds."""
    if mandate.ended_on is not None and day >= mandate.ended_on:
        return MandateEnded(f"the mandate of {mandate.person} was ended on {mandate.ended_on}", rule=RULE)
    if mandate.valid_until is not None and day > mandate.valid_until:
        return MandateExpired(f"the mandate of {mandate.person} was valid until {mandate.valid_until}", rule=RULE)
    if day < mandate.valid_from:
        return MandateNotBegun(f"the mandate of {mandate.person} is valid from {mandate.valid_from}", rule=RULE)
    return None


def named(signatories: Sequence[Signatory]) -> frozenset[UUID]:
    """Return which mandates the signatories name."""
    return frozenset(who.mandate_id for who in signatories if who.mandate_id is not None)


def strangers(
    signatories: Sequence[Signatory], known: Mapping[UUID, Mandate], tenancy_id: TenancyId | None
) -> tuple[Flaw, ...]:
    """Say which signatories name a mandate that is not theirs.

    Args:
        tenancy_id: in which tenancy they sign; None: in any, so that a mandate for one of them does not do.
    """
    return tuple(
        Flaw(field=f"signatories[{place}].mandate_id", detail=detail, rule=RULE)
        for place, who in enumerate(signatories)
        if who.mandate_id is not None and (detail := _stranger(who, known.get(who.mandate_id), tenancy_id))
    )


def over(signatories: Sequence[Signatory], known: Mapping[UUID, Mandate], day: date) -> tuple[Flaw, ...]:
    """Say which signatories' mandates are over on a day, so that nobody can sign by them any more."""
    return tuple(
        Flaw(field=f"signatories[{place}].mandate_id", detail=why.detail, rule=RULE)
        for place, _, mandate in _on_record(signatories, known)
        if (why := objection(mandate, day)) is not None and not isinstance(why, MandateNotBegun)
    )


def warnings(signatories: Sequence[Signatory], known: Mapping[UUID, Mandate], day: date) -> tuple[Flaw, ...]:
    """Say which signatories cannot sign yet, or not for long any more."""
    return tuple(
        Flaw(field=f"signatories[{place}].mandate_id", detail=detail, rule=RULE)
        for place, who, mandate in _on_record(signatories, known)
        if (detail := _warning(who, mandate, day))
    )


def _warning(who: Signatory, mandate: Mandate, day: date) -> str:
    if mandate.valid_until is not None and mandate.valid_until <= day + AHEAD:
        return f"{who.name} can sign until {mandate.valid_until}, when the mandate ends"
    if mandate.valid_from > day:
        return f"{who.name} can sign from {mandate.valid_from}, when the mandate begins"
    return ""


def _stranger(who: Signatory, mandate: Mandate | None, tenancy_id: TenancyId | None) -> str:
    if mandate is None or mandate.tenancy_id not in (None, tenancy_id):
        return "there is no such mandate"
    if mandate.party is not who.party:
        return "it is a mandate to sign for the other party"
    if mandate.person.casefold() != who.name.casefold():
        return f"it is the mandate of {mandate.person}"
    return ""


def _on_record(
    signatories: Sequence[Signatory], known: Mapping[UUID, Mandate]
) -> Iterator[tuple[int, Signatory, Mandate]]:
    for place, who in enumerate(signatories):
        if who.mandate_id is not None and who.mandate_id in known:
            yield place, who, known[who.mandate_id]
