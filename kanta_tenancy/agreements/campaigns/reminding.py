"""Reminding tenants of offers that they have not signed: owed when the offer is made, and kept by a message."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements import lifecycle, owing
from kanta_tenancy.agreements.campaigns import progress
from kanta_tenancy.agreements.campaigns.model import Campaign, ReminderDue
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.promises import Expected, Kept, Outcome, Promise, Released, owe_many

_MORNING: Final = time(7)  # so that it is in the mail of that morning
_OPEN: Final = frozenset({Status.OFFERED, Status.PARTLY_SIGNED})


def due_times(offered_at: datetime, remind_after: Sequence[int]) -> list[datetime]:
    """Return when a tenant is reminded: at seven in Finland, so many days after the day of the offer."""
    day = day_in_finland(offered_at)
    return [datetime.combine(day + timedelta(days=days), _MORNING, HELSINKI) for days in remind_after]


async def promise_reminders(tx: Transaction, campaign: Campaign, offered: Agreement, *, at: datetime) -> None:
    """Owe the reminders of an offer, in the transaction that makes it."""
    await owe_many(
        tx,
        [
            owing.to_remind(offered, campaign.id, number, due_at, at=at)
            for number, due_at in enumerate(due_times(at, campaign.remind_after), start=1)
        ],
    )


async def remind(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Remind a tenant, unless nothing is left for it to sign; the keeper of `campaign.reminder`."""
    agreement = await agreements.hold(tx, AgreementId(UUID(promise.subject.partition("/")[2])))
    if agreement.status not in _OPEN or not lifecycle.waits_for(agreement, Party.TENANT):
        return Released(because="nothing is left for the tenant to sign")
    at = clock.now()
    due = ReminderDue(
        campaign_id=UUID(str(promise.facts["campaign"])),
        agreement_id=agreement.id,
        offered_on=day_in_finland(agreement.offered_at or at),
        number=int(promise.facts["number"] or 0),
        at=at,
    )
    await tell(tx, agreement, due)
    return Kept(result={"reminded_at": at.isoformat(), "number": due.number})


async def tell(tx: Transaction, agreement: Agreement, due: ReminderDue) -> None:
    """Put the reminder where whoever writes to people finds it."""
    act = Act(
        action="campaign.reminder_due",
        subject=owing.subject(agreement),
        at=due.at,
        tenancy_id=agreement.tenancy_id,
        facts={"campaign": str(due.campaign_id), "number": due.number},
    )
    await record(tx, act, announce=due)


async def reminders_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which reminders there should be: those of every offer of a campaign that its tenant has not signed."""
    after: AgreementId | None = None
    while found := await progress.reminded(tx, after=after):
        for one in found:
            for number, due_at in enumerate(due_times(one.offered_at, one.remind_after), start=1):
                key = owing.reminder_key(one.id, number)
                yield Expected(key=key, subject=owing.subject(one), due_at=due_at)
        after = found[-1].id
