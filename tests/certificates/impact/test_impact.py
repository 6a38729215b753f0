"""Whom a certificate hits, system by system and tenant by tenant, and what one tenant depends on."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from kanta_tenancy.certificates.impact import reading, telling
from kanta_tenancy.certificates.impact.model import AffectedTenant, Impact, UnderlyingCertificate
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.parties import Function, TenancyNotFound
from tests.certificates.impact.examples import MAY_3, NOON_OF_MAY_3, Inventory
from tests.conftest import someone
from tests.parties.examples import a_tenant, named

DAY = timedelta(days=1)


async def impact(inventory: Inventory, clock, certificate_id: UUID, day: date | None = None) -> Impact:
    async with inventory.database.transaction(inventory.caller) as tx:
        return await reading.impact(tx, clock, certificate_id, day)


async def affected(inventory: Inventory, certificate_id: UUID, *, count: int = 200) -> list[AffectedTenant]:
    """Read everybody, so many at a time."""
    found: list[AffectedTenant] = []
    after = None
    async with inventory.database.transaction(inventory.caller) as tx:
        while page := await reading.affected(tx, certificate_id, MAY_3, after=after, count=count, people=True):
            assert len(page) <= count
            found += page
            after = page[-1].holder
    return found


async def depends_on(
    inventory: Inventory, tenancy_id, day: date = MAY_3, *, count: int = 200, caller: Caller | None = None
) -> list[UnderlyingCertificate]:
    found: list[UnderlyingCertificate] = []
    after = None
    async with inventory.database.transaction(caller or inventory.caller) as tx:
        while page := await reading.underlying(tx, tenancy_id, day, after=after, count=count):
            assert len(page) <= count
            found += page
            after = reading.position(page[-1])
    return found


async def test_systems_are_told_by_name_with_what_runs_on_each(inventory, tenant, clock):
    certificate = await inventory.certificate()
    for name, holders in (("Zeta", [tenant.tenancy.id, None]), ("alpha", []), ("Over", [tenant.tenancy.id])):
        system = await inventory.system(*holders, name=name)
        await inventory.used(certificate, system.id, until=MAY_3 if name == "Over" else None)
    found = await impact(inventory, clock, certificate)
    assert (found.day, found.certificate.name) == (MAY_3, "kanta.example.org")
    assert [(one.name, one.tenants, one.services) for one in found.systems] == [
        ("alpha", 0, ()),
        ("Zeta", 1, ("prescription",)),
    ]


async def test_other_certificates_of_the_kind_are_counted_when_they_are_in_use_there_and_hold_beyond(inventory, clock):
    asked = await inventory.certificate()
    system, elsewhere = await inventory.system(), await inventory.system(name="Elsewhere")
    await inventory.used(asked, system.id)
    end_of_day = datetime(2027, 5, 3, 20, 59, 59, tzinfo=UTC)  # 23.59.59 in Finland
    for place, said in (
        (system, {"not_after": end_of_day + timedelta(seconds=2)}),
        (system, {"not_after": end_of_day}),  # lapses the same day
        (system, {"not_after": end_of_day + DAY, "kind": "system_signature"}),
        (system, {"not_after": end_of_day + DAY, "state": "retired"}),
        (system, {"not_after": None}),
        (elsewhere, {"not_after": end_of_day + DAY}),
    ):
        await inventory.used(await inventory.certificate(**said), place.id)
    (found,) = (await impact(inventory, clock, asked)).systems
    assert found.others == 1


@pytest.mark.parametrize(
    ("not_after", "day"),
    [
        (NOON_OF_MAY_3, MAY_3),
        (datetime(2027, 5, 3, 21, 30, tzinfo=UTC), MAY_3 + DAY),  # half past midnight in Finland
        (datetime(2026, 1, 2, tzinfo=UTC), date(2026, 3, 2)),  # it has lapsed: today
        (None, date(2026, 3, 2)),
    ],
)
async def test_without_a_day_it_is_the_one_on_which_it_lapses_or_today(inventory, clock, not_after, day):
    found = await impact(inventory, clock, await inventory.certificate(not_after=not_after))
    assert found.day == found.reach.day == day


async def test_what_is_not_in_use_any_more_says_so_first(inventory, clock):
    old, new = await inventory.certificate(), await inventory.certificate("new.example.org")
    await inventory.replaced(old, new)
    found = await impact(inventory, clock, old)
    assert telling.told(found)[0].en.startswith("The certificate was replaced")
    retired = await impact(inventory, clock, await inventory.certificate(state="retired"))
    assert telling.told(retired)[0].en.startswith("The certificate is recorded as not in use")


async def test_a_certificate_without_a_common_name_is_called_by_what_it_has(inventory, clock):
    long = await inventory.certificate("\u202ekanta\t" + "x" * 300)
    nameless = await inventory.certificate(None)
    by_subject = await inventory.certificate("shown.example.org")
    await inventory.owner.execute("UPDATE certificate SET common_name = NULL WHERE id = $1", by_subject)
    by_name = await inventory.certificate(None)
    seen = "UPDATE certificate SET seen = $2 WHERE id = $1"
    await inventory.owner.execute(seen, by_name, '{"names": [{"shown": "päivä.example"}]}')
    shown = (await impact(inventory, clock, long)).certificate.name
    assert (shown[:7], len(shown)) == ("kanta x", 200)
    sha256 = (await impact(inventory, clock, nameless)).certificate
    assert sha256.name == sha256.sha256
    assert (await impact(inventory, clock, by_subject)).certificate.name == "CN=shown.example.org"
    assert (await impact(inventory, clock, by_name)).certificate.name == "päivä.example"


async def test_a_certificate_that_is_not_there_is_refused(inventory, clock):
    with pytest.raises(CertificateNotFound):
        await impact(inventory, clock, uuid4())


@pytest.mark.parametrize("count", [1, 2, 200])
async def test_everybody_is_told_once_with_services_of_every_system_however_long_a_page_is(
    database, clock, inventory, count
):
    tenants = [await a_tenant(database, clock, inventory.caller, 1100000 + 11 * number) for number in range(4)]
    certificate = await inventory.certificate()
    one, two = (
        await inventory.system(*[each.tenancy.id for each in tenants[:3]], None),
        await inventory.system(name="Two"),
    )
    await inventory.register.deployed(two, tenants[2].tenancy.id, service="will")
    await inventory.register.deployed(two, tenants[3].tenancy.id, service="imaging", until=MAY_3)
    for system in (one, two):
        await inventory.used(certificate, system.id)
        await inventory.used(certificate, system.id, host="second.example.org")
    found = await affected(inventory, certificate, count=count)
    assert len(found) == 4
    assert {each.tenancy_id: (each.services, len(each.systems)) for each in found} == {
        None: (("prescription",), 1),
        tenants[0].tenancy.id: (("prescription",), 1),
        tenants[1].tenancy.id: (("prescription",), 1),
        tenants[2].tenancy.id: (("prescription", "will"), 2),
    }
    assert {each.business_id for each in found} > {each.organisation.business_id for each in tenants[:3]}


async def test_whom_to_tell_are_the_contacts_of_that_day(database, clock, inventory, tenant):
    certificate = await inventory.certificate()
    await inventory.used(certificate, (await inventory.system(tenant.tenancy.id, None)).id)
    for email, said in (
        ("tech@example.org", {"function": Function.TECHNICAL, "valid_until": MAY_3}),
        ("security@example.org", {"function": Function.INFORMATION_SECURITY, "phone": "+358 40 1"}),
    ):
        await named(database, clock, inventory.caller, tenant.organisation.id, email=email, **said)
    told = {
        one.tenancy_id: [(each.email, each.phone) for each in one.people]
        for one in await affected(inventory, certificate)
    }
    assert told == {tenant.tenancy.id: [("security@example.org", "+358 40 1")], None: []}


@pytest.mark.parametrize("count", [1, 2, 200])
async def test_a_tenant_depends_on_the_certificates_of_the_systems_that_serve_it(inventory, tenant, count):
    used, other = await inventory.system(tenant.tenancy.id), await inventory.system(name="Another")
    second = await inventory.system(tenant.tenancy.id, name="Archive")
    unreadable = await inventory.certificate("odd", not_after=None)
    endless = await inventory.certificate(
        "endless.example.org", not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    )
    shared = await inventory.certificate("shared.example.org")
    first = await inventory.certificate("first.example.org", not_after=NOON_OF_MAY_3 - DAY)
    ended, elsewhere = await inventory.certificate("ended"), await inventory.certificate("elsewhere")
    for certificate, system, said in (
        (unreadable, used, {}),
        (endless, used, {}),
        (shared, used, {}),
        (shared, used, {"host": "second.example.org"}),
        (shared, second, {}),
        (first, second, {"since": MAY_3}),
        (ended, used, {"until": MAY_3}),
        (elsewhere, other, {}),
    ):
        await inventory.used(certificate, system.id, **said)
    found = await depends_on(inventory, tenant.tenancy.id, count=count)
    assert [one.id for one in found] == [first, shared, *sorted([endless, unreadable])]
    assert [(one.name, one.services) for one in found[1].systems] == [
        ("Archive", ("prescription",)),
        ("Saaristo Care", ("prescription",)),
    ]
    assert await depends_on(inventory, None) == []
    before = await depends_on(inventory, tenant.tenancy.id, MAY_3 - DAY)
    assert {one.id for one in before} == {shared, endless, unreadable, ended}


async def test_a_tenant_is_told_of_its_own_certificates_alone_and_a_neighbour_of_nothing(
    database, clock, inventory, tenant
):
    neighbour = await a_tenant(database, clock, inventory.caller, 2900000)
    system = await inventory.system(tenant.tenancy.id, neighbour.tenancy.id)
    own = await inventory.certificate(tenancy_id=tenant.tenancy.id)
    shared = await inventory.certificate("shared.example.org")
    for one in (own, shared):
        await inventory.used(one, system.id)
    as_tenant = someone(inventory.realm, tenant.tenancy.id)
    assert [one.id for one in await depends_on(inventory, tenant.tenancy.id, caller=as_tenant)] == [own]
    assert {one.id for one in await depends_on(inventory, tenant.tenancy.id)} == {own, shared}
    with pytest.raises(TenancyNotFound):
        await depends_on(inventory, neighbour.tenancy.id, caller=as_tenant)
    async with database.transaction(as_tenant) as tx:
        report = await reading.report(tx, clock, own, None, people=True)
        with pytest.raises(CertificateNotFound):
            await reading.impact(tx, clock, shared, None)
    assert [one.tenancy_id for one in report.tenants] == [tenant.tenancy.id]
    assert report.main_connector != tenant.organisation.name
