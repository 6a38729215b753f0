"""How a month of disturbances went: by type, times to acknowledge and to tell, what is late, what is left. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from kanta_tenancy.disturbances.case import Place, State
from kanta_tenancy.disturbances.follow_ups.model import FollowUpKind
from kanta_tenancy.disturbances.model import Fact, Source
from kanta_tenancy.kernel.distributions import within
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record

# The four notions; a suspicion of a breach counts as one.
NOTIONS: Final[dict[str, frozenset[Fact]]] = {
    "disturbance": frozenset({Fact.DISTURBANCE}),
    "deviation": frozenset({Fact.DEVIATION}),
    "security_disturbance": frozenset({Fact.SECURITY_DISTURBANCE}),
    "breach": frozenset({Fact.BREACH, Fact.BREACH_SUSPECTED}),
}
COUNTED: Final = tuple(sorted({Fact.CRITICAL_OR_WIDE}.union(*NOTIONS.values())))
SEVERITIES: Final = ("critical_or_wide", "other")
NONE_AFTER_ALL: Final = frozenset({State.DISMISSED, State.JOINED})
BUCKETS: Final = (5, 15, 30, 60, 240)  # minutes, each to its end; and longer than the last


class EventFigure(Record, frozen=True, kw_only=True):
    """So many disturbances that are alike."""

    state: State
    place: Place
    facts: tuple[Fact, ...]  # of COUNTED, those that hold
    minutes: int | None  # until somebody acknowledged, begun ones counted; None: nobody has yet
    events: int


class DutyFigure(Record, frozen=True, kw_only=True):
    """So many of the main connector's duties to tell that are alike."""

    source: Source
    outcome: str  # told, open or not_needed
    minutes: int | None  # until they were told, begun ones counted; None: they were not
    late: bool  # told after they were due, or open and overdue
    duties: int


class LeftFigure(Record, frozen=True, kw_only=True):
    """What is left to do of a kind when the summary is made, of whatever month."""

    kind: FollowUpKind
    open: int
    overdue: int


class Counted(Record, frozen=True, kw_only=True):
    key: str
    events: int


class Times(Record, frozen=True, kw_only=True):
    """Minutes as a distribution; None: there is nothing to tell of."""

    measured: int
    median: int | None
    nine_tenths: int | None
    worst: int | None


class OfSource(Record, frozen=True, kw_only=True):
    """How soon was told what one source asks to tell."""

    source: Source
    times: Times
    told_late: int
    open: int
    overdue: int
    not_needed: int


class Heading(Record, frozen=True, kw_only=True):
    """What a summary says of itself."""

    month: date  # its first day
    language: Language
    made_at: datetime
    main_connector: str
    business_id: str
    to_acknowledge: int  # minutes within which somebody is to acknowledge; longer is late
    to_acknowledge_when_critical: int


class Summary(Record, frozen=True, kw_only=True):
    """How the disturbances went that were reported in a month, in Finland."""

    heading: Heading
    events: int
    still_open: int  # neither closed nor at another end
    states: tuple[Counted, ...]
    notions: tuple[Counted, ...]  # one event can be several; without those that were none
    places: tuple[Counted, ...]
    severities: tuple[Counted, ...]
    acknowledged: Times
    acknowledged_late: int
    unacknowledged: int
    waits: tuple[Counted, ...]  # how many were acknowledged within how long, by BUCKETS; the last without end
    sources: tuple[OfSource, ...]
    left: tuple[LeftFigure, ...]


def summary(
    heading: Heading, events: Sequence[EventFigure], duties: Sequence[DutyFigure], left: Iterable[LeftFigure]
) -> Summary:
    """Put the figures of a month together."""
    real = [one for one in events if one.state not in NONE_AFTER_ALL]
    answered = [one for one in events if one.minutes is not None]
    known = {one.kind: one for one in left}
    return Summary(
        heading=heading,
        events=_sum(events),
        still_open=_sum(one for one in real if one.state is not State.CLOSED),
        states=tuple(
            Counted(key=state.value, events=_sum(one for one in events if one.state is state)) for state in _STATES
        ),
        notions=tuple(
            Counted(key=key, events=_sum(one for one in real if facts & set(one.facts)))
            for key, facts in NOTIONS.items()
        ),
        places=tuple(
            Counted(key=place.value, events=_sum(one for one in real if one.place is place)) for place in Place
        ),
        severities=tuple(
            Counted(key=key, events=_sum(one for one in real if _is_critical(one) is (key == SEVERITIES[0])))
            for key in SEVERITIES
        ),
        acknowledged=_times((one.minutes, one.events) for one in answered),
        acknowledged_late=_sum(one for one in answered if _is_late(one, heading)),
        unacknowledged=_sum(one for one in events if one.state is State.REPORTED),
        waits=_waits(answered),
        sources=tuple(_source(source, duties) for source in Source),
        left=tuple(known.get(kind, LeftFigure(kind=kind, open=0, overdue=0)) for kind in FollowUpKind),
    )


_STATES: Final = (State.REPORTED, State.ACKNOWLEDGED, State.OVER, State.CLOSED, State.DISMISSED, State.JOINED)


def _waits(answered: Sequence[EventFigure]) -> tuple[Counted, ...]:
    begins = (-1, *BUCKETS)
    ends = (*BUCKETS, None)
    return tuple(
        Counted(
            key="longer" if end is None else str(end),
            events=_sum(one for one in answered if _is_between(one.minutes, begin, end)),
        )
        for begin, end in zip(begins, ends, strict=True)
    )


def _is_between(minutes: int | None, begin: int, end: int | None) -> bool:
    return minutes is not None and begin < minutes and (end is None or minutes <= end)


def _source(source: Source, duties: Iterable[DutyFigure]) -> OfSource:
    of_it = [one for one in duties if one.source is source]

    def count(outcome: str, wanted: Callable[[DutyFigure], bool] = lambda _: True) -> int:
        return sum(one.duties for one in of_it if one.outcome == outcome and wanted(one))

    return OfSource(
        source=source,
        times=_times((one.minutes, one.duties) for one in of_it if one.outcome == "told"),
        told_late=count("told", lambda one: one.late),
        open=count("open"),
        overdue=count("open", lambda one: one.late),
        not_needed=count("not_needed"),
    )


def _times(counted: Iterable[tuple[int | None, int]]) -> Times:
    found = [(minutes, count) for minutes, count in counted if minutes is not None]
    return Times(
        measured=sum(count for _, count in found),
        median=within(found, 500),
        nine_tenths=within(found, 900),
        worst=max((minutes for minutes, _ in found), default=None),
    )


def _is_critical(one: EventFigure) -> bool:
    return Fact.CRITICAL_OR_WIDE in one.facts


def _is_late(one: EventFigure, heading: Heading) -> bool:
    limit = heading.to_acknowledge_when_critical if _is_critical(one) else heading.to_acknowledge
    return one.minutes is not None and one.minutes > limit


def _sum(events: Iterable[EventFigure]) -> int:
    return sum(one.events for one in events)
