"""A breach is reported, and comes into the register of everybody who is controller of the data (K4.2, K14)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import asdict, replace

from kanta_tenancy import parties, promises
from kanta_tenancy.breaches import carrying, checking, history
from kanta_tenancy.breaches.actions import holding
from kanta_tenancy.breaches.actions.keeping import Standing, numbered, owed, standing
from kanta_tenancy.breaches.controllership import controllership, holders, outside, part_of
from kanta_tenancy.breaches.errors import BreachRefused
from kanta_tenancy.breaches.model import (
    BY_REPORT,
    Addressee,
    AwareGround,
    Awareness,
    Breach,
    BreachRecorded,
    BreachReported,
    Concerned,
    Concerning,
    Controllership,
    Entry,
    Item,
    Move,
    Movement,
    NewReport,
    Part,
    Party,
    PartyKind,
    Report,
    Said,
    State,
    Statement,
    Telling,
)
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.breaches.store import entries, reports
from kanta_tenancy.disturbances import reading as disturbances
from kanta_tenancy.disturbances.actions import carrying as event_duties
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


class Event(Record, frozen=True, kw_only=True):
    """What was known of the disturbance that a breach is a part of."""

    aware_at: datetime | None = None  # of the main connector
    told: tuple[event_duties.Told, ...] = ()  # whom people told from there


NO_EVENT: Final = Event()


class Reported(Record, frozen=True, kw_only=True):
    """A report, and the breaches that came of it as far as the scope sees them."""

    report: Report
    breaches: tuple[Breach, ...]


async def report(tx: Transaction, clock: Clock, said: NewReport) -> Reported:
    """Report a breach, or that one is suspected; each controller that works with this service has it in its register.

    In a tenant's scope only what is the tenant's own is written. The main connector's part follows from the message.

    Raises:
        BreachRefused: what was said is not acceptable, or names a tenancy that is not there.
        DisturbanceNotFound: it names a disturbance that the scope does not see.
    """
    at = clock.now()
    fit = checking.report(said, at, own=tx.scope.tenancy_id)
    if fit.disturbance_id is not None:
        await disturbances.disturbance(tx, fit.disturbance_id)
    await check_tenancies(tx, fit.concerned, at=at)
    made = Report(id=new_id(), tenancy_id=tx.scope.tenancy_id, reported_by=tx.actor.name, reported_at=at, **asdict(fit))
    await reports.add(tx, made)
    breaches = await open_breaches(tx, made, ruled(made.concerned, at=at), at=at)
    await record(tx, history.of_report(made), announce=BreachReported(report_id=made.id, at=at))
    return Reported(report=made, breaches=tuple(breaches))


def ruled(concerned: Iterable[Concerned], *, at: datetime) -> list[Controllership]:
    """Return who is controller of each piece of data, on the day in Finland."""
    return [controllership(one, day_in_finland(at)) for one in concerned]


async def check_tenancies(tx: Transaction, concerned: Iterable[Concerned], *, at: datetime) -> None:
    """Refuse tenancies that are not there.

    Raises:
        BreachRefused: with each of them.
    """
    named = {at_: party.tenancy_id for at_, party in _parties(concerned) if party.tenancy_id is not None}
    there = await parties.tenants_on(tx, set(named.values()), day_in_finland(at))
    missing = [field for field, tenancy_id in named.items() if tenancy_id not in there]
    if missing:
        flaws = tuple(Flaw(field=field, detail="there is no such tenancy", rule="K14") for field in missing)
        raise BreachRefused(f"{missing[0]}: there is no such tenancy", rule="K14", flaws=flaws)


async def open_breaches(
    tx: Transaction, report: Report, found: Sequence[Controllership], *, at: datetime
) -> list[Breach]:
    """Put a reported breach into the registers of its controllers that the scope may write and that lack it."""
    there = {one.tenancy_id for one in await store.of_report(tx, report.id)}
    known = await _event(tx, report)
    opened = [
        standing(*_begun(report, party, found, known, at=at))
        for party in _whose(report, found)
        if _may_write(tx, party) and party.tenancy_id not in there
    ]
    await store.add(tx, [one.breach for one in opened])
    await entries.add(tx, [(one.breach, entry) for one in opened for entry in one.entries])
    await promises.owe_many(tx, [promise for one in opened for promise in owed(one, {}, at=at)])
    for one in opened:
        await record(tx, history.of_breach("recorded", None, one.breach, at=at), announce=_recorded(one, at=at))
        await holding.follow(tx, one.breach, report.disturbance_id, at=at)
    await _see_to(tx, report, opened, found, at=at)
    return [one.breach for one in opened]


async def _event(tx: Transaction, report: Report) -> Event:
    """Return what is known of the disturbance that a breach is a part of."""
    if report.disturbance_id is None:
        return NO_EVENT
    found = await disturbances.disturbance(tx, report.disturbance_id)
    return Event(aware_at=found.aware_at, told=tuple(await event_duties.told_before(tx, report.disturbance_id)))


async def _see_to(
    tx: Transaction, report: Report, opened: Iterable[Standing], found: Sequence[Controllership], *, at: datetime
) -> None:
    """Tell the disturbance that a breach is a part of what the register sees to from now on."""
    if report.disturbance_id is None:
        return
    by = report.reported_by
    said = carrying.of_report(report, found, at=at)
    for one in opened:
        said += carrying.of_breach(one.breach, one.case, one.duties, by=by, at=at)
    shown = event_duties.Shown(facts=carrying.facts_of(report, found), by=by, reason=f"breach_report/{report.id}")
    await event_duties.carry(tx, report.disturbance_id, said, at=at, shown=shown)


def finder_of(report: Report) -> Party:
    return party_of(report.tenancy_id)


def party_of(tenancy_id: TenancyId | None) -> Party:
    if tenancy_id is None:
        return Party(kind=PartyKind.MAIN_CONNECTOR)
    return Party(kind=PartyKind.TENANT, tenancy_id=tenancy_id)


def _parties(concerned: Iterable[Concerned]) -> Iterator[tuple[str, Party]]:
    for at, one in enumerate(concerned):
        yield f"concerned[{at}].producer.tenancy_id", one.producer
        if one.on_behalf_of is not None:
            yield f"concerned[{at}].on_behalf_of.tenancy_id", one.on_behalf_of


def _whose(report: Report, found: Sequence[Controllership]) -> list[Party]:
    """Return in whose register it comes: the controllers', and the finder's who has to tell somebody outside."""
    finder = finder_of(report)
    here = holders(found)
    return [*here, finder] if finder not in here and outside(found) else here


def _may_write(tx: Transaction, party: Party) -> bool:
    return tx.scope.tenancy_id is None or tx.scope.tenancy_id == party.tenancy_id


def concerning(party: Party, found: Sequence[Controllership]) -> Concerning:
    """Return what of the data is a party's to see: that which it answers for, or else what nobody here answers for."""
    own = tuple(one for one in found if party in one.controllers)
    others = tuple(one for one in found if not any(each.is_here for each in one.controllers))
    return Concerning(part=part_of(party, found), controllerships=own or others)


