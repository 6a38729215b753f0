"""How much stands behind certificates is what a slow model says that walks through every use and deployment."""

import random
from datetime import date, timedelta
from uuid import uuid4

import pytest

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.certificates.impact import reach_on_days
from kanta_tenancy.certificates.impact.model import Reach
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant

SERVICES = [service.key for service in catalogue.services()]
Period = tuple[date, date | None]


def holds(period: Period, day: date) -> bool:
    since, until = period
    return day in [since + timedelta(days=n) for n in range(((until or date(2028, 1, 1)) - since).days)]


def a_period(dice: random.Random) -> Period:
    since = date(2026, 1, 1) + timedelta(days=dice.randint(0, 300))
    return since, None if dice.random() < 0.4 else since + timedelta(days=dice.randint(1, 300))


@pytest.mark.parametrize("seed", range(3))
async def test_it_counts_what_the_slow_model_counts_on_any_day(database, clock, inventory, seed):
    dice = random.Random(seed)  # noqa: S311 -- a test that can be repeated
    register = inventory.register
    systems = [await inventory.system(name=f"System {n}") for n in range(4)]
    tenants = [(await a_tenant(database, clock, inventory.caller, 1100000 + 11 * n)).tenancy.id for n in range(5)]
    deployed = []
    for system in systems:
        for holder in [None, *tenants]:
            for service in dice.sample(SERVICES, dice.randint(0, 2)):
                since, until = a_period(dice)
                await register.deployed(system, holder, service=service, since=since, until=until)
                deployed.append((system.id, holder, service, (since, until)))
    certificates = [await inventory.certificate(f"server{n}.example.org") for n in range(6)]
    uses = []
    for certificate in certificates:
        for system in dice.sample([*systems, None], dice.randint(0, 3)):
            since, until = a_period(dice)
            place = None if system is None else system.id
            await inventory.used(certificate, place, host="host.example.org", since=since, until=until)
            uses.append((certificate, place, (since, until)))
    days = {one: date(2026, 1, 1) + timedelta(days=dice.randint(0, 700)) for one in certificates}
    async with database.transaction(inventory.caller) as tx:
        found = await reach_on_days(tx, days)
    for one, day in days.items():
        own = [place for certificate, place, period in uses if certificate == one and holds(period, day)]
        behind = [(who, what) for place, who, what, period in deployed if place in own and holds(period, day)]
        assert found[one] == Reach(
            certificate_id=one,
            day=day,
            uses=len(own),
            unplaced=own.count(None),
            systems=len(set(own) - {None}),
            tenants=len({who for who, _ in behind if who is not None}),
            services=tuple(key for key in SERVICES if key in {what for who, what in behind if who is not None}),
            own_services=tuple(key for key in SERVICES if key in {what for who, what in behind if who is None}),
        )


async def test_a_tenant_behind_two_systems_or_two_hosts_counts_once(inventory, tenant):
    certificate = await inventory.certificate()
    for name in ("One", "Two"):
        system = await inventory.system(tenant.tenancy.id, name=name)
        for host in ("a.example.org", "b.example.org"):
            await inventory.used(certificate, system.id, host=host)
    (found,) = await inventory.reach(certificate)
    assert (found.uses, found.systems, found.tenants, found.services) == (4, 2, 1, ("prescription",))


async def test_of_what_is_not_there_nothing_stands_behind(inventory):
    found = await inventory.reach(await inventory.certificate(), uuid4())
    assert {(one.uses, one.systems, one.tenants, one.services) for one in found} == {(0, 0, 0, ())}
    assert await inventory.reach() == []


async def test_another_realm_is_told_of_nothing(database, clock, inventory, tenant):
    system = await inventory.system(tenant.tenancy.id)
    certificate = await inventory.certificate()
    await inventory.used(certificate, system.id)
    stranger = await a_realm(database, clock, 2100000)
    (own,) = await inventory.reach(certificate)
    (others,) = await inventory.reach(certificate, caller=stranger)
    assert (own.tenants, others.uses, others.tenants) == (1, 0, 0)


async def test_a_tenant_counts_itself_alone_and_of_its_own_certificates_alone(database, clock, inventory, tenant):
    other = await a_tenant(database, clock, inventory.caller, 2900000)
    system = await inventory.system(tenant.tenancy.id, other.tenancy.id)
    own = await inventory.certificate("own.example.org", tenancy_id=tenant.tenancy.id)
    shared = await inventory.certificate("shared.example.org")
    for certificate in (own, shared):
        await inventory.used(certificate, system.id)
    whole = await inventory.reach(own, shared)
    asked = await inventory.reach(own, shared, caller=someone(inventory.realm, tenant.tenancy.id))
    assert [one.tenants for one in whole] == [2, 2]
    assert [one.tenants for one in asked] == [1, 0]
