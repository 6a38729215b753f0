"""Disturbances as the API shows and takes them."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.actions.assessing import Description, SaidAnswer
from kanta_tenancy.disturbances.actions.telling import SaidMaintenance
from kanta_tenancy.disturbances.bodies.closing import ShownFinding, ShownHold, shown_finding, shown_hold
from kanta_tenancy.disturbances.bodies.duties import (
    PossibleDuty,
    ShownCarried,
    ShownDuty,
    possible,
    shown_carried,
    shown_duty,
)
from kanta_tenancy.disturbances.bodies.reports import (
    Instant,
    Line,
    Lines,
    ServiceKey,
    ShownAttachment,
    ShownReport,
    shown_attachment,
    shown_report,
)
from kanta_tenancy.disturbances.case import Answered, Basis, Disturbance, Kind, Phase, State, Status
from kanta_tenancy.disturbances.lifecycle import next_moves
from kanta_tenancy.disturbances.model import Answer, Fact, Rule
from kanta_tenancy.disturbances.reading import Whole
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery


class Text(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is added for those who are told; a language that is left out gets one that is there."""

    fi: Lines | None = None
    sv: Lines | None = None
    en: Lines | None = None

    def said(self) -> Mapping[Language, str]:
        return {one: text for one in Language if (text := getattr(self, one.value)) is not None}


class StateAsked(enum.StrEnum):
    OPEN = "open"  # reported, acknowledged or planned
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    JOINED = "joined"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    ANY = "any"


class DisturbancesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: StateAsked = StateAsked.OPEN

    @property
    def states(self) -> tuple[State, ...] | None:
        """The states that are asked for; None: those that are open."""
        if self.state is StateAsked.OPEN:
            return None
        return tuple(State) if self.state is StateAsked.ANY else (State(self.state.value),)


class ShownDisturbance(Body, frozen=True, kw_only=True):
    id: UUID
    reference: Annotated[str, msgspec.Meta(description="What people call it by on the telephone")]
    kind: Kind
    state: State
    title: Annotated[str | None, msgspec.Meta(description="As the main connector calls it")]
    what: Annotated[
        str | None, msgspec.Meta(description="How its first report begins; null for whoever may not read that")
    ]
    since: datetime
    until: Annotated[datetime | None, msgspec.Meta(description="Its end; of maintenance, as it is planned")]
    system_id: UUID | None
    service: str | None
    joined_to: UUID | None
    short_notice: Annotated[
        bool, msgspec.Meta(description="Maintenance that was put down less than two weeks before it begins")
    ]
    tenancy_id: Annotated[
        UUID | None, msgspec.Meta(description="Who reported it first; null: not a tenant, or not shown")
    ]
    reported_at: datetime
    detected_at: Annotated[datetime, msgspec.Meta(description="What limits in hours are counted from")]
    aware_at: Annotated[
        datetime | None,
        msgspec.Meta(
            description="When the main connector became aware of a breach of its data; null: when that was put down"
        ),
    ]
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    unreached_at: Annotated[datetime | None, msgspec.Meta(description="Since when nobody is left to be called")]
    because: str | None
    closed_at: datetime | None
    closed_by: str | None
    version: int
    next_moves: tuple[str, ...]


class ShownAnswer(Body, frozen=True, kw_only=True):
    fact: Fact
    answer: Answer
    basis: Annotated[Basis, msgspec.Meta(description="report: proposed by a report until a person says so")]
    reason: str | None
    answered_by: str
    answered_at: datetime


class ShownStatus(Body, frozen=True, kw_only=True):
    id: UUID
    number: int
    phase: Phase
    text: Mapping[Language, str] | None
    published_at: datetime


class ShownCall(Body, frozen=True, kw_only=True):
    number: int
    contact_id: Annotated[
        UUID | None, msgspec.Meta(description="null: nobody was left, so every administrator was called")
    ]
    people: int
    called_at: datetime


class WholeDisturbance(Body, frozen=True, kw_only=True):
    """A disturbance with all of it that the caller sees; answers, calls and others' duties are the main connector's."""

    disturbance: ShownDisturbance
    reports: tuple[ShownReport, ...]
    attachments: tuple[ShownAttachment, ...]
    answers: tuple[ShownAnswer, ...]
    duties: tuple[ShownDuty, ...]
    possible_duties: Annotated[
        tuple[PossibleDuty, ...], msgspec.Meta(description="What answers would bring that nobody has given yet")
    ]
    calls: tuple[ShownCall, ...]
    statuses: tuple[ShownStatus, ...]
    joined: Annotated[tuple[UUID, ...], msgspec.Meta(description="Those that were joined to it")]
    carried: Annotated[
        tuple[ShownCarried, ...],
        msgspec.Meta(description="What another room sees to, such as the register of breaches; a tenant sees its own"),
    ]
    findings: Annotated[
        tuple[ShownFinding, ...],
        msgspec.Meta(description="Causes, remedies and new facts as they were said; the latest of each kind counts"),
    ]
    holds: Annotated[
        tuple[ShownHold, ...], msgspec.Meta(description="What else is open that keeps it from being closed")
    ]


