"""What has to be done before an agreement ends, and until when: computed backwards from the end (K20.5). Pure.

An item is due by the end, in Finland, of its day. What no source gives is our proposal, and each explanation says so.
"""

import enum
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.ends import Ground, last_day_before
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record

_DATA: Final = Path(__file__).parent / "data" / "checklist.toml"
_DAY: Final = timedelta(days=1)
RULE: Final = "K20.5"


class When(enum.StrEnum):
    """At which ends an item is due."""

    ALWAYS = "always"
    LEAVES = "leaves"  # no other agreement takes its place: the tenant leaves this main connector
    LOSES = "loses"  # a service of Annex 1 goes


class Certainty(enum.StrEnum):
    """How sure it is that an item is due on its day."""

    GUIDANCE = "guidance"  # Kanta's own instructions say so
    INFERRED = "inferred"  # no source gives the day; it is proposed here


class Conflict(enum.StrEnum):
    """Why an item cannot be done on its day, or not as it is meant; known as soon as the end is."""

    BEFORE_DELIVERY = "before_delivery"  # it is due before the day on which the notice was delivered
    BEFORE_TODAY = "before_today"  # it was due before the day on which the end became known, or was moved
    AFTER_END = "after_end"  # it is due after the end, and is to be done before
    END_MOVED = "end_moved"  # it was done for another last day than the agreement has now


