"""What becomes of requests when agreements change: looked at again, holding the ending, intake stopped in time.

Subscribers of the outbox; twice in a row does no harm.
"""

from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.renewals import holding, stopping, waking
from kanta_tenancy.renewals.model import Concerned
from kanta_tenancy.renewals.store import requests as store

ENDING: Final = "agreement.ending"
CHANGES: Final = ("agreement.in_force", "agreement.imported", "agreement.amendment_agreed", "agreement.ended")


async def agreement_changed(tx: Transaction, message: Message) -> None:
    """Look at a tenant's requests again: whom they can be with depends on its agreement and Annex 1."""
    tenancy_id = _tenancy(message)
    await waking.owe_look(tx, message.id, Concerned(holder=tenancy_id), at=message.at)
    await stopping.propose(tx, tenancy_id, at=message.at)


async def agreement_ending(tx: Transaction, message: Message) -> None:
    """Let open requests hold an ending that became known, and none that fell away."""
    tenancy_id = _tenancy(message)
    agreement_id = AgreementId(UUID(str(message.body["agreement_id"])))
    ends = message.body["until"] is not None and await stopping.end_of(tx, tenancy_id, message.at) is not None
    held = await store.hold_ending(tx, tenancy_id, agreement_id if ends else None)
    if ends and held:
        await holding.place(tx, agreement_id, at=message.at)
    elif not ends:
        await holding.release(tx, agreement_id, at=message.at)
    await agreement_changed(tx, message)


def _tenancy(message: Message) -> TenancyId:
    if message.tenancy_id is None:
        raise LookupError("an agreement is a tenant's")
    return message.tenancy_id
