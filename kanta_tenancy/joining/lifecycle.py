"""Which moves an application and a change notice allow. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.joining.errors import ChangeNoticeSettled, JoiningRefused, StepNotAllowed
from kanta_tenancy.joining.model import Application, Change, ChangeNotice, Stage, Status, Step
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.explanation import Explanation


class Move(enum.StrEnum):
    """What can be done with an application. All but the first are steps: dated, and shown by evidence."""

    AMEND = "amend"
    APPLY = "apply"
    SEND_COMMITMENT = "send_commitment"
    BEGIN_TEST = "begin_test"
    FAIL_TEST = "fail_test"
    REPORT = "report"
    ENTER_PRODUCTION = "enter_production"
    WITHDRAW = "withdraw"
    END = "end"


MOVES: Final[Mapping[tuple[Stage, Move], Stage]] = {
    (Stage.DRAFTED, Move.AMEND): Stage.DRAFTED,
    (Stage.DRAFTED, Move.APPLY): Stage.APPLIED,
    (Stage.APPLIED, Move.SEND_COMMITMENT): Stage.COMMITTED,
    (Stage.COMMITTED, Move.BEGIN_TEST): Stage.IN_TEST,
    (Stage.IN_TEST, Move.FAIL_TEST): Stage.COMMITTED,
    (Stage.IN_TEST, Move.REPORT): Stage.REPORTED,
    (Stage.REPORTED, Move.ENTER_PRODUCTION): Stage.IN_PRODUCTION,
    (Stage.DRAFTED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.APPLIED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.COMMITTED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.IN_TEST, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.REPORTED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.IN_PRODUCTION, Move.END): Stage.ENDED,
}


class NoticeMove(enum.StrEnum):
    """What can be done with a change notice."""

    PLAN_ANEW = "plan_anew"
    SEND = "send"
    RULE_OUT = "rule_out"
    CANCEL = "cancel"


NOTICE_MOVES: Final[Mapping[tuple[Status, NoticeMove], Status]] = {
    (Status.PLANNED, NoticeMove.PLAN_ANEW): Status.PLANNED,
    (Status.PLANNED, NoticeMove.SEND): Status.SENT,
    (Status.PLANNED, NoticeMove.RULE_OUT): Status.NOT_NEEDED,
    (Status.PLANNED, NoticeMove.CANCEL): Status.CANCELLED,
}


class Said(enum.Enum):
    """A day that a person says."""

    STEP = "on"
    SENT = "sent_on"


def check(application: Application, move: Move) -> None:
    """Refuse a move that the table does not have.

    Raises:
        StepNotAllowed: the application is not in a stage that allows it.
    """
    if (application.stage, move) not in MOVES:
        raise StepNotAllowed(
            f"cannot {move.value} an application that is {application.stage.value}", stage=application.stage.value
        )


def amend(application: Application, *, name: str, services: tuple[str, ...]) -> Application:
    """Write a draft anew; what Kela has been told of is not edited."""
    check(application, Move.AMEND)
    return replace(application, name=name, services=services, version=application.version + 1)


def step(
    application: Application,
    move: Move,
    *,
    on: date,
    reference: str | None,
    evidence: str,
    at: datetime,
    by: str,
) -> Application:
    """Take an application one step on, as of a day that is over or today.

    Raises:
        StepNotAllowed: the application is not in a stage that allows it, or it names no services to apply for.
        JoiningRefused: the day is before that of the step before it, or has not come.
    """
    check(application, move)
    if move is Move.APPLY and not application.services:
        raise StepNotAllowed("the application names no service", stage=application.stage.value)
    refuse_day(Said.STEP, on, not_before=application.steps[-1].on if application.steps else None, at=at)
    stage = MOVES[application.stage, move]
    made = Step(
        number=len(application.steps) + 1,
        move=move.value,
        stage=stage,
        on=on,
        reference=reference,
        evidence=evidence,
        recorded_at=at,
        recorded_by=by,
    )
    return replace(
        application,
        stage=stage,
        version=application.version + 1,
        steps=(*application.steps, made),
        in_production_on=on if move is Move.ENTER_PRODUCTION else application.in_production_on,
        ended_on=on if move is Move.END else application.ended_on,
    )


def is_in_production(application: Application, day: date) -> bool:
    """Say whether an application is in production on a day, by what was recorded."""
    begun = application.in_production_on is not None and application.in_production_on <= day
    return begun and (application.ended_on is None or day < application.ended_on)


def check_notice(notice: ChangeNotice, move: NoticeMove) -> None:
    """Refuse a move that the table does not have.

    Raises:
        ChangeNoticeSettled: the notice was sent, is not needed, or its change was cancelled.
    """
    if (notice.status, move) not in NOTICE_MOVES:
        raise ChangeNoticeSettled(f"the notice is {notice.status.value}", status=notice.status.value)


def plan_anew(notice: ChangeNotice, change: Change, *, due_on: date, explanation: Explanation) -> ChangeNotice:
    """Say anew what changes and when, with the due day that follows from it."""
    return replace(
        _moved(notice, NoticeMove.PLAN_ANEW),
        kind=change.kind,
        description=change.description,
        tenancy_ids=change.tenancy_ids,
        services=change.services,
        known_on=change.known_on,
        effective_on=change.effective_on,
        due_on=due_on,
        explanation=explanation,
    )


def send(notice: ChangeNotice, *, on: date, by: str, reference: str | None, at: datetime) -> ChangeNotice:
    """Say that Kela was told, be it late."""
    return replace(_moved(notice, NoticeMove.SEND), sent_on=on, sent_by=by, reference=reference, settled_at=at)


def rule_out(notice: ChangeNotice, *, because: str, at: datetime) -> ChangeNotice:
    """Say that the change comes and Kela need not be told."""
    return replace(_moved(notice, NoticeMove.RULE_OUT), because=because, settled_at=at)


def cancel(notice: ChangeNotice, *, because: str, at: datetime) -> ChangeNotice:
    """Say that the change does not come."""
    return replace(_moved(notice, NoticeMove.CANCEL), because=because, settled_at=at)


def refuse_day(field: Said, on: date, *, not_before: date | None, at: datetime) -> None:
    """Refuse a day that has not come in Finland, or that comes before what it follows.

    Raises:
        JoiningRefused: with the field.
    """
    today = day_in_finland(at)
    if on > today:
        sentence = "this day has not come: say what has happened"
    elif not_before is not None and on < not_before:
        sentence = f"this is before {not_before.isoformat()}, which it follows"
    else:
        return
    raise JoiningRefused(
        f"{field.value}: {sentence}", rule="K2.1", flaws=(Flaw(field=field.value, detail=sentence, rule="K2.1"),)
    )


def _moved(notice: ChangeNotice, move: NoticeMove) -> ChangeNotice:
    check_notice(notice, move)
    return replace(notice, status=NOTICE_MOVES[notice.status, move], version=notice.version + 1)