class Term(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """When an item is due, for agreements whose last day is `since` or later."""

    since: date
    days: int  # from the last day of the agreement; negative: before it
    certainty: Certainty
    sources: tuple[str, ...]
    why: Sentence


class Item(Record, frozen=True, kw_only=True):
    key: str
    owner: Party
    when: When
    title: Sentence
    terms: tuple[Term, ...]  # oldest first
    service: str | None = None  # with `loses`: this one
    follows: bool = False  # it may be done after the end

    def term_on(self, last_day: date) -> Term | None:
        """Return the term that holds for an agreement that ends on a day; None: the item was not known then."""
        return next((term for term in reversed(self.terms) if term.since <= last_day), None)


class Held(Record, frozen=True, kw_only=True):
    """Which services Annex 1 says from a day on, as if the agreement did not end."""

    since: date
    until: date | None  # exclusive
    services: frozenset[str]


class End(Record, frozen=True, kw_only=True):
    """What the items are computed from."""

    until: datetime  # the first instant at which the agreement is not in force
    delivered_on: date | None  # where a notice ends it: when that was delivered
    annex: tuple[Held, ...]
    goes_on_with: frozenset[str] | None  # the services of the agreement that takes its place; None: there is none

    @property
    def last_day(self) -> date:
        return last_day_before(self.until)


class Due(Record, frozen=True, kw_only=True):
    """An item of one ending."""

    item: Item
    due_on: date
    due_at: datetime
    conflicts: tuple[Conflict, ...]
    certainty: Certainty
    explanation: Explanation


class Checklist(Record, frozen=True, kw_only=True):
    """What was worked out for an end that became known; its items are promises."""

    id: UUID
    tenancy_id: TenancyId
    agreement_id: AgreementId
    ground: Ground
    until: datetime
    delivered_on: date | None
    known_at: datetime  # when an end of the agreement became known
    reckoned_at: datetime  # when this one did: it may have moved since
    completed_at: datetime | None = None
    dropped_at: datetime | None = None
    version: int = 1

    @property
    def last_day(self) -> date:
        return last_day_before(self.until)


class Hold(Record, frozen=True, kw_only=True):
    """What a room above knows to be open: it keeps an ending from being complete."""

    agreement_id: AgreementId
    key: str  # the room's own name for it
    because: Sentence
    placed_at: datetime


@cache
def items() -> tuple[Item, ...]:
    """Return every item that there is, in the order in which they are told."""
    data = tomllib.loads(_DATA.read_text("utf-8"))
    return msgspec.convert(data["item"], tuple[Item, ...])


def due_items(end: End, *, known_on: date, of: Sequence[Item] | None = None) -> tuple[Due, ...]:
    """Return what has to be done because an agreement ends, in the order of the table.

    Args:
        known_on: the day on which this end became known; what was due before is in conflict with it.
        of: the table; None: ours.
    """
    found = (_due(item, end, known_on) for item in (items() if of is None else of))
    return tuple(one for one in found if one is not None)


def _due(item: Item, end: End, known_on: date) -> Due | None:
    term = item.term_on(end.last_day)
    if term is None:
        return None
    due_on = end.last_day + timedelta(days=term.days)
    if not _applies(item, end, due_on):
        return None
    due_at = start_of_day(due_on + _DAY)
    return Due(
        item=item,
        due_on=due_on,
        due_at=due_at,
        conflicts=_conflicts(item, end, due_on, due_at, known_on),
        certainty=term.certainty,
        explanation=_explained(term, end.last_day, due_on),
    )


def _applies(item: Item, end: End, due_on: date) -> bool:
    if item.when is When.ALWAYS:
        return True
    if item.when is When.LEAVES:
        return end.goes_on_with is None
    lost = _services(end, min(due_on, end.last_day)) - (end.goes_on_with or frozenset())
    return bool(lost) if item.service is None else item.service in lost


def _services(end: End, since: date) -> frozenset[str]:
    """Return the services that the tenant has on any day from one day until the last."""
    held = [one for one in end.annex if one.since <= end.last_day and (one.until is None or since < one.until)]
    return frozenset(key for one in held for key in one.services)


def _conflicts(item: Item, end: End, due_on: date, due_at: datetime, known_on: date) -> tuple[Conflict, ...]:
    found: Mapping[Conflict, bool] = {
        Conflict.BEFORE_DELIVERY: end.delivered_on is not None and due_on < end.delivered_on,
        Conflict.BEFORE_TODAY: due_on < known_on,
        Conflict.AFTER_END: not item.follows and due_at > end.until,
    }
    return tuple(conflict for conflict, holds in found.items() if holds)


def _explained(term: Term, last_day: date, due_on: date) -> Explanation:
    return Explanation(
        rule=RULE,
        sources=term.sources,
        inputs={"last_day": last_day.isoformat(), "days": str(term.days), "certainty": term.certainty.value},
        steps=(
            _ends_on(last_day),
            _counted(term.days, due_on),
            term.why,
            _SURE[term.certainty],
        ),
        result=due_on.isoformat(),
    )


def _counted(days: int, due_on: date) -> Sentence:
    fi, sv, en = _COUNTED[(days > 0) - (days < 0)]
    return sentence(fi, sv, en, days=abs(days), day=due_on)


def _ends_on(last_day: date) -> Sentence:
    return sentence(
        "Sopimuksen viimeinen voimassaolopäivä on {day}.",
        "Avtalets sista dag i kraft är {day}.",
        "The last day of the agreement is {day}.",
        day=last_day,
    )


_COUNTED: Final = {
    -1: (
        "Päiviä ennen sitä: {days}. Hoidettava viimeistään {day}.",
        "Dagar före den: {days}. Ska vara gjort senast {day}.",
        "Days before it: {days}. To be done by the end of {day}.",
    ),
    0: (
        "Hoidettava viimeistään sinä päivänä, {day}.",
        "Ska vara gjort senast den dagen, {day}.",
        "To be done by the end of that day, {day}.",
    ),
    1: (
        "Päiviä sen jälkeen: {days}. Hoidettava viimeistään {day}.",
        "Dagar efter den: {days}. Ska vara gjort senast {day}.",
        "Days after it: {days}. To be done by the end of {day}.",
    ),
}
_SURE: Final = {
    Certainty.GUIDANCE: sentence(
        "Määräaika on Kanta-palvelujen ohjeesta, ei laista; tarkistakaa se voimassa olevasta ohjeesta.",
        "Tidsfristen är ur Kanta-tjänsternas anvisning, inte ur lag; kontrollera den i den gällande anvisningen.",
        "The time limit is from the instructions of the Kanta services, not from law; check it in those in force.",
    ),
    Certainty.INFERRED: sentence(
        "Päivä on tämän palvelun ehdotus, ei laki eikä sopimus.",
        "Dagen är den här tjänstens förslag, varken lag eller avtal.",
        "The day is a proposal of this service, neither law nor agreement.",
    ),
}
