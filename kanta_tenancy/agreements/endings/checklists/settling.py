"""What people do with the items of a checklist: do them, which the ledger says, or find that one is not needed."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.checklists import ledger, store
from kanta_tenancy.agreements.endings.checklists.errors import EndingNotFound, ItemNotOwed
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.parties import wording


async def release_item(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, item: str, because: str) -> None:
    """Say that an item of an ending is not needed, and why; both parties can read it.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        EndingNotFound: no end of it is known.
        ItemNotOwed: there is no such item, or it is kept or released already.
        OccurrenceRefused: the reason is none, or cannot be printed.
    """
    look = wording.Examination()
    reason = look.text("because", wording.name, because, clause="K20.5")
    if look.flaws:
        raise OccurrenceRefused("say why it is not needed", flaws=tuple(look.flaws))
    await agreements.hold(tx, agreement_id)
    found = await store.of_agreement(tx, agreement_id)
    if found is None:
        raise EndingNotFound("no end of it is known for which something has to be done")
    at = clock.now()
    if not await promises.release(tx, ledger.key(found, item), at=at, because=reason):
        raise ItemNotOwed("there is no such item, or it is kept or released already")
    await record(tx, history.occurred(
        "checklist.item_released", found.id, tenancy_id=found.tenancy_id, at=at, agreement=str(agreement_id), item=item
    ))  # fmt: skip
    await checklists.settle(tx, found, at=at)


async def carry_on_kept(tx: Transaction, message: Message) -> None:
    """Look whether an ending is complete now that a person has kept an item; subscribes to `promise.kept`."""
    if message.body["kind"] != ledger.KIND:
        return
    agreement_id = AgreementId(UUID(str(message.body["subject"]).partition("/")[2]))
    await agreements.hold(tx, agreement_id)
    found = await store.of_agreement(tx, agreement_id)
    if found is not None:
        await checklists.settle(tx, found, at=datetime.fromisoformat(str(message.body["at"])))
