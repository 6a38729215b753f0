"""A disturbance is closed once everything is told, cause and remedy are known; new facts open it again."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.disturbances import checking, closing, history, lifecycle, owing
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import Cause, Disturbance, DisturbanceMoved, Finding, FindingKind, State
from kanta_tenancy.disturbances.errors import DisturbanceUnfinished
from kanta_tenancy.disturbances.lifecycle import Move
from kanta_tenancy.disturbances.store import disturbances as store
from kanta_tenancy.disturbances.store import duties, findings
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

_MANY: Final = 1000  # mails and webhooks of one disturbance that are on their way


class SaidCause(Record, frozen=True, kw_only=True):
    cause: Cause
    text: str


class SaidFindings(Record, frozen=True, kw_only=True):
    """What somebody found out; what is left out stays as it is."""

    cause: SaidCause | None = None
    remedy: str | None = None


async def find_out(
    tx: Transaction, clock: Clock, disturbance_id: UUID, said: SaidFindings, *, version: int
) -> Disturbance:
    """Say what the cause was, or the remedy, or both; each stands under the name of who said it.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: nobody has acknowledged it, or it is closed.
        DisturbanceRefused: nothing is said, or it cannot be kept.
    """
    before = await store.take(tx, disturbance_id, version)
    after = lifecycle.move(before, Move.ASSESS)
    at = clock.now()
    found = _findings(said, by=tx.actor.name, at=at)
    await store.save(tx, after)
    await findings.add(tx, disturbance_id, found)
    kinds = ", ".join(one.kind.value for one in found)
    await record(tx, history.of_disturbance("found_out", before, after, at=at, findings=kinds))
    return after


async def close(tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int) -> Disturbance:
    """Close a disturbance that is over. Its follow-ups live on until each is done.

    What tenants told the named person by their reports is acknowledged by this at the latest.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not over, or is maintenance.
        DisturbanceUnfinished: with everything that is missing, duty by duty.
    """
    before = await store.take(tx, disturbance_id, version)
    at = clock.now()
    after = lifecycle.close(before, by=tx.actor.name, at=at)
    lacking = await lacks(tx, disturbance_id)
    if lacking:
        raise DisturbanceUnfinished(
            f"{len(lacking)} to do before it can be closed; first {lacking[0].field}: {lacking[0].detail}",
            rule=closing.RULE,
            flaws=lacking,
        )
    await duty_actions.acknowledge_reported(tx, disturbance_id, at=at)
    await store.save(tx, after)
    await _record(tx, "closed", before, after, at=at)
    return after


async def lacks(tx: Transaction, disturbance_id: UUID) -> tuple[Flaw, ...]:
    """Return what is missing before a disturbance that the transaction holds can be closed."""
    looks = promises.Wanted(
        subject=owing.subject(disturbance_id), kind=owing.LOOK, states=(promises.State.OWED, promises.State.BROKEN)
    )
    on_their_way = await promises.page(tx, looks, after=None, count=_MANY)
    return closing.missing(
        await duties.take_all(tx, disturbance_id),
        await findings.of_disturbance(tx, disturbance_id),
        await findings.holds(tx, disturbance_id),
        on_their_way={owing.id_in(one.key) for one in on_their_way},
    )


async def open_again(tx: Transaction, disturbance_id: UUID, *, because: str, at: datetime) -> None:
    """Open a closed disturbance again, since something came out that a closed one has not; any other is left alone."""
    before = await store.hold(tx, disturbance_id)
    if before.state is not State.CLOSED:
        return
    after = lifecycle.reopen(before)
    await store.save(tx, after)
    await note_new_facts(tx, disturbance_id, because, at=at)
    await _record(tx, "reopened", before, after, at=at)


async def note_new_facts(tx: Transaction, disturbance_id: UUID, because: str, *, at: datetime) -> None:
    finding = Finding(kind=FindingKind.NEW_FACTS, text=because, said_by=tx.actor.name, said_at=at)
    await findings.add(tx, disturbance_id, [finding])


async def place_hold(tx: Transaction, disturbance_id: UUID, key: str, because: Sentence, *, at: datetime) -> None:
    """Say what another room has open of a disturbance: it is not closed meanwhile, and opened again if it was.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    await store.hold(tx, disturbance_id)
    await findings.add_hold(tx, disturbance_id, key, because, at=at)
    await open_again(tx, disturbance_id, because=because.en, at=at)


async def release_hold(tx: Transaction, disturbance_id: UUID, key: str, *, at: datetime) -> None:
    """Say that it is open no longer; nothing happens when it was not."""
    await findings.release(tx, disturbance_id, key, at=at)


async def _record(tx: Transaction, done: str, before: Disturbance, after: Disturbance, *, at: datetime) -> None:
    told = DisturbanceMoved(disturbance_id=after.id, state=after.state, at=at)
    await record(tx, history.of_disturbance(done, before, after, at=at), announce=told)


def _findings(said: SaidFindings, *, by: str, at: datetime) -> list[Finding]:
    look = wording.Examination()
    found = []
    if said.cause is not None:
        text = checking.lines("cause.text", said.cause.text, look, longest=checking.LONGEST_WHAT)
        found.append(Finding(kind=FindingKind.CAUSE, text=text, cause=said.cause.cause, said_by=by, said_at=at))
    if said.remedy is not None:
        text = checking.lines("remedy", said.remedy, look, longest=checking.LONGEST_WHAT)
        found.append(Finding(kind=FindingKind.REMEDY, text=text, said_by=by, said_at=at))
    if not found:
        look.note("cause", "neither a cause nor a remedy is said", clause=closing.RULE)
    return checking.fit(look, found)
