"""A contact stays the person that its keys and its journal entries stand for."""

import asyncio
from datetime import date, timedelta

import pytest

from kanta_tenancy import parties
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.actions.contacts import change_contact, end_contact
from kanta_tenancy.parties.actions.keys import revoke_key
from kanta_tenancy.parties.errors import ContactEnded, ContactHoldsKeys, KeyHolderUnfit
from kanta_tenancy.parties.model import Function
from tests.parties.examples import EVERYTHING, a_contact, a_key, a_tenant, named, owner_of

OTHER = {"name": "Eino Eskola", "email": "eino@example.org"}


async def changed(database, clock, realm, contact, **said):
    async with database.transaction(realm) as tx:
        return await change_contact(
            tx, clock, contact.organisation_id, contact.id, a_contact(**said), version=contact.version
        )


async def key_of(database, clock, realm, contact, **said):
    holder = {"contact_id": contact.id, "system_name": None}
    return await a_key(database, clock, realm, contact.organisation_id, **holder, **said)


@pytest.fixture
async def contact(database, clock, realm):
    return await named(database, clock, realm, await owner_of(database, realm))


async def test_the_key_of_an_ended_contact_opens_for_nobody_again(database, clock, realm, contact, client):
    key = await key_of(database, clock, realm, contact)
    admin = await a_key(database, clock, realm, contact.organisation_id, permissions=EVERYTHING)
    path = f"/organisations/{contact.organisation_id}/contacts/{contact.id}"
    other = {**OTHER, "function": "agreements", "valid_from": "2026-01-01"}
    async with client(admin) as http:
        assert (await http.delete(path, headers={"If-Match": '"1"'})).status_code == 200
        assert await authenticate(database, clock, key.text) is None
        refused = await http.put(path, json=other, headers={"If-Match": '"2"'})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/contact-ended")
        assert (await http.get(path)).json()["name"] == "Aino Ahola"
    assert await authenticate(database, clock, key.text) is None


@pytest.mark.parametrize(
    "period",
    [
        {"valid_until": date(2026, 3, 2)},
        {"valid_from": date(2026, 6, 1), "valid_until": date(2026, 6, 1)},
    ],
    ids=["over since today", "over before it began"],
)
async def test_a_contact_whose_time_is_over_is_not_changed_any_more(database, clock, realm, period):
    past = await named(database, clock, realm, await owner_of(database, realm), **period)
    for said in ({}, period | {"phone": "112"}, OTHER):
        with pytest.raises(ContactEnded):
            await changed(database, clock, realm, past, **said)


async def test_a_contact_is_changed_until_its_last_day(database, clock, realm):
    last = await named(database, clock, realm, await owner_of(database, realm), valid_until=date(2026, 3, 3))
    assert (await changed(database, clock, realm, last)).valid_until is None


async def test_whoever_holds_open_keys_is_not_replaced_by_another_person(database, clock, realm, contact, client):
    key = await key_of(database, clock, realm, contact)
    with pytest.raises(ContactHoldsKeys):
        await changed(database, clock, realm, contact, **OTHER)
    with pytest.raises(ContactHoldsKeys):
        await changed(database, clock, realm, contact, email=OTHER["email"])
    admin = await a_key(database, clock, realm, contact.organisation_id, permissions=EVERYTHING)
    path = f"/organisations/{contact.organisation_id}/contacts/{contact.id}"
    other = {**OTHER, "function": "agreements", "valid_from": "2026-01-01"}
    async with client(admin) as http:
        refused = await http.put(path, json=other, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/contact-holds-keys")
    caller = await authenticate(database, clock, key.text)
    assert caller is not None
    assert caller.actor.name == str(contact.id)


async def test_everything_else_about_who_holds_open_keys_can_be_corrected(database, clock, realm, contact):
    await key_of(database, clock, realm, contact)
    kept = await changed(database, clock, realm, contact, name="Aino Virta", email="AINO@example.org", phone="112")
    assert (kept.name, kept.email, kept.phone) == ("Aino Virta", "AINO@example.org", "112")


async def test_closed_keys_and_other_peoples_keys_do_not_hold_an_address(database, clock, realm, contact):
    revoked = await key_of(database, clock, realm, contact)
    await key_of(database, clock, realm, contact, expires_at=clock.now() + timedelta(hours=1))
    neighbour = await named(database, clock, realm, contact.organisation_id, email="other@example.org")
    await key_of(database, clock, realm, neighbour)
    async with database.transaction(realm) as tx:
        await revoke_key(tx, clock, revoked.key_id, version=1)
    with pytest.raises(ContactHoldsKeys):
        await changed(database, clock, realm, contact, email=OTHER["email"])
    clock.advance(hours=1)
    assert (await changed(database, clock, realm, contact, email=OTHER["email"])).email == OTHER["email"]


async def test_a_key_waits_until_a_change_of_its_holder_is_written(database, clock, realm, contact):
    async with database.transaction(realm) as tx:
        await change_contact(tx, clock, contact.organisation_id, contact.id, a_contact(**OTHER), version=1)
        waiting = asyncio.ensure_future(key_of(database, clock, realm, contact))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await end_contact(tx, clock, contact.organisation_id, contact.id, version=2)
    with pytest.raises(KeyHolderUnfit, match="not one today"):
        await waiting


async def test_whom_to_tell_at_a_tenant_are_those_of_the_first_function_that_somebody_has(database, clock, realm):
    tenants = [await a_tenant(database, clock, realm, 1100000 + 11 * number) for number in range(4)]
    technical, agreements = Function.TECHNICAL, Function.AGREEMENTS
    for tenant, email, said in (
        (0, "both@example.org", {"function": agreements}),
        (0, "first@example.org", {"function": technical, "phone": "112"}),
        (0, "second@example.org", {"function": technical}),
        (1, "only@example.org", {"function": agreements}),
        (1, "gone@example.org", {"function": technical, "valid_until": date(2026, 3, 2)}),
        (2, "other@example.org", {"function": Function.FEES}),
    ):
        await named(database, clock, realm, tenants[tenant].organisation.id, email=email, **said)
    asked = [one.tenancy.id for one in tenants]
    async with database.transaction(realm) as tx:
        found = await parties.reachable(tx, asked, (technical, agreements), on_day=date(2026, 3, 2))
        before = await parties.reachable(tx, asked, (technical, agreements), on_day=date(2026, 3, 1))
    assert {asked.index(one): [person.email for person in there] for one, there in found.items()} == {
        0: ["first@example.org", "second@example.org"],
        1: ["only@example.org"],
    }
    assert [person.phone for person in found[asked[0]]] == ["112", None]
    assert [person.email for person in before[asked[1]]] == ["gone@example.org"]


async def test_of_some_contacts_those_are_told_who_are_there_on_the_day(database, clock, realm):
    own = await owner_of(database, realm)
    there, gone, _ = [
        await named(database, clock, realm, own, email=f"{name}@example.org", **said)
        for name, said in (("there", {}), ("gone", {"valid_until": date(2026, 3, 2)}), ("others", {}))
    ]
    asked = [there.id, gone.id]
    async with database.transaction(realm) as tx:
        assert [one.id for one in await parties.persons(tx, asked, on_day=date(2026, 3, 1))] == asked
        (found,) = await parties.persons(tx, asked, on_day=date(2026, 3, 2))
    assert (found.id, found.email, found.language) == (there.id, "there@example.org", "sv")
