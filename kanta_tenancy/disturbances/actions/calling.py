"""The named persons are called one after the other until somebody acknowledges; nobody left: every administrator."""

from datetime import datetime
from typing import Final

import structlog

from kanta_tenancy import parties
from kanta_tenancy.disturbances import owing, reachability
from kanta_tenancy.disturbances.case import Called, Disturbance, OnCall
from kanta_tenancy.disturbances.lifecycle import RULE
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.disturbances.store import reaching as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function

TOPIC: Final = "disturbance.reported"
ADMINISTRATORS: Final = (Function.ADMINISTRATOR,)
_SUBJECT: Final = Sentence(
    fi="Häiriö on ilmoitettu: kuittaa", sv="En störning har rapporterats: kvittera", en="Disturbance: acknowledge"
)
_NOBODY: Final = Sentence(
    fi="Kukaan nimetyistä henkilöistä ei ole kuitannut häiriötä.",
    sv="Ingen av de utsedda personerna har kvitterat störningen.",
    en="None of the named persons has acknowledged the disturbance.",
)
_REFERENCE: Final = Sentence(fi="Tunnus", sv="Beteckning", en="Reference")
_WHAT: Final = Sentence(fi="Mitä on ilmoitettu", sv="Vad som rapporterats", en="What was reported")
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")

log: Final = structlog.get_logger("kanta_tenancy.disturbances")


async def on_call(tx: Transaction, at: datetime) -> tuple[tuple[OnCall, ...], dict[ContactId, Recipient]]:
    """Return whom the main connector has named, in order, and those of them who are its contacts that day.

    Where it has named nobody in particular, its contacts for disturbances can be called, as they were named.
    """
    found = await parties.persons_for(tx, Function.DISTURBANCES, tenancy_id=None, on_day=day_in_finland(at))
    there = {
        one.id: Recipient(contact_id=one.id, name=one.name, email=one.email, language=one.language) for one in found
    }
    roster = await store.roster(tx)
    named = tuple(OnCall(contact_id=one.id) for one in found) if roster is None else roster.people
    return named, there


async def reachable(tx: Transaction, at: datetime) -> list[Recipient]:
    """Return every named person who can be called now; where there is none, every administrator."""
    named, there = await on_call(tx, at)
    now = [there[one.contact_id] for one in named if one.contact_id in there and reachability.is_reachable(one, at)]
    return now or await readers(tx, ADMINISTRATORS, tenancy_id=None, at=at)


async def call_next(tx: Transaction, disturbance: Disturbance, *, at: datetime) -> Called:
    """Call the next person; nobody left, every administrator, and say so loudly."""
    before = await store.calls(tx, disturbance.id)
    named, there = await on_call(tx, at)
    contact_id = reachability.next_one(named, before, there.keys(), at)
    people = (
        [there[contact_id]] if contact_id is not None else await readers(tx, ADMINISTRATORS, tenancy_id=None, at=at)
    )
    call = Called(number=len(before) + 1, contact_id=contact_id, people=len(people), called_at=at)
    await tell(tx, at, [_notice(disturbance, call, person) for person in people])
    await store.add_call(tx, disturbance.id, call)
    if contact_id is None:
        await disturbances.mark_unreached(tx, disturbance.id, at)
        log.error("nobody acknowledges a disturbance", disturbance=str(disturbance.id), administrators=len(people))
    return call


def _notice(disturbance: Disturbance, call: Called, person: Recipient) -> Notice:
    lines = [_since(disturbance), _NOBODY] if call.contact_id is None else [_since(disturbance)]
    return Notice(
        key=f"{owing.CALL}/{disturbance.id}/{call.number}/{person.contact_id}",
        to=person,
        topic=TOPIC,
        subject=_SUBJECT,
        lines=tuple(lines),
        facts=((_REFERENCE, disturbance.reference), (_WHAT, disturbance.what or ""), (_RULE, RULE)),
        tenancy_id=None,
        urgent=True,
    )


def _since(disturbance: Disturbance) -> Sentence:
    return sentence(
        "Häiriö {reference} on alkanut {since} (Suomen aikaa) ja odottaa kuittausta.",
        "Störningen {reference} började {since} (finsk tid) och väntar på kvittering.",
        "The disturbance {reference} began {since} (Finnish time) and waits to be acknowledged.",
        reference=disturbance.reference,
        since=disturbance.since,
    )
