"""Whatever is answered and told in whatever order, what is kept fits the facts, and who was told knows what holds."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.disturbances import lifecycle, reconciling
from kanta_tenancy.disturbances.case import Answered, Basis, DutyState, KeptDuty, Purpose
from kanta_tenancy.disturbances.lifecycle import DUTY_MOVES, DutyMove
from kanta_tenancy.disturbances.model import Answer, Channel, Fact, Moments, Side
from kanta_tenancy.kernel.identifiers import new_id
from tests.disturbances.examples import NOON

FACTS = (
    Fact.DISTURBANCE,
    Fact.KANTA_RELATED,
    Fact.DEVIATION,
    Fact.RISK_TO_SAFETY,
    Fact.CRITICAL_OR_WIDE,
    Fact.KELA_IN_KANTA,
)
TOLD = {DutyState.SENT, DutyState.ACKNOWLEDGED}
answering = st.tuples(st.sampled_from(FACTS), st.sampled_from(Answer))
settling = st.tuples(st.integers(0, 30), st.sampled_from((DutyMove.SEND, DutyMove.SEND, *DutyMove)))
acts = st.lists(
    st.one_of(answering.map(lambda one: ("answer", one)), settling.map(lambda one: ("settle", one))), min_size=6
)


class Case:
    """A disturbance in memory: its answers, and the duties that follow, as the store would keep them."""

    def __init__(self) -> None:
        self.id = new_id()
        self.at = NOON
        self.history: list[Answered] = []
        self.kept: dict[tuple[str, int], KeptDuty] = {}

    def answer(self, fact: Fact, answer: Answer) -> None:
        self.at += timedelta(minutes=1)
        self.history.append(
            Answered(fact=fact, answer=answer, basis=Basis.PERSON, answered_by="x", answered_at=self.at)
        )
        self.reconcile()

    def reconcile(self) -> reconciling.Reconciled:
        moments = Moments(known=reconciling.known_since(self.history), detected_at=NOON)
        self.wanted = {one.duty.key: one for one in reconciling.wanted(Side.MAIN_CONNECTOR, None, moments)}
        found = reconciling.reconcile(
            list(self.kept.values()), self.wanted.values(), self.history, disturbance_id=self.id, at=self.at
        )
        for one in found.added:
            assert (one.rule, one.round) not in self.kept  # each exists once
            self.kept[one.rule, one.round] = one
        for one in (*found.moved, *found.dropped):
            assert one.version == self.kept[one.rule, one.round].version + 1
            self.kept[one.rule, one.round] = one
        return found

    def settle(self, number: int, move: DutyMove) -> None:
        self.at += timedelta(minutes=1)
        latest = sorted(self.latest.values(), key=lambda one: one.rule)
        if latest:
            one = latest[number % len(latest)]
            if (one.state, move) in DUTY_MOVES:
                self.kept[one.rule, one.round] = lifecycle.settle(
                    one, move, by="x", at=self.at, channel=Channel.PHONE, note="x"
                )

    @property
    def latest(self) -> dict[str, KeptDuty]:
        found: dict[str, KeptDuty] = {}
        for one in sorted(self.kept.values(), key=lambda one: one.round):
            found[one.rule] = one
        return found

    def was_told(self, rule: str) -> bool:
        """Say whether somebody was told of it and was not told since that it does not hold."""
        rounds = [one for one in sorted(self.kept.values(), key=lambda one: one.round) if one.rule == rule]
        told = [one.purpose for one in rounds if one.state in TOLD]
        return bool(told) and told[-1] is not Purpose.CANCELLATION


@settings(max_examples=400)
@given(acts)
def test_what_is_kept_fits_the_facts_whatever_happened(acts):
    case = Case()
    for what, said in acts:
        getattr(case, what)(*said)
    case.reconcile()
    for rule, last in case.latest.items():
        if rule in case.wanted:
            assert last.is_open or last.state in TOLD or last.settled_by == "x"
            assert not (last.is_open and last.purpose is Purpose.CANCELLATION)
            if last.state in TOLD and last.addressee not in reconciling.WITHOUT_CHANGES:
                then, now = (reconciling.held_at(case.history, at) for at in (last.state_at, case.at))
                assert then == now  # whoever was told knows what holds
        elif last.addressee not in reconciling.WITHOUT_CHANGES:
            assert not last.is_open or last.purpose is Purpose.CANCELLATION
            if case.was_told(rule):  # it is being told that it does not hold, or a person said that it need not be
                assert last.purpose is Purpose.CANCELLATION
    assert case.wanted.keys() <= case.latest.keys()
    for one in case.kept.values():
        assert (one.told_at is not None) == (one.state in TOLD)  # this side reports nothing to itself
        assert one.told_at is None or one.made_at <= one.told_at <= one.state_at
    still_open = [one.rule for one in case.kept.values() if one.is_open]
    assert len(set(still_open)) == len(still_open)


@settings(max_examples=60)
@given(acts)
def test_reconciling_again_changes_nothing(acts):
    case = Case()
    for what, said in acts:
        getattr(case, what)(*said)
    case.reconcile()
    again = case.reconcile()
    assert (again.added, again.moved, again.dropped) == ((), (), ())


def test_facts_stand_since_they_were_first_answered_with_yes():
    case = Case()
    for answer in (Answer.YES, Answer.YES, Answer.NO, Answer.YES, Answer.YES):
        case.answer(Fact.DEVIATION, answer)
    assert reconciling.known_since(case.history) == {Fact.DEVIATION: NOON + timedelta(minutes=4)}
    assert reconciling.held_at(case.history, NOON + timedelta(minutes=3)) == frozenset()
