"""Keeps what is owed of yearly looks into Soteri in step with looks that are recorded and agreements that hold.

Subscribers of the outbox; twice in a row does no harm, and what is written follows from how things are by then.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy import parties, promises
from kanta_tenancy.agreements.looks import owing, reading, store
from kanta_tenancy.agreements.looks.owing import Watched
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.promises import Owed, Promise, State

CHANGES: Final = ("agreement.in_force", "agreement.imported", "agreement.ended")
EVIDENCE: Final = "soteri_evidence.changed"


async def evidence_changed(tx: Transaction, message: Message) -> None:
    """Owe a party's next look after the one that was recorded; subscribes to `soteri_evidence.changed`."""
    await follow(tx, OrganisationId(UUID(str(message.body["organisation_id"]))), at=message.at)


async def agreement_changed(tx: Transaction, message: Message) -> None:
    """Owe looks of a tenant as long as it has an agreement in force; subscribes to the kinds of `CHANGES`."""
    if message.tenancy_id is None:
        raise LookupError("an agreement is a tenant's")
    tenant = await parties.find_tenancy(tx, message.tenancy_id)
    await follow(tx, tenant.organisation_id, at=message.at)


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Owe the look of the next year when a person kept this year's and recorded none; subscribes to `promise.kept`."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    if kept.kind != owing.KIND:
        return
    party = await reading.watched(tx, OrganisationId(UUID(kept.subject.partition("/")[2])))
    if party is not None:
        await promises.owe(tx, owing.to_look_after(party, kept.key, day_in_finland(kept.at), at=kept.at))


async def follow(tx: Transaction, organisation_id: OrganisationId, *, at: datetime) -> None:
    """Owe a party's next look, and keep or release what was owed before."""
    await store.one_at_a_time(tx, organisation_id)
    party = await reading.watched(tx, organisation_id)
    wanted = None if party is None else await _wanted(tx, party, at)
    about = await promises.of_subjects(tx, [owing.subject(organisation_id)], owing.KIND)
    if wanted is not None and any(one.key == wanted.key and one.state is State.KEPT for one in about):
        return  # a person kept it without recording a look, and the one of the year after is owed
    for one in about:
        if one.state is State.OWED and (wanted is None or one.key != wanted.key):
            await _settle(tx, one, wanted, at)
    if wanted is not None:
        await promises.owe(tx, wanted)


async def _wanted(tx: Transaction, party: Watched, at: datetime) -> Owed | None:
    evidence = await parties.evidence_of(tx, [party.organisation_id])
    return owing.to_look(party, evidence, at=at)


async def _settle(tx: Transaction, one: Promise, wanted: Owed | None, at: datetime) -> None:
    if wanted is None:
        await promises.release(tx, one.key, at=at, because="no agreement with it is in force, or no look stands")
    elif wanted.due_at > one.due_at:
        await promises.keep(tx, one.key, at=at, result={"looked_on": wanted.facts["looked_on"]})
    else:
        await promises.release(tx, one.key, at=at, because="the look was taken back, or another agreement is in force")
