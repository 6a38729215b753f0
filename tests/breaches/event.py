"""A disturbance and the breach that is a part of it: what both rooms say of one event. Say only what matters."""

from uuid import UUID

from kanta_tenancy.breaches.model import (
    Breach,
)
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.promises import State as PromiseState
from tests.breaches.desk import Register
from tests.disturbances.examples import Desk
from tests.disturbances.test_assessing import YES, Person

ITS_OWN = {"breach": YES, "data_of_main_connector": YES}


async def recorded(register: Register, person: Person, *concerned, **said) -> Breach:
    """Report a breach of the disturbance; return the first that came of it."""
    said = {"found_at": register.clock.now(), "suspected": False, "disturbance_id": person.id} | said
    return (await register.reported(*concerned, **said)).breaches[0]


async def of_rule(person: Person, rule: str, *, tenancy_id: UUID | None = None) -> KeptDuty:
    async with person.desk.database.transaction(person.desk.caller) as tx:
        kept = (await reading.whole(tx, person.id)).duties
    return max((one for one in kept if (one.rule, one.tenancy_id) == (rule, tenancy_id)), key=lambda one: one.round)


async def promised_here(desk: Desk, rule: str) -> set[PromiseState]:
    found = [*await desk.ledger("disturbance.duty"), *await desk.ledger("disturbance.chase")]
    return {one.state for one in found if (one.facts or {}).get("rule") == rule}


async def mails(owner, email: str) -> list[str]:
    rows = await owner.fetch("SELECT topic FROM notice WHERE email = $1 ORDER BY told_at, topic", email)
    return [row["topic"] for row in rows]
