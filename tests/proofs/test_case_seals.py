"""The seals on the manifests of cases: each party's own, found where they were kept, and never changed."""

import asyncpg
import pytest

from kanta_tenancy.proofs import store
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant
from tests.seals.examples import NOON, acted

SHA256 = "ab" * 32
CASE = "thing/1"


async def kept(database, caller, tenancy_id, seal="x.y.z"):
    async with database.transaction(caller) as tx:
        said = {"tenancy_id": tenancy_id, "subject": CASE, "manifest_sha256": SHA256}
        await store.add_of_case(tx, **said, seal=seal, sealed_at=NOON)


async def found(database, caller, tenancy_id):
    async with database.transaction(caller) as tx:
        return await store.find_of_case(tx, tenancy_id, CASE, SHA256)


async def test_the_first_seal_stays_and_each_partys_is_its_own(database, clock):
    realm = await a_realm(database, clock)
    tenant, neighbour = await a_tenant(database, clock, realm, 1000000), await a_tenant(database, clock, realm, 1100000)
    stranger = await a_realm(database, clock, 2100000)
    await kept(database, realm, None, "of.the.realm")
    await kept(database, realm, None, "of.somebody.late")
    await kept(database, tenant.caller, tenant.tenancy.id, "of.the.tenant")
    assert await found(database, realm, None) == "of.the.realm"
    assert await found(database, tenant.caller, tenant.tenancy.id) == "of.the.tenant"
    assert await found(database, tenant.caller, None) is None
    impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
    for caller in (neighbour.caller, stranger, impostor):
        assert await found(database, caller, tenant.tenancy.id) is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await kept(database, neighbour.caller, tenant.tenancy.id)
    for sql in ("UPDATE case_proof_seal SET seal = 'x'", "DELETE FROM case_proof_seal"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(realm) as tx:
                await tx.connection.execute(sql)


async def test_the_journal_is_looked_at_from_when_a_case_began(database, clock):
    realm = await a_realm(database, clock)
    chain, began = realm.scope.main_connector_id, clock.now()
    await acted(database, clock, realm, count=2)
    clock.advance(hours=1)
    await acted(database, clock, realm)
    async with database.transaction(realm) as tx:
        first, last = await store.span(tx, chain, ["thing/1"], began)
        assert last - first == 2
        assert await store.span(tx, chain, ["thing/1"], clock.now()) == (last, last)
        assert await store.span(tx, chain, ["thing/2"], began) is None
