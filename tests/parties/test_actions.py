import asyncio
from datetime import date, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties import TenancyNotFound, check_tenancy, the_parties
from kanta_tenancy.parties.actions.contacts import change_contact, end_contact
from kanta_tenancy.parties.actions.evidence import withdraw_evidence
from kanta_tenancy.parties.actions.keys import create_key, revoke_key
from kanta_tenancy.parties.actions.organisations import change_organisation, found_realm
from kanta_tenancy.parties.actions.tenancies import open_tenancy
from kanta_tenancy.parties.errors import (
    ContactOverlaps,
    KeyHolderUnfit,
    MainConnectorExists,
    MainConnectorsOwn,
    OrganisationExists,
    PartyChanged,
    PartyUnfit,
    PermissionsTooWide,
    TenancyExists,
)
from kanta_tenancy.parties.model import Finding, Function, NewKey, OrganisationChange, Permission
from kanta_tenancy.parties.store import organisations
from tests.conftest import someone
from tests.parties.examples import (
    EVERYTHING,
    a_contact,
    a_key,
    a_realm,
    a_tenant,
    an_organisation,
    looked,
    named,
    owner_of,
    registered,
)

TODAY = date(2026, 3, 2)
CHANGE = OrganisationChange(name="Nytt namn", language=Language.FINNISH)


def kinds(results) -> list[str]:
    return sorted(type(one).__name__ for one in results)


async def acts(owner, subject: object) -> list[str]:
    """Return what the journal says was done to a thing, in order."""
    rows = await owner.fetch("SELECT entry FROM journal_entry ORDER BY at, chain, sequence")
    entries = [msgspec.json.decode(row["entry"]) for row in rows]
    return [entry["action"] for entry in entries if entry["subject"].endswith(str(subject))]


async def test_of_two_registrations_of_one_business_id_at_once_exactly_one_is_kept(database, clock, realm, owner):
    results = await asyncio.gather(
        *(registered(database, clock, realm, name=f"Firma {n}") for n in range(8)), return_exceptions=True
    )
    assert kinds(results) == ["Organisation"] + ["OrganisationExists"] * 7
    assert await owner.fetchval("SELECT count(*) FROM organisation") == 2
    kept = next(one for one in results if not isinstance(one, OrganisationExists))
    assert await acts(owner, kept.id) == ["organisation.registered"]


async def test_a_firm_runs_one_realm_even_when_two_are_made_at_once(database, clock, owner):
    results = await asyncio.gather(*(a_realm(database, clock, 2000000) for _ in range(4)), return_exceptions=True)
    assert kinds(results) == ["Caller"] + ["MainConnectorExists"] * 3
    assert await owner.fetchval("SELECT count(*) FROM main_connector") == 1
    assert await owner.fetchval("SELECT count(*) FROM journal_head") == 1


async def test_one_firm_is_known_to_two_realms_and_neither_learns_of_the_other(database, clock, realm):
    other = await a_realm(database, clock, 2100000)
    here = await a_tenant(database, clock, realm)
    there = await a_tenant(database, clock, other)
    assert here.organisation.business_id == there.organisation.business_id
    assert here.organisation.id != there.organisation.id
    main_connector_as_tenant = await a_tenant(database, clock, other, 2000000)
    assert main_connector_as_tenant.organisation.id != await owner_of(database, realm)


async def test_of_two_changes_from_one_version_exactly_one_is_written(database, clock, realm, owner):
    firm = await registered(database, clock, realm)

    async def change(name: str):
        async with database.transaction(realm) as tx:
            return await change_organisation(tx, clock, firm.id, replace(CHANGE, name=name), version=1)

    results = await asyncio.gather(*(change(f"Firma {n}") for n in range(6)), return_exceptions=True)
    assert kinds(results) == ["Organisation"] + ["PartyChanged"] * 5
    assert await acts(owner, firm.id) == ["organisation.registered", "organisation.changed"]


