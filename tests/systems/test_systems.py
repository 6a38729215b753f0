"""Systems in the register: what is said of them is kept, changed from the version that was seen, and journalled."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import systems as actions
from kanta_tenancy.systems.errors import (
    ReleaseNotFound,
    ReleaseOverlaps,
    SystemChanged,
    SystemMoveNotAllowed,
    SystemNameTaken,
    SystemNotFound,
    SystemRefused,
    SystemStillServes,
)
from kanta_tenancy.systems.model import (
    Firm,
    NewRelease,
    RegisterEntry,
    SystemKind,
    SystemPosition,
    SystemState,
    Upkeep,
)
from tests.systems.examples import MARCH_2

DAY = timedelta(days=1)
UPKEEP = Upkeep(keeper="Käyttöpalvelu Oy", support_phone="+358 20 123 4567", service_hours="ma-pe 8-16")


async def acts(owner) -> list[str]:
    return [
        row["action"]
        for row in await owner.fetch(
            "SELECT entry::jsonb ->> 'action' AS action FROM journal_entry ORDER BY at, sequence"
        )
        if row["action"].startswith(("information_system", "deployment", "conformity"))
    ]


async def test_a_system_is_kept_as_it_was_said(register, owner):
    system = await register.system(
        name="  Saaristo Care ",
        system_class="a3",
        producer=Firm(name="Ohjelmistotalo Oy", business_id="246246-0", email="x@example.org", phone=" "),
        manufacturer=Firm(name="Acme Inc."),
        upkeep=UPKEEP,
    )
    assert (system.name, system.system_class, system.state) == ("Saaristo Care", "A3", SystemState.PLANNED)
    assert system.producer == Firm(name="Ohjelmistotalo Oy", business_id="0246246-0", email="x@example.org")
    assert await register.read(system.id) == system
    used = await register.in_use(name="Another")
    assert (used.state, used.in_use_on, used.version) == (SystemState.IN_USE, MARCH_2, 2)
    amended = await register.amended(used, name="Yet another", kind=SystemKind.INTERMEDIARY, system_class="A")
    assert await register.read(used.id) == amended
    over = await register.withdrawn(amended)
    assert await register.read(used.id) == over
    assert await acts(owner) == [
        f"information_system.{done}" for done in ("registered", "registered", "taken_into_use", "amended", "withdrawn")
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"system_class": "C"}, "system_class"),
        ({"kind": SystemKind.INTERMEDIARY, "system_class": "B"}, "system_class"),
        ({"producer": Firm(name="")}, "producer.name"),
        ({"producer": Firm(name="x", business_id="0246246-1")}, "producer.business_id"),
        ({"manufacturer": Firm(name="x", email="nowhere")}, "manufacturer.email"),
        ({"upkeep": Upkeep(keeper="x", support_phone="call us")}, "upkeep.support_phone"),
        ({"register_entry": RegisterEntry(reference="1", checked_on=MARCH_2 + DAY)}, "register_entry.checked_on"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(register, said, field):
    with pytest.raises(SystemRefused) as refusal:
        await register.system(**said)
    assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_every_flaw_is_told_at_once(register):
    with pytest.raises(SystemRefused) as refusal:
        await register.system(name="", system_class="Z", producer=Firm(name="", email="x"))
    assert {flaw.field for flaw in refusal.value.flaws} == {"name", "system_class", "producer.name", "producer.email"}


async def test_a_name_is_anothers_until_that_one_is_withdrawn(register):
    first = await register.system()
    with pytest.raises(SystemNameTaken):
        await register.system(name="SAARISTO CARE")
    other = await register.system(name="Another")
    with pytest.raises(SystemNameTaken):
        await register.amended(other)
    await register.withdrawn(first)
    assert (await register.system()).name == first.name


async def test_a_change_names_the_version_that_it_was_made_from(register):
    system = await register.system()
    await register.amended(system, system_class="A2")
    with pytest.raises(SystemChanged, match="at version 2, not 1"):
        await register.amended(system)
    with pytest.raises(SystemNotFound):
        await register.read(UUID(int=7))


async def test_of_two_changes_at_once_one_is_made(register):
    system = await register.system()
    ended = await asyncio.gather(
        *(register.amended(system, system_class=key) for key in ("A1", "A2")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in ended) == ["InformationSystem", "SystemChanged"]


async def test_a_system_on_which_services_run_is_not_withdrawn(register, tenant):
    system = await register.in_use()
    deployment = await register.deployed(system, tenant.tenancy.id)
    with pytest.raises(SystemStillServes) as refusal:
        await register.withdrawn(system)
    assert refusal.value.facts == {"deployments": 1}
    await register.moved(deployment, deployment.since, MARCH_2)
    assert (await register.withdrawn(system)).withdrawn_on == MARCH_2


async def test_one_that_was_planned_and_never_ran_keeps_nobody(register, tenant):
    system = await register.in_use()
    deployment = await register.deployed(system, tenant.tenancy.id, since=MARCH_2 + DAY)
    await register.moved(deployment, MARCH_2 + DAY, MARCH_2 + DAY)
    assert (await register.withdrawn(system)).state is SystemState.WITHDRAWN


async def test_what_was_withdrawn_is_final_whatever_the_program_says(register, owner):
    over = await register.withdrawn(await register.system())
    for act in (register.amended, register.released, register.certified, register.withdrawn):
        with pytest.raises(SystemMoveNotAllowed):
            await act(over)
    with pytest.raises(asyncpg.RaiseError, match="does not change"):
        await owner.execute("UPDATE information_system SET name = 'x'")


class TestReleases:
    async def test_versions_stand_by_their_first_day_and_one_can_take_anothers_place(self, register):
        system = await register.released(await register.system(), number="2026.2", since=MARCH_2 + DAY)
        system = await register.released(system, number="2026.1", since=date(2026, 1, 1))
        assert [one.number for one in system.releases] == ["2026.1", "2026.2"]
        assert await register.read(system.id) == system
        first = system.releases[0]
        said = NewRelease(number="2026.1", since=first.since, until=MARCH_2 + DAY)
        async with register.database.transaction(register.caller) as tx:
            changed = await actions.change_release(
                tx, register.clock, system.id, first.id, said, version=system.version
            )
        assert changed.releases[0].until == MARCH_2 + DAY
        assert await register.read(system.id) == changed

    async def test_the_same_version_is_in_use_once_at_a_time_and_two_can_run_side_by_side(self, register):
        system = await register.released(await register.system(), number="v1", since=MARCH_2)
        with pytest.raises(ReleaseOverlaps):
            await register.released(system, number="V1", since=MARCH_2 + DAY)
        assert len((await register.released(system, number="v2", since=MARCH_2)).releases) == 2

    async def test_one_that_is_not_there_is_not_changed(self, register):
        system = await register.system()
        async with register.database.transaction(register.caller) as tx:
            with pytest.raises(ReleaseNotFound):
                await actions.change_release(
                    tx, register.clock, system.id, UUID(int=7), NewRelease(number="1", since=MARCH_2), version=1
                )

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"number": " "}, "number"),
            ({"since": date(2009, 12, 31)}, "since"),
            ({"until": MARCH_2 - DAY}, "until"),
        ],
    )
    async def test_a_period_that_cannot_be_is_refused(self, register, said, field):
        with pytest.raises(SystemRefused) as refusal:
            await register.released(await register.system(), **said)
        assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_the_list_goes_by_name_page_by_page_and_tells_the_last_day_of_what_stands(register):
    names = ["beta", "Alfa", "gamma", "delta"]
    made = [await register.system(name=name, kind=SystemKind.INFORMATION_SYSTEM) for name in names]
    await register.certified(made[1])
    await register.in_use(name="epsilon", kind=SystemKind.INTERMEDIARY)
    seen, after = [], None
    async with register.database.transaction(register.caller) as tx:
        while page := await reading.listed(tx, after=after, count=2):
            seen += page
            after = SystemPosition(name=page[-1].name, id=page[-1].id)
        used = await reading.listed(tx, states=(SystemState.IN_USE,), after=None, count=9)
        between = await reading.listed(tx, kinds=(SystemKind.INTERMEDIARY,), after=None, count=9)
    assert [one.name for one in seen] == ["Alfa", "beta", "delta", "epsilon", "gamma"]
    assert [one.security_last_day for one in seen] == [date(2026, 12, 31), None, None, None, None]
    assert [one.name for one in (*used, *between)] == ["epsilon", "epsilon"]
