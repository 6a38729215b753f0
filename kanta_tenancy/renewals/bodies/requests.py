"""Renewal requests as the API shows and takes them: identifiers, times and states, and no room for words."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.renewals import checking, explaining, lifecycle, requirements
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import (
    OPEN,
    Arrival,
    Duty,
    Ground,
    Kind,
    Outcome,
    Party,
    Reason,
    Request,
    State,
    Step,
    Taken,
    Way,
)
from kanta_tenancy.renewals.reading import Whole

MOST: Final = 500
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_HOUR: Final = timedelta(hours=1)


class ToldArrival(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A renewal request as it arrived. There is no place for anything of a patient; what looks like it is refused."""

    request_id: Annotated[
        str,
        msgspec.Meta(
            max_length=128,
            description="As the national service names the request: an OID or a UUID",
            examples=["1.2.246.10.32213086.10.77.118"],
        ),
    ]
    prescription_id: Annotated[
        str,
        msgspec.Meta(
            max_length=128, description="The prescription's OID", examples=["1.2.246.10.32213086.93.2026.118"]
        ),
    ]
    unit: Annotated[
        str, msgspec.Meta(max_length=128, description="The receiving unit's OID", examples=["1.2.246.10.12345671.10.1"])
    ]
    prescriber_code: Annotated[
        str,
        msgspec.Meta(
            max_length=11,
            description="Who wrote the prescription: a registration number or an identification code",
            examples=["123456"],
        ),
    ]
    kind: Kind
    arrived_at: Annotated[Instant, msgspec.Meta(description="At the main connector: the eight days run from here")]

    def arrival(self) -> Arrival:
        return Arrival(**msgspec.structs.asdict(self))

    @classmethod
    def refuse(cls, said: Any) -> None:
        """Name every field that looks like a patient's, or has no place here.

        Raises:
            PatientDataRefused: there is one.
        """
        checking.refuse_patient_data(said)


