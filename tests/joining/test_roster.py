"""The roster of a day says what a slow model says that knows nothing of the program's queries and rules."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import pytest

from kanta_tenancy import parties
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.joining import reading
from kanta_tenancy.joining.lifecycle import Move
from kanta_tenancy.joining.model import Roster
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties.actions import organisations
from kanta_tenancy.parties.model import OrganisationChange
from tests.joining.conftest import Period, has_services
from tests.joining.examples import MARCH_2
from tests.joining.test_applications import in_production, stepped
from tests.parties.examples import Tenant, a_realm, a_tenant

TICKABLE = [service.key for service in catalogue.services() if service.tickable]
DAY = timedelta(days=1)
Said = tuple[str, str, bool]  # service, tenant's name, covered


async def roster_on(database, clock, realm: Caller, day: date, **asked: object) -> Roster:
    async with database.transaction(realm) as tx:
        return await reading.whole_roster(tx, clock, day, asked.pop("language", Language.FINNISH), **asked)


async def renamed(database, clock, realm: Caller, tenant: Tenant, name: str, *, version: int) -> None:
    async with database.transaction(realm) as tx:
        change = OrganisationChange(name=name, language=Language.FINNISH)
        await organisations.change_organisation(tx, clock, tenant.organisation.id, change, version=version)


class SlowModel:
    """What was done, as a list; a day is asked by walking through all of it, one day after the other."""

    def __init__(self) -> None:
        self.periods: list[Period] = []
        self.names: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
        self.production: list[tuple[str, date, date]] = []

    def lines(self, day: date) -> set[Said]:
        return {
            (service, self.name(tenancy_id, day), self.covered(service, day))
            for tenancy_id, services, since, until in self.periods
            if day.toordinal() in days(since, until)
            for service in services
        }

    def name(self, tenancy_id: UUID, day: date) -> str:
        told = self.names[tenancy_id]
        return [name for since, name in told if since <= max(day, told[0][0])][-1]

    def covered(self, service: str, day: date) -> bool:
        return any(key == service and day.toordinal() in days(since, until) for key, since, until in self.production)


def days(since: date, until: date | None) -> range:
    return range(since.toordinal(), (until or date(2031, 1, 1)).toordinal())


def lines_of(roster: Roster) -> set[Said]:
    return {(line.service.key, line.tenant.name, line.service.covered) for line in roster.lines}


@pytest.mark.parametrize("seed", range(3))
async def test_it_says_what_the_slow_model_says_on_any_day(database, clock, owner, seed):
    dice = random.Random(seed)  # noqa: S311 -- a test that can be repeated
    realm = await a_realm(database, clock)
    model = SlowModel()
    for number in range(12):
        tenant = await a_tenant(database, clock, realm, 1100000 + 11 * number)
        model.names[tenant.tenancy.id].append((clock.now().date(), tenant.organisation.name))
        model.periods += periods_of(dice, tenant.tenancy.id)
        for version in range(2, 2 + dice.randint(0, 2)):
            clock.advance(days=dice.randint(0, 3))
            name = f"Nimi {number} {version}"
            await renamed(database, clock, realm, tenant, name, version=version)
            model.names[tenant.tenancy.id].append((clock.now().date(), name))
    await has_services(owner, realm, *model.periods)
    clock.at = clock.at.replace(year=2028)
    for key in dice.sample(TICKABLE, 3):
        since = date(2025, 1, 1) + dice.randint(0, 700) * DAY
        until = since + dice.randint(0, 400) * DAY
        joined = await in_production(database, clock, realm, key, on=since)
        await stepped(database, clock, realm, joined, Move.END, on=until)
        model.production.append((key, since, until))
    asked = [date(2025, 1, 1) + dice.randint(0, 1500) * DAY for _ in range(30)]
    asked += [
        day + step * DAY for _, _, since, until in model.periods for day in (since, until or since) for step in (-1, 0)
    ]
    for day in asked:
        assert lines_of(await roster_on(database, clock, realm, day)) == model.lines(day), day


def periods_of(dice: random.Random, tenancy_id: UUID) -> Iterable[Period]:
    since = date(2025, 1, 1) + dice.randint(0, 400) * DAY
    for _ in range(dice.randint(0, 4)):
        until = since + dice.randint(1, 300) * DAY
        open_ended = dice.random() < 0.2
        yield tenancy_id, dice.sample(TICKABLE, dice.randint(1, 4)), since, None if open_ended else until
        if open_ended:
            return
        since = until + dice.choice((0, 0, 30)) * DAY


async def test_lines_are_in_the_order_of_the_catalogue_and_then_of_names(database, clock, owner, realm):
    for number, name in enumerate(("öhberg", "Äijö", "Zimmer", "aalto", "Åke")):
        tenant = await a_tenant(database, clock, realm, 1100000 + 11 * number, name=name)
        await has_services(owner, realm, (tenant.tenancy.id, ["will", "prescription"], MARCH_2, None))
    found = await roster_on(database, clock, realm, MARCH_2)
    names = ["aalto", "Zimmer", "Åke", "Äijö", "öhberg"]
    assert [(line.service.key, line.tenant.name) for line in found.lines] == [
        (key, name) for key in ("prescription", "will") for name in names
    ]
    assert [(use.key, use.tenants) for use in found.services] == [("prescription", 5), ("will", 5)]
    only = await roster_on(database, clock, realm, MARCH_2, service="will")
    assert {line.service.key for line in only.lines} == {use.key for use in only.services} == {"will"}


async def test_services_stand_by_their_names_of_that_day(database, clock, owner, realm, tenant):
    await has_services(owner, realm, (tenant.tenancy.id, ["patient_data"], date(2020, 1, 1), None))
    named = {
        (day, language): (await roster_on(database, clock, realm, day, language=language)).lines[0].service.name
        for day in (date(2024, 4, 30), date(2024, 5, 1))
        for language in (Language.FINNISH, Language.SWEDISH)
    }
    assert list(named.values()) == [
        "Potilastiedon arkisto", "Patientdataarkivet", "Potilastietovaranto", "Patientdatalagret",
    ]  # fmt: skip


async def test_the_main_connector_stands_by_its_name_of_that_day(database, clock, owner, realm):
    async with database.transaction(realm) as tx:
        own = await parties.main_connector_on(tx, MARCH_2)
        clock.advance(days=3)
        change = OrganisationChange(name="Uusi Oy", language=Language.FINNISH)
        await organisations.change_organisation(tx, clock, own.organisation_id, change, version=1)
    names = [(await roster_on(database, clock, realm, MARCH_2 + days * DAY)).main_connector for days in (-9, 2, 3)]
    assert names == [own.name, own.name, "Uusi Oy"]


async def test_of_two_names_of_one_day_the_last_counts(database, clock, owner, realm, tenant):
    await has_services(owner, realm, (tenant.tenancy.id, ["will"], date(2020, 1, 1), None))
    for version, name in enumerate(("First", "Second"), 1):
        await renamed(database, clock, realm, tenant, name, version=version + 1)
    assert lines_of(await roster_on(database, clock, realm, MARCH_2)) == {("will", "Second", False)}


async def test_a_service_that_no_application_covers_warns(database, clock, owner, realm, tenant):
    await has_services(owner, realm, (tenant.tenancy.id, ["will", "prescription"], date(2026, 1, 1), None))
    joined = await in_production(database, clock, realm, "prescription", on=date(2026, 2, 1))
    async with database.transaction(realm) as tx:
        before = await reading.covered(tx, date(2026, 1, 31), Language.ENGLISH, tenancy_id=None)
        now = await reading.covered(tx, MARCH_2, Language.ENGLISH, tenancy_id=tenant.tenancy.id)
        none = await reading.covered(tx, date(2025, 1, 1), Language.ENGLISH, tenancy_id=None)
    assert [(use.key, use.warning is None) for use in before] == [("prescription", False), ("will", False)]
    assert [(use.key, use.applications) for use in now] == [("prescription", (joined.id,)), ("will", ())]
    assert now[0].warning is None
    assert now[1].warning.en == (
        "Tenants that use the service “Declaration of intent service”: 1. No joining application of the main connector"
        " for it is in production on 2 March 2026."
    )
    assert none == ()


async def test_it_is_of_one_instant_whatever_happens_meanwhile(database, clock, owner, realm, tenant):
    await has_services(owner, realm, (tenant.tenancy.id, ["will"], MARCH_2, None))
    async with database.transaction(realm) as tx:
        whole = await reading.whole_roster(tx, clock, MARCH_2, Language.FINNISH)
        await owner.execute("UPDATE annex_period SET services = '{imaging}'")
        later = await reading.tenants_in_use(tx, MARCH_2, Language.FINNISH, service=None, after=None, count=9)
    assert list(whole.tenants) == later


async def test_it_has_more_pages_than_one(database, clock, owner, realm):
    many = 401
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(_MANY, realm.scope.main_connector_id, many)
    found = await roster_on(database, clock, realm, MARCH_2)
    assert len({line.tenant.tenancy_id for line in found.lines}) == found.services[0].tenants == many


_MANY = """
WITH firms AS (SELECT gen_random_uuid() AS organisation, gen_random_uuid() AS tenancy, n
                 FROM generate_series(1, $2::integer) AS n),
