"""Endings as they stand: what is open, overdue or in conflict, and what holds them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.checklists import ledger, store
from kanta_tenancy.agreements.endings.checklists.checklist import Checklist, Hold
from kanta_tenancy.agreements.endings.checklists.errors import EndingNotFound
from kanta_tenancy.agreements.endings.checklists.ledger import Line
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Expected

_BATCH = 200


class Ending(Record, frozen=True, kw_only=True):
    """An ending as it stands."""

    checklist: Checklist
    reference: str  # of the agreement
    lines: tuple[Line, ...]  # all items, by due time
    holds: tuple[Hold, ...]

    @property
    def is_complete(self) -> bool:
        return not self.holds and not any(line.is_open for line in self.lines)

    @property
    def conflicting(self) -> tuple[Line, ...]:
        """The items that are in conflict with the end, and not released."""
        return tuple(line for line in self.lines if line.conflicts and (line.is_open or line.was_for_another_end))

    def of(self, party: Party) -> tuple[Line, ...]:
        """The items that a party sees: the main connector all, a tenant its own."""
        return (
            self.lines
            if party is Party.MAIN_CONNECTOR
            else tuple(one for one in self.lines if ledger.is_of(one, party))
        )


async def of_agreement(tx: Transaction, agreement_id: AgreementId) -> Ending:
    """Read the ending of an agreement.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        EndingNotFound: no end of it is known, or nothing has to be done for it.
    """
    agreement = await agreements.find(tx, agreement_id)
    found = await store.of_agreement(tx, agreement_id)
    if found is None:
        raise EndingNotFound("no end of it is known for which something has to be done")
    [lines] = await checklists.lines_of(tx, [found])
    holds = await store.holds(tx, [agreement_id])
    return Ending(checklist=found, reference=agreement.reference, lines=lines, holds=tuple(holds))


async def conflicts_since(tx: Transaction, tenancy_id: TenancyId, since: datetime) -> tuple[Line, ...]:
    """Read which items are in conflict with an end that became known, or was moved, at that instant or later."""
    found = await store.newest_of_tenancy(tx, tenancy_id)
    if found is None or found.reckoned_at < since:
        return ()
    [lines] = await checklists.lines_of(tx, [found])
    return Ending(checklist=found, reference="", lines=lines, holds=()).conflicting


async def page(tx: Transaction, *, complete: bool | None, after: store.Position | None, count: int) -> list[Ending]:
    """Read a page of endings, soonest end first; see `store.page`."""
    found = await store.page(tx, complete=complete, after=after, count=count)
    holds: dict[AgreementId, list[Hold]] = {}
    for hold in await store.holds(tx, [one.agreement_id for one in found]):
        holds.setdefault(hold.agreement_id, []).append(hold)
    lines = await checklists.lines_of(tx, found)
    return [
        Ending(checklist=one, reference=one.reference, lines=of_it, holds=tuple(holds.get(one.agreement_id, ())))
        for one, of_it in zip(found, lines, strict=True)
    ]


async def items_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which items there should be: those of every ending that is not complete, computed anew."""
    after: store.Position | None = None
    while found := await store.page(tx, complete=False, after=after, count=_BATCH):
        for one in found:
            for expected in await _expected(tx, one):
                yield expected
        after = store.Position(until=found[-1].until, id=found[-1].id)


async def _expected(tx: Transaction, found: Checklist) -> Sequence[Expected]:
    agreement = await agreements.find(tx, found.agreement_id)
    if agreement.in_force_until is None:
        return ()
    end = await checklists.end_of(tx, agreement, agreement.in_force_until)
    subject = ledger.subject(found.agreement_id)
    return [
        Expected(key=ledger.key(found, due.item.key), subject=subject, due_at=due.due_at)
        for due in checklists.expected(found, end)
    ]
