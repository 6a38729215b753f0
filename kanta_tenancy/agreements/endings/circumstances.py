"""Death, bankruptcy, a licence withdrawn: noted, and then the main connector has to decide what follows.

The agreement does not say that any of them ends it, so none does; the note opens a promise to decide.
"""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.endings import owing
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import Circumstance, NewCircumstance
from kanta_tenancy.agreements.endings.store import circumstances as store
from kanta_tenancy.agreements.ends import Decision
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.promises import keep, owe


async def note(tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, said: NewCircumstance) -> Circumstance:
    """Put down what befell a party; from then on a decision is owed.

    Raises:
        TenancyNotFound, ExhibitNotFound: there is no such tenancy, or it has no such file.
        OccurrenceRefused: it says something that cannot be.
    """
    await parties.check_tenancy(tx, tenancy_id)
    at = clock.now()
    text = _examined(said, day_in_finland(at))
    await exhibits.check(tx, said.exhibit_id, tenancy_id)
    noted = Circumstance(
        id=new_id(),
        tenancy_id=tenancy_id,
        kind=said.kind,
        party=said.party,
        happened_on=said.happened_on,
        known_on=said.known_on,
        note=text,
        exhibit_id=said.exhibit_id,
        decide_by=said.decide_by or said.known_on + owing.TIME_TO_DECIDE,
        recorded_at=at,
        version=1,
    )
    await store.add(tx, noted)
    await owe(tx, owing.to_decide(noted))
    # In the main connector's own chain: it may be about a person, and is nothing that the agreement does.
    act = history.occurred("circumstance.noted", noted.id, tenancy_id=None, at=at, kind=noted.kind)
    await record(tx, act)
    return noted


async def decide(
    tx: Transaction, clock: Clock, *, circumstance_id: UUID, version: int, decision: Decision, reason: str
) -> Circumstance:
    """Put down what was decided and why. A notice or a rescission that follows is an act of its own.

    Raises:
        CircumstanceNotFound, OccurrenceChanged: there is none, or not at that version any more.
        OccurrenceRefused: the reason is none, or cannot be kept.
    """
    before = await store.find(tx, circumstance_id)
    if before.version != version:
        raise OccurrenceChanged(f"it is at version {before.version}, not {version}", version=before.version)
    look = wording.Examination()
    text = look.text("reason", wording.lines, reason, clause="K20.1")
    if look.flaws:
        raise OccurrenceRefused(look.flaws[0].detail, flaws=tuple(look.flaws))
    at = clock.now()
    after = replace(before, decided_at=at, decision=decision, reason=text, version=before.version + 1)
    await store.decide(tx, after)
    await keep(tx, f"{owing.DECIDE}/{after.id}", at=at, result={"decision": decision.value})
    act = history.occurred("circumstance.decided", after.id, tenancy_id=None, at=at, decision=decision.value)
    await record(tx, act)
    return after


def _examined(said: NewCircumstance, today: date) -> str:
    look = wording.Examination()
    text = look.text("note", wording.lines, said.note, clause="K20.1")
    if said.known_on > today:
        look.note("known_on", "it is still to come", clause="K20.1")
    if said.happened_on is not None and said.happened_on > said.known_on:
        look.note("happened_on", "it was known before it happened", clause="K20.1")
    if said.decide_by is not None and said.decide_by < said.known_on:
        look.note("decide_by", "it is before the day on which it became known", clause="K20.1")
    if look.flaws:
        raise OccurrenceRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    return text
