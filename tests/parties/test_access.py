import asyncio
import hashlib
import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest

from kanta_tenancy.kernel.acting import ActorKind
from kanta_tenancy.kernel.identifiers import AccessKeyId, new_id
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.parties import tokens
from kanta_tenancy.parties.access import KeyAuthenticator, LastUses, authenticate
from kanta_tenancy.parties.actions.contacts import end_contact
from kanta_tenancy.parties.actions.keys import revoke_key
from kanta_tenancy.parties.model import Permission
from kanta_tenancy.parties.store import keys
from kanta_tenancy.parties.tokens import Token
from tests.parties.examples import a_key, a_realm, a_tenant, named, owner_of

HOUR = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def key(database, clock, realm) -> Token:
    return await a_key(database, clock, realm, await owner_of(database, realm))


async def last_used(database, realm, token: Token) -> datetime | None:
    async with database.transaction(realm) as tx:
        return (await keys.find(tx, token.key_id)).last_used_hour


async def test_a_key_says_who_calls_in_whose_realm_and_what_they_may(database, clock, realm):
    tenant = await a_tenant(database, clock, realm)
    contact = await named(database, clock, realm, tenant.organisation.id)
    system = await a_key(database, clock, realm, await owner_of(database, realm), permissions=frozenset(Permission))
    person = await a_key(
        database, clock, tenant.caller, tenant.organisation.id, contact_id=contact.id, system_name=None
    )
    caller = await authenticate(database, clock, system.text)
    assert caller is not None
    assert (caller.scope.main_connector_id, caller.scope.tenancy_id) == (realm.scope.main_connector_id, None)
    assert (caller.actor.kind, caller.actor.name, caller.actor.key_id) == (ActorKind.SYSTEM, "billing", system.key_id)
    assert caller.permissions == frozenset(Permission)
    caller = await authenticate(database, clock, person.text)
    assert caller is not None
    assert caller.scope.tenancy_id == tenant.tenancy.id
    assert (caller.actor.kind, caller.actor.name) == (ActorKind.PERSON, str(contact.id))
    assert caller.permissions == {"parties.read"}


async def test_a_tenant_of_two_main_connectors_has_two_keys(database, clock, realm):
    other = await a_realm(database, clock, 2100000)
    seen = set()
    for main_connector in (realm, other):
        tenant = await a_tenant(database, clock, main_connector)
        token = await a_key(database, clock, tenant.caller, tenant.organisation.id)
        caller = await authenticate(database, clock, token.text)
        assert caller is not None
        seen.add((caller.scope.main_connector_id, caller.scope.tenancy_id))
    assert len(seen) == 2


async def test_only_the_whole_key_opens(database, clock, key):
    other = tokens.draw(key.key_id)
    strange = tokens.draw(AccessKeyId(new_id()))
    for text in (other.text, strange.text, key.text[:-1], key.text + "a", key.text.upper(), "", "kt_", str(key.key_id)):
        assert await authenticate(database, clock, text) is None
    assert await authenticate(database, clock, key.text) is not None


async def test_a_key_opens_until_the_instant_that_it_expires(database, clock, realm):
    until = clock.now() + timedelta(hours=1)
    token = await a_key(database, clock, realm, await owner_of(database, realm), expires_at=until)
    clock.advance(minutes=59, seconds=59.999)
    assert await authenticate(database, clock, token.text) is not None
    clock.advance(seconds=0.001)
    assert await authenticate(database, clock, token.text) is None


async def test_a_revoked_key_opens_nothing(database, clock, realm, key):
    async with database.transaction(realm) as tx:
        await revoke_key(tx, clock, key.key_id, version=1)
    assert await authenticate(database, clock, key.text) is None


async def test_a_persons_key_ends_with_the_person(database, clock, realm):
    owner_id = await owner_of(database, realm)
    contact = await named(database, clock, realm, owner_id)
    token = await a_key(database, clock, realm, owner_id, contact_id=contact.id, system_name=None)
    assert await authenticate(database, clock, token.text) is not None
    async with database.transaction(realm) as tx:
        await end_contact(tx, clock, owner_id, contact.id, version=1)
    assert await authenticate(database, clock, token.text) is None


async def test_a_persons_last_day_ends_at_midnight_in_finland(database, clock, realm):
    owner_id = await owner_of(database, realm)
    contact = await named(database, clock, realm, owner_id, valid_until=HOUR.date() + timedelta(days=1))
    token = await a_key(database, clock, realm, owner_id, contact_id=contact.id, system_name=None)
    clock.at = HOUR.replace(hour=21, minute=59)
    assert await authenticate(database, clock, token.text) is not None
    clock.advance(minutes=1)
    assert await authenticate(database, clock, token.text) is None


