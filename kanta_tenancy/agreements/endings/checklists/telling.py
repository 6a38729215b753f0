"""What an act answers beside what it did: which items of a checklist cannot be done as they should, told at once."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from kanta_tenancy.agreements.endings.checklists import open_endings
from kanta_tenancy.agreements.endings.checklists.ledger import Line
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.call import Call


class OfTenancy(Protocol):
    @property
    def tenancy_id(self) -> TenancyId: ...


S = TypeVar("S", bound=OfTenancy)
Told = tuple[S, tuple[Line, ...]]


def telling(call: Call, act: Callable[[Transaction], Awaitable[S]]) -> Callable[[Transaction], Awaitable[Told[S]]]:
    """Return an act that answers, beside its own result, the conflicts of the end that it made known or moved."""

    async def told(tx: Transaction) -> Told[S]:
        since = call.clock.now()
        said = await act(tx)
        return said, await open_endings.conflicts_since(tx, said.tenancy_id, since)

    return told
