"""Who is called next: whoever is named first, can be called now and was not called yet (K4.1a). Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Final

from kanta_tenancy.disturbances.case import Called, Hours, OnCall
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.identifiers import ContactId

MIDNIGHT: Final = "24:00"


def next_one(
    people: Sequence[OnCall], called: Collection[Called], there: Collection[ContactId], now: datetime
) -> ContactId | None:
    """Return who is called next; None: nobody is left, so every administrator is.

    Args:
        people: whom the main connector has named, in their order.
        called: who was called already.
        there: who of them is a contact for disturbances on that day.
    """
    gone = {one.contact_id for one in called}
    return next(
        (
            one.contact_id
            for one in people
            if one.contact_id in there and one.contact_id not in gone and is_reachable(one, now)
        ),
        None,
    )


def is_reachable(person: OnCall, now: datetime) -> bool:
    """Say whether somebody can be called now; who names no hours can be called day and night."""
    return not person.hours or any(_within(hours, now) for hours in person.hours)


def _within(hours: Hours, now: datetime) -> bool:
    local = now.astimezone(HELSINKI)
    if local.isoweekday() not in hours.days:
        return False
    begins = time.fromisoformat(hours.begins)
    ended = hours.ends != MIDNIGHT and local.time() >= time.fromisoformat(hours.ends)
    return begins <= local.time() and not ended
