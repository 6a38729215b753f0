"""Holds: what rooms above know to be open keeps an ending from being complete. It does not move the legal end.

A hold is placed on an agreement whether or not its end is known yet, so that a room need not ask: it shows on the
ending as soon as there is one. This room never asks upwards.
"""

from datetime import datetime

from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.checklists import store
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def place_hold(tx: Transaction, agreement_id: AgreementId, key: str, because: Sentence, *, at: datetime) -> bool:
    """Place a hold on the ending of an agreement, present or to come; while it stands, placing it again is nothing.

    Place it before you journal your own act: whoever works on an agreement holds it first, and journals then.

    Args:
        key: your own name for what is open, such as `renewal/0199…`.
        because: what is open, for both parties to read; no personal data.

    Returns:
        Whether it did not stand until now.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    agreement = await agreements.hold(tx, agreement_id)
    if not await store.place_hold(tx, agreement, key, because, at=at):
        return False
    await _tell(tx, "placed", agreement, key, at)
    return True


async def release_hold(tx: Transaction, agreement_id: AgreementId, key: str, *, at: datetime) -> bool:
    """Release a hold when what was open is closed; see `place_hold`.

    Returns:
        Whether it stood until now.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    agreement = await agreements.hold(tx, agreement_id)
    if not await store.release_hold(tx, agreement_id, key, at=at):
        return False
    await _tell(tx, "released", agreement, key, at)
    return True


async def _tell(tx: Transaction, action: str, agreement: Agreement, key: str, at: datetime) -> None:
    act = history.occurred(f"hold.{action}", agreement.id, tenancy_id=agreement.tenancy_id, at=at, key=key)
    await record(tx, act)
    found = await store.of_agreement(tx, agreement.id)
    if found is not None:
        await checklists.settle(tx, found, at=at)