tenancies AS (
    INSERT INTO tenancy (tenancy_id, main_connector_id, organisation_id, reference, created_at)
    SELECT tenancy, $1, organisation, n::text, now() FROM firms),
organisations AS (
    INSERT INTO organisation (id, main_connector_id, tenancy_id, business_id, name, language, created_at)
    SELECT organisation, $1, tenancy, lpad(n::text, 7, '0') || '-0', 'Oy ' || n, 'fi', now() FROM firms)
INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since)
SELECT gen_random_uuid(), gen_random_uuid(), $1, tenancy, '{will}', '2026-01-01' FROM firms
"""


async def test_a_page_holds_only_tenants_of_the_service_that_is_asked_for(database, clock, owner, realm):
    tenants = sorted(
        [await a_tenant(database, clock, realm, 1100000 + 11 * number) for number in range(9)],
        key=lambda one: one.tenancy.id,
    )
    for number, one in enumerate(tenants):
        services = ["will"] if number % 2 else ["prescription"]
        await has_services(owner, realm, (one.tenancy.id, services, MARCH_2, None))
    async with database.transaction(realm) as tx:
        found = await reading.tenants_in_use(
            tx, MARCH_2, Language.FINNISH, service="will", after=tenants[1].tenancy.id, count=2
        )
    assert [one.tenancy_id for one in found] == [tenants[3].tenancy.id, tenants[5].tenancy.id]
