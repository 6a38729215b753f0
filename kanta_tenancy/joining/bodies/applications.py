"""Joining applications as the API shows and takes them."""

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.joining.lifecycle import MOVES, Move, is_in_production
from kanta_tenancy.joining.model import Application, Stage, Step
from kanta_tenancy.kernel.records import Body

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ServiceKey = Annotated[str, msgspec.Meta(min_length=1, max_length=40, description="A key of the service catalogue")]
ServiceKeys = Annotated[tuple[ServiceKey, ...], msgspec.Meta(max_length=50)]


class StepAsked(enum.StrEnum):
    """The moves that are steps: all but writing a draft anew."""

    APPLY = Move.APPLY.value
    SEND_COMMITMENT = Move.SEND_COMMITMENT.value
    BEGIN_TEST = Move.BEGIN_TEST.value
    FAIL_TEST = Move.FAIL_TEST.value
    REPORT = Move.REPORT.value
    ENTER_PRODUCTION = Move.ENTER_PRODUCTION.value
    WITHDRAW = Move.WITHDRAW.value
    END = Move.END.value


class SaidApplication(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a draft of an application says."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="What people call it by")]
    services: ServiceKeys = ()


class TakenStep(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That an application came a step further."""

    move: StepAsked
    on: Annotated[
        date,
        msgspec.Meta(
            description="The day on which it happened; of enter_production the first day in production, of end the"
            " first day no longer in production"
        ),
    ]
    reference: Annotated[Line | None, msgspec.Meta(description="Such as the number of a case")] = None
    evidence: Annotated[
        str, msgspec.Meta(min_length=1, max_length=2000, description="What was done, and where it can be seen")
    ]


class ShownApplication(Body, frozen=True, kw_only=True):
    id: UUID
    name: str
    services: tuple[str, ...]
    stage: Stage
    version: int
    created_at: datetime
    in_production_on: date | None
    ended_on: Annotated[date | None, msgspec.Meta(description="The first day no longer in production")]
    in_production: Annotated[bool, msgspec.Meta(description="Today, in Finland")]
    next_moves: Annotated[tuple[str, ...], msgspec.Meta(description="What can be done with it now")]
    steps: tuple[Step, ...]


class ListedApplication(Body, frozen=True, kw_only=True):
    id: UUID
    name: str
    services: tuple[str, ...]
    stage: Stage
    version: int
    created_at: datetime
    in_production_on: date | None
    ended_on: date | None


def shown(application: Application, today: date) -> ShownApplication:
    return ShownApplication(
        in_production=is_in_production(application, today),
        next_moves=tuple(move.value for stage, move in MOVES if stage is application.stage),
        **msgspec.structs.asdict(application),
    )


def listed(application: Application) -> ListedApplication:
    said = msgspec.structs.asdict(application)
    return ListedApplication(**{name: said[name] for name in ListedApplication.__struct_fields__})
