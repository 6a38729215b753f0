"""Whether what people say of orders can be kept (K7). Pure."""

from datetime import date
from typing import Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.certificates.orders import issuing
from kanta_tenancy.certificates.orders.errors import OrderRefused
from kanta_tenancy.certificates.orders.lifecycle import RULE
from kanta_tenancy.certificates.orders.model import SaidOrder
from kanta_tenancy.parties import wording

FIRST_DAY: Final = date(2010, 1, 1)  # there was nothing to connect before

T = TypeVar("T")
S = TypeVar("S", bound=SaidOrder)


def order(said: S, today: date) -> S:
    """Return what is said of an order as it is kept.

    Raises:
        OrderRefused: with every flaw.
    """
    look = wording.Examination()
    if said.profile not in issuing.known():
        look.note("profile", f"one of {', '.join(issuing.known())} is expected", clause=RULE)
    if not FIRST_DAY <= said.ordered_on <= today:
        look.note("ordered_on", f"a day from {FIRST_DAY.isoformat()} until today is expected", clause=RULE)
    purpose = look.optional("purpose", wording.name, said.purpose, clause=RULE)
    reference = look.optional("reference", wording.name, said.reference, clause=RULE)
    return _fit(look, replace(said, purpose=purpose, reference=reference))


def reason(text: str) -> str:
    """Return why an order is cancelled, or the old certificate not revoked, as it is kept.

    Raises:
        OrderRefused: there is none, or it cannot be kept.
    """
    look = wording.Examination()
    return _fit(look, look.text("reason", wording.name, text, clause=RULE))


def _fit(look: wording.Examination, value: T) -> T:
    if look.flaws:
        first = look.flaws[0]
        raise OrderRefused(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
    return value
