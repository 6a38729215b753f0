"""Notices are rows of the caller's transaction: there with it, or not at all; told twice they are told once."""

import asyncio

import asyncpg
import pytest

from kanta_tenancy.messages import tell
from kanta_tenancy.messages.model import Recipient
from tests.messages.examples import a_notice, a_person, told, words
from tests.parties.examples import a_realm, a_tenant


async def test_a_notice_is_there_when_its_transaction_has_committed_and_not_before(database, clock, owner, realm):
    async def told_and_undone() -> None:
        async with database.transaction(realm) as tx:
            assert await tell(tx, clock.now(), [a_notice()]) == 1
            raise LookupError

    with pytest.raises(LookupError):
        await told_and_undone()
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0
    assert await told(database, clock, realm, a_notice()) == 1
    assert await owner.fetchval("SELECT count(*) FROM notice") == 1


async def test_telling_twice_is_telling_once_and_the_first_words_stand(database, clock, owner, realm):
    await told(database, clock, realm, a_notice(1, topic="first"))
    assert await told(database, clock, realm, a_notice(1, topic="second"), a_notice(2)) == 1
    rows = await owner.fetch("SELECT key, topic FROM notice ORDER BY key")
    assert [tuple(row) for row in rows] == [("thing/1", "first"), ("thing/2", "thing.ends")]


async def test_of_two_who_tell_the_same_at_once_one_tells(database, clock, owner, realm):
    written = await asyncio.gather(*(told(database, clock, realm, a_notice()) for _ in range(8)))
    assert sorted(written) == [0] * 7 + [1]


async def test_a_key_belongs_to_its_realm(database, clock, owner, realm):
    other = await a_realm(database, clock, 2100000)
    assert await told(database, clock, realm, a_notice()) == 1
    assert await told(database, clock, other, a_notice()) == 1


async def test_thousands_are_told_in_a_few_round_trips(database, clock, owner, realm):
    notices = [a_notice(number) for number in range(2500)]
    assert await told(database, clock, realm, *notices) == 2500


async def test_a_tenant_tells_of_itself_and_reads_nothing(database, clock, owner, realm, tenant):
    notice = a_notice(tenancy_id=tenant.tenancy.id)
    assert await told(database, clock, tenant.caller, notice) == 1
    assert await told(database, clock, tenant.caller, notice) == 0
    async with database.transaction(tenant.caller) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM notice") == 0
    async with database.transaction(realm) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM notice") == 1


async def test_nobody_tells_of_what_is_another_tenants_or_the_main_connectors(database, clock, owner, realm, tenant):
    neighbour = await a_tenant(database, clock, realm, 2900000)
    for tenancy_id in (neighbour.tenancy.id, None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await told(database, clock, tenant.caller, a_notice(tenancy_id=tenancy_id))
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0


@pytest.mark.parametrize("text", ["Aino Ahola has not answered", "Call aino ahola", "Write to aino@example.org", "a@b"])
async def test_a_subject_that_names_the_person_is_a_fault_of_the_program(database, clock, realm, text):
    with pytest.raises(ValueError, match="personal data"):
        await told(database, clock, realm, a_notice(subject=words(text)))


async def test_a_notice_keeps_all_that_was_said(database, clock, owner, realm):
    person: Recipient = a_person(name="Åke Äijö", email="ake@example.fi")
    await told(database, clock, realm, a_notice(to=person, facts=((words("Sum"), "1 € & <b>"),)))
    row = await owner.fetchrow("SELECT name, email, language, facts::text AS facts FROM notice")
    assert tuple(row)[:3] == ("Åke Äijö", "ake@example.fi", "sv")
    assert "1 € & <b>" in row["facts"]
