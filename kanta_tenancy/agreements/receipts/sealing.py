"""Receipts are sealed by whichever instance has the key: promised when they are made, or as soon as there is a seal."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.receipts import model, store
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.parties import desk_work
from kanta_tenancy.seals import Kind, SealKeys, SealKeyUnusable, SealNotSetUp, is_set_up, seal


async def owe(tx: Transaction, agreement: Agreement, *, at: datetime) -> None:
    """Promise the seals on the receipts of an agreement, if the service has a seal."""
    if await is_set_up(tx, at):
        await promises.owe(
            tx, model.to_seal(model.Unsealed(agreement_id=agreement.id, tenancy_id=agreement.tenancy_id), at=at)
        )


def keeper(keys: SealKeys) -> promises.Keeper:
    """Return who seals receipts; only an instance that has the key can."""

    async def keep(tx: Transaction, clock: Clock, promise: promises.Promise) -> promises.Outcome:
        at = clock.now()
        agreement = await agreements.find(tx, _agreement_of(promise))
        waiting = [one for one in await agreements.receipts(tx, agreement.id) if one.seal is None]
        for one in waiting:
            said = model.statement(tx.scope.main_connector_id, agreement, one)
            try:
                text = await seal(tx, keys, Kind.RECEIPT, said, at=at)
            except (SealNotSetUp, SealKeyUnusable) as why:
                raise promises.NotNow(why.detail) from why
            await store.add(tx, agreement, one.party, text, at)
        return promises.Kept(result={"sealed": len(waiting)})

    return keep


async def owe_seals(db: Database, clock: Clock) -> int:
    """Promise the seals on receipts that were made before there was a seal."""
    count = 0
    for realm in await desk_work.realms(db):
        async with db.transaction(_caller(realm.id)) as tx:
            if not await is_set_up(tx, clock.now()):
                return 0
            async for page in _pages(tx):
                owed = [model.to_seal(one, at=clock.now()) for one in await _unpromised(tx, page)]
                await promises.owe_many(tx, owed)
                count += len(owed)
    return count


async def seals_expected(tx: Transaction, now: datetime) -> AsyncIterator[promises.Expected]:
    """Say that every receipt without a seal should be owed one, once there is a seal."""
    if await is_set_up(tx, now):
        async for page in _pages(tx):
            for one in page:
                yield promises.Expected(key=model.key(one.agreement_id), subject=model.subject(one.agreement_id))


async def _unpromised(tx: Transaction, page: Sequence[model.Unsealed]) -> list[model.Unsealed]:
    known = {
        one.key for one in await promises.of_subjects(tx, [model.subject(one.agreement_id) for one in page], model.SEAL)
    }
    return [one for one in page if model.key(one.agreement_id) not in known]


async def _pages(tx: Transaction) -> AsyncIterator[list[model.Unsealed]]:
    after = UUID(int=0)
    while page := await store.unsealed(tx, after=after):
        yield page
        after = page[-1].agreement_id


def _agreement_of(promise: promises.Promise) -> AgreementId:
    return AgreementId(UUID(promise.subject.partition("/")[2]))


def _caller(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="receipts"),
        permissions=frozenset(),
    )
