"""What a controller says of a breach: appended, never edited; what follows from it is owed, kept or released."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kanta_tenancy import promises
from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches.actions import saying
from kanta_tenancy.breaches.duties import DutyKind, DutyState
from kanta_tenancy.breaches.errors import (
    BreachChanged,
    BreachMoveNotAllowed,
    BreachNotFound,
    BreachRefused,
    BreachUnfinished,
)
from kanta_tenancy.breaches.model import (
    Addressee,
    AwareGround,
    Correction,
    Decision,
    Exemption,
    Item,
    Move,
    Part,
    RegisterKind,
    Risk,
    State,
    Statement,
)
from kanta_tenancy.kernel.identifiers import new_id
from tests.breaches.desk import of_main_connector, of_tenant
from tests.breaches.examples import NOON, a_telling, an_awareness

HOURS = timedelta(hours=72)
DECIDED = Decision(risk=Risk.RISK, ground="Health data")
EVERYTHING = tuple(Item)


@pytest.fixture
async def breach(theirs, tenant) -> UUID:
    """A breach in the tenant's register that was found at noon."""
    return (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id


async def flaws(register, breach_id: UUID, said) -> list[str]:
    with pytest.raises(BreachRefused) as refused:
        await register.said(breach_id, said)
    return [flaw.field for flaw in refused.value.flaws]


async def test_from_finding_to_closing_with_a_notice_in_two_phases_and_the_persons_told(theirs, breach):
    theirs.clock.advance(hours=10)
    await theirs.moved(breach, Move.CONFIRM)
    await theirs.said(breach, Decision(risk=Risk.HIGH, ground="Health data of many"))
    assert await theirs.owing() == {"notify_authority": "owed", "tell_persons": "owed"}
    await theirs.said(breach, a_telling(told_at=theirs.clock.now(), reference="D-1", items=(Item.NATURE,)))
    assert await theirs.owing() == {
        "notify_authority": "kept",
        "supplement_notice": "owed",
        "tell_persons": "owed",
    }
    await theirs.documented(breach)
    await theirs.said(breach, a_telling(told_at=theirs.clock.now(), items=EVERYTHING))
    await theirs.said(
        breach, a_telling(addressee=Addressee.PERSONS, told_at=theirs.clock.now(), how="A letter to each")
    )
    assert set((await theirs.owing()).values()) == {"kept"}
    closed = await theirs.moved(breach, Move.CLOSE)
    assert (closed.breach.state, closed.breach.authority_due_at) == (State.CLOSED, None)
    assert [one.state for one in closed.duties if one.state is DutyState.OPEN] == []
    assert await theirs.amiss() == []


async def test_where_a_risk_is_unlikely_nobody_is_notified_and_the_register_says_why(theirs, breach):
    after = await theirs.said(breach, Decision(risk=Risk.UNLIKELY, ground="The letter came back unopened"))
    assert (after.breach.risk, after.breach.authority_due_at) == (Risk.UNLIKELY, None)
    (promise,) = await theirs.owed("breach.notify_authority")
    assert (promise.state, promise.result) == (
        promises.State.RELEASED,
        {"because": "entry 4 of the breach: it is not needed any more"},
    )
    assert [one.state for one in await theirs.owed("breach.remind")] == [promises.State.RELEASED]
    # Judged anew: it is owed anew, from the same awareness.
    again = await theirs.said(breach, DECIDED)
    assert again.breach.authority_due_at == NOON + HOURS
    assert [one.state for one in await theirs.owed("breach.notify_authority")] == [
        promises.State.RELEASED,
        promises.State.OWED,
    ]
    assert await theirs.amiss() == []


async def test_the_hours_run_from_the_awareness_said_last_with_its_reason(theirs, breach):
    earlier = an_awareness(
        aware_at=NOON - timedelta(days=1), ground=AwareGround.TOLD_BY_OTHER, reason="A client called the day before"
    )
    after = await theirs.said(breach, earlier)
    assert after.breach.authority_due_at == NOON + timedelta(hours=48)
    (promise,) = await theirs.owed("breach.notify_authority")
    assert (promise.due_at, promise.state) == (NOON + timedelta(hours=48), promises.State.OWED)
    assert promise.explanation.inputs["reason"] == "A client called the day before"
    assert [one.said.reason for one in after.entries if hasattr(one.said, "aware_at")] == [
        after.entries[1].said.reason,
        "A client called the day before",
    ]
    assert await theirs.amiss() == []


async def test_a_late_notice_needs_its_reason_and_only_a_late_one_has_one(theirs, breach):
    await theirs.documented(breach)
    in_time = a_telling(told_at=NOON + HOURS, items=EVERYTHING)
    late = a_telling(told_at=NOON + HOURS + timedelta(seconds=1), items=EVERYTHING)
    theirs.clock.advance(hours=80)
    assert await flaws(theirs, breach, late) == ["late_because"]
    assert await flaws(theirs, breach, a_telling(**vars_of(in_time) | {"late_because": "x"})) == ["late_because"]
    after = await theirs.said(breach, a_telling(**vars_of(late) | {"late_because": "It was seen on Monday only"}))
    assert after.case.tellings(Addressee.AUTHORITY)[0].late_because == "It was seen on Monday only"
    await theirs.said(breach, a_telling(told_at=NOON + timedelta(hours=79), items=(Item.NATURE,)))  # a further phase


def vars_of(telling) -> dict:
    return {name: getattr(telling, name) for name in telling.__struct_fields__}


async def test_a_telling_that_did_not_happen_is_corrected_and_what_it_did_is_owed_anew(theirs, breach):
    await theirs.documented(breach)
    told = await theirs.said(breach, a_telling(items=EVERYTHING))
    number = told.breach.version
    assert (await theirs.owing())["notify_authority"] == "kept"
    after = await theirs.said(breach, Correction(number=number, reason="The form was never sent"))
    assert after.breach.authority_due_at == NOON + HOURS
    assert [one.state.value for one in await theirs.owed("breach.notify_authority")] == ["kept", "owed"]
    assert len((await theirs.whole(breach)).entries) == number + 1  # all of it is there to be read
    assert await flaws(theirs, breach, Correction(number=number, reason="x")) == ["number"]
    assert await flaws(theirs, breach, Correction(number=1, reason="x")) == ["number"]
    assert await theirs.amiss() == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (a_telling(items=(Item.MEASURES,)), ["items"]),
        (a_telling(told_at=NOON + timedelta(hours=1)), ["told_at"]),
        (a_telling(how=""), ["how"]),
        (a_telling(how="To 131052-308T"), ["how"]),
        (a_telling(addressee=Addressee.KELA, items=(Item.NATURE,)), [""]),
        (a_telling(addressee=Addressee.KELA, exemption=Exemption.UNINTELLIGIBLE), ["exemption"]),
        (a_telling(addressee=Addressee.PERSONS), [""]),
        (a_telling(addressee=Addressee.PERSONS, exemption=Exemption.UNINTELLIGIBLE), ["exemption_ground"]),
        (
            a_telling(addressee=Addressee.PERSONS, exemption=Exemption.DISPROPORTIONATE, exemption_ground="Too many"),
            [""],
        ),
        (Decision(risk=Risk.HIGH, ground=" "), ["ground"]),
        (Statement(item=Item.MEASURES, text="131052-308T"), ["text"]),
        (an_awareness(reason=""), ["reason"]),
        (an_awareness(aware_at=NOON + timedelta(hours=1)), ["aware_at"]),
    ],
)
async def test_what_law_wants_beside_it_is_asked_for(theirs, breach, said, fields):
    before = (await theirs.whole(breach)).breach
    assert await flaws(theirs, breach, said) == fields
    assert (await theirs.whole(breach)).breach == before


