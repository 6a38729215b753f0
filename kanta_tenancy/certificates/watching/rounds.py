"""The watch looks at the sources of certificates and at itself, in rounds, and at a source whenever it was read.

When this very round comes late, the service had stood still, and that is told for a day.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy import promises
from kanta_tenancy.certificates.findings import FindingPosition, KeptFinding, note
from kanta_tenancy.certificates.findings import reading as findings
from kanta_tenancy.certificates.inventory.model import SourceKind, SourceRead
from kanta_tenancy.certificates.watching import owing, standing
from kanta_tenancy.certificates.watching.model import Overdue, SourceStanding
from kanta_tenancy.certificates.watching.rhythm import Rhythm, rhythm_on
from kanta_tenancy.certificates.watching.store import endpoints, sources
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.promises import Expected, Keeper, Later, Outcome, Owner, Promise, State, Wanted

_PAGE: Final = 200
_FIRST: Final = UUID(int=0)
_READ: Final = frozenset({SourceKind.IMPORT, SourceKind.TRUST_ANCHORS})  # servers are watched apart
_STANDING: Final = (State.OWED, State.BROKEN)


def keeper(kinds: Sequence[str]) -> Keeper:
    """Return who makes the rounds.

    Args:
        kinds: of the promises by which the service watches certificates.
    """

    async def keep(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
        at = clock.now()
        rhythm = rhythm_on(day_in_finland(at))
        await _look_at_sources(tx, rhythm, at)
        await _look_at_itself(tx, kinds, promise, rhythm, at)
        return Later(due_at=at + rhythm.round_every)

    return keep


async def source_was_read(tx: Transaction, message: Message) -> None:
    """Look at a source that was read, or could not be; from the first one on rounds are made."""
    read = msgspec.convert(message.body, SourceRead)
    await sources.raise_most(tx, {read.source_id: read.before})
    source = await sources.find(tx, read.source_id)
    if source is not None and source.kind in _READ:
        await _note_sources(tx, [source], rhythm_on(day_in_finland(read.at)), read.at)
    await make_rounds(tx, read.at)


async def make_rounds(tx: Transaction, at: datetime) -> None:
    """Promise that rounds are made in this realm, unless they are already."""
    realm = tx.scope.main_connector_id
    wanted = Wanted(kind=owing.ROUND, states=_STANDING, subject=owing.round_subject(realm))
    if not await promises.page(tx, wanted, after=None, count=1):
        rhythm = rhythm_on(day_in_finland(at))
        await promises.owe(tx, owing.to_make_rounds(realm, due=at + rhythm.round_every, at=at))


async def overdue(tx: Transaction, kinds: Sequence[str], before: datetime) -> tuple[Overdue, ...]:
    """Tell which kinds of promise the service should have kept before an instant, or gave up; the oldest of each."""
    found: list[Overdue] = []
    for kind in kinds:
        for state, until in ((State.OWED, before), (State.BROKEN, None)):
            wanted = Wanted(kind=kind, states=(state,), owners=(Owner.SYSTEM,), due_before=until)
            oldest = await promises.page(tx, wanted, after=None, count=1)
            found += [
                Overdue(kind=kind, title=one.title, since=one.due_at, given_up=state is State.BROKEN) for one in oldest
            ]
    return tuple(found)


async def rounds_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say that rounds should be made once there is anything to watch."""
    realm = tx.scope.main_connector_id
    watched = await endpoints.page(tx, ended_too=False, system_id=None, before=None, count=1)
    if watched or await sources.page(tx, after=_FIRST, count=1):
        yield Expected(key=owing.round_key(realm), subject=owing.round_subject(realm))


async def probes_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to ask servers there should be: one for each that is watched."""
    before: UUID | None = None
    while page := await endpoints.page(tx, ended_too=False, system_id=None, before=before, count=_PAGE):
        for one in page:
            yield Expected(key=owing.key_of(one.id), subject=owing.subject(one.id))
        before = page[-1].id


async def _look_at_sources(tx: Transaction, rhythm: Rhythm, at: datetime) -> None:
    after, read = _FIRST, set[str]()
    while page := await sources.page(tx, after=after, count=_PAGE):
        await _note_sources(tx, page, rhythm, at)
        after = page[-1].id
        read |= {standing.subject_of(one.id) for one in page}
    told = {one.subject for one in await _open(tx, standing.SOURCES)}
    await note(tx, at, told - read, (), family=standing.SOURCES)  # of those that nobody reads any more


async def _note_sources(tx: Transaction, page: Sequence[SourceStanding], rhythm: Rhythm, at: datetime) -> None:
    await sources.raise_most(tx, {one.id: one.certificates for one in page})
    found = [finding for one in page for finding in standing.of_source(one, rhythm, at)]
    await note(tx, at, [standing.subject_of(one.id) for one in page], found, family=standing.SOURCES)


async def _look_at_itself(
    tx: Transaction, kinds: Sequence[str], promise: Promise, rhythm: Rhythm, at: datetime
) -> None:
    realm = tx.scope.main_connector_id
    still = await _stood_still(tx, promise, rhythm, at)
    just_back = still is not None and still[1] == at  # all is late then, and the next round tells what still is
    late = () if just_back else await overdue(tx, kinds, at - rhythm.overdue_after)
    looked_at = [owing.round_subject(realm), *(standing.kind_subject(kind) for kind in kinds)]
    await note(tx, at, looked_at, [*standing.of_watch(realm, late, still)], family=standing.ITSELF)


async def _stood_still(
    tx: Transaction, promise: Promise, rhythm: Rhythm, at: datetime
) -> tuple[datetime, datetime] | None:
    """Return from when to when the service did nothing: now, or not long ago."""
    if promise.due_at + rhythm.overdue_after < at:
        return promise.due_at, at
    told = await _open(tx, standing.ITSELF)
    return next((still for one in told if (still := _told(one)) and at < still[1] + rhythm.stood_still), None)


async def _open(tx: Transaction, family: str) -> list[KeptFinding]:
    found: list[KeptFinding] = []
    after: FindingPosition | None = None
    while page := await findings.open_ones(tx, family=family, after=after, count=_PAGE):
        found += page
        after = FindingPosition(id=page[-1].id)
    return found


def _told(finding: KeptFinding) -> tuple[datetime, datetime] | None:
    if finding.rule != f"{standing.ITSELF}.stood_still":
        return None
    return datetime.fromisoformat(str(finding.facts["from"])), datetime.fromisoformat(str(finding.facts["until"]))
