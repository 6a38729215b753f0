"""Which moves an application and a change notice allow, and on which days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.joining import lifecycle
from kanta_tenancy.joining.bodies.applications import StepAsked
from kanta_tenancy.joining.errors import ChangeNoticeSettled, JoiningRefused, StepNotAllowed
from kanta_tenancy.joining.lifecycle import MOVES, NOTICE_MOVES, Move, NoticeMove, Said
from kanta_tenancy.joining.model import Application, Stage, Status
from tests.joining.examples import MARCH_2, NOON, a_change, a_notice, an_application

DAY = timedelta(days=1)
FINAL = {Stage.WITHDRAWN, Stage.ENDED}
STEPS = [move for move in Move if move is not Move.AMEND]


def stepped(application: Application, move: Move, on: date = MARCH_2, at: datetime = NOON) -> Application:
    return lifecycle.step(application, move, on=on, reference=None, evidence="seen", at=at, by="a test")


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("move", STEPS)
def test_a_step_is_taken_when_the_table_has_it_and_refused_else(stage, move):
    application = an_application(stage=stage)
    if (stage, move) in MOVES:
        after = stepped(application, move)
        assert (after.stage, after.version, len(after.steps)) == (MOVES[stage, move], 2, 1)
    else:
        with pytest.raises(StepNotAllowed):
            stepped(application, move)


def test_every_stage_is_reached_from_a_draft_and_only_final_ones_lead_nowhere():
    reached, waiting = {Stage.DRAFTED}, [Stage.DRAFTED]
    while waiting:
        stage = waiting.pop()
        new = {after for (before, _), after in MOVES.items() if before is stage} - reached
        reached |= new
        waiting += new
    assert reached == set(Stage)
    assert {stage for stage in Stage if not any(before is stage for before, _ in MOVES)} == FINAL


def test_the_api_takes_every_step_and_nothing_else():
    assert {one.value for one in StepAsked} == {move.value for move in STEPS}


def test_a_draft_is_written_anew_and_what_kela_knows_is_not():
    amended = lifecycle.amend(an_application(), name="Other", services=("imaging",))
    assert (amended.name, amended.services, amended.version) == ("Other", ("imaging",), 2)
    for stage in set(Stage) - {Stage.DRAFTED}:
        with pytest.raises(StepNotAllowed):
            lifecycle.amend(an_application(stage=stage), name="Other", services=())


def test_an_application_for_no_service_is_not_sent():
    with pytest.raises(StepNotAllowed, match="names no service"):
        stepped(an_application(services=()), Move.APPLY)


def test_a_step_is_of_today_or_earlier_in_finland_and_not_before_the_one_before_it():
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 3 March in Finland
    applied = stepped(an_application(), Move.APPLY, on=date(2026, 3, 3), at=late)
    with pytest.raises(JoiningRefused, match="has not come"):
        stepped(an_application(), Move.APPLY, on=date(2026, 3, 3))
    with pytest.raises(JoiningRefused, match="before 2026-03-03"):
        stepped(applied, Move.SEND_COMMITMENT, on=MARCH_2, at=late)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=12))
def test_on_any_walk_it_is_in_production_between_its_two_days_and_never_else(walk):
    application, at = an_application(), NOON
    walked: dict[Stage, date] = {}
    for days, choice in walk:
        moves = sorted({move for stage, move in MOVES if stage is application.stage} - {Move.AMEND})
        if not moves:
            break
        at += days * DAY
        application = stepped(application, moves[choice % len(moves)], on=at.date(), at=at)
        walked[application.stage] = at.date()
    begun, over = walked.get(Stage.IN_PRODUCTION, date.max), walked.get(Stage.ENDED, date.max)
    for number in range(-2, 500, 7):
        day = MARCH_2 + number * DAY
        assert lifecycle.is_in_production(application, day) is (begun <= day < over)
    steps = application.steps
    assert [one.number for one in steps] == list(range(1, len(steps) + 1))
    assert sorted(one.on for one in steps) == [one.on for one in steps]
    assert application.version == len(steps) + 1


@given(st.sampled_from(Status), st.sampled_from(NoticeMove))
def test_a_notice_moves_when_the_table_has_it_and_is_final_else(status, move):
    notice = a_notice(status=status)
    acts = {
        NoticeMove.PLAN_ANEW: lambda: lifecycle.plan_anew(
            notice, a_change(), due_on=MARCH_2, explanation=notice.explanation
        ),
        NoticeMove.SEND: lambda: lifecycle.send(notice, on=MARCH_2, by="Aino", reference=None, at=NOON),
        NoticeMove.RULE_OUT: lambda: lifecycle.rule_out(notice, because="x", at=NOON),
        NoticeMove.CANCEL: lambda: lifecycle.cancel(notice, because="x", at=NOON),
    }
    if (status, move) in NOTICE_MOVES:
        after = acts[move]()
        assert (after.status, after.version) == (NOTICE_MOVES[status, move], 2)
        assert (after.settled_at is None) is (after.status is Status.PLANNED)
    else:
        with pytest.raises(ChangeNoticeSettled):
            acts[move]()


def test_a_day_on_which_it_was_sent_is_not_before_its_reason_was_known():
    with pytest.raises(JoiningRefused, match="sent_on: this is before 2026-03-02"):
        lifecycle.refuse_day(Said.SENT, date(2026, 3, 1), not_before=MARCH_2, at=NOON)
