"""The summary of a month, read."""

from datetime import date
from typing import Final

from kanta_tenancy import parties
from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.summary import store
from kanta_tenancy.disturbances.summary.counting import Heading, Summary, summary
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction

NAME: Final = "disturbances"  # of files


async def of_month(tx: Transaction, clock: Clock, month: date, language: Language) -> Summary:
    """Read how the disturbances went that were reported in a month; the main connector's alone.

    Args:
        month: any day of it.
    """
    now = clock.now()
    first = month.replace(day=1)
    owner = await parties.main_connector_on(tx, day_in_finland(now))
    pace = rules.pace_on(first)
    heading = Heading(
        month=first,
        language=language,
        made_at=now,
        main_connector=owner.name,
        business_id=owner.business_id,
        to_acknowledge=pace.acknowledge_minutes,
        to_acknowledge_when_critical=pace.acknowledge_minutes_when_critical,
    )
    return summary(
        heading, await store.events(tx, first), await store.duties(tx, first, now), await store.left(tx, now)
    )


def file_name(made: Summary, ending: str) -> str:
    return f"{NAME}-{made.heading.month.isoformat()[:7]}.{ending}"
