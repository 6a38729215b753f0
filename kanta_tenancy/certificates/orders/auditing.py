"""Which promises should exist, computed anew from the orders themselves: the audit of the ledger asks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from kanta_tenancy import promises
from kanta_tenancy.certificates.orders import owing, reading, store
from kanta_tenancy.certificates.orders.lifecycle import ENDED
from kanta_tenancy.certificates.orders.model import OrderState
from kanta_tenancy.certificates.orders.steps import due_step
from kanta_tenancy.machinery.postgres.database import Transaction

_PAGE: Final = 200


async def steps_expected(tx: Transaction, _: datetime) -> AsyncIterator[promises.Expected]:
    """Say which promises there should be: one for the step that each open order waits for."""
    for state in (one for one in OrderState if one not in ENDED):
        after = None
        while page := await store.page(tx, state, after=after, count=_PAGE):
            for listed in page:
                order = await store.find(tx, listed.id)
                step = due_step(order)
                if step is not None:
                    key = owing.key_of(order, step.step)
                    yield promises.Expected(key=key, subject=owing.subject(order), due_at=owing.due_at(step))
            after = reading.position(page[-1])