async def test_of_two_tenancies_at_once_exactly_one_begins(database, clock, realm):
    firm = await registered(database, clock, realm)

    async def begin():
        async with database.transaction(realm) as tx:
            return await open_tenancy(tx, clock, firm.id)

    results = await asyncio.gather(*(begin() for _ in range(6)), return_exceptions=True)
    assert kinds(results) == ["Tenancy"] + ["TenancyExists"] * 5


async def test_two_tenancies_never_share_a_reference(database, clock, realm):
    first, second = [await registered(database, clock, realm, serial) for serial in (1000000, 1100000)]
    async with database.transaction(realm) as tx:
        await open_tenancy(tx, clock, first.id, reference="K-1")
    with pytest.raises(TenancyExists, match="that reference"):
        async with database.transaction(realm) as tx:
            await open_tenancy(tx, clock, second.id, reference="K-1")


async def test_what_an_organisation_had_before_it_became_a_tenant_is_its_own_afterwards(database, clock, realm, owner):
    firm = await registered(database, clock, realm)
    contact = await named(database, clock, realm, firm.id)
    look = await looked(database, clock, realm, firm.id)
    async with database.transaction(realm) as tx:
        tenancy = await open_tenancy(tx, clock, firm.id)
    for table, thing in (("organisation", firm), ("contact", contact), ("soteri_evidence", look)):
        row = await owner.fetchrow(f"SELECT tenancy_id FROM {table} WHERE id = $1", thing.id)  # noqa: S608
        assert row["tenancy_id"] == tenancy.id
    async with database.transaction(someone(realm.scope.main_connector_id, tenancy.id)) as tx:
        assert (await organisations.find(tx, firm.id)).version == 2


async def test_a_contact_named_while_the_tenancy_begins_is_not_lost_to_the_tenant(database, clock, realm, owner):
    for serial in range(1000000, 1000200, 20):
        firm = await registered(database, clock, realm, serial)

        async def begin(firm=firm):
            async with database.transaction(realm) as tx:
                return await open_tenancy(tx, clock, firm.id)

        people = (named(database, clock, realm, firm.id, email=f"a{n}@example.org") for n in range(3))
        tenancy, *_ = await asyncio.gather(begin(), *people)
        rows = await owner.fetch("SELECT tenancy_id FROM contact WHERE organisation_id = $1", firm.id)
        assert [row["tenancy_id"] for row in rows] == [tenancy.id] * 3


async def test_the_same_person_is_a_contact_for_one_function_once_at_a_time(database, clock, realm):
    firm = await registered(database, clock, realm)
    results = await asyncio.gather(*(named(database, clock, realm, firm.id) for _ in range(4)), return_exceptions=True)
    assert kinds(results) == ["Contact"] + ["ContactOverlaps"] * 3
    await named(database, clock, realm, firm.id, function=Function.FEES)
    await named(database, clock, realm, firm.id, email="other@example.org")
    await named(database, clock, realm, firm.id, valid_from=date(2025, 1, 1), valid_until=date(2026, 1, 1))
    with pytest.raises(ContactOverlaps):
        await named(database, clock, realm, firm.id, valid_from=date(2025, 6, 1), valid_until=date(2025, 6, 2))


async def test_a_change_can_overlap_as_well(database, clock, realm):
    firm = await registered(database, clock, realm)
    await named(database, clock, realm, firm.id)
    other = await named(database, clock, realm, firm.id, email="eino@example.org")
    with pytest.raises(ContactOverlaps):
        async with database.transaction(realm) as tx:
            await change_contact(tx, clock, firm.id, other.id, a_contact(), version=1)


async def test_a_contact_that_is_yet_to_begin_ends_before_it_began(database, clock, realm):
    firm = await registered(database, clock, realm)
    coming = await named(database, clock, realm, firm.id, valid_from=date(2026, 6, 1))
    async with database.transaction(realm) as tx:
        ended = await end_contact(tx, clock, firm.id, coming.id, version=1)
    assert (ended.valid_from, ended.valid_until) == (date(2026, 6, 1), date(2026, 6, 1))
    await named(database, clock, realm, firm.id, valid_from=date(2026, 6, 1))


