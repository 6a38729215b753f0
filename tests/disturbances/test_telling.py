"""Tenants are told once for each change of state, in their language; those told before are told again."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import assessing, telling
from kanta_tenancy.disturbances.actions.telling import SaidMaintenance
from kanta_tenancy.disturbances.bodies.disturbances import shown
from kanta_tenancy.disturbances.case import DutyState, Kind, Phase, State
from kanta_tenancy.disturbances.errors import DisturbanceMoveNotAllowed, DisturbanceNotFound, DisturbanceRefused
from kanta_tenancy.disturbances.store import disturbances, statuses
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import Function
from tests.disturbances.examples import NOON
from tests.disturbances.test_assessing import Person
from tests.joining.conftest import has_services
from tests.parties.examples import a_tenant, named


@pytest.fixture
async def tenants(database, clock, realm):
    """Three tenants with somebody to tell each, of which the third is written to in Finnish."""
    found = []
    for number, language in enumerate((Language.SWEDISH, Language.SWEDISH, Language.FINNISH)):
        one = await a_tenant(database, clock, realm, 1300000 + 100 * number, language=language)
        email = f"nurse{number}@example.org"
        await named(database, clock, realm, one.organisation.id, function=Function.DISTURBANCES, email=email)
        found.append(one)
    return found


@pytest.fixture
async def system(register, tenants):
    """A system that the first two depend on, each with another service."""
    made = await register.released(await register.in_use())
    for one, service in zip(tenants, ("prescription", "patient_data"), strict=False):
        await register.deployed(made, one.tenancy.id, service=service)
    return made


async def at_work(desk, **said) -> Person:
    person = Person(desk, (await desk.reported(**said)).disturbance_id)
    await person.acknowledges()
    return person


async def publishes(person: Person, text=None):
    return await person._act(telling.publish, text=text)  # noqa: SLF001 -- the same person


async def told(owner) -> list[tuple[str, str]]:
    """Return who was told what, by the subject in the language of each."""
    rows = await owner.fetch(
        "SELECT email, subject, language FROM notice WHERE topic = 'disturbance.status' ORDER BY told_at, email"
    )
    return [(row["email"].partition("@")[0], msgspec.json.decode(row["subject"])[row["language"]]) for row in rows]


async def test_those_behind_the_system_are_told_in_their_language(desk, tenants, system, owner, realm):
    person = await at_work(desk, system_id=system.id)
    done = await publishes(person, {Language.FINNISH: "Käyttäkää paperia", Language.SWEDISH: "Använd papper"})
    assert done.state is State.ACKNOWLEDGED
    await desk.pay()
    assert await told(owner) == [("nurse0", "Störning"), ("nurse1", "Störning")]
    lines = await owner.fetchval("SELECT lines::text FROM notice WHERE topic = 'disturbance.status' LIMIT 1")
    assert "Använd papper" in lines
    assert "Saaristo Care 2026.1" in lines
    assert "Prescriptions do not open" not in lines  # what was reported is for whoever may read the report
    assert (await desk.duties(person.id))["practice_tenants"].state is DutyState.SENT
    assert await desk.amiss() == []


async def test_a_service_of_the_system_narrows_whom_it_concerns(desk, tenants, system, owner):
    await publishes(await at_work(desk, system_id=system.id, service="patient_data"))
    await desk.pay()
    assert [name for name, _ in await told(owner)] == ["nurse1"]


async def test_a_service_alone_concerns_those_whose_annex_1_has_it_that_day(desk, tenants, owner, realm):
    day = NOON.date()
    await has_services(
        owner,
        realm,
        (tenants[0].tenancy.id, ["prescription"], day, None),
        (tenants[1].tenancy.id, ["patient_data"], date(2025, 1, 1), day),
        (tenants[2].tenancy.id, ["prescription", "patient_data"], day, None),
    )
    await publishes(await at_work(desk, service="patient_data"))
    await desk.pay()
    assert await told(owner) == [("nurse2", "Häiriö")]


async def test_each_change_of_state_is_told_once_to_whoever_was_told_before(desk, tenants, system, owner, register):
    person = await at_work(desk, system_id=system.id)
    await publishes(person)
    for _ in range(3):
        await desk.pay()
    desk.clock.advance(days=1)
    await register.deployed(system, tenants[2].tenancy.id, since=desk.clock.now().date())  # it came later
    await person.ends()
    await desk.pay()
    await person._act(assessing.reopen, because="It came back")  # noqa: SLF001 -- the same person
    await desk.pay()
    counts = {name: [what for who, what in await told(owner) if who == name] for name in ("nurse0", "nurse2")}
    assert counts == {"nurse0": ["Störning", "Över", "Störning"], "nurse2": ["Ohi", "Häiriö"]}
    async with desk.database.transaction(desk.caller) as tx:
        assert [one.phase for one in await statuses.of_disturbance(tx, person.id)] == [
            Phase.ONGOING,
            Phase.OVER,
            Phase.ONGOING,
        ]


async def test_one_that_was_told_and_is_none_is_told_so(desk, tenants, system, owner):
    person = await at_work(desk, system_id=system.id)
    await publishes(person)
    await desk.pay()
    await person.dismisses()
    await desk.pay()
    assert [what for _, what in await told(owner)] == ["Störning", "Störning", "Återtagen", "Återtagen"]


async def test_nobody_is_told_of_an_end_who_was_not_told_of_the_beginning(desk, tenants, system, owner):
    person = await at_work(desk, system_id=system.id)
    await person.ends()
    await desk.pay()
    assert await told(owner) == []


async def test_whoever_reported_it_is_told_whatever_it_hits(desk, tenants, system, owner):
    taken = await desk.reported(tenants[2].caller)
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await publishes(person)
    await desk.pay()
    assert await told(owner) == [("nurse2", "Häiriö")]


async def test_what_nobody_has_acknowledged_is_not_told(desk, tenants, system):
    person = Person(desk, (await desk.reported(system_id=system.id)).disturbance_id)
    with pytest.raises(DisturbanceMoveNotAllowed):
        await publishes(person)


async def test_many_tenants_are_told_some_at_a_time_and_two_instances_tell_each_once(desk, register, owner):
    database, clock, realm = desk.database, desk.clock, desk.caller
    system = await register.in_use()
    for number in range(55):
        one = await a_tenant(database, clock, realm, 1300000 + 10 * number)
        await register.deployed(system, one.tenancy.id)
        if number % 10 == 0:
            email = f"nurse{number}@example.org"
            await named(database, clock, realm, one.organisation.id, function=Function.DISTURBANCES, email=email)
    await publishes(await at_work(desk, system_id=system.id))
    for _ in range(3):
        await asyncio.gather(*(desk.pay() for _ in range(2)))
        clock.advance(seconds=2)
    assert len(await told(owner)) == 6
    (promise,) = await desk.ledger("disturbance.tell")
    assert (promise.state, promise.result) == (promises.State.KEPT, {"tenants": 55, "people": 6})


async def test_a_tenant_sees_on_its_page_what_it_was_told_and_nothing_of_others(desk, tenants, system, database):
    person = await at_work(desk, system_id=system.id)
    async with database.transaction(tenants[0].caller) as tx:
        with pytest.raises(DisturbanceNotFound):
            await disturbances.find(tx, person.id)
    await publishes(person)
    for one, seen in zip(tenants, (1, 1, 0), strict=True):
        async with database.transaction(one.caller) as tx:
            assert len(await reading.status_page(tx, desk.clock.now())) == seen
    async with database.transaction(tenants[0].caller) as tx:
        whole = await reading.whole(tx, person.id)
    assert (whole.disturbance.what, whole.reports, whole.answers, whole.calls) == (None, (), (), ())
    assert whole.duties == ()
    assert len(whole.statuses) == 1


async def test_what_is_long_over_leaves_the_page(desk, tenants, system, database):
    person = await at_work(desk, system_id=system.id)
    await publishes(person)
    await person.ends()
    desk.clock.advance(days=31)
    async with database.transaction(tenants[0].caller) as tx:
        assert await reading.status_page(tx, desk.clock.now()) == []


def maintenance(system, **said) -> SaidMaintenance:
    begins = NOON + timedelta(days=14)
    return SaidMaintenance(
        **{"title": "New version", "since": begins, "until": begins + timedelta(hours=2), "system_id": system.id} | said
    )


async def test_maintenance_is_told_when_it_is_planned_changed_cancelled_or_over(desk, tenants, system, owner, realm):
    async with desk.database.transaction(realm) as tx:
        planned = await telling.plan(tx, desk.clock, maintenance(system))
    await desk.pay()
    assert await told(owner) == [("nurse0", "Planerat underhåll"), ("nurse1", "Planerat underhåll")]
    lines = await owner.fetchval("SELECT lines::text FROM notice LIMIT 1")
    assert "New version" in lines
    assert "16 March 2026 14:00 to 16 March 2026 16:00" in lines
    person = Person(desk, planned.id)
    cancelled = await person._act(telling.cancel, because="Not ready", text=None)  # noqa: SLF001 -- the same person
    assert cancelled.state is State.CANCELLED
    await desk.pay()
    assert [what for _, what in await told(owner)][2:] == ["Återtagen", "Återtagen"]
    assert await desk.amiss() == []


@pytest.mark.parametrize(("hours", "short"), [(14 * 24, False), (14 * 24 - 1, True)])
async def test_maintenance_that_comes_sooner_than_two_weeks_is_shown_as_such(desk, tenants, system, hours, short):
    since = desk.clock.now() + timedelta(hours=hours)
    async with desk.database.transaction(desk.caller) as tx:
        planned = await telling.plan(tx, desk.clock, maintenance(system, since=since, until=since + timedelta(hours=1)))
    assert shown(planned).short_notice is short
    assert not shown(replace(planned, kind=Kind.DISTURBANCE)).short_notice


async def test_maintenance_that_was_done_is_over_and_not_reopened(desk, tenants, system, owner, realm):
    async with desk.database.transaction(realm) as tx:
        planned = await telling.plan(tx, desk.clock, maintenance(system))
    desk.clock.advance(days=15)
    person = Person(desk, planned.id)
    assert (await person.ends()).state is State.OVER
    with pytest.raises(DisturbanceMoveNotAllowed):
        await person._act(assessing.reopen, because="It came back")  # noqa: SLF001 -- the same person


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("since", {"since": NOON}),
        ("until", {"until": NOON + timedelta(days=13)}),
        ("system_id", {"system_id": None}),
        ("service", {"service": "teleportation"}),
        ("title", {"title": "131052-308T"}),
        ("text.fi", {"text": {Language.FINNISH: "131052-308T"}}),
    ],
)
async def test_maintenance_that_cannot_be_is_refused_with_its_place(desk, system, realm, field, said):
    async with desk.database.transaction(realm) as tx:
        with pytest.raises(DisturbanceRefused) as refused:
            await telling.plan(tx, desk.clock, maintenance(system, **said))
    assert [flaw.field for flaw in refused.value.flaws] == [field]
