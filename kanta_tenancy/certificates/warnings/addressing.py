"""Who is told of which warnings: one digest for each person, and who is next while nobody acknowledges (K7). Pure.

First the responsible person, then the deputy, then the management: the main connector's administrators. Where nobody
is responsible, or is no longer a contact, the technical contacts are told in that person's place; where there are none
either, the administrators. A person is an e-mail address, however many functions it has.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from kanta_tenancy.certificates.warnings import levels, thresholds
from kanta_tenancy.certificates.warnings.model import Amiss, Concern, Rung
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


class Told(Record, frozen=True, kw_only=True):
    """How a warning stands once people were told."""

    concern: Concern
    rung: Rung
    next_at: datetime | None  # when the next are told, unless somebody acknowledges it; None: nobody is left


class Telling(Record, frozen=True, kw_only=True):
    digests: tuple[Addressed, ...]
    told: tuple[Told, ...]
    told_amiss: tuple[Amiss, ...]
    nobody: int  # how much there is nobody at all for whom it could be told to


_NO_ONE: Final[tuple[Reader, ...]] = ()


def address(
    concerns: Iterable[Concern], amiss: Iterable[Amiss], people: People, *, now: datetime, today: date
) -> Telling:
    """Say who is told of what now.

    A warning that nobody was told of goes to everyone up to its rung: whoever was told of a less urgent one because
    nobody had acknowledged that hears of this one at once. One that was told goes to the next rung alone. Findings go
    to whoever is told first of warnings about the same certificate.
    """
    sorting = _Sorting(people)
    for concern in sorted(concerns, key=lambda one: (one.ends_on, one.certificate_id)):
        sorting.add_concern(concern, now=now, today=today)
    for one in amiss:
        sorting.add_amiss(one)
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
        self.told: list[Told] = []
        self.told_amiss: list[Amiss] = []
        self.nobody = 0
        self._people = people

    def add_concern(self, concern: Concern, *, now: datetime, today: date) -> None:
        rung = concern.rung if concern.told_at is None else _next(concern, self._people, concern.rung)
        readers = _NO_ONE if rung is None else _readers(concern, self._people, rung)
        for reader in readers:
            self._of(reader)[1].append(concern)
        if readers and rung is not None:
            self.told.append(_told(concern, self._people, rung, now=now, today=today))
        elif concern.told_at is None:
            self.nobody += 1
        else:
            self.told.append(Told(concern=concern, rung=concern.rung, next_at=None))

    def add_amiss(self, one: Amiss) -> None:
        readers = _first(one.responsible_id, self._people)
        for reader in readers:
            self._of(reader)[2].append(one)
        if readers:
            self.told_amiss.append(one)
        else:
            self.nobody += 1

    def _of(self, reader: Reader) -> tuple[Reader, list[Concern], list[Amiss]]:
        return self.digests.setdefault(reader.email.lower(), (reader, [], []))


def _told(concern: Concern, people: People, rung: Rung, *, now: datetime, today: date) -> Told:
    if _next(concern, people, rung) is None:
        return Told(concern=concern, rung=rung, next_at=None)
    patience = thresholds.patience_on(today, (concern.ends_on - today).days)
    next_at = levels.next_quarter(now + timedelta(hours=patience.hours))
    return Told(concern=concern, rung=rung, next_at=next_at)


def _readers(concern: Concern, people: People, rung: Rung) -> tuple[Reader, ...]:
    upon = _up_to(concern, people, rung)
    before = _up_to(concern, people, concern.rung) if concern.told_at is not None else {}
    return tuple(reader for who, reader in upon.items() if who not in before)


def _next(concern: Concern, people: People, rung: Rung) -> Rung | None:
    """Return the next rung on which there is somebody who is on no earlier one."""
    known = _up_to(concern, people, rung).keys()
    return next((one for one in Rung if one > rung and _up_to(concern, people, one).keys() - known), None)


def _up_to(concern: Concern, people: People, rung: Rung) -> dict[str, Reader]:
    """Return everyone up to a rung by who they are, the lowest first."""
    found: dict[str, Reader] = {}
    for one in Rung:
        if one <= rung:
            for reader in _of(concern, people, one):
                found.setdefault(reader.email.lower(), reader)
    return found


def _of(concern: Concern, people: People, rung: Rung) -> tuple[Reader, ...]:
    if rung is Rung.RESPONSIBLE:
        return _first(concern.responsible_id, people)
    return _named(concern.deputy_id, people) if rung is Rung.DEPUTY else people.management


def _first(responsible_id: ContactId | None, people: People) -> tuple[Reader, ...]:
    return _named(responsible_id, people) or people.technical or people.management


def _named(contact_id: ContactId | None, people: People) -> tuple[Reader, ...]:
    found = None if contact_id is None else people.named.get(contact_id)
    return _NO_ONE if found is None else (found,)
