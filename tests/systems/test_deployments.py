"""Which services run on which system for whom, on any day; the same never twice at a time."""

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.parties import TenancyNotFound
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.errors import (
    DeploymentChanged,
    DeploymentOverlaps,
    SystemMoveNotAllowed,
    SystemNotFound,
    SystemRefused,
)
from kanta_tenancy.systems.model import Dependency, SystemState
from tests.joining.conftest import has_services
from tests.parties.examples import a_tenant
from tests.systems.examples import MARCH_2, Register, a_system

DAY = timedelta(days=1)


async def dependencies(register: Register, tenancy_id: TenancyId | None, day: date = MARCH_2) -> list[Dependency]:
    async with register.database.transaction(register.caller) as tx:
        return await reading.dependencies_of(tx, tenancy_id, day)


async def test_a_tenant_depends_on_what_runs_for_it_that_day(register, tenant):
    care, archive = await register.in_use(), await register.system(name="Archive")
    care = await register.certified(care)
    await register.deployed(care, tenant.tenancy.id, since=MARCH_2, until=MARCH_2 + 2 * DAY)
    await register.deployed(archive, tenant.tenancy.id, service="patient_data", since=MARCH_2 + DAY)
    await register.deployed(archive, None, service="log_store")
    found = {
        day: [(one.service, one.name) for one in await dependencies(register, tenant.tenancy.id, day)]
        for day in (MARCH_2 - DAY, MARCH_2, MARCH_2 + DAY, MARCH_2 + 2 * DAY)
    }
    assert list(found.values()) == [
        [],
        [("prescription", "Saaristo Care")],
        [("patient_data", "Archive"), ("prescription", "Saaristo Care")],
        [("patient_data", "Archive")],
    ]
    (one,) = await dependencies(register, tenant.tenancy.id)
    assert (one.state, one.producer, one.security_last_day) == (
        SystemState.IN_USE,
        care.producer,
        date(2026, 12, 31),
    )
    assert [one.service for one in await dependencies(register, None)] == ["log_store"]
    async with register.database.transaction(register.caller) as tx:
        serving = await reading.systems_serving(tx, tenant.tenancy.id, "patient_data", MARCH_2 + DAY)
    assert [one.system_id for one in serving] == [archive.id]


