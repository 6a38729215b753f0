"""The items of a checklist as promises: by which key, and back. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from kanta_tenancy.agreements.endings.checklists.checklist import RULE, Certainty, Checklist, Conflict, Due
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.promises import Owed, Owner, Promise, State, is_overdue

KIND: Final = "agreement.checklist"


class Line(Record, frozen=True, kw_only=True):
    """An item of a checklist as it stands."""

    item: str
    due_on: date
    certainty: Certainty
    conflicts: tuple[Conflict, ...]
    promise: Promise

    @property
    def is_open(self) -> bool:
        return self.promise.state is State.OWED

    @property
    def was_for_another_end(self) -> bool:
        return Conflict.END_MOVED in self.conflicts

    def is_overdue(self, now: datetime) -> bool:
        return is_overdue(self.promise, now)


def subject(agreement_id: AgreementId) -> str:
    return f"agreement/{agreement_id}"


def key(checklist: Checklist, item: str) -> str:
    return f"{KIND}/{checklist.agreement_id}/{checklist.id}/{item}"


def to_do(checklist: Checklist, due: Due, *, reference: str, at: datetime) -> Owed:
    """Return the promise of whoever has to do an item."""
    return Owed(
        key=key(checklist, due.item.key),
        kind=KIND,
        subject=subject(checklist.agreement_id),
        owner=Owner(due.item.owner.value),
        due_at=due.due_at,
        rule=RULE,
        title=due.item.title,
        made_at=at,
        tenancy_id=checklist.tenancy_id,
        facts={
            "agreement": reference,
            "item": due.item.key,
            "due_on": due.due_on.isoformat(),
            "last_day": checklist.last_day.isoformat(),
            "certainty": due.certainty.value,
            "conflicts": " ".join(due.conflicts),
        },
        explanation=due.explanation,
    )


def lines(checklist: Checklist, promises: Iterable[Promise]) -> tuple[Line, ...]:
    """Return the items of a checklist, in the order of the promises."""
    beginning = key(checklist, "")
    return tuple(_line(checklist, promise) for promise in promises if promise.key.startswith(beginning))


def is_of(line: Line, party: Party) -> bool:
    return line.promise.owner.value == party.value


def _line(checklist: Checklist, promise: Promise) -> Line:
    facts = {name: str(value) for name, value in promise.facts.items()}
    conflicts = [Conflict(one) for one in facts["conflicts"].split()]
    if promise.state is State.KEPT and facts["last_day"] != checklist.last_day.isoformat():
        conflicts.append(Conflict.END_MOVED)
    return Line(
        item=facts["item"],
        due_on=date.fromisoformat(facts["due_on"]),
        certainty=Certainty(facts["certainty"]),
        conflicts=tuple(conflicts),
        promise=promise,
    )
