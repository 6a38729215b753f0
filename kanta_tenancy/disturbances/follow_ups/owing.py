"""What follow-ups owe, as promises: whoever does it keeps one; by another the system reminds them (K19). Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.follow_ups import wording
from kanta_tenancy.disturbances.follow_ups.lifecycle import RULE, due_at, next_reminder
from kanta_tenancy.disturbances.follow_ups.model import FollowUp
from kanta_tenancy.promises import Owed
from kanta_tenancy.promises import Owner as Promiser

FOLLOW_UP: Final = "disturbance.follow_up"
REMIND: Final = "disturbance.follow_up_remind"


def subject(follow_up_id: UUID) -> str:
    return f"disturbance_follow_up/{follow_up_id}"


def key(one: FollowUp) -> str:
    """Return the key of whoever does it; what was not done after all is another promise."""
    return f"{FOLLOW_UP}/{one.round}/{one.id}"


def remind_key(one: FollowUp) -> str:
    return f"{REMIND}/{one.round}/{one.id}"


def to_do(one: FollowUp, *, at: datetime, again: timedelta) -> tuple[Owed, Owed]:
    """Return the promise of whoever does it, or sees to it, and the system's to remind them and escalate."""
    title, facts = wording.title(one), {"kind": one.kind.value, "owner": one.owner.value}
    due = due_at(one)
    people = Owed(
        key=key(one),
        kind=FOLLOW_UP,
        subject=subject(one.id),
        owner=Promiser.MAIN_CONNECTOR if one.of_tenant is None else Promiser.TENANT,
        tenancy_id=one.tenancy_id,
        due_at=due,
        rule=RULE,
        title=title,
        made_at=at,
        facts=facts,
    )
    system = Owed(
        key=remind_key(one),
        kind=REMIND,
        subject=subject(one.id),
        owner=Promiser.SYSTEM,
        tenancy_id=one.tenancy_id,
        due_at=next_reminder(due, at, again),
        rule=RULE,
        title=title,
        made_at=at,
        facts=facts,
    )
    return people, system