def _begun(
    report: Report, party: Party, found: Sequence[Controllership], known: Event, *, at: datetime
) -> tuple[Breach, list[Entry]]:
    concerns = concerning(party, found)
    said: list[Said] = [concerns]
    if not report.suspected:
        said.append(Movement(move=Move.CONFIRM, reason=f"{BY_REPORT}{report.id}"))
    if concerns.part is not Part.FINDER:
        said.append(_awareness(report, party, known))
    said.append(Statement(item=Item.NATURE, text=report.what))
    said += _told_before(party, known, said)
    breach = Breach(
        id=new_id(),
        tenancy_id=party.tenancy_id,
        report_id=report.id,
        title=report.title,
        found_at=report.found_at,
        recorded_at=at,
        state=State.SUSPECTED,
        part=concerns.part,
        risk=None,
        aware_at=None,
        authority_due_at=None,
        version=1,
        disturbance_id=report.disturbance_id,
    )
    return breach, numbered(said, after=0, by=report.reported_by, at=at)


def _awareness(report: Report, party: Party, known: Event) -> Awareness:
    """Return the strictest instant that is known; the controller may say it anew, with its reason."""
    reason = f"{BY_REPORT}{report.id}"
    if party == finder_of(report):
        found = Awareness(aware_at=report.found_at, ground=AwareGround.FOUND_ITSELF, reason=reason)
    else:
        by_processor = report.tenancy_id is None
        ground = AwareGround.TOLD_BY_PROCESSOR if by_processor else AwareGround.TOLD_BY_OTHER
        found = Awareness(aware_at=report.reported_at, ground=ground, reason=reason)
    if party.kind is PartyKind.MAIN_CONNECTOR and known.aware_at is not None and known.aware_at < found.aware_at:
        return replace(found, aware_at=known.aware_at, reason=f"disturbance/{report.disturbance_id}")
    return found


def _told_before(party: Party, known: Event, said: Iterable[Said]) -> list[Telling]:
    """Return whom the party told of the event before the breach was recorded; late, with what was put down then."""
    due = next((breach_clock.authority_due(one.aware_at) for one in said if isinstance(one, Awareness)), None)
    told = []
    for one in known.told:
        addressee = carrying.ADDRESSEES.get(one.matter)
        if addressee is None or one.tenancy_id != party.tenancy_id:
            continue
        late = addressee is Addressee.AUTHORITY and due is not None and one.told_at > due
        told.append(
            Telling(addressee=addressee, told_at=one.told_at, how=one.how, late_because=one.how if late else None)
        )
    return told


def _recorded(one: Standing, *, at: datetime) -> BreachRecorded:
    return BreachRecorded(
        breach_id=one.breach.id,
        report_id=one.breach.report_id,
        part=one.breach.part,
        state=one.breach.state,
        aware_at=one.breach.aware_at,
        authority_due_at=one.breach.authority_due_at,
        at=at,
    )
