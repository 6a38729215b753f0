"""What disturbances owe, as promises: people tell, the system calls, chases and tells tenants (K4.1a, K4.1b). Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances import wording
from kanta_tenancy.disturbances.case import KeptDuty, Status
from kanta_tenancy.disturbances.lifecycle import DUTY_RULE, RULE
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.promises import Owed, Owner

DUTY: Final = "disturbance.duty"
CHASE: Final = "disturbance.chase"
LOOK: Final = "disturbance.look"
CALL: Final = "disturbance.call"
TELL: Final = "disturbance.tell"
MESSAGE: Final = "message_id"  # the fact of a promise to look that names a webhook
LOOK_AFTER: Final = timedelta(minutes=5)  # how long a mail or webhook is given before somebody looks where it is


def subject(disturbance_id: UUID) -> str:
    return f"disturbance/{disturbance_id}"


def duty_key(duty: KeptDuty) -> str:
    """Return the key of whoever must tell; what did not arrive is another promise."""
    return f"{DUTY}/{duty.tries}/{duty.id}"


def chase_key(duty: KeptDuty) -> str:
    return f"{CHASE}/{duty.tries}/{duty.id}"


def look_key(duty: KeptDuty) -> str:
    return f"{LOOK}/{duty.tries}/{duty.id}"


def call_key(disturbance_id: UUID) -> str:
    return f"{CALL}/{disturbance_id}"


def tell_key(status_id: UUID) -> str:
    return f"{TELL}/{status_id}"


def id_in(key: str) -> UUID:
    """Return what a key is about."""
    return UUID(key.rpartition("/")[2])


def reference(disturbance_id: UUID) -> str:
    return disturbance_id.hex[-8:].upper()


def to_fulfil(duty: KeptDuty, at: datetime) -> tuple[Owed, Owed]:
    """Return the promise of whoever must tell, and the system's to chase them when they are late."""
    title = wording.title(reference(duty.disturbance_id), duty.addressee, duty.purpose)
    facts: dict[str, str | int | None] = {"rule": duty.rule, "round": duty.round, "addressee": duty.addressee.value}
    people = Owed(
        key=duty_key(duty),
        kind=DUTY,
        subject=subject(duty.disturbance_id),
        owner=Owner.MAIN_CONNECTOR if duty.tenancy_id is None else Owner.TENANT,
        tenancy_id=duty.tenancy_id,
        due_at=duty.due_at,
        rule=duty.explanation.rule,
        title=title,
        made_at=at,
        facts=facts,
        explanation=duty.explanation,
    )
    system = Owed(
        key=chase_key(duty),
        kind=CHASE,
        subject=subject(duty.disturbance_id),
        owner=Owner.SYSTEM,
        due_at=duty.due_at,
        rule=DUTY_RULE,
        title=title,
        made_at=at,
        facts=facts,
    )
    return people, system


def to_look(duty: KeptDuty, due_at: datetime, *, at: datetime, message_id: UUID | None = None) -> Owed:
    """Return the system's promise to look whether what a duty was told by from here has arrived.

    Args:
        message_id: of a webhook; None: the mail of the duty, which is known by its key.
    """
    facts: dict[str, str | int | None] = {"rule": duty.rule, "round": duty.round}
    return Owed(
        key=look_key(duty),
        kind=LOOK,
        subject=subject(duty.disturbance_id),
        owner=Owner.SYSTEM,
        due_at=due_at,
        rule=DUTY_RULE,
        title=wording.title(reference(duty.disturbance_id), duty.addressee, duty.purpose),
        made_at=at,
        facts=facts if message_id is None else facts | {MESSAGE: str(message_id)},
    )


def to_call(disturbance_id: UUID, at: datetime) -> Owed:
    """Return the system's promise to call the named persons, one after the other, until somebody acknowledges."""
    return Owed(
        key=call_key(disturbance_id),
        kind=CALL,
        subject=subject(disturbance_id),
        owner=Owner.SYSTEM,
        due_at=at,
        rule=RULE,
        title=sentence(
            "Kutsu nimetyt henkilöt häiriöön {reference}, kunnes joku kuittaa sen",
            "Kalla på de utsedda personerna till störningen {reference} tills någon kvitterar den",
            "Call the named persons to the disturbance {reference} until somebody acknowledges it",
            reference=reference(disturbance_id),
        ),
        made_at=at,
    )


def to_tell(status: Status) -> Owed:
    """Return the system's promise to tell tenants of a change of state, at once."""
    return Owed(
        key=tell_key(status.id),
        kind=TELL,
        subject=subject(status.disturbance_id),
        owner=Owner.SYSTEM,
        due_at=status.published_at,
        rule=DUTY_RULE,
        title=sentence(
            "Kerro vuokralaisille häiriön {reference} tila",
            "Underrätta hyresgästerna om läget för störningen {reference}",
            "Tell tenants how the disturbance {reference} stands",
            reference=reference(status.disturbance_id),
        ),
        made_at=status.published_at,
        facts={"number": status.number, "phase": status.phase.value},
    )
