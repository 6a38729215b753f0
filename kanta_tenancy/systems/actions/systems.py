"""Systems and intermediaries: registered, amended, taken into use, withdrawn; their versions."""

from datetime import date
from uuid import UUID

from msgspec.structs import asdict, replace

from kanta_tenancy import promises
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.systems import checking, history, lifecycle, owing, standing
from kanta_tenancy.systems.actions.certificates import owe_warnings
from kanta_tenancy.systems.errors import ReleaseNotFound, SystemStillServes
from kanta_tenancy.systems.lifecycle import Move
from kanta_tenancy.systems.model import (
    InformationSystem,
    NewRelease,
    Release,
    SaidSystem,
    SystemMoved,
    SystemState,
)
from kanta_tenancy.systems.store import certificates, deployments
from kanta_tenancy.systems.store import systems as store


async def register(tx: Transaction, clock: Clock, said: SaidSystem) -> InformationSystem:
    """Put a system, or an intermediary's service, into the register; it is planned.

    Raises:
        SystemRefused: what was said is not acceptable.
        SystemNameTaken: another system has that name.
    """
    at = clock.now()
    look = wording.Examination()
    fit = checking.fit(look, checking.system(said, day_in_finland(at), look))
    system = InformationSystem(id=new_id(), state=SystemState.PLANNED, version=1, created_at=at, **asdict(fit))
    await store.add(tx, system)
    await record(tx, history.of_system("registered", None, system, at=at))
    return system


async def amend(tx: Transaction, clock: Clock, system_id: UUID, said: SaidSystem, *, version: int) -> InformationSystem:
    """Say anew what a system is, who answers for it and who keeps it running.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: it was withdrawn.
        SystemRefused: what was said is not acceptable.
        SystemNameTaken: another system has that name.
    """
    before = await store.take(tx, system_id, version)
    lifecycle.check(before, Move.AMEND)
    at = clock.now()
    look = wording.Examination()
    after = lifecycle.amend(before, checking.fit(look, checking.system(said, day_in_finland(at), look)))
    await store.save(tx, after)
    if after.name != before.name:  # what is owed tells it by its name
        for certificate in after.certificates:
            await owe_warnings(tx, after, certificate, at=at)
    await record(tx, history.of_system("amended", before, after, at=at))
    return after


async def take_into_use(tx: Transaction, clock: Clock, system_id: UUID, *, version: int, on: date) -> InformationSystem:
    """Say that a system is in use from a day on.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: it is in use, or was.
        SystemRefused: the day has not come.
    """
    before = await store.take(tx, system_id, version)
    at = clock.now()
    after = lifecycle.take_into_use(before, on=on, at=at)
    await store.save(tx, after)
    told = SystemMoved(system_id=after.id, state=after.state, on=on, at=at)
    await record(tx, history.of_system("taken_into_use", before, after, at=at, on=on.isoformat()), announce=told)
    return after


async def withdraw(
    tx: Transaction, clock: Clock, system_id: UUID, *, version: int, on: date, because: str
) -> InformationSystem:
    """Say that a system is not in use any more; no service runs on it from that day on.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: it was withdrawn already.
        SystemStillServes: a deployment on it holds on that day, or after it.
        SystemRefused: the day or the reason is not acceptable.
    """
    before = await store.take(tx, system_id, version)
    lifecycle.check(before, Move.WITHDRAW)
    at = clock.now()
    after = lifecycle.withdraw(before, on=on, because=checking.reason(because), at=at)
    lasting = await deployments.lasting(tx, system_id, on)
    if lasting:
        detail = f"{lasting} deployments on it hold on {on.isoformat()} or after it: end them first"
        raise SystemStillServes(detail, deployments=lasting)
    after = replace(after, certificates=standing.none_standing(before.certificates))
    await store.save(tx, after)
    for certificate in before.certificates:
        if certificate.stands_since is not None:
            await certificates.save(tx, replace(certificate, stands_since=None))
            await promises.release(tx, owing.key_of(certificate), at=at, because="The system was withdrawn")
    told = SystemMoved(system_id=after.id, state=after.state, on=on, at=at)
    await record(tx, history.of_system("withdrawn", before, after, at=at, on=on.isoformat()), announce=told)
    return after


async def add_release(
    tx: Transaction, clock: Clock, system_id: UUID, said: NewRelease, *, version: int
) -> InformationSystem:
    """Say which version of a system is in use from a day on, or will be.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: it was withdrawn.
        SystemRefused: what was said is not acceptable.
        ReleaseOverlaps: that version is in use in that time already.
    """
    before = await store.take(tx, system_id, version)
    after = lifecycle.touch(before)
    look = wording.Examination()
    release = Release(id=new_id(), **asdict(checking.fit(look, checking.release(said, look))))
    await store.add_release(tx, system_id, release)
    after = replace(after, releases=_ordered(*before.releases, release))
    await store.save(tx, after)
    await record(tx, history.of_system("release_added", before, after, at=clock.now()))
    return after


async def change_release(
    tx: Transaction, clock: Clock, system_id: UUID, release_id: UUID, said: NewRelease, *, version: int
) -> InformationSystem:
    """Say a version of a system and its period anew, such as when the next one has taken its place.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        ReleaseNotFound: the system has no such version.
        SystemMoveNotAllowed: it was withdrawn.
        SystemRefused: what was said is not acceptable.
        ReleaseOverlaps: that version is in use in that time already.
    """
    before = await store.take(tx, system_id, version)
    others = tuple(one for one in before.releases if one.id != release_id)
    if len(others) == len(before.releases):
        raise ReleaseNotFound(f"the system has no version {release_id}")
    after = lifecycle.touch(before)
    look = wording.Examination()
    release = Release(id=release_id, **asdict(checking.fit(look, checking.release(said, look))))
    await store.save_release(tx, system_id, release)
    after = replace(after, releases=_ordered(*others, release))
    await store.save(tx, after)
    await record(tx, history.of_system("release_changed", before, after, at=clock.now()))
    return after


def _ordered(*releases: Release) -> tuple[Release, ...]:
    return tuple(sorted(releases, key=lambda one: (one.since, one.number)))
