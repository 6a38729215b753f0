"""What messages mean here: the other party is told how something stands; a promise that was kept by hand is done."""

from typing import Final

import msgspec

from kanta_tenancy import promises
from kanta_tenancy.disturbances.follow_ups import actions, owing, store, wording
from kanta_tenancy.disturbances.follow_ups.errors import FollowUpNotFound
from kanta_tenancy.disturbances.follow_ups.jobs import READERS
from kanta_tenancy.disturbances.follow_ups.lifecycle import RULE
from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpMoved, FollowUpState, Move
from kanta_tenancy.disturbances.owing import id_in
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.messages import Notice, Recipient, readers, tell

TOPIC: Final = "disturbance.follow_up"
_MANY: Final = 50
_LONGEST: Final = 2_000


async def follow_up_was_moved(tx: Transaction, message: Message) -> None:
    """Tell the tenant what the main connector did, and the main connector what a tenant did."""
    moved = msgspec.convert(message.body, FollowUpMoved)
    one = await store.find(tx, moved.follow_up_id)
    if one.version != moved.version:  # it stands otherwise by now, and that is told
        return
    to = None if moved.by_tenant else one.tenancy_id
    if to is None and not moved.by_tenant:
        return
    people = await readers(tx, READERS, tenancy_id=to, at=message.at)
    await tell(tx, message.at, [_notice(one, person, of_tenant=to is not None) for person in people])
    if to is not None and people:
        await store.told(tx, one.id, message.at)


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Say of what a person kept that it is done, with that person's evidence."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    if kept.kind != owing.FOLLOW_UP:
        return
    try:
        one = await store.hold(tx, id_in(kept.key))
    except FollowUpNotFound:
        return
    if one.state is FollowUpState.OPEN and owing.key(one) == kept.key:
        evidence = await _evidence(tx, kept)
        await actions.settle_taken(tx, one, Move.FINISH, note=evidence, at=kept.at)


async def _evidence(tx: Transaction, kept: promises.PromiseKept) -> str:
    wanted = promises.Wanted(subject=kept.subject, kind=owing.FOLLOW_UP)
    for promise in await promises.page(tx, wanted, after=None, count=_MANY):
        if promise.key == kept.key:
            return str((promise.result or {}).get("evidence", ""))[:_LONGEST] or kept.key
    return kept.key


def _notice(one: FollowUp, person: Recipient, *, of_tenant: bool) -> Notice:
    lines = (wording.title(one), wording.until(one) if one.state is FollowUpState.OPEN else None, wording.noted(one))
    return Notice(
        key=f"{owing.subject(one.id)}/{one.version}/{person.contact_id}",
        to=person,
        topic=TOPIC,
        subject=wording.STANDS[one.kind, one.state],
        lines=tuple(line for line in lines if line is not None),
        facts=((wording.RULE, RULE),),
        tenancy_id=one.tenancy_id if of_tenant else None,
    )