class Answers(Body, frozen=True, kw_only=True):
    items: tuple[ShownAnswer, ...]


class Question(Body, frozen=True, kw_only=True):
    """What is asked when a disturbance is assessed."""

    fact: Fact
    question: Sentence
    source: str
    certainty: Certainty


class Questions(Body, frozen=True, kw_only=True):
    items: tuple[Question, ...]


class GivenAnswer(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    fact: Fact
    answer: Answer
    reason: Lines | None = None


class Answering(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answers: Annotated[tuple[GivenAnswer, ...], msgspec.Meta(min_length=1, max_length=30)]

    def said(self) -> dict[Fact, SaidAnswer]:
        return {one.fact: SaidAnswer(answer=one.answer, reason=one.reason) for one in self.answers}


class Describing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of it, said whole: what is left out is not known."""

    since: Instant
    detected_at: Instant
    title: Annotated[Line, msgspec.Meta(description="Tenants who are told see it")] | None = None
    system_id: UUID | None = None
    service: ServiceKey | None = None
    aware_at: Instant | None = None

    def said(self) -> Description:
        return Description(**msgspec.structs.asdict(self))


class Ending(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[Instant, msgspec.Meta(description="When it ended")]
    text: Text | None = None


class Dismissing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    because: Lines
    text: Text | None = None


class Joining(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: Annotated[UUID, msgspec.Meta(description="The disturbance that it is the same as")]


class Publishing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text | None = None


class Planning(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Maintenance to come. A system or a service is needed: by it the tenants concerned are found."""

    title: Line
    since: Instant
    until: Instant
    system_id: UUID | None = None
    service: ServiceKey | None = None
    text: Text | None = None

    def said(self) -> SaidMaintenance:
        rest = {name: getattr(self, name) for name in ("title", "since", "until", "system_id", "service")}
        return SaidMaintenance(text=said_of(self.text), **rest)


def said_of(text: Text | None) -> Mapping[Language, str] | None:
    return None if text is None else text.said()


_COMPUTED: Final = {"reference", "short_notice", "next_moves"}


def shown(one: Disturbance) -> ShownDisturbance:
    said = msgspec.structs.asdict(one)
    # Who reported it is for whoever may read the report.
    said["tenancy_id"] = one.tenancy_id if one.what is not None else None
    return ShownDisturbance(
        reference=one.reference,
        short_notice=rules.is_short_notice(one),
        next_moves=tuple(move.value for move in next_moves(one)),
        **{name: said[name] for name in ShownDisturbance.__struct_fields__ if name not in _COMPUTED},
    )


def whole(found: Whole, would_arise: tuple[Rule, ...]) -> WholeDisturbance:
    return WholeDisturbance(
        disturbance=shown(found.disturbance),
        reports=tuple(map(shown_report, found.reports)),
        attachments=tuple(map(shown_attachment, found.attachments)),
        answers=tuple(map(shown_answer, found.answers)),
        duties=tuple(map(shown_duty, found.duties)),
        possible_duties=tuple(map(possible, would_arise)),
        calls=tuple(ShownCall(**msgspec.structs.asdict(one)) for one in found.calls),
        statuses=tuple(map(shown_status, found.statuses)),
        joined=found.joined,
        carried=tuple(map(shown_carried, found.carried)),
        findings=tuple(map(shown_finding, found.findings)),
        holds=tuple(map(shown_hold, found.holds)),
    )


def shown_answer(one: Answered) -> ShownAnswer:
    return ShownAnswer(**msgspec.structs.asdict(one))


def shown_status(one: Status) -> ShownStatus:
    said = msgspec.structs.asdict(one)
    return ShownStatus(**{name: said[name] for name in ShownStatus.__struct_fields__})


def questions() -> Questions:
    return Questions(
        items=tuple(
            Question(fact=one.key, question=one.question, source=one.source, certainty=one.certainty)
            for one in rules.facts_in_words().values()
        )
    )
