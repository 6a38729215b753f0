"""What others' messages mean here: whoever keeps a change notice's promise by hand has sent the notice."""

import msgspec

from kanta_tenancy import promises
from kanta_tenancy.joining import history, lifecycle, owing
from kanta_tenancy.joining.errors import ChangeNoticeNotFound
from kanta_tenancy.joining.model import ChangeNotice, ChangeNoticeMoved, Status
from kanta_tenancy.joining.store import change_notices as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.postgres.outbox import Message

_LONGEST = 200


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Say of a notice whose promise a person kept that it was sent, with that person's evidence as its reference."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    if kept.kind != owing.KIND:
        return
    try:
        before = await store.hold(tx, owing.id_in(kept.key))
    except ChangeNoticeNotFound:
        return
    if before.status is not Status.PLANNED:  # it was sent here as well
        return
    on = max(day_in_finland(kept.at), before.known_on)
    evidence, by = await _shown(tx, before)
    after = lifecycle.send(before, on=on, by=by, reference=evidence, at=kept.at)
    await store.save(tx, after)
    told = ChangeNoticeMoved(change_notice_id=after.id, status=after.status, due_on=after.due_on, at=kept.at)
    await record(tx, history.of_notice("sent", before, after, at=kept.at), announce=told)


async def _shown(tx: Transaction, notice: ChangeNotice) -> tuple[str | None, str]:
    """Return what the person showed, in one line, and who it was, as the promise has it."""
    wanted = promises.Wanted(subject=owing.subject(notice), kind=owing.KIND)
    for promise in await promises.page(tx, wanted, after=None, count=1):
        result = promise.result or {}
        evidence = " ".join(str(result.get("evidence", "")).split())[:_LONGEST]
        return evidence or None, str(result.get("kept_by", promise.owner.value))
    return None, promises.Owner.MAIN_CONNECTOR.value
