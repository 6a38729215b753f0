"""Certificates are examined: who issued them, what is amiss with them, and what they seem to renew.

Every examination begins from the bytes, so that a new version of this program sees what an older one did not. It is due
when a certificate comes, when what it depends on changes, when time turns something, and else once in a while.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.chains import judging, linting, owing, periods, renewing, standing
from kanta_tenancy.certificates.chains.issuing import Issuers
from kanta_tenancy.certificates.chains.lines import line_of
from kanta_tenancy.certificates.chains.model import Authority, Examined, Subject
from kanta_tenancy.certificates.chains.store import certificates as store
from kanta_tenancy.certificates.chains.store import revocation
from kanta_tenancy.certificates.findings import Finding
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect
from kanta_tenancy.promises import Owed, owe_many

_LONGEST: Final = 8  # certificates above one that are looked at
_A_MOMENT: Final = timedelta(seconds=1)


class Looked(Record, frozen=True, kw_only=True):
    """A certificate with what its bytes say, and its issuer as it was found now."""

    before: Subject
    subject: Subject  # with its issuer and its line as they are now
    seen: Inspected | Unreadable
    namesakes: int  # authorities that have its issuer's name


async def examine(tx: Transaction, ids: Collection[UUID], *, at: datetime) -> int:
    """Examine certificates now, whenever they were due; in the main connector's scope.

    Returns:
        How many the scope has of them.
    """
    await store.become_alone(tx)
    subjects = await store.take(tx, ids)
    await examine_held(tx, subjects, at=at)
    return len(subjects)


async def examine_now(tx: Transaction, certificate_id: UUID, *, at: datetime) -> None:
    """Examine a certificate, and have its authority asked about it at once, if there is one to ask and it matters."""
    await examine(tx, [certificate_id], at=at)
    subject = await store.find(tx, certificate_id)
    if _matters(subject, at):
        await owe_many(tx, [_question(subject, at)])


async def examine_held(tx: Transaction, subjects: Sequence[Subject], *, at: datetime) -> None:
    """Examine certificates that the transaction holds, in a realm that it alone examines."""
    named = await store.authorities_named(tx, _names(subjects))
    looked = await asyncio.to_thread(_look, subjects, Issuers(named))
    ways = await _ways_up(tx, looked, named)
    await _have_those_below_examined(tx, looked, named, at)
    await store.examined(tx, [_examined(one, ways[one.subject.id], at) for one in looked], at=at)
    await owe_many(tx, _to_ask(looked, at))
    await _note(tx, looked, ways, at)


def _names(subjects: Iterable[Subject]) -> set[str]:
    """Return by which names authorities are needed: those that may have issued, and namesakes of new authorities."""
    found = {one.issuer_name_sha256 for one in subjects}
    found |= {one.subject_sha256 for one in subjects if one.authority and one.examined_at is None}
    return {one for one in found if one is not None}


def _look(subjects: Sequence[Subject], issuers: Issuers) -> list[Looked]:
    """Read every certificate and find its issuer: arithmetic, and no question to anybody."""
    found = []
    for before in subjects:
        seen = inspect(before.content)
        now = replace(
            before,
            issuer_sha256=issuers.issuer_of(before),
            line_sha256=line_of(seen) if isinstance(seen, Inspected) else None,
        )
        found.append(Looked(before=before, subject=now, seen=seen, namesakes=len(issuers.named(before))))
    return found


async def _ways_up(
    tx: Transaction, looked: Sequence[Looked], named: Iterable[Authority]
) -> Mapping[UUID, tuple[Authority, ...]]:
    """Return what is above each certificate, as links are now: those that are being examined have theirs anew."""
    now = {one.subject.sha256: one.subject.issuer_sha256 for one in looked}
    known = {one.sha256: one for one in named}
    wanted = {one for one in now.values() if one is not None} - known.keys()
    for _ in range(_LONGEST):
        known |= {one.sha256: one for one in await store.authorities(tx, wanted)} if wanted else {}
        known = {
            sha256: replace(one, issuer_sha256=now.get(sha256, one.issuer_sha256)) for sha256, one in known.items()
        }
        wanted = {one.issuer_sha256 for one in known.values() if one.issuer_sha256 is not None} - known.keys()
        if not wanted:
            break
    return {one.subject.id: tuple(_way_up(one.subject, known)) for one in looked}


def _way_up(subject: Subject, known: Mapping[str, Authority]) -> Iterator[Authority]:
    passed = {subject.sha256}
    following = subject.issuer_sha256
    while following is not None and following not in passed and following in known and len(passed) <= _LONGEST:
        passed.add(following)
        yield known[following]
        following = known[following].issuer_sha256


async def _have_those_below_examined(
    tx: Transaction, looked: Sequence[Looked], named: Sequence[Authority], at: datetime
) -> None:
    """Have those examined again for whom an authority that came, or found its own issuer, changes something."""
    new = {one.subject.subject_sha256 for one in looked if one.subject.authority and one.before.examined_at is None}
    moved = {
        one.subject.sha256
        for one in looked
        if one.subject.authority and one.subject.issuer_sha256 != one.before.issuer_sha256
    }
    moved |= {one.sha256 for one in named if one.subject_sha256 in new}
    await store.examine_below(tx, names={one for one in new if one is not None}, issuers=moved, at=at)


def _examined(one: Looked, above: Sequence[Authority], at: datetime) -> Examined:
    due = store.NEVER
    if one.subject.state is State.IN_USE:
        turns = judging.turns(one.subject, above, at)
        due = min((at + periods.EXAMINE_AGAIN, *(turn + _A_MOMENT for turn in turns)))
    return Examined(
        id=one.subject.id, issuer_sha256=one.subject.issuer_sha256, line_sha256=one.subject.line_sha256, examine_at=due
    )


async def _note(
    tx: Transaction, looked: Sequence[Looked], ways: Mapping[UUID, Sequence[Authority]], at: datetime
) -> None:
    """Note what is amiss with those in use, and clear what was amiss with the others."""
    used = [one for one in looked if one.subject.state is State.IN_USE]
    said = {one.certificate_id: one for one in await revocation.of(tx, [one.subject.id for one in used])}
    day = day_in_finland(at)
    found: Mapping[str, list[Finding]] = {
        judging.FAMILY: [finding for one in used for finding in _of_chain(one, ways[one.subject.id], at)],
        linting.FAMILY: [finding for one in used for finding in linting.lint_findings(one.subject, one.seen)],
        linting.KEYS: [finding for one in used for finding in linting.key_findings(one.subject, one.seen, day)],
        standing.FAMILY: [
            finding
            for one in used
            for finding in standing.findings(
                one.subject, said.get(one.subject.id), can_be_asked=_can_be_asked(one.seen), at=at
            )
        ],
    }
    subjects = {judging.subject_of(one.subject.id) for one in looked}
    for family, these in found.items():
        await findings.note(tx, at, subjects, these, family=family)
    await _note_renewals(tx, [one.subject.id for one in looked], at)


async def _note_renewals(tx: Transaction, ids: Collection[UUID], at: datetime) -> None:
    """Note which certificates seem to have been renewed: these, and those that these seem to renew."""
    concerned = {*ids, *(one.id for one in await store.predecessors(tx, ids))}
    found = [renewing.finding(one) for one in await store.successors(tx, concerned)]
    await findings.note(tx, at, {judging.subject_of(one) for one in concerned}, found, family=renewing.FAMILY)


def _of_chain(one: Looked, above: Sequence[Authority], at: datetime) -> Iterator[Finding]:
    return judging.findings(one.subject, above, namesakes=one.namesakes, at=at)


def _can_be_asked(seen: Inspected | Unreadable) -> bool:
    return isinstance(seen, Inspected) and bool(seen.crl_addresses or seen.ocsp_addresses)


def _to_ask(looked: Iterable[Looked], at: datetime) -> Iterator[Owed]:
    """Return the promises to ask about those whose issuer was found now, and who have not ended."""
    for one in looked:
        if one.subject.issuer_sha256 != one.before.issuer_sha256 and _matters(one.subject, at):
            yield _question(one.subject, at)


def _matters(subject: Subject, at: datetime) -> bool:
    """Tell whether an authority is asked about a certificate: somebody else issued it, and it has not ended."""
    issued = subject.issuer_sha256 is not None and subject.issuer_sha256 != subject.sha256
    return issued and subject.not_after is not None and subject.not_after >= at


def _question(subject: Subject, at: datetime) -> Owed:
    return owing.to_ask(subject.id, sha256=subject.sha256, at=at)
