"""A breach as a line of the register: what stands, what was decided when, and why it was dismissed."""

from collections.abc import AsyncIterator
from datetime import timedelta

from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches.bodies.register import COLUMNS, as_csv
from kanta_tenancy.breaches.duties import duties
from kanta_tenancy.breaches.model import (
    Addressee,
    Breach,
    Decision,
    Exemption,
    Item,
    Move,
    Movement,
    Part,
    RegisterKind,
    Risk,
    Said,
    State,
)
from kanta_tenancy.breaches.register import RegisterLine, line
from kanta_tenancy.kernel.identifiers import new_id
from tests.breaches.examples import NOON, a_concerned, a_telling, an_awareness, concerning, entries, stated


def a_line(*said: Said, **row: object) -> RegisterLine:
    every = entries(*said)
    case = cases.read(every)
    breach = Breach(
        **{
            "id": new_id(),
            "tenancy_id": None,
            "report_id": new_id(),
            "title": "x",
            "found_at": NOON,
            "recorded_at": NOON,
            "state": case.state,
            "part": case.part,
            "risk": None,
            "aware_at": NOON,
            "authority_due_at": None,
            "version": len(every),
        }
        | row
    )
    return line(breach, every, case, duties(every))


def test_it_documents_facts_effects_and_remedies_whether_notified_or_not():
    found = a_line(
        concerning(a_concerned()), an_awareness(), *stated(), Decision(risk=Risk.UNLIKELY, ground="Nobody saw")
    )
    assert (found.facts, found.effects, found.remedies) == ("About nature", "About consequences", "About measures")
    assert (found.risk, found.risk_ground, found.risk_decided_by) == (Risk.UNLIKELY, "Nobody saw", "a test")
    assert (found.authority_told_at, found.items_not_told, found.open_duties) == (None, (), ())
    assert found.authority_deadline == NOON + timedelta(hours=72)


def test_of_several_decisions_the_last_counts_with_its_own_time():
    found = a_line(
        concerning(a_concerned()),
        an_awareness(),
        Decision(risk=Risk.UNLIKELY, ground="a"),
        Decision(risk=Risk.HIGH, ground="b"),
    )
    assert (found.risk, found.risk_ground, found.risk_decided_at) == (Risk.HIGH, "b", NOON + timedelta(minutes=3))


def test_it_tells_who_was_told_when_and_what_is_still_to_be_told():
    found = a_line(
        concerning(a_concerned(register=RegisterKind.WILL), part=Part.JOINT_CONTROLLER),
        an_awareness(),
        *stated(),
        a_telling(told_at=NOON + timedelta(hours=80), items=(Item.NATURE,), late_because="Snow", reference="D-1"),
        a_telling(told_at=NOON + timedelta(hours=90), items=(Item.MEASURES,), reference="D-2"),
        a_telling(addressee=Addressee.KELA, told_at=NOON + timedelta(hours=1)),
        a_telling(addressee=Addressee.PERSONS, exemption=Exemption.RISK_REMOVED, exemption_ground="Wiped"),
    )
    assert (found.authority_told_at, found.authority_late_because) == (NOON + timedelta(hours=80), "Snow")
    assert found.authority_references == ("D-1", "D-2")
    assert set(found.items_not_told) == set(Item) - {Item.NATURE, Item.MEASURES}
    assert (found.kela_told_at, found.persons_told_at) == (NOON + timedelta(hours=1), None)
    assert (found.persons_exemption, found.persons_exemption_ground) == (Exemption.RISK_REMOVED, "Wiped")
    assert (found.controllers, found.contact_points) == (("tenant", "kela"), ("kela",))


def test_what_was_none_stays_with_its_reason():
    said = (concerning(a_concerned()), an_awareness(), Movement(move=Move.DISMISS, reason="It was a drill"))
    found = a_line(*said)
    assert (found.state, found.dismissed_because, found.open_duties) == (State.DISMISSED, "It was a drill", ())
    again = a_line(*said, Movement(move=Move.REOPEN, reason="It was not"))
    assert (again.state, again.dismissed_because) == (State.SUSPECTED, None)


async def paged(*pages: list[RegisterLine]) -> AsyncIterator[list[RegisterLine]]:
    for page in pages:
        yield page


async def table(*pages: list[RegisterLine]) -> str:
    return b"".join([piece async for piece in as_csv(paged(*pages))]).decode("utf-8-sig")


async def test_no_cell_can_be_taken_for_a_formula_and_every_column_has_its_name():
    line = a_line(concerning(a_concerned()), an_awareness(reason='=HYPERLINK("x")'), title="+1")
    heading, row, again = (await table([line], [line])).splitlines()
    assert heading == ",".join(f'"{name}"' for name in COLUMNS)
    assert ('"\'+1"' in row, "\"'=HYPERLINK(" in row, row == again) == (True, True, True)
    assert (await table([])).count("\r\n") == 1
