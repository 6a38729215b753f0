"""What a breach asks of the party in whose register it stands, and whether that is done (K4.2). Pure."""

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.breaches import requirements
from kanta_tenancy.breaches.case import Case, steps
from kanta_tenancy.breaches.controllership import outside
from kanta_tenancy.breaches.model import Addressee, Entry, Item, PartyKind, Risk, State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.records import Record


class DutyKind(enum.StrEnum):
    DECIDE_RISK = "decide_risk"
    NOTIFY_AUTHORITY = "notify_authority"
    SUPPLEMENT_NOTICE = "supplement_notice"  # what the first phase did not say
    TELL_PERSONS = "tell_persons"
    TELL_KELA = "tell_kela"
    TELL_CONTROLLER = "tell_controller"  # whoever is controller outside this service
    DOCUMENT = "document"  # facts, effects and remedies in the register


class DutyState(enum.StrEnum):
    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"


class Turn(Record, frozen=True, kw_only=True):
    """Which time it is that a duty is open, and since when: one that was done can come back."""

    number: int = 0
    since: datetime | None = None


class Duty(Record, frozen=True, kw_only=True):
    """A duty as it stands."""

    kind: DutyKind
    state: DutyState
    law: str
    turn: int  # which time it is open; 0: it never was
    since: datetime | None  # when it came to be open the last time
    due_at: datetime | None  # while it is open; None: no time of its own
    stated: bool  # whether law states that time; else it is this service's own choice


LAWS: Final[Mapping[DutyKind, str]] = {
    DutyKind.DECIDE_RISK: "Regulation (EU) 2016/679, Article 33(1)",
    DutyKind.NOTIFY_AUTHORITY: "Regulation (EU) 2016/679, Article 33(1)",
    DutyKind.SUPPLEMENT_NOTICE: "Regulation (EU) 2016/679, Article 33(4)",
    DutyKind.TELL_PERSONS: "Regulation (EU) 2016/679, Article 34(1)",
    DutyKind.TELL_KELA: "the agreement, clause 4.2",
    DutyKind.TELL_CONTROLLER: "the agreement, clause 4.2",
    DutyKind.DOCUMENT: "Regulation (EU) 2016/679, Article 33(5)",
}
# Those that are owed as promises; the others hold the closing.
PROMISED: Final = (
    DutyKind.NOTIFY_AUTHORITY,
    DutyKind.SUPPLEMENT_NOTICE,
    DutyKind.TELL_PERSONS,
    DutyKind.TELL_KELA,
    DutyKind.TELL_CONTROLLER,
)
DOCUMENTED: Final = frozenset(item for item, row in requirements.items().items() if row.register is not None)


def duties(entries: Sequence[Entry]) -> tuple[Duty, ...]:
    """Return every duty as it stands after these entries."""
    turns = dict.fromkeys(DutyKind, Turn())
    before = dict.fromkeys(DutyKind, DutyState.NOT_NEEDED)
    case = Case()
    for entry, case in steps(entries):
        for kind in DutyKind:
            now = standing(case, kind)
            if now is DutyState.OPEN and before[kind] is not DutyState.OPEN:
                turns[kind] = Turn(number=turns[kind].number + 1, since=entry.said_at)
            before[kind] = now
    return tuple(_duty(case, kind, before[kind], turns[kind]) for kind in DutyKind)


def standing(case: Case, kind: DutyKind) -> DutyState:
    """Return whether a duty is open, done or not needed."""
    if case.state is State.DISMISSED or not _NEEDED[kind](case):
        return DutyState.NOT_NEEDED
    return DutyState.DONE if _DONE[kind](case) else DutyState.OPEN


def open_duties(found: Sequence[Duty]) -> tuple[Duty, ...]:
    return tuple(one for one in found if one.state is DutyState.OPEN)


def concerns_kela(case: Case) -> bool:
    """Say whether Kela answers for some of the data, alone or jointly."""
    return any(party.kind is PartyKind.KELA for one in case.controllerships for party in one.controllers)


def _judged(case: Case) -> Risk | None:
    return None if case.decision is None else case.decision.risk


def _others(case: Case) -> int:
    return sum(party.kind is not PartyKind.KELA for party in outside(case.controllerships))


def _notifies(case: Case) -> bool:
    return case.is_controllers and _judged(case) is not Risk.UNLIKELY


_NEEDED: Final[Mapping[DutyKind, Callable[[Case], bool]]] = {
    DutyKind.DECIDE_RISK: lambda case: case.is_controllers,
    DutyKind.NOTIFY_AUTHORITY: _notifies,
    DutyKind.SUPPLEMENT_NOTICE: lambda case: _notifies(case) and bool(case.tellings(Addressee.AUTHORITY)),
    DutyKind.TELL_PERSONS: lambda case: case.is_controllers and _judged(case) is Risk.HIGH,
    DutyKind.TELL_KELA: concerns_kela,
    DutyKind.TELL_CONTROLLER: lambda case: not case.is_controllers and _others(case) > 0,
    DutyKind.DOCUMENT: lambda case: case.is_controllers,
}
_DONE: Final[Mapping[DutyKind, Callable[[Case], bool]]] = {
    DutyKind.DECIDE_RISK: lambda case: case.decision is not None,
    DutyKind.NOTIFY_AUTHORITY: lambda case: bool(case.tellings(Addressee.AUTHORITY)),
    DutyKind.SUPPLEMENT_NOTICE: lambda case: case.items_told() == frozenset(Item),
    DutyKind.TELL_PERSONS: lambda case: bool(case.tellings(Addressee.PERSONS)),
    DutyKind.TELL_KELA: lambda case: bool(case.tellings(Addressee.KELA)),
    DutyKind.TELL_CONTROLLER: lambda case: len(case.tellings(Addressee.CONTROLLER)) >= _others(case),
    DutyKind.DOCUMENT: lambda case: case.content.keys() >= DOCUMENTED,
}


def _duty(case: Case, kind: DutyKind, state: DutyState, turn: Turn) -> Duty:
    due_at = None
    if state is DutyState.OPEN and turn.since is not None:
        due_at = case.authority_due_at if kind is DutyKind.NOTIFY_AUTHORITY else _own_time(kind, turn.since)
    return Duty(
        kind=kind,
        state=state,
        law=LAWS[kind],
        turn=turn.number,
        since=turn.since,
        due_at=due_at,
        stated=kind is DutyKind.NOTIFY_AUTHORITY,
    )


def _own_time(kind: DutyKind, since: datetime) -> datetime | None:
    """Return by when something is to be done that law wants done without delay: this service's own choice."""
    hours = requirements.own_times_on(day_in_finland(since)).get(kind.value)
    return None if hours is None else since + timedelta(hours=hours)
