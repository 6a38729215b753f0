"""Tenants are told of a disturbance or of maintenance, once for each change of state, those told before again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import promises, systems
from kanta_tenancy.agreements.annex import reading as annexes
from kanta_tenancy.disturbances import checking, history, lifecycle, owing
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import Disturbance, DisturbanceTold, Kind, Phase, State, Status
from kanta_tenancy.disturbances.lifecycle import RULE, DutyMove, Move
from kanta_tenancy.disturbances.model import Addressee, Channel
from kanta_tenancy.disturbances.store import disturbances, duties
from kanta_tenancy.disturbances.store import statuses as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

Text = Mapping[Language, str]

PHASES: Final[Mapping[State, Phase]] = {
    State.ACKNOWLEDGED: Phase.ONGOING,
    State.PLANNED: Phase.PLANNED,
    State.OVER: Phase.OVER,
    State.DISMISSED: Phase.CANCELLED,
    State.CANCELLED: Phase.CANCELLED,
}
_PAGE: Final = 500


class SaidMaintenance(Record, frozen=True, kw_only=True):
    """What is planned, and when."""

    title: str
    since: datetime
    until: datetime
    system_id: UUID | None = None
    service: str | None = None
    text: Text | None = None


async def publish(
    tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, text: Text | None
) -> Disturbance:
    """Tell the tenants concerned how a disturbance stands, or of a change of what is planned.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not in a state that allows it.
        DisturbanceRefused: the text cannot be kept.
    """
    before = await disturbances.take(tx, disturbance_id, version)
    after = lifecycle.move(before, Move.TELL)
    said = _text(text)
    at = clock.now()
    await disturbances.save(tx, after)
    await put_out(tx, after, said, at=at)
    await record(tx, history.of_disturbance("told", before, after, at=at))
    return after


async def plan(tx: Transaction, clock: Clock, said: SaidMaintenance) -> Disturbance:
    """Put down maintenance that is to come, and tell the tenants concerned of it.

    Raises:
        DisturbanceRefused: what was said is not acceptable.
        SystemNotFound: the scope has no such system.
    """
    at = clock.now()
    fit = _maintenance(said, at)
    if fit.system_id is not None:
        await systems.system(tx, fit.system_id)
    planned = Disturbance(
        id=new_id(),
        tenancy_id=None,
        kind=Kind.MAINTENANCE,
        state=State.PLANNED,
        title=fit.title,
        since=fit.since,
        until=fit.until,
        system_id=fit.system_id,
        service=fit.service,
        reported_at=at,
        detected_at=at,
        version=1,
    )
    await disturbances.add(tx, planned)
    await put_out(tx, planned, fit.text, at=at)
    await record(tx, history.of_disturbance("planned", None, planned, at=at))
    return planned


async def cancel(
    tx: Transaction, clock: Clock, disturbance_id: UUID, *, version: int, because: str, text: Text | None
) -> Disturbance:
    """Say that planned maintenance does not come, and tell whoever was told that it would.

    Raises:
        DisturbanceNotFound, DisturbanceChanged: there is none, or not at that version any more.
        DisturbanceMoveNotAllowed: it is not planned.
        DisturbanceRefused: the reason or the text cannot be kept.
    """
    before = await disturbances.take(tx, disturbance_id, version)
    look = wording.Examination()
    reason = checking.fit(look, checking.lines("because", because, look))
    said = _text(text)
    after = replace(lifecycle.move(before, Move.CANCEL), because=reason)
    at = clock.now()
    await disturbances.save(tx, after)
    await put_out(tx, after, said, at=at)
    await record(tx, history.of_disturbance("cancelled", before, after, at=at))
    return after


async def put_out(tx: Transaction, disturbance: Disturbance, text: Text | None, *, at: datetime) -> Status:
    """Put down what tenants are told of a disturbance that the transaction holds, and owe that they are.

    It is for those whom it concerns today, those who reported it and those who were told of it before.
    """
    for_whom = {
        *await affected(tx, disturbance, day_in_finland(at)),
        *await disturbances.reporters(tx, disturbance.id),
        *await store.told_before(tx, disturbance.id),
    }
    status = Status(
        id=new_id(),
        disturbance_id=disturbance.id,
        number=len(await store.of_disturbance(tx, disturbance.id)) + 1,
        phase=PHASES[disturbance.state],
        text=text,
        published_at=at,
        published_by=tx.actor.name,
    )
    await store.add(tx, status, for_whom)
    await disturbances.add_parties(tx, disturbance.id, for_whom, reported=False)
    await promises.owe(tx, owing.to_tell(status))
    for duty in await duties.take_all(tx, disturbance.id):
        if duty.addressee is Addressee.AFFECTED_TENANTS and duty.is_open:
            await duty_actions.settle_taken(tx, duty, DutyMove.SEND, at=at, channel=Channel.SERVICE)
    act = history.occurred(
        "disturbance_status.published",
        "disturbance_status",
        status.id,
        tenancy_id=None,
        at=at,
        disturbance=str(disturbance.id),
        phase=status.phase.value,
        tenants=len(for_whom),
    )
    told = DisturbanceTold(disturbance_id=disturbance.id, status_id=status.id, phase=status.phase, at=at)
    await record(tx, act, announce=told)
    return status


async def put_out_if_told(tx: Transaction, disturbance: Disturbance, text: Text | None, *, at: datetime) -> None:
    """Do as `put_out` does where tenants were told of it before: its new state is told to them."""
    if await store.of_disturbance(tx, disturbance.id):
        await put_out(tx, disturbance, text, at=at)


async def affected(tx: Transaction, disturbance: Disturbance, day: date) -> set[TenancyId]:
    """Return the tenants concerned on a day: behind the system, or with the service in their Annex 1; else none."""
    if disturbance.system_id is not None:
        return await _behind(tx, disturbance.system_id, disturbance.service, day)
    if disturbance.service is not None:
        return await _with_service(tx, disturbance.service, day)
    return set()


async def _behind(tx: Transaction, system_id: UUID, service: str | None, day: date) -> set[TenancyId]:
    found: set[TenancyId] = set()
    after: systems.DependantPosition | None = None
    while page := await systems.behind(tx, system_id, day, after=after, count=_PAGE):
        hit = [one for one in page if service is None or one.service == service]
        found |= {one.tenancy_id for one in hit if one.tenancy_id is not None}
        after = systems.DependantPosition(holder=page[-1].holder, service=page[-1].service)
    return found


async def _with_service(tx: Transaction, service: str, day: date) -> set[TenancyId]:
    found: set[TenancyId] = set()
    after: UUID | None = None
    while page := await annexes.services_in_use(tx, day, after=after, count=_PAGE):
        found |= {one.tenancy_id for one in page if service in one.services}
        after = page[-1].tenancy_id
    return found


def check_text(text: Text | None, look: wording.Examination) -> Text | None:
    """Return what the main connector adds in its languages as it is kept, and note every flaw."""
    said = {
        language: checking.lines(f"text.{language.value}", one, look)
        for language, one in (text or {}).items()
        if one.strip()
    }
    return said or None


def _text(text: Text | None) -> Text | None:
    look = wording.Examination()
    return checking.fit(look, check_text(text, look))


def _maintenance(said: SaidMaintenance, now: datetime) -> SaidMaintenance:
    look = wording.Examination()
    fit = replace(said, title=checking.line("title", said.title, look), text=check_text(said.text, look))
    checking.service(said.service, look)
    if said.since <= now:
        look.note("since", "maintenance is to come", clause=RULE)
    if said.until <= said.since:
        look.note("until", "it ends before it begins", clause=RULE)
    if said.system_id is None and said.service is None:
        look.note("system_id", "a system or a service is needed, by which tenants are found", clause=RULE)
    return checking.fit(look, fit)
