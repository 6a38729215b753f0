"""The summary of a month as the API shows it."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from kanta_tenancy.disturbances.follow_ups.model import FollowUpKind
from kanta_tenancy.disturbances.model import Source
from kanta_tenancy.disturbances.summary.counting import Counted, LeftFigure, OfSource, Summary, Times
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class SummaryAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    month: Annotated[date, msgspec.Meta(description="Any day of it", examples=["2026-03-01"])]
    language: Annotated[Language, msgspec.Meta(description="Of the document")] = Language.FINNISH


class ShownCount(Body, frozen=True, kw_only=True):
    key: str
    events: int


class ShownTimes(Body, frozen=True, kw_only=True):
    """Minutes, begun ones counted; null: there is nothing to tell of."""

    measured: int
    median: int | None
    nine_tenths: int | None
    worst: int | None


class ShownSource(Body, frozen=True, kw_only=True):
    source: Source
    times: ShownTimes
    told_late: Annotated[int, msgspec.Meta(description="After they were due")]
    open: int
    overdue: Annotated[int, msgspec.Meta(description="Of the open ones")]
    not_needed: int


class ShownLeft(Body, frozen=True, kw_only=True):
    kind: FollowUpKind
    open: Annotated[int, msgspec.Meta(description="When this was made, of whatever month")]
    overdue: int


class ShownSummary(Body, frozen=True, kw_only=True):
    month: date
    made_at: datetime
    main_connector: str
    business_id: str
    events: Annotated[int, msgspec.Meta(description="Reported in the month, in Finland; no maintenance")]
    still_open: Annotated[int, msgspec.Meta(description="Neither closed nor dismissed nor joined")]
    states: tuple[ShownCount, ...]
    notions: Annotated[
        tuple[ShownCount, ...],
        msgspec.Meta(description="One event can be several; those that were none or were joined are left out"),
    ]
    places: tuple[ShownCount, ...]
    severities: tuple[ShownCount, ...]
    acknowledged: ShownTimes
    acknowledged_late: Annotated[int, msgspec.Meta(description="After the minutes below")]
    to_acknowledge_minutes: int
    to_acknowledge_minutes_when_critical: int
    unacknowledged: int
    waits: Annotated[
        tuple[ShownCount, ...], msgspec.Meta(description="Acknowledged within so many minutes and after those before")
    ]
    sources: Annotated[
        tuple[ShownSource, ...], msgspec.Meta(description="The main connector's own duties, by what asks for them")
    ]
    left: tuple[ShownLeft, ...]


def shown(made: Summary) -> ShownSummary:
    heading = made.heading
    return ShownSummary(
        month=heading.month,
        made_at=heading.made_at,
        main_connector=heading.main_connector,
        business_id=heading.business_id,
        events=made.events,
        still_open=made.still_open,
        states=_counts(made.states),
        notions=_counts(made.notions),
        places=_counts(made.places),
        severities=_counts(made.severities),
        acknowledged=_times(made.acknowledged),
        acknowledged_late=made.acknowledged_late,
        to_acknowledge_minutes=heading.to_acknowledge,
        to_acknowledge_minutes_when_critical=heading.to_acknowledge_when_critical,
        unacknowledged=made.unacknowledged,
        waits=_counts(made.waits),
        sources=tuple(map(_source, made.sources)),
        left=tuple(map(_left, made.left)),
    )


def _counts(counted: tuple[Counted, ...]) -> tuple[ShownCount, ...]:
    return tuple(ShownCount(key=one.key, events=one.events) for one in counted)


def _times(times: Times) -> ShownTimes:
    return ShownTimes(**msgspec.structs.asdict(times))


def _source(one: OfSource) -> ShownSource:
    return ShownSource(**msgspec.structs.asdict(one) | {"times": _times(one.times)})


def _left(one: LeftFigure) -> ShownLeft:
    return ShownLeft(**msgspec.structs.asdict(one))