async def test_who_stands_behind_a_system_is_told_page_by_page_and_counted(register, database, clock, realm):
    system = await register.in_use()
    tenancies = sorted(
        [(await a_tenant(database, clock, realm, 1000000 + 100 * number)).tenancy.id for number in range(3)]
    )
    for tenancy_id in tenancies:
        for service in ("patient_data", "prescription"):
            await register.deployed(system, tenancy_id, service=service)
    await register.deployed(system, None)
    await register.deployed(system, tenancies[0], service="imaging", until=MARCH_2)  # it is over
    seen, after = [], None
    async with database.transaction(realm) as tx:
        while page := await reading.behind(tx, system.id, MARCH_2, after=after, count=2):
            seen += page
            after = page[-1]
        reach = await reading.reach(tx, system.id, MARCH_2)
    of_tenants = [(one.tenancy_id, one.service) for one in seen if one.tenancy_id is not None]
    assert of_tenants == [(one, service) for one in tenancies for service in ("patient_data", "prescription")]
    assert [one.service for one in seen if one.tenancy_id is None] == ["prescription"]
    assert (reach.tenants, reach.deployments) == (3, 7)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"service": "nonsense"}, "service"),
        ({"since": date(2009, 1, 1)}, "since"),
        ({"until": date(2025, 12, 31)}, "until"),
        ({"until": date(2200, 1, 1)}, "until"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(register, said, field):
    with pytest.raises(SystemRefused) as refusal:
        await register.deployed(await register.system(), None, **said)
    assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_it_needs_a_system_that_lasts_and_a_tenancy_that_is_there(register, tenant):
    system = await register.system()
    with pytest.raises(TenancyNotFound):
        await register.deployed(system, TenancyId(new_id()))
    with pytest.raises(SystemNotFound):
        await register.deployed(a_system(), tenant.tenancy.id)
    await register.withdrawn(system)
    with pytest.raises(SystemMoveNotAllowed):
        await register.deployed(system, tenant.tenancy.id)
    before = await register.deployed(system, tenant.tenancy.id, until=MARCH_2)  # that is history
    with pytest.raises(SystemMoveNotAllowed):
        await register.moved(before, before.since, None)


async def test_a_period_is_said_anew_from_the_version_that_was_seen(register, tenant):
    deployment = await register.deployed(await register.system(), tenant.tenancy.id)
    ended = await register.moved(deployment, MARCH_2, MARCH_2 + DAY)
    assert (ended.since, ended.until, ended.version) == (MARCH_2, MARCH_2 + DAY, 2)
    with pytest.raises(DeploymentChanged):
        await register.moved(deployment, MARCH_2, None)


async def test_of_two_deployments_at_once_one_is_put_down(register, tenant):
    system = await register.system()
    ended = await asyncio.gather(
        *(register.deployed(system, tenant.tenancy.id, since=MARCH_2 + number * DAY) for number in range(6)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in ended) == ["Deployment", *["DeploymentOverlaps"] * 5]
    assert len(await dependencies(register, tenant.tenancy.id, MARCH_2 + 9 * DAY)) == 1


async def test_a_system_is_not_withdrawn_beneath_what_is_being_deployed_on_it(register, tenant):
    for number in range(8):
        system = await register.in_use(name=f"System {number}")
        ended = await asyncio.gather(
            register.deployed(system, tenant.tenancy.id), register.withdrawn(system), return_exceptions=True
        )
        assert {type(one).__name__ for one in ended} in (
            {"Deployment", "SystemStillServes"},
            {"SystemMoveNotAllowed", "InformationSystem"},
        )


PERIODS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20) | st.none(), st.sampled_from(("will", "imaging"))), max_size=8
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PERIODS)
async def test_whatever_is_put_down_in_which_order_no_day_has_the_same_twice(register, tenant, periods):
    system = await register.system(name=str(new_id()))
    kept: list[tuple[date, date | None, str]] = []
    for begins, lasts, service in periods:
        since = MARCH_2 + begins * DAY
        until = None if lasts is None else since + lasts * DAY
        overlaps = any(
            one == service and max(since, other) < min(until or date.max, other_until or date.max)
            for other, other_until, one in kept
        )
        if overlaps:
            with pytest.raises(DeploymentOverlaps):
                await register.deployed(system, tenant.tenancy.id, service=service, since=since, until=until)
        else:
            await register.deployed(system, tenant.tenancy.id, service=service, since=since, until=until)
            kept.append((since, until, service))
    for offset in range(42):
        day = MARCH_2 + offset * DAY
        async with register.database.transaction(register.caller) as tx:
            found = await reading.behind(tx, system.id, day, after=None, count=99)
        holds = sorted(one for since, until, one in kept if since <= day and (until is None or day < until))
        assert [one.service for one in found] == holds


class TestAgainstAnnex1:
    async def test_of_one_tenant_both_sides_are_told(self, register, owner, realm, tenant):
        await has_services(owner, realm, (tenant.tenancy.id, ["prescription", "imaging"], MARCH_2, None))
        system = await register.system()
        await register.deployed(system, tenant.tenancy.id)
        await register.deployed(system, tenant.tenancy.id, service="patient_data")
        await register.deployed(system, tenant.tenancy.id, service="log_store")  # it comes along; no Annex 1 has it
        async with register.database.transaction(realm) as tx:
            on_the_day = await reading.mismatch(tx, tenant.tenancy.id, MARCH_2)
            before = await reading.mismatch(tx, tenant.tenancy.id, MARCH_2 - DAY)
        assert (on_the_day.not_in_annex, on_the_day.without_system) == (("patient_data",), ("imaging",))
        assert (before.not_in_annex, before.without_system) == (("prescription", "patient_data"), ())

    async def test_of_all_those_that_differ_and_no_others(self, register, database, clock, owner, realm):
        system = await register.system()
        tenancies = [(await a_tenant(database, clock, realm, 1000000 + 100 * number)).tenancy.id for number in range(4)]
        fits, lacks, has_more, neither = tenancies
        await has_services(owner, realm, *((one, ["prescription"], date(2026, 1, 1), None) for one in (fits, lacks)))
        await register.deployed(system, fits)
        await register.deployed(system, has_more)
        await register.deployed(system, None, service="imaging")  # the main connector's own is in no Annex 1
        async with database.transaction(realm) as tx:
            found = await reading.mismatches(tx, MARCH_2, after=None, count=9)
            pages = [
                await reading.mismatches(tx, MARCH_2, after=after, count=1) for after in (None, found[0].tenancy_id)
            ]
        assert {one.tenancy_id: (one.not_in_annex, one.without_system) for one in found} == {
            lacks: ((), ("prescription",)),
            has_more: (("prescription",), ()),
        }
        assert [one for page in pages for one in page] == found
        assert neither not in {one.tenancy_id for one in found}