async def test_persons_are_left_untold_only_for_a_reason_of_the_article(theirs, breach):
    await theirs.said(breach, Decision(risk=Risk.HIGH, ground="x"))
    exempt = a_telling(
        addressee=Addressee.PERSONS,
        how="Nobody is told",
        exemption=Exemption.UNINTELLIGIBLE,
        exemption_ground="The disk is encrypted, the key is safe",
    )
    await theirs.said(breach, exempt)
    assert (await theirs.owing())["tell_persons"] == "kept"


async def test_kela_is_told_when_it_turns_out_that_a_joint_register_is_touched(theirs, breach, tenant):
    after = await theirs.concerned(
        breach, of_tenant(tenant.tenancy.id), of_tenant(tenant.tenancy.id, RegisterKind.PRESCRIPTION_CENTRE)
    )
    assert after.breach.part is Part.CONTROLLER
    assert (await theirs.owing())["tell_kela"] == "owed"
    await theirs.said(breach, a_telling(addressee=Addressee.KELA, how="Called technical support"))
    assert (await theirs.owing())["tell_kela"] == "kept"
    # And when it turns out that it was not, nothing is forgotten.
    await theirs.concerned(breach, of_tenant(tenant.tenancy.id))
    assert await theirs.amiss() == []


async def test_data_of_another_register_is_a_breach_of_its_own(ours, theirs, breach, tenant, neighbour):
    for register, concerned in ((theirs, of_main_connector()), (ours, of_tenant(neighbour.tenancy.id))):
        with pytest.raises(BreachRefused) as refused:
            await register.concerned(breach, of_tenant(tenant.tenancy.id), concerned)
        assert refused.value.flaws[0].field.startswith("concerned")


