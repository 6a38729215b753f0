"""The table of moves alone: any history obeys it, what is closed is final, and what is offered is what is allowed."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.renewals import lifecycle
from kanta_tenancy.renewals.errors import MoveNotAllowed, RenewalNotAllowed, RequestRefused
from kanta_tenancy.renewals.lifecycle import ANSWERS, MOVES, Move
from kanta_tenancy.renewals.model import OPEN, Kind, Party, Reason, Request, State
from tests.renewals.examples import a_request

CLOSED = {State.RENEWED, State.REJECTED, State.RETURNED, State.LAPSED}
PLACES = {Move.ROUTE: State.WITH_PRESCRIBER, Move.HAND_OVER: State.WITH_PHYSICIAN}
NEVER_RENEWED = {Kind.TELEPHONE, Kind.PRO_AUCTORE, Kind.EUROPEAN}
LAPSES = timedelta(hours=192)


@dataclass(frozen=True)
class Tried:
    """Something that is tried with a request, so long after its arrival."""

    move: Move
    after: timedelta
    by: Party
    reason: Reason | None


tries = st.builds(
    Tried,
    move=st.sampled_from(Move),
    after=st.one_of(
        st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=200)),
        st.sampled_from([LAPSES, LAPSES - timedelta(microseconds=1)]),
    ),
    by=st.sampled_from(Party),
    reason=st.sampled_from([None, *Reason]),
)


def do(tried: Tried, request: Request) -> Request:
    if tried.move in PLACES:
        return replace(request, state=lifecycle.placed(request, PLACES[tried.move]), version=request.version + 1)
    if tried.move is Move.LAPSE:
        return lifecycle.lapse(request)
    at = request.arrived_at + tried.after
    return lifecycle.answer(request, tried.move, by=tried.by, reason=tried.reason, at=at)


def refusal(tried: Tried, request: Request) -> type[Exception] | None:
    """Return how it has to be refused, in the words of the page; None: it is done."""
    if request.state in CLOSED or (request.state is State.WITH_PHYSICIAN and tried.move is Move.ROUTE):
        return MoveNotAllowed
    if tried.move not in ANSWERS:
        return None
    if tried.after >= LAPSES:
        return MoveNotAllowed
    if tried.move is Move.RENEW and request.kind in NEVER_RENEWED:
        return RenewalNotAllowed
    return RequestRefused if (tried.reason is None) is (tried.move is Move.REJECT) else None


@given(st.sampled_from(Kind), st.lists(tries, max_size=10))
def test_any_history_of_moves_obeys_the_table_and_ends_once(kind: Kind, history: list[Tried]):
    request = a_request(kind=kind)
    ends = 0
    for tried in history:
        expected = refusal(tried, request)
        if expected is not None:
            with pytest.raises(expected):
                do(tried, request)
            continue
        before, request = request, do(tried, request)
        assert request.state is MOVES[before.state, tried.move]
        assert (request.id, request.version) == (before.id, before.version + 1)
        check(request, tried)
        ends += request.state in CLOSED
    assert ends == (request.state in CLOSED)


def check(request: Request, tried: Tried) -> None:
    """What the constraints of the table ask of a row, asked here of what the rules make."""
    answered = request.state in CLOSED - {State.LAPSED}
    assert request.is_open is (request.state in OPEN) is (request.state not in CLOSED)
    assert (request.answered_by is not None) is answered
    assert (request.reason is not None) is (request.state is State.REJECTED)
    assert lifecycle.owes_telling(request) is (request.state in {State.REJECTED, State.LAPSED})
    if request.state is State.LAPSED:
        assert request.closed_at == request.lapses_at, "whenever it was put down"
    if answered:
        assert (request.closed_at, request.answered_by) == (request.arrived_at + tried.after, tried.by)
        assert request.closed_at < request.lapses_at


@given(st.sampled_from(Kind), st.sampled_from(State), tries)
def test_what_is_offered_is_what_is_allowed(kind: Kind, state: State, tried: Tried):
    request = a_request(kind=kind, state=state, closed_at=a_request().arrived_at if state in CLOSED else None)
    offered = lifecycle.moves(request, request.arrived_at + tried.after)
    fit = fitting(tried)
    assert (tried.move in offered) is (tried.move in ANSWERS and refusal(fit, request) is None)


def fitting(tried: Tried) -> Tried:
    reason = Reason.CARE if tried.move is Move.REJECT else None
    return Tried(move=tried.move, after=tried.after, by=tried.by, reason=reason)


def test_every_open_request_can_be_answered_and_can_lapse_and_no_closed_one_moves():
    for state in OPEN:
        assert {move for of, move in MOVES if of is state} >= {*ANSWERS, Move.LAPSE, Move.HAND_OVER}
    assert {of for of, _ in MOVES} == set(OPEN)
    assert {*MOVES.values()} == set(State) - {State.ARRIVED}, "every state is reached, and none arrives again"


def test_each_move_leads_to_one_state_wherever_it_begins():
    assert {move: {target for (_, made), target in MOVES.items() if made is move} for move in Move} == {
        Move.ROUTE: {State.WITH_PRESCRIBER},
        Move.HAND_OVER: {State.WITH_PHYSICIAN},
        Move.RENEW: {State.RENEWED},
        Move.REJECT: {State.REJECTED},
        Move.RETURN: {State.RETURNED},
        Move.LAPSE: {State.LAPSED},
    }
    assert (State.WITH_PHYSICIAN, Move.ROUTE) not in MOVES, "what was handed over is not given back"
