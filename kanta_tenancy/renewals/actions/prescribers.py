"""Who may prescribe and when they are there, as a tenant or the main connector tells it; requests follow at once."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict, replace

from kanta_tenancy import parties
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.renewals import checking, history, waking
from kanta_tenancy.renewals.errors import PrescriberRefused
from kanta_tenancy.renewals.model import Concerned, Office
from kanta_tenancy.renewals.staff import Absence, KnownPrescriber, Prevention, SaidPrescriber
from kanta_tenancy.renewals.store import prescribers as store


async def name(
    tx: Transaction, clock: Clock, *, tenancy_id: TenancyId | None, code: str, said: SaidPrescriber
) -> KnownPrescriber:
    """Name somebody who may prescribe, at a tenant or at the main connector.

    Raises:
        TenancyNotFound: there is none such.
        PrescriberRefused: what was said is not acceptable.
        PrescriberTaken: somebody of that identifier is there.
        UnitNotFound: the house has no such unit.
    """
    await waking.stand_alone(tx)
    house = await _house(tx, tenancy_id)
    at = clock.now()
    look = wording.Examination()
    kept = checking.code(look, "code", code)
    fit = checking.prescriber(said, look, at_main_connector=house is None)
    checking.fit(look, None, PrescriberRefused)
    named = KnownPrescriber(id=new_id(), tenancy_id=house, code=kept, version=1, created_at=at, **asdict(fit))
    await store.add(tx, named)
    await _look_again(tx, named, at=at)
    await _record(tx, "named", None, named, at=at)
    return named


async def amend(
    tx: Transaction, clock: Clock, prescriber_id: UUID, *, version: int, said: SaidPrescriber
) -> KnownPrescriber:
    """Say anew who somebody is, at which units, when they are at work, and until when they are here at all.

    Raises:
        PrescriberNotFound, PrescriberChanged: there is nobody, or not at that version any more.
        PrescriberRefused: what was said is not acceptable.
        UnitNotFound: the house has no such unit.
    """
    await waking.stand_alone(tx)
    before = await store.take(tx, prescriber_id, version)
    at = clock.now()
    look = wording.Examination()
    fit = checking.prescriber(said, look, at_main_connector=before.tenancy_id is None)
    checking.fit(look, None, PrescriberRefused)
    after = replace(before, version=version + 1, **asdict(fit))
    await store.save(tx, after)
    await _look_again(tx, before, after, at=at)
    await _record(tx, "amended", before, after, at=at)
    return after


async def be_absent(
    tx: Transaction, clock: Clock, prescriber_id: UUID, *, since: datetime, until: datetime | None
) -> KnownPrescriber:
    """Put down when somebody is not there; what they have goes to others if they would not come to it in time.

    Raises:
        PrescriberNotFound: there is nobody.
        PrescriberRefused: it ends before it begins.
    """
    checking.span(since, until)
    await waking.stand_alone(tx)
    before = await store.take(tx, prescriber_id, None)
    at = clock.now()
    absence = Absence(id=new_id(), since=since, until=until)
    await store.add_absence(tx, before, absence, at=at)
    after = replace(before, absences=tuple(sorted((*before.absences, absence), key=lambda one: (one.since, one.id))))
    await _look_again(tx, after, at=at)
    await _record(tx, "absent", before, after, at=at)
    return after


async def be_there(tx: Transaction, clock: Clock, prescriber_id: UUID, absence_id: UUID) -> KnownPrescriber:
    """Put down that an absence falls away.

    Raises:
        PrescriberNotFound, AbsenceNotFound: there is none such.
    """
    await waking.stand_alone(tx)
    before = await store.take(tx, prescriber_id, None)
    at = clock.now()
    await store.withdraw_absence(tx, prescriber_id, absence_id, at=at)
    after = replace(before, absences=tuple(one for one in before.absences if one.id != absence_id))
    await _look_again(tx, after, at=at)
    await _record(tx, "there", before, after, at=at)
    return after


async def be_prevented(
    tx: Transaction, clock: Clock, *, tenancy_id: TenancyId | None, since: datetime | None, until: datetime | None
) -> Prevention:
    """Put down that a tenant says it is prevented: its requests go to the main connector's responsible physician.

    Raises:
        TenancyNotFound: there is none such.
        PrescriberRefused: it ends before it begins.
    """
    await waking.stand_alone(tx)
    house = await _house(tx, tenancy_id)
    at = clock.now()
    begins = since or at
    checking.span(begins, until)
    prevention = Prevention(id=new_id(), tenancy_id=house, since=begins, until=until, recorded_at=at)
    await store.add_prevention(tx, prevention)
    await waking.look_again(tx, Concerned(holder=house or tx.scope.main_connector_id), at=at)
    await _record_prevention(tx, "said", prevention, at=at)
    return prevention


async def be_able(tx: Transaction, clock: Clock, prevention_id: UUID) -> Prevention:
    """Put down that a tenant is prevented no longer. What went to the physician stays there.

    Raises:
        PreventionNotFound: there is none such.
    """
    at = clock.now()
    prevention = await store.end_prevention(tx, prevention_id, at=at)
    await _record_prevention(tx, "ended", prevention, at=at)
    return prevention


async def _house(tx: Transaction, tenancy_id: TenancyId | None) -> TenancyId | None:
    """Return whose prescribers are meant; a tenant means its own, whatever it says."""
    house = tx.scope.tenancy_id or tenancy_id
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    return house


async def _look_again(tx: Transaction, *saw: KnownPrescriber, at: datetime) -> None:
    """Have requests looked at that this may concern: somebody's own, or all where a physician's time is another now."""
    physician = any(one.office is not Office.PRESCRIBER for one in saw)
    await waking.look_again(tx, Concerned() if physician else Concerned(person=saw[-1].id), at=at)


async def _record(
    tx: Transaction, done: str, before: KnownPrescriber | None, after: KnownPrescriber, *, at: datetime
) -> None:
    act = history.of("prescriber", done, after.id, tenancy_id=after.tenancy_id, at=at, before=before, after=after)
    await record(tx, act)


async def _record_prevention(tx: Transaction, done: str, prevention: Prevention, *, at: datetime) -> None:
    until = None if prevention.until is None else prevention.until.isoformat()
    act = history.of(
        "renewal_prevention",
        done,
        prevention.id,
        tenancy_id=prevention.tenancy_id,
        at=at,
        after=prevention,
        since=prevention.since.isoformat(),
        until=until,
    )
    await record(tx, act)
