"""Open requests hold the ending of their tenant's agreement open, once an end is known (K20.5, decision 19).

One hold for all of them, placed when an end is known and there are any, and released when the last is closed: a hold
for each would lock the agreement with every request that arrives.
"""

from datetime import datetime
from typing import Final

from kanta_tenancy.agreements import place_hold, release_hold
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Kept, Outcome, Promise
from kanta_tenancy.renewals import owing
from kanta_tenancy.renewals.store import requests as store

KEY: Final = "renewals"
_BECAUSE: Final = Sentence(
    fi="Reseptien uudistamispyyntöjä on vastaamatta.",
    sv="Begäranden om receptförnyelse är obesvarade.",
    en="Prescription renewal requests are not answered.",
)


async def place(tx: Transaction, agreement_id: AgreementId, *, at: datetime) -> None:
    await place_hold(tx, agreement_id, KEY, _BECAUSE, at=at)


async def release(tx: Transaction, agreement_id: AgreementId, *, at: datetime) -> None:
    await release_hold(tx, agreement_id, KEY, at=at)


async def look(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Release the hold when no open request is left; the keeper of `renewal.unhold`.

    Each request that is closed has one such promise, kept after its transaction, so the last of several that are closed
    at once sees that none is left.
    """
    agreement_id = AgreementId(owing.id_in(promise.subject))
    if await store.holds_ending(tx, agreement_id):
        return Kept(result={"held": "yes"})
    await release(tx, agreement_id, at=clock.now())
    return Kept(result={"held": "no"})
