"""What a breach asks, held against a second statement of it that looks at every combination of facts, slowly."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches import lifecycle
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import Duty, DutyKind, DutyState, duties, open_duties
from kanta_tenancy.breaches.errors import BreachMoveNotAllowed
from kanta_tenancy.breaches.model import (
    Addressee,
    Correction,
    Decision,
    Exemption,
    Item,
    Move,
    Movement,
    Part,
    Party,
    PartyKind,
    RegisterKind,
    Risk,
    Said,
    State,
    Statement,
    Telling,
)
from tests.breaches.examples import (
    NOON,
    TENANT,
    a_concerned,
    a_telling,
    an_awareness,
    concerning,
    entries,
    stated,
)

OTHER = Party(kind=PartyKind.OTHER, name="Toinen Oy")
# What it concerns → whether the party is a controller, whether Kela is one, whether somebody outside is alone.
DATA = {
    "own": ((a_concerned(),), Part.CONTROLLER, False, False),
    "joint": ((a_concerned(register=RegisterKind.WILL),), Part.JOINT_CONTROLLER, True, False),
    "both": ((a_concerned(), a_concerned(register=RegisterKind.INFO_MGMT)), Part.CONTROLLER, True, False),
    "kela's": ((a_concerned(register=RegisterKind.PERSONAL_HEALTH_RECORD),), Part.FINDER, True, False),
    "another's": ((a_concerned(producer=OTHER),), Part.FINDER, False, True),
    "ended": ((a_concerned(register=RegisterKind.ENDED_PROVIDER_DOCUMENTS),), Part.FINDER, True, True),
}
TELLINGS = {
    "nobody": (),
    "authority, in part": (a_telling(items=(Item.NATURE,)),),
    "authority, all": (a_telling(items=(Item.NATURE,)), a_telling(items=tuple(Item))),
    "persons": (a_telling(addressee=Addressee.PERSONS),),
    "exempt": (a_telling(addressee=Addressee.PERSONS, exemption=Exemption.UNINTELLIGIBLE),),
    "kela and controller": (a_telling(addressee=Addressee.KELA), a_telling(addressee=Addressee.CONTROLLER)),
}
COMBINATIONS = list(product(DATA, [None, *Risk], TELLINGS, [False, True], [False, True], [False, True]))


def a_case(
    data: str, risk: Risk | None, told: str, *, documented: bool, confirmed: bool, dismissed: bool
) -> list[Said]:
    concerned, part, _, _ = DATA[data]
    said: list[Said] = [concerning(*concerned, part=part)]
    if part is not Part.FINDER:
        said.append(an_awareness())
    said += stated() if documented else []
    said += [] if risk is None else [Decision(risk=risk, ground="x")]
    said += TELLINGS[told]
    said += [Movement(move=Move.CONFIRM, reason="x")] if confirmed else []
    said += [Movement(move=Move.DISMISS, reason="x")] if dismissed else []
    return said


def slowly(data: str, risk: Risk | None, told: str, *, documented: bool, dismissed: bool) -> dict[DutyKind, DutyState]:
    """State what articles 33 and 34 and clause 4.2 ask, one sentence at a time: whether it is asked, and done."""
    _, part, with_kela, somebody_else = DATA[data]
    own = part is not Part.FINDER
    notified = told.startswith("authority")
    stands = {
        DutyKind.DECIDE_RISK: (own, risk is not None),
        # 33(1): unless it is unlikely to result in a risk. Nobody has said so while nobody has decided.
        DutyKind.NOTIFY_AUTHORITY: (own and risk is not Risk.UNLIKELY, notified),
        # 33(4): what was not said at once follows.
        DutyKind.SUPPLEMENT_NOTICE: (own and risk is not Risk.UNLIKELY and notified, told == "authority, all"),
        # 34(1) and (3).
        DutyKind.TELL_PERSONS: (own and risk is Risk.HIGH, told in {"persons", "exempt"}),
        # Clause 4.2: the controller, and Kela for joint registers.
        DutyKind.TELL_KELA: (with_kela, told == "kela and controller"),
        DutyKind.TELL_CONTROLLER: (somebody_else, told == "kela and controller"),
        # 33(5): every breach, notified or not.
        DutyKind.DOCUMENT: (own, documented),
    }
    words = {(True, True): DutyState.DONE, (True, False): DutyState.OPEN}
    return {
        kind: words.get((asked and not dismissed, done), DutyState.NOT_NEEDED) for kind, (asked, done) in stands.items()
    }


@pytest.mark.parametrize(("data", "risk"), list(product(DATA, [None, *Risk])))
def test_every_combination_of_facts_asks_what_the_articles_ask(data: str, risk: Risk | None):
    tried = 0
    for _, _, told, documented, confirmed, dismissed in (one for one in COMBINATIONS if one[:2] == (data, risk)):
        said = a_case(data, risk, told, documented=documented, confirmed=confirmed, dismissed=dismissed)
        found = {one.kind: one.state for one in duties(entries(*said))}
        assert found == slowly(data, risk, told, documented=documented, dismissed=dismissed), (told, documented)
        tried += 1
    assert tried == len(TELLINGS) * 8


def by_kind(said: list[Said]) -> dict[DutyKind, Duty]:
    return {one.kind: one for one in duties(entries(*said))}


def test_a_duty_that_comes_back_is_another_turn():
    said: list[Said] = [concerning(a_concerned()), an_awareness()]
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].turn == 1
    said.append(Decision(risk=Risk.UNLIKELY, ground="x"))
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].state is DutyState.NOT_NEEDED
    said.append(Decision(risk=Risk.RISK, ground="x"))
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].turn == 2
    said.append(Decision(risk=Risk.HIGH, ground="x"))
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].turn == 2
    said.append(a_telling(items=(Item.NATURE,)))
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].state is DutyState.DONE
    said.append(Correction(number=len(said), reason="It never arrived"))
    assert (by_kind(said)[DutyKind.NOTIFY_AUTHORITY].turn, by_kind(said)[DutyKind.NOTIFY_AUTHORITY].state) == (
        3,
        DutyState.OPEN,
    )


def test_the_deadline_follows_the_awareness_that_was_said_last():
    said: list[Said] = [concerning(a_concerned()), an_awareness()]
    assert by_kind(said)[DutyKind.NOTIFY_AUTHORITY].due_at == NOON.replace(day=5)
    said.append(an_awareness(aware_at=NOON.replace(day=1)))
    duty = by_kind(said)[DutyKind.NOTIFY_AUTHORITY]
    assert (duty.due_at, duty.turn, duty.stated) == (NOON.replace(day=4), 1, True)


def test_what_law_wants_without_delay_is_asked_for_by_hours_of_our_own_and_says_so():
    found = by_kind([concerning(a_concerned(register=RegisterKind.WILL), part=Part.JOINT_CONTROLLER), an_awareness()])
    kela = found[DutyKind.TELL_KELA]
    assert (kela.due_at, kela.stated) == (NOON.replace(hour=16), False)
    assert found[DutyKind.DECIDE_RISK].due_at is None


def test_as_many_controllers_are_told_as_there_are_outside():
    outside = [Party(kind=PartyKind.OTHER, name=name) for name in ("A Oy", "B Oy")]
    two: list[Said] = [concerning(*(a_concerned(producer=one) for one in outside), part=Part.FINDER)]
    telling = a_telling(addressee=Addressee.CONTROLLER)
    assert by_kind([*two, telling])[DutyKind.TELL_CONTROLLER].state is DutyState.OPEN
    assert by_kind([*two, telling, telling])[DutyKind.TELL_CONTROLLER].state is DutyState.DONE


SAYABLE = st.one_of(
    st.builds(Decision, risk=st.sampled_from(Risk), ground=st.just("x")),
    st.builds(Statement, item=st.sampled_from(Item), text=st.sampled_from(["x", "y"])),
    st.builds(a_telling, addressee=st.sampled_from(Addressee), items=st.lists(st.sampled_from(Item)).map(tuple)),
    st.builds(Correction, number=st.integers(1, 12), reason=st.just("x")),
    st.builds(Movement, move=st.sampled_from(Move), reason=st.just("x")),
    st.just(an_awareness()),
)


@given(st.lists(SAYABLE, max_size=12))
def test_any_history_obeys_the_table_of_moves_and_forgets_nothing(history: list[Said]):
    said: list[Said] = [concerning(a_concerned()), an_awareness()]
    state = State.SUSPECTED
    for one in history:
        if isinstance(one, Movement):
            target = lifecycle.MOVES.get((state, one.move))
            if target is None:
                with pytest.raises(BreachMoveNotAllowed):
                    cases.read(entries(*said, one))
                continue
            state = target
        said.append(one)
    read = cases.read(entries(*said))
    assert (read.state, read.version) == (state, len(said))
    assert {one.number for one in read.told} == {
        number
        for number, one in enumerate(said, start=1)
        if isinstance(one, Telling)
        and not any(isinstance(later, Correction) and later.number == number for later in said[number:])
    }
    found = duties(entries(*said))
    assert [one.kind for one in found] == list(DutyKind)
    assert all(one.turn > 0 for one in open_duties(found))
    assert all((one.due_at is None) or one.state is DutyState.OPEN for one in found)


def test_nothing_stands_where_nothing_was_said():
    assert cases.read([]) == Case()
    assert lifecycle.next_moves(State.CONFIRMED) == (Move.DISMISS, Move.CLOSE)
    assert TENANT.is_here