async def test_ending_what_has_ended_writes_nothing(database, clock, realm, owner):
    firm = await registered(database, clock, realm)
    past = await named(database, clock, realm, firm.id, valid_until=date(2026, 2, 1))
    async with database.transaction(realm) as tx:
        assert await end_contact(tx, clock, firm.id, past.id, version=1) == past
        with pytest.raises(PartyChanged):
            await end_contact(tx, clock, firm.id, past.id, version=2)
    assert await acts(owner, past.id) == ["contact.named"]


async def test_a_refused_action_writes_nothing(database, clock, realm, owner):
    before = await owner.fetchval("SELECT count(*) FROM journal_entry")
    with pytest.raises(PartyUnfit) as refused:
        await registered(
            database, clock, realm, business_id="1", name="", oid="x", parallel_names={Language.ENGLISH: "\0"}
        )
    assert [flaw.field for flaw in refused.value.flaws] == ["business_id", "name", "parallel_names.en", "oid"]
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == before
    assert await owner.fetchval("SELECT count(*) FROM organisation") == 1


async def test_a_tenant_makes_no_realm(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    with pytest.raises(MainConnectorsOwn):
        async with database.transaction(tenant.caller) as tx:
            await found_realm(tx, clock, an_organisation(1900000))
    with pytest.raises(MainConnectorExists):
        await a_realm(database, clock, 2000000)


async def test_both_parties_are_told_as_they_are_on_the_day_to_either_of_them(database, clock, realm):
    tenant = await a_tenant(
        database, clock, realm, oid="1.2.246.10.99.10.0", parallel_names={Language.FINNISH: "Hoito"}
    )
    await named(database, clock, realm, tenant.organisation.id, function=Function.ADMINISTRATOR, name="Third choice")
    await named(database, clock, realm, tenant.organisation.id, function=Function.SIGNATORY, name="Second choice")
    await named(database, clock, realm, tenant.organisation.id, function=Function.FEES, name="Never")
    await named(database, clock, realm, tenant.organisation.id, name="First", valid_from=date(2026, 4, 1))
    late = await looked(database, clock, realm, tenant.organisation.id, finding=Finding.NOT_REGISTERED)
    first = await looked(database, clock, realm, tenant.organisation.id, checked_on=date(2025, 1, 2))
    wrong = await looked(database, clock, realm, tenant.organisation.id, checked_on=date(2025, 1, 1))
    async with database.transaction(realm) as tx:
        await withdraw_evidence(tx, clock, tenant.organisation.id, wrong.id, reason="mistaken", version=1)
    told = []
    for caller in (realm, tenant.caller):
        async with database.transaction(caller) as tx:
            told.append(await the_parties(tx, tenant.tenancy.id, on_day=TODAY))
            later = await the_parties(tx, tenant.tenancy.id, on_day=date(2026, 4, 1))
    assert told[0] == told[1]
    both = told[0]
    assert both.main_connector.organisation_id == await owner_of(database, realm)
    assert both.main_connector.contact is None
    assert (both.tenant.name, both.tenant.language, both.tenant.oid) == ("Praktik 1234567", "sv", "1.2.246.10.99.10.0")
    assert both.tenant.parallel_names == {Language.FINNISH: "Hoito"}
    assert [check.id for check in both.tenant.soteri] == [first.id, late.id]
    assert both.tenant.contact.name == "Second choice"
    assert later.tenant.contact.name == "First"


async def test_the_parties_of_a_tenancy_elsewhere_are_not_told(database, clock, realm):
    tenant = await a_tenant(database, clock, realm, 1000000)
    neighbour = await a_tenant(database, clock, realm, 1100000)
    stranger = await a_realm(database, clock, 2100000)
    nowhere = TenancyId(new_id())
    for caller, tenancy_id in ((neighbour.caller, tenant.tenancy.id), (stranger, tenant.tenancy.id), (realm, nowhere)):
        async with database.transaction(caller) as tx:
            with pytest.raises(TenancyNotFound):
                await the_parties(tx, tenancy_id, on_day=TODAY)
            with pytest.raises(TenancyNotFound):
                await check_tenancy(tx, tenancy_id)


async def test_a_key_is_for_a_main_connector_or_a_tenant(database, clock, realm):
    neither = await registered(database, clock, realm)
    with pytest.raises(KeyHolderUnfit, match="neither"):
        await a_key(database, clock, realm, neither.id)


@pytest.mark.parametrize(
    "period", [{"valid_from": TODAY + timedelta(days=1)}, {"valid_until": TODAY}], ids=["not yet", "no more"]
)
async def test_a_key_is_not_for_who_is_no_contact_today(database, clock, realm, period):
    owner_id = await owner_of(database, realm)
    contact = await named(database, clock, realm, owner_id, **period)
    with pytest.raises(KeyHolderUnfit, match="today"):
        await a_key(database, clock, realm, owner_id, contact_id=contact.id, system_name=None)


async def test_a_key_is_not_for_a_contact_of_another_organisation(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    theirs = await named(database, clock, realm, tenant.organisation.id)
    owner_id = await owner_of(database, realm)
    with pytest.raises(KeyHolderUnfit, match="no such contact"):
        await a_key(database, clock, realm, owner_id, contact_id=theirs.id, system_name=None)


async def test_a_key_that_opens_nothing_is_not_made(database, clock, realm):
    with pytest.raises(PartyUnfit) as refused:
        await a_key(database, clock, realm, await owner_of(database, realm), permissions=frozenset())
    assert [flaw.field for flaw in refused.value.flaws] == ["permissions"]


async def test_nobody_climbs_by_making_keys(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    owner_id = await owner_of(database, realm)
    little = frozenset({Permission.KEYS_MANAGE, Permission.PARTIES_READ})
    for caller, organisation_id, asked, giver in (
        (realm, owner_id, Permission.MODELS_WRITE, little),
        (realm, tenant.organisation.id, Permission.AGREEMENTS_OFFER, EVERYTHING),
        (tenant.caller, tenant.organisation.id, Permission.AGREEMENTS_SIGN, little),
        (tenant.caller, tenant.organisation.id, Permission.MODELS_READ, EVERYTHING),
    ):
        new = NewKey(organisation_id=organisation_id, system_name="x", permissions=frozenset({asked}))
        async with database.transaction(caller) as tx:
            with pytest.raises(PermissionsTooWide) as refused:
                await create_key(tx, clock, new, giver=giver)
        assert [flaw.detail.partition(":")[0] for flaw in refused.value.flaws] == [asked]


async def test_of_two_revocations_at_once_one_closes_the_key(database, clock, realm, owner):
    key = await a_key(database, clock, realm, await owner_of(database, realm))

    async def close():
        async with database.transaction(realm) as tx:
            return await revoke_key(tx, clock, key.key_id, version=1)

    results = await asyncio.gather(*(close() for _ in range(4)), return_exceptions=True)
    assert kinds(results) == ["AccessKey"] + ["KeyRevoked"] * 3
    assert await acts(owner, key.key_id) == ["access_key.created", "access_key.revoked"]


async def test_a_key_is_not_revoked_from_a_version_that_it_never_had(database, clock, realm):
    key = await a_key(database, clock, realm, await owner_of(database, realm))
    async with database.transaction(realm) as tx:
        with pytest.raises(PartyChanged):
            await revoke_key(tx, clock, key.key_id, version=7)


async def test_what_one_state_became_the_next_began_from(database, clock, realm, owner):
    firm = await registered(database, clock, realm)
    for version, name in ((1, "Ett"), (2, "Två")):
        async with database.transaction(realm) as tx:
            await change_organisation(tx, clock, firm.id, replace(CHANGE, name=name), version=version)
    rows = await owner.fetch("SELECT entry FROM journal_entry ORDER BY sequence")
    entries = [msgspec.json.decode(row["entry"]) for row in rows][1:]
    assert [entry["before"] for entry in entries] == [None, entries[0]["after"], entries[1]["after"]]
    assert len({entry["after"] for entry in entries}) == 3