async def test_what_was_none_is_dismissed_with_its_reason_and_stays(theirs, breach):
    after = await theirs.moved(breach, Move.DISMISS, "The letter was never posted")
    assert after.breach.state is State.DISMISSED
    assert set((await theirs.owing()).values()) == {"released"}
    with pytest.raises(BreachMoveNotAllowed):
        await theirs.said(breach, DECIDED)
    with pytest.raises(BreachMoveNotAllowed):
        await theirs.moved(breach, Move.CLOSE)
    again = await theirs.moved(breach, Move.REOPEN, "It was, after all")
    assert again.breach.authority_due_at == NOON + HOURS  # awareness is where it was: the strict reading
    assert await theirs.amiss() == []


async def test_it_is_not_closed_while_anything_is_open(ours, theirs, breach):
    await theirs.moved(breach, Move.CONFIRM)
    with pytest.raises(BreachUnfinished) as refused:
        await theirs.moved(breach, Move.CLOSE)
    assert refused.value.facts == {"open": "decide_risk, notify_authority, document"}
    await theirs.said(breach, Decision(risk=Risk.UNLIKELY, ground="x"))
    await theirs.documented(breach)
    asked = await theirs.asked(breach)
    with pytest.raises(BreachUnfinished, match="help"):
        await theirs.moved(breach, Move.CLOSE)
    await ours.answered(asked)
    assert (await theirs.moved(breach, Move.CLOSE)).breach.state is State.CLOSED


async def test_of_two_who_say_something_at_once_one_is_told_to_look_again(theirs, breach):
    version = (await theirs.whole(breach)).breach.version

    async def said(text: str) -> None:
        async with theirs.database.transaction(theirs.caller) as tx:
            statement = Statement(item=Item.MEASURES, text=text)
            await saying.say(tx, theirs.clock, breach, statement, version=version)

    results = await asyncio.gather(said("a"), said("b"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["BreachChanged", "NoneType"]
    assert (await theirs.whole(breach)).breach.version == version + 1


async def test_whoever_is_no_controller_decides_nothing_and_notifies_no_authority(theirs):
    breach = (await theirs.reported(of_main_connector(RegisterKind.PERSONAL_HEALTH_RECORD))).breaches[0].id
    for said in (DECIDED, an_awareness(), a_telling(), a_telling(addressee=Addressee.PERSONS)):
        assert (await flaws(theirs, breach, said))[0] in {"", "addressee"}
    await theirs.said(breach, a_telling(addressee=Addressee.KELA))
    await theirs.moved(breach, Move.CONFIRM)
    assert (await theirs.moved(breach, Move.CLOSE)).breach.state is State.CLOSED


async def test_what_is_not_there_is_not_found_and_an_old_version_is_refused(theirs, breach):
    async with theirs.database.transaction(theirs.caller) as tx:
        with pytest.raises(BreachNotFound):
            await saying.say(tx, theirs.clock, new_id(), DECIDED, version=1)
        with pytest.raises(BreachChanged):
            await saying.say(tx, theirs.clock, breach, DECIDED, version=1)


async def test_the_row_is_what_the_entries_say(theirs, breach):
    await theirs.said(breach, DECIDED, an_awareness(reason="x"))
    whole = await theirs.whole(breach)
    case = cases.read(whole.entries)
    assert (whole.breach.version, whole.breach.risk, whole.breach.aware_at) == (case.version, Risk.RISK, NOON)
    assert DutyKind.NOTIFY_AUTHORITY in DutyKind
