"""What stands of a breach after all that was said of it, one entry after the other (K4.2). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Final

from msgspec.structs import replace

from kanta_tenancy.breaches import lifecycle
from kanta_tenancy.breaches.model import (
    Addressee,
    Awareness,
    Concerning,
    Controllership,
    Correction,
    Decision,
    Entry,
    Item,
    Movement,
    Part,
    State,
    Statement,
    Telling,
)
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.records import Record


class Told(Record, frozen=True, kw_only=True):
    """A telling that was not taken back, with the number of its entry."""

    number: int
    telling: Telling


class Case(Record, frozen=True, kw_only=True):
    """A breach as its entries leave it."""

    state: State = State.SUSPECTED
    part: Part = Part.CONTROLLER
    controllerships: tuple[Controllership, ...] = ()
    awareness: Awareness | None = None
    aware_said_at: datetime | None = None
    decision: Decision | None = None
    content: Mapping[Item, str] = {}
    told: tuple[Told, ...] = ()
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in lifecycle.OPEN

    @property
    def is_controllers(self) -> bool:
        return self.part is not Part.FINDER

    @property
    def authority_due_at(self) -> datetime | None:
        """The strict deadline, whether or not it still counts; None where there is none."""
        return None if self.awareness is None else breach_clock.authority_due(self.awareness.aware_at)

    def tellings(self, addressee: Addressee) -> list[Telling]:
        return [one.telling for one in self.told if one.telling.addressee is addressee]

    def items_told(self) -> frozenset[Item]:
        """Return of which items the authority was told, in whichever phase."""
        return frozenset(item for one in self.tellings(Addressee.AUTHORITY) for item in one.items)


def read(entries: Iterable[Entry]) -> Case:
    return reduce(after, entries, NOTHING)


def after(case: Case, entry: Entry) -> Case:
    """Return what stands when one more thing was said."""
    changed: dict[str, Any]
    match entry.said:
        case Concerning(part=part, controllerships=found):
            changed = {"part": part, "controllerships": found}
        case Awareness() as awareness:
            changed = {"awareness": awareness, "aware_said_at": entry.said_at}
        case Decision() as decision:
            changed = {"decision": decision}
        case Statement(item=item, text=text):
            changed = {"content": {**case.content, item: text}}
        case Telling() as telling:
            changed = {"told": (*case.told, Told(number=entry.number, telling=telling))}
        case Correction(number=number):
            changed = {"told": tuple(one for one in case.told if one.number != number)}
        case Movement(move=move):
            changed = {"state": lifecycle.moved(case.state, move)}
    return replace(case, version=entry.number, **changed)


def steps(entries: Sequence[Entry]) -> Iterable[tuple[Entry, Case]]:
    """Return each entry with what stands after it."""
    case = NOTHING
    for entry in entries:
        case = after(case, entry)
        yield entry, case


NOTHING: Final = Case()
