"""What passing time does to agreements: each ends when its end has come, also when nobody is at work."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from kanta_tenancy.agreements import owing
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings import owing as ending_owing
from kanta_tenancy.agreements.endings.store import circumstances, rescissions
from kanta_tenancy.agreements.model import Status
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise, Released


async def end_agreement(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Put down that an agreement has ended; the keeper of `agreement.end`."""
    agreement = await store.hold(tx, _agreement_of(promise))
    if agreement.status is not Status.IN_FORCE or owing.end_key(agreement) != promise.key:
        return Released(because="it has ended already, or its end is another now")
    at = clock.now()
    until = agreement.in_force_until
    if until is None:
        return Released(because="its end fell away")
    if until > at:
        return Later(due_at=until)
    ended = await endings.put_down(tx, agreement, None, at=at)
    return Kept(result={"until": until.isoformat(), "put_down_at": at.isoformat(), "ground": ended.end_ground})


async def ends_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to end an agreement there should be: one for each whose end is known."""
    after: life.Ending | None = None
    while page := await life.ending(tx, after=after):
        for agreement in page:
            yield Expected(
                key=owing.end_key(agreement), subject=owing.subject(agreement), due_at=agreement.in_force_until
            )
        after = page[-1]


async def decisions_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to decide there should be: one for each circumstance that nobody has decided on."""
    after: UUID | None = None
    while page := await circumstances.undecided(tx, after=after):
        for circumstance in page:
            owed = ending_owing.to_decide(circumstance)
            yield Expected(key=owed.key, subject=owed.subject, due_at=owed.due_at)
        after = page[-1].id


async def tellings_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to tell a tenant there should be: one for each rescission that was confirmed."""
    after: UUID | None = None
    while page := await rescissions.confirmed(tx, after=after):
        for one in page:
            if one.confirmed_at is not None:
                yield Expected(
                    key=ending_owing.telling_key(one.id),
                    subject=ending_owing.about(one),
                    due_at=ending_owing.told_by(one.confirmed_at),
                )
        after = page[-1].id


def _agreement_of(promise: Promise) -> AgreementId:
    return AgreementId(UUID(promise.subject.partition("/")[2]))