async def test_the_secret_is_kept_nowhere(owner, key):
    kept = await owner.fetchval("SELECT secret_sha256 FROM access_key WHERE id = $1", key.key_id)
    assert kept == hashlib.sha256(key.secret.encode()).digest()
    for table in ("access_key", "journal_entry", "outbox", "organisation"):
        rows = await owner.fetch(f"SELECT t::text AS text FROM {table} AS t")  # noqa: S608
        assert not any(key.secret in row["text"] for row in rows)


async def test_a_wrong_secret_takes_as_long_as_an_unknown_key(database, clock, key):
    """Both ask the database once and compare once; a difference that could be measured from afar would show here."""
    wrong, unknown = tokens.draw(key.key_id).text, tokens.draw(AccessKeyId(new_id())).text
    taken: dict[str, list[float]] = {wrong: [], unknown: []}
    for _ in range(150):
        for text, times in taken.items():
            begun = time.perf_counter()
            assert await authenticate(database, clock, text) is None
            times.append(time.perf_counter() - begun)
    first, second = (statistics.median(times) for times in taken.values())
    assert max(first, second) < 2 * min(first, second)


class Counted(Database):
    """Counts how often a connection is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lent = 0

    def unscoped(self):
        self.lent += 1
        return self._database.unscoped()


async def test_those_who_call_at_the_same_time_are_looked_up_together_and_each_for_itself(database, clock, realm, key):
    counted = Counted(database)
    ask = KeyAuthenticator(counted, clock, LastUses())
    wrong, unknown = tokens.draw(key.key_id).text, tokens.draw(AccessKeyId(new_id())).text
    callers = await asyncio.gather(*(ask(text) for text in (key.text, wrong, unknown, key.text) * 8))
    assert [caller is not None for caller in callers] == [True, False, False, True] * 8
    assert counted.lent < 4
    async with database.transaction(realm) as tx:
        await revoke_key(tx, clock, key.key_id, version=1)
    assert await asyncio.gather(ask(key.text), ask(key.text)) == [None, None]


async def test_the_last_use_is_known_to_the_hour_once_it_is_written(database, clock, realm, key):
    uses = LastUses()
    ask = KeyAuthenticator(database, clock, uses)
    clock.advance(minutes=42)
    await ask(key.text)
    assert await last_used(database, realm, key) is None
    assert await uses.flush(database) == 1
    assert await last_used(database, realm, key) == HOUR
    await ask(key.text)
    assert await uses.flush(database) == 0
    clock.advance(minutes=18)
    await ask(key.text)
    await ask(key.text)
    assert await uses.flush(database) == 1
    assert await last_used(database, realm, key) == HOUR + timedelta(hours=1)


async def test_a_refused_key_was_not_used(database, clock, realm, key):
    uses = LastUses()
    await KeyAuthenticator(database, clock, uses)(tokens.draw(key.key_id).text)
    assert await uses.flush(database) == 0
    assert await last_used(database, realm, key) is None


async def test_an_instance_that_lags_behind_does_not_turn_the_hour_back(database, clock, realm, key):
    ahead, behind = LastUses(), LastUses()
    ahead.note(key.key_id, clock.now() + timedelta(hours=3))
    behind.note(key.key_id, clock.now())
    assert await ahead.flush(database) == 1
    assert await behind.flush(database) == 0
    assert await last_used(database, realm, key) == HOUR + timedelta(hours=3)


async def test_uses_wait_while_the_database_is_away(database, clock, realm, key):
    uses = LastUses()
    other = await a_key(database, clock, realm, await owner_of(database, realm))
    uses.note(key.key_id, clock.now())
    uses.note(other.key_id, clock.now())
    async with connect("postgresql://kanta_service@127.0.0.1:1/nothing") as nowhere:
        with pytest.raises(OSError, match="Connect"):
            await uses.flush(nowhere)
    clock.advance(hours=1)
    uses.note(key.key_id, clock.now())
    assert await uses.flush(database) == 2
    assert await last_used(database, realm, key) == HOUR + timedelta(hours=1)
    assert await last_used(database, realm, other) == HOUR


async def test_noting_a_use_changes_no_version_and_writes_no_journal(database, clock, realm, owner, key):
    before = await owner.fetchval("SELECT count(*) FROM journal_entry")
    uses = LastUses()
    uses.note(key.key_id, clock.now())
    await asyncio.gather(*(uses.flush(database) for _ in range(4)))
    async with database.transaction(realm) as tx:
        assert (await keys.find(tx, key.key_id)).version == 1
        await revoke_key(tx, clock, key.key_id, version=1)
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == before + 1
