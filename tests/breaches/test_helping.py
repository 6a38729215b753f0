"""Help with a breach is asked of the other party of the agreement, and answered by it (clause 4.2)."""

from datetime import timedelta

import msgspec
import pytest

from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.errors import (
    BreachMoveNotAllowed,
    BreachNotFound,
    BreachRefused,
    HelpChanged,
    HelpNotFound,
    HelpOfAnother,
    HelpSettled,
)
from kanta_tenancy.breaches.model import HelpState, Move
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.parties import Function, TenancyNotFound
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.breaches.examples import NOON
from tests.parties.examples import named, owner_of


@pytest.fixture
async def breach(theirs, tenant):
    return (await theirs.reported(of_tenant(tenant.tenancy.id))).breaches[0].id


@pytest.fixture
async def own(ours):
    return (await ours.reported(of_main_connector())).breaches[0].id


@pytest.fixture
async def people(database, clock, realm, tenant):
    """Somebody to tell, of both parties."""
    own = await owner_of(database, realm)
    for organisation, email in ((own, "tietosuoja@example.org"), (tenant.organisation.id, "dpo@example.org")):
        function = Function.DATA_PROTECTION_OFFICER
        await named(database, clock, realm, organisation, function=function, email=email)


async def test_a_tenant_asks_and_the_main_connector_answers_bit_by_bit(ours, theirs, breach):
    asked = await theirs.asked(breach)
    assert (asked.state, asked.wanted_by, asked.asked_by_tenant) == (HelpState.ASKED, NOON + timedelta(hours=72), True)
    (promise,) = await ours.owed("breach.help")
    assert (promise.owner.value, promise.tenancy_id, promise.due_at) == (
        "main_connector",
        asked.tenancy_id,
        asked.wanted_by,
    )
    asked, first = await ours.answered(asked, "We are looking", is_final=False)
    asked, last = await ours.answered(asked, "Nobody else opened it")
    async with theirs.database.transaction(theirs.caller) as tx:
        seen = await reading.help_with_answers(tx, asked.id)
    assert (seen.asked.state, seen.answers) == (HelpState.ANSWERED, (first, last))
    assert [one.state.value for one in await ours.owed("breach.help")] == ["kept"]
    with pytest.raises(HelpSettled):
        await ours.answered(asked)
    with pytest.raises(HelpSettled):
        await theirs.taken_back(asked)
    assert await ours.amiss() == []


async def test_the_main_connector_asks_a_tenant_about_a_breach_that_the_tenant_does_not_see(ours, theirs, own, tenant):
    asked = await ours.asked(own, tenancy_id=tenant.tenancy.id, wanted_by=NOON + timedelta(hours=5))
    with pytest.raises(BreachNotFound):
        await theirs.whole(own)
    async with theirs.database.transaction(theirs.caller) as tx:
        (seen,) = await reading.newest_help(tx, before=None, count=9)
    assert seen == asked
    (promise,) = await theirs.owed("breach.help")
    assert promise.owner.value == "tenant"
    await theirs.answered(seen, "Our nurse saw it at eight")
    assert [one.state for one in (await ours.whole(own)).help] == [HelpState.ANSWERED]


async def test_what_is_not_needed_any_more_is_taken_back_by_who_asked(ours, theirs, breach):
    asked = await theirs.asked(breach)
    with pytest.raises(HelpOfAnother):
        await ours.taken_back(asked)
    with pytest.raises(HelpOfAnother):
        await theirs.answered(asked)
    gone = await theirs.taken_back(asked)
    assert (gone.state, gone.because) == (HelpState.TAKEN_BACK, "It was found")
    assert [one.state.value for one in await ours.owed("breach.help")] == ["released"]
    assert await ours.amiss() == []


async def test_both_parties_people_are_told_when_it_is_theirs_to_look(ours, theirs, breach, people, owner):
    asked = await theirs.asked(breach)
    await ours.carry_on()
    asked, _ = await ours.answered(asked, is_final=False)
    await ours.answered(asked)
    await ours.carry_on()
    other = await theirs.asked(breach, "And now?")
    await theirs.taken_back(other)
    await ours.carry_on()
    rows = await owner.fetch(
        "SELECT email, subject, lines FROM notice WHERE topic = 'breach.help' ORDER BY told_at, id"
    )
    assert sorted((row["email"], msgspec.json.decode(row["subject"])["en"]) for row in rows) == [
        ("dpo@example.org", "A request for help was answered"),
        ("dpo@example.org", "A request for help was answered"),
        ("tietosuoja@example.org", "A request for help was taken back"),
        ("tietosuoja@example.org", "Help with a personal data breach is asked for"),
        ("tietosuoja@example.org", "Help with a personal data breach is asked for"),
    ]
    assert not any("log say" in row["lines"] for row in rows)  # the question is not in the mail


async def test_who_is_asked_must_be_said_and_there(ours, theirs, own, breach, neighbour):
    with pytest.raises(BreachRefused):
        await ours.asked(own)
    with pytest.raises(TenancyNotFound):
        await ours.asked(own, tenancy_id=new_id())
    with pytest.raises(HelpOfAnother):
        await ours.asked(breach)
    with pytest.raises(BreachRefused):
        await theirs.asked(breach, tenancy_id=neighbour.tenancy.id)
    with pytest.raises(BreachRefused) as refused:
        await theirs.asked(breach, wanted_by=NOON)
    assert refused.value.flaws[0].field == "wanted_by"
    for question in ("", "Who is 131052-308T?"):
        with pytest.raises(BreachRefused):
            await theirs.asked(breach, question)
    await theirs.moved(breach, Move.DISMISS)
    with pytest.raises(BreachMoveNotAllowed):
        await theirs.asked(breach)


async def test_another_tenant_sees_nothing_of_it(database, clock, theirs, breach, neighbour):
    asked = await theirs.asked(breach)
    stranger = Register(database, clock, neighbour.caller)
    with pytest.raises(HelpNotFound):
        await stranger.answered(asked)
    async with database.transaction(neighbour.caller) as tx:
        assert await reading.newest_help(tx, before=None, count=9) == []
        with pytest.raises(HelpNotFound):
            await reading.help_with_answers(tx, asked.id)


async def test_an_old_version_is_refused(ours, theirs, breach):
    asked = await theirs.asked(breach)
    await ours.answered(asked, is_final=False)
    with pytest.raises(HelpChanged):
        await theirs.taken_back(asked)
