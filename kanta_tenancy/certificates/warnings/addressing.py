"""Who is told of what: one digest for each person, and who is next while nobody acknowledges (K7). Pure.

First the responsible person, then the deputy, then the management: the main connector's administrators. Where nobody
is responsible, or is no longer a contact, the technical contacts are told in that person's place; where there are none
either, the administrators. A person is an e-mail address, however many functions it has.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from kanta_tenancy.certificates.findings.model import Rung
from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import Amiss, Concern, Matter
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.kernel.records import Record


class Reader(Record, frozen=True, kw_only=True):
    contact_id: ContactId
    email: str


class People(Record, frozen=True, kw_only=True):
    """Who there is on a day."""

    named: Mapping[ContactId, Reader]  # those whom certificates name and who are contacts on that day
    technical: tuple[Reader, ...]
    management: tuple[Reader, ...]


class Addressed(Record, frozen=True, kw_only=True):
    """What one person is told: warnings, the most urgent first, and findings in the order in which they were found."""

    to: Reader
    concerns: tuple[Concern, ...]
    amiss: tuple[Amiss, ...]


M = TypeVar("M", bound=Matter)


class Told(Record, Generic[M], frozen=True, kw_only=True):
    """How a warning or finding stands once people were told."""

    of: M
    rung: Rung
    next_at: datetime | None  # when the next are told, unless somebody acknowledges it; None: nobody is left


class Telling(Record, frozen=True, kw_only=True):
    digests: tuple[Addressed, ...]
    told: tuple[Told[Concern], ...]
    told_amiss: tuple[Told[Amiss], ...]
    nobody: int  # how much there is nobody at all for whom it could be told to

    @property
    def next_times(self) -> list[datetime]:
        """Return at which times the next are told of any of it."""
        times = {*(one.next_at for one in self.told), *(one.next_at for one in self.told_amiss)}
        return sorted(one for one in times if one is not None)


_NO_ONE: Final[tuple[Reader, ...]] = ()


def address(
    concerns: Iterable[Concern], amiss: Iterable[Amiss], people: People, *, now: datetime, today: date
) -> Telling:
    """Say who is told of what now.

    A warning that nobody was told of goes to everyone up to its rung: whoever was told of a less urgent one because
    nobody had acknowledged that hears of this one at once. One that was told goes to the next rung alone. It is
    the same with findings.
    """
    sorting = _Sorting(people)
    for concern in sorted(concerns, key=lambda one: (one.ends_on, one.certificate_id)):
        sorting.add_concern(concern, now=now, today=today)
    for one in amiss:
        sorting.add_amiss(one, now=now, today=today)
    return Telling(
        digests=tuple(
            Addressed(to=to, concerns=tuple(of_them), amiss=tuple(found))
            for to, of_them, found in sorting.digests.values()
        ),
        told=tuple(sorting.told),
        told_amiss=tuple(sorting.told_amiss),
        nobody=sorting.nobody,
    )


class _Sorting:
    """Puts what is to be told into one digest for each person."""

    def __init__(self, people: People) -> None:
        self.digests: dict[str, tuple[Reader, list[Concern], list[Amiss]]] = {}
        self.told: list[Told[Concern]] = []
        self.told_amiss: list[Told[Amiss]] = []
        self.nobody = 0
        self._people = people

    def add_concern(self, concern: Concern, *, now: datetime, today: date) -> None:
        patience = thresholds.patience_on(today, (concern.ends_on - today).days)
        readers, told = self._ladder(concern, now, patience.hours)
        for reader in readers:
            self._of(reader)[1].append(concern)
        self.told += told

    def add_amiss(self, one: Amiss, *, now: datetime, today: date) -> None:
        patience = thresholds.patience_amiss_on(today, one.severity)
        readers, told = self._ladder(one, now, patience.hours)
        for reader in readers:
            self._of(reader)[2].append(one)
        self.told_amiss += told

    def _ladder(self, matter: M, now: datetime, hours: int) -> tuple[tuple[Reader, ...], list[Told[M]]]:
        """Return who is told of it now, and how it stands then; nothing of what there is nobody for."""
        rung = matter.rung if matter.told_at is None else _next(matter, self._people, matter.rung)
        readers = _NO_ONE if rung is None else _readers(matter, self._people, rung)
        if readers and rung is not None:
            left = _next(matter, self._people, rung) is not None
            next_at = levels.next_quarter(now + timedelta(hours=hours)) if left else None
            return readers, [Told(of=matter, rung=rung, next_at=next_at)]
        if matter.told_at is None:
            self.nobody += 1
            return _NO_ONE, []
        return _NO_ONE, [Told(of=matter, rung=matter.rung, next_at=None)]

    def _of(self, reader: Reader) -> tuple[Reader, list[Concern], list[Amiss]]:
        return self.digests.setdefault(reader.email.lower(), (reader, [], []))


def _readers(matter: Matter, people: People, rung: Rung) -> tuple[Reader, ...]:
    upon = _up_to(matter, people, rung)
    before = _up_to(matter, people, matter.rung) if matter.told_at is not None else {}
    return tuple(reader for who, reader in upon.items() if who not in before)


def _next(matter: Matter, people: People, rung: Rung) -> Rung | None:
    """Return the next rung on which there is somebody who is on no earlier one."""
    known = _up_to(matter, people, rung).keys()
    return next((one for one in Rung if one > rung and _up_to(matter, people, one).keys() - known), None)


def _up_to(matter: Matter, people: People, rung: Rung) -> dict[str, Reader]:
    """Return everyone up to a rung by who they are, the lowest first."""
    found: dict[str, Reader] = {}
    for one in Rung:
        if one <= rung:
            for reader in _of(matter, people, one):
                found.setdefault(reader.email.lower(), reader)
    return found


def _of(matter: Matter, people: People, rung: Rung) -> tuple[Reader, ...]:
    if rung is Rung.RESPONSIBLE:
        return _first(matter.responsible_id, people)
    return _named(matter.deputy_id, people) if rung is Rung.DEPUTY else people.management


def _first(responsible_id: ContactId | None, people: People) -> tuple[Reader, ...]:
    return _named(responsible_id, people) or people.technical or people.management


def _named(contact_id: ContactId | None, people: People) -> tuple[Reader, ...]:
    found = None if contact_id is None else people.named.get(contact_id)
    return _NO_ONE if found is None else (found,)
