"""The named persons are called until somebody acknowledges; nobody left: every administrator, and loudly."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from prometheus_client import CollectorRegistry

from kanta_tenancy.disturbances.actions import assessing, naming
from kanta_tenancy.disturbances.case import Hours, OnCall
from kanta_tenancy.disturbances.errors import DisturbanceRefused, RosterChanged
from kanta_tenancy.disturbances.jobs import DisturbanceFigures
from kanta_tenancy.disturbances.model import Answer
from kanta_tenancy.disturbances.store import reaching
from kanta_tenancy.parties import Function
from tests.disturbances.examples import NOON
from tests.parties.examples import named, owner_of

OFFICE = Hours(days=(1, 2, 3, 4, 5), begins="08:00", ends="16:00")


@pytest.fixture
async def people(database, clock, realm):
    """Two persons named for disturbances, and two administrators."""
    own = await owner_of(database, realm)
    found = {}
    for name, function in (
        ("first", Function.DISTURBANCES),
        ("second", Function.DISTURBANCES),
        ("boss", Function.ADMINISTRATOR),
        ("chief", Function.ADMINISTRATOR),
    ):
        found[name] = await named(database, clock, realm, own, function=function, email=f"{name}@example.org")
    return found


async def told(owner, topic="disturbance.reported") -> list[str]:
    rows = await owner.fetch("SELECT email, urgent FROM notice WHERE topic = $1 ORDER BY told_at, email", topic)
    assert all(row["urgent"] for row in rows)
    return [row["email"].partition("@")[0] for row in rows]


async def test_the_named_person_is_called_at_once(desk, people, tenant, owner):
    await desk.reported(tenant.caller)
    assert await desk.pay() == 1
    assert await told(owner) == ["first"]
    lines = await owner.fetchval("SELECT lines::text || facts::text FROM notice")
    assert "Prescriptions do not open" in lines
    assert "2 March 2026 14:00" in lines


async def test_nobody_acknowledges_the_next_is_called_and_then_every_administrator(desk, people, tenant, owner):
    taken = await desk.reported(tenant.caller)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await desk.pay()
            desk.clock.advance(minutes=15)
    assert await told(owner) == ["first", "second", "boss", "chief"]
    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["nobody acknowledges a disturbance"]
    found = await desk.read(taken.disturbance_id)
    assert found.unreached_at == NOON + timedelta(minutes=30)
    async with desk.database.transaction(desk.caller) as tx:
        calls = await reaching.calls(tx, taken.disturbance_id)
    assert [(one.number, one.contact_id, one.people) for one in calls] == [
        (1, people["first"].id, 1),
        (2, people["second"].id, 1),
        (3, None, 2),
    ]


async def test_the_metric_says_that_nobody_is_left_until_somebody_acknowledges(desk, people, tenant):
    registry = CollectorRegistry()
    figures = DisturbanceFigures(registry)

    async def read() -> tuple[float | None, float | None]:
        await figures.read(desk.database, desk.clock)
        return (
            registry.get_sample_value("disturbances_unacknowledged"),
            registry.get_sample_value("disturbances_unreached"),
        )

    taken = await desk.reported(tenant.caller)
    assert await read() == (1, 0)
    for _ in range(3):
        await desk.pay()
        desk.clock.advance(minutes=15)
    assert await read() == (1, 1)
    async with desk.database.transaction(desk.caller) as tx:
        await assessing.acknowledge(tx, desk.clock, taken.disturbance_id, version=1)
    assert await read() == (0, 0)
    assert (await desk.read(taken.disturbance_id)).unreached_at is None


async def test_administrators_are_called_again_each_hour(desk, people, tenant, owner):
    await desk.reported(tenant.caller)
    for _ in range(5):
        await desk.pay()
        desk.clock.advance(minutes=60)
    assert await told(owner) == ["first", "second", *["boss", "chief"] * 3]


async def test_what_is_critical_is_escalated_sooner(desk, people, tenant, owner):
    await desk.reported(tenant.caller, patient_safety=Answer.YES)
    await desk.pay()
    desk.clock.advance(minutes=4)
    await desk.pay()
    assert await told(owner) == ["first"]
    desk.clock.advance(minutes=1)
    await desk.pay()
    assert await told(owner) == ["first", "second"]


async def test_after_a_night_without_any_instance_the_next_is_called_once(desk, people, tenant, owner):
    await desk.reported(tenant.caller)
    await desk.pay()
    desk.clock.advance(hours=9)
    await asyncio.gather(*(desk.pay() for _ in range(4)))
    assert await told(owner) == ["first", "second"]
    assert await desk.amiss() == []


async def test_two_instances_at_once_call_once(desk, people, tenant, owner):
    await desk.reported(tenant.caller)
    await asyncio.gather(*(desk.pay() for _ in range(4)))
    assert await told(owner) == ["first"]


async def test_whoever_is_named_is_called_in_that_order_and_in_their_hours(desk, people, tenant, owner, realm):
    roster = [OnCall(contact_id=people["second"].id, hours=(OFFICE,)), OnCall(contact_id=people["first"].id)]
    async with desk.database.transaction(realm) as tx:
        assert (await naming.name_people(tx, desk.clock, roster, seen=0)).version == 1
    await desk.reported(tenant.caller)  # Monday, 14:00 in Finland
    await desk.pay()
    assert await told(owner) == ["second"]
    desk.clock.at = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)  # Saturday
    await desk.reported(tenant.caller, what="Another one")
    await desk.pay()
    assert await told(owner) == ["second", "first", "first"]  # the other waits still, and is his now too


async def test_where_nobody_can_be_called_the_administrators_are(desk, people, tenant, owner, realm):
    async with desk.database.transaction(realm) as tx:
        await naming.name_people(tx, desk.clock, [OnCall(contact_id=people["first"].id, hours=(OFFICE,))], seen=0)
    desk.clock.at = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
    await desk.reported(tenant.caller)
    await desk.pay()
    assert await told(owner) == ["boss", "chief"]


@pytest.mark.parametrize(
    ("field", "hours"),
    [
        ("people[0].hours[0].days", Hours(days=(8,), begins="08:00", ends="16:00")),
        ("people[0].hours[0]", Hours(days=(1,), begins="16:00", ends="08:00")),
        ("people[0].hours[0].from", Hours(days=(1,), begins="24:00", ends="24:00")),
        ("people[0].hours[0].until", Hours(days=(1,), begins="08:00", ends="26:00")),
    ],
)
async def test_hours_that_cannot_be_are_refused(desk, people, realm, field, hours):
    async with desk.database.transaction(realm) as tx:
        with pytest.raises(DisturbanceRefused) as refused:
            await naming.name_people(tx, desk.clock, [OnCall(contact_id=people["first"].id, hours=(hours,))], seen=0)
    assert field in [flaw.field for flaw in refused.value.flaws]


async def test_only_ones_own_contacts_for_disturbances_are_named_once_each(desk, people, realm):
    wrong = [OnCall(contact_id=people[name].id) for name in ("first", "first", "boss")]
    async with desk.database.transaction(realm) as tx:
        with pytest.raises(DisturbanceRefused) as refused:
            await naming.name_people(tx, desk.clock, wrong, seen=0)
    assert [flaw.field for flaw in refused.value.flaws] == ["people", "people[2].contact_id"]


async def test_of_two_who_name_at_once_one_does(desk, people, realm):
    async def name_one(name):
        async with desk.database.transaction(realm) as tx:
            await naming.name_people(tx, desk.clock, [OnCall(contact_id=people[name].id)], seen=0)

    results = await asyncio.gather(name_one("first"), name_one("second"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "RosterChanged"]
    with pytest.raises(RosterChanged):
        await name_one("first")
