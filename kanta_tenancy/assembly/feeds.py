"""What a calendar feed shows: everything that is owed in its holder's scope, and when its certificates lapse."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from kanta_tenancy.certificates.exports import reading as certificates
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Entry
from kanta_tenancy.promises import Owner, Promise, State, Wanted, page

MOST: Final = 2_000  # entries, the soonest first: calendars of people take no more
_SMALLEST: Final = timedelta(microseconds=1)
OWED_BY: Final = {
    Owner.SYSTEM: Sentence(fi="Järjestelmä hoitaa.", sv="Systemet sköter det.", en="The system sees to it."),
    Owner.MAIN_CONNECTOR: Sentence(
        fi="Pääliittyjän tehtävä.", sv="Huvudanslutarens uppgift.", en="For the main connector to do."
    ),
    Owner.TENANT: Sentence(fi="Vuokralaisen tehtävä.", sv="Hyresgästens uppgift.", en="For the tenant to do."),
}


async def entries(tx: Transaction, clock: Clock) -> Sequence[Entry]:
    """Return what is owed in a scope and when its certificates lapse; a tenant's has what it may see."""
    owed = await page(tx, Wanted(states=(State.OWED,)), after=None, count=MOST)
    return [*map(_entry, owed), *await certificates.entries(tx, clock)]


def _entry(promise: Promise) -> Entry:
    return Entry(
        uid=str(promise.id),
        summary=promise.title,
        description=_described(promise),
        on=_on(promise.due_at),
        rule=promise.rule,
        changed_at=promise.made_at,
        revision=promise.version - 1,
    )


def _on(due_at: datetime) -> date | datetime:
    """Return the day by whose end something is due, when it is due at the end of a day; else the instant."""
    last = day_in_finland(due_at - _SMALLEST)
    return last if start_of_day(day_in_finland(due_at)) == due_at else due_at


def _described(promise: Promise) -> Sentence:
    said = [OWED_BY[promise.owner], *(() if promise.explanation is None else promise.explanation.steps)]
    reference = promise.facts.get("agreement")
    if isinstance(reference, str):
        of = sentence("Sopimus {reference}.", "Avtal {reference}.", "Agreement {reference}.", reference=reference)
        said.insert(0, of)
    return Sentence(
        fi="\n".join(one.fi for one in said), sv="\n".join(one.sv for one in said), en="\n".join(one.en for one in said)
    )