class ToldArrivals(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    requests: Annotated[tuple[ToldArrival, ...], msgspec.Meta(min_length=1, max_length=MOST)]

    @classmethod
    def refuse(cls, said: Any) -> None:
        """Name every field of any of them that looks like a patient's, or has no place here.

        Raises:
            PatientDataRefused: there is one.
        """
        checking.refuse_patient_data(said)


class TakenOutcome(Body, frozen=True, kw_only=True):
    place: Annotated[int, msgspec.Meta(description="Among those that were told, from 0")]
    outcome: Taken
    id: UUID | None
    since: Annotated[
        str | None,
        msgspec.Meta(description="Not received: from which day the unit receives none, when that was decided"),
    ] = None


class TakenIn(Body, frozen=True, kw_only=True):
    """What became of each request that was told."""

    items: tuple[TakenOutcome, ...]


class Answering(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer, as it was given in the national service."""

    answer: Annotated[Move, msgspec.Meta(description="renew, reject or return")]
    reason: Annotated[Reason | None, msgspec.Meta(description="Of a rejection: on care grounds, or another")] = None
    patient_told: Annotated[
        Way | None, msgspec.Meta(description="Of a rejection: how the patient was told already")
    ] = None


class TellingPatient(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    way: Way


class RequestsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        State | None,
        msgspec.Meta(description="Of one outcome, oldest first; left out: what is open, first what lapses first"),
    ] = None
    tenancy: Annotated[UUID | None, msgspec.Meta(description="Of this tenant")] = None
    own: Annotated[bool, msgspec.Meta(description="Of the main connector's own units")] = False
    prescriber: Annotated[UUID | None, msgspec.Meta(description="Open ones that this person has")] = None
    physician: Annotated[bool, msgspec.Meta(description="Open ones that are with the responsible physician")] = False


class LookedUp(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    request_id: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    prescription_id: Annotated[str, msgspec.Meta(max_length=128)] | None = None


class DutiesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy: Annotated[UUID | None, msgspec.Meta(description="Of this tenant")] = None


class ShownRequest(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the unit is the main connector's own")]
    unit_id: UUID
    request_id: str
    prescription_id: str
    prescriber_code: str
    kind: Kind
    state: State
    party: Annotated[Party, msgspec.Meta(description="Whose it is, or was")]
    prescriber_id: Annotated[UUID | None, msgspec.Meta(description="Who has it; null: the main connector itself")]
    ground: Ground | None
    arrived_at: datetime
    lapses_at: datetime
    hours_left: Annotated[int | None, msgspec.Meta(description="Whole hours; null: it is closed")]
    hand_over_at: datetime | None
    closed_at: datetime | None
    reason: Reason | None
    answered_by: Party | None
    version: int


class ShownStep(Body, frozen=True, kw_only=True):
    at: datetime
    done: str
    state: State
    prescriber_id: UUID | None
    ground: Ground | None
    hours: Annotated[int | None, msgspec.Meta(description="Of a warning: from the arrival")]
    people: Annotated[int | None, msgspec.Meta(description="Who were warned")]
    way: Way | None
    party: Party | None


class PatientToTell(Body, frozen=True, kw_only=True):
    """That a patient is to be told, or was."""

    request: UUID
    tenancy_id: UUID | None
    owed_by: Party
    outcome: State
    opened_at: datetime
    due_at: datetime
    escalated_at: datetime | None
    told_at: datetime | None
    told_by: Party | None
    way: Way | None


class ShownKind(Body, frozen=True, kw_only=True):
    renewable: bool
    within_months: Annotated[int | None, msgspec.Meta(description="From the prescription; the prescriber looks")]
    meaning: Sentence
    certainty: Certainty
    source: str


class ShownWhole(ShownRequest, frozen=True, kw_only=True):
    """A request with why it is where it is, what can be done, what happened and what follows."""

    moves: tuple[Move, ...]
    explanation: Explanation
    afterwards: Sentence | None
    kind_allows: ShownKind
    steps: tuple[ShownStep, ...]
    duty: PatientToTell | None


def shown(request: Request, now: datetime) -> ShownRequest:
    return ShownRequest(**_fields(request, now))


def whole(found: Whole, now: datetime) -> ShownWhole:
    request = found.request
    allows = requirements.kind_on(request.kind, request.arrived_at.date())
    return ShownWhole(
        **_fields(request, now),
        moves=lifecycle.moves(request, now),
        explanation=explaining.explain(request),
        afterwards=explaining.afterwards(request),
        kind_allows=ShownKind(
            renewable=allows.renewable,
            within_months=allows.within_months,
            meaning=allows.meaning,
            certainty=allows.certainty,
            source=allows.source,
        ),
        steps=tuple(map(_step, found.steps)),
        duty=None if found.duty is None else duty(found.duty),
    )


def duty(found: Duty) -> PatientToTell:
    return PatientToTell(**msgspec.structs.asdict(found))


def outcome(found: Outcome) -> TakenOutcome:
    since = found.decided_on if found.outcome is Taken.NOT_RECEIVED else None
    return TakenOutcome(
        place=found.place, outcome=found.outcome, id=found.id, since=None if since is None else since.isoformat()
    )


def _step(step: Step) -> ShownStep:
    said = msgspec.structs.asdict(step)
    return ShownStep(prescriber_id=said.pop("person"), **said)


def _fields(request: Request, now: datetime) -> dict[str, Any]:
    is_open = request.state in OPEN
    return {
        "id": request.id,
        "tenancy_id": request.tenancy_id,
        "unit_id": request.unit_id,
        "request_id": request.request_id,
        "prescription_id": request.prescription_id,
        "prescriber_code": request.prescriber_code,
        "kind": request.kind,
        "state": request.state,
        "party": request.party if request.answered_by is None else request.answered_by,
        "prescriber_id": request.person,
        "ground": request.ground,
        "arrived_at": request.arrived_at,
        "lapses_at": request.lapses_at,
        "hours_left": max((request.lapses_at - now) // _HOUR, 0) if is_open else None,
        "hand_over_at": request.hand_over_at,
        "closed_at": request.closed_at,
        "reason": request.reason,
        "answered_by": request.answered_by,
        "version": request.version,
    }
