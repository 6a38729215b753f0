"""Receipts of originals are sealed by the instance that has the key, each once, and say what they are of."""

import asyncio

import asyncpg
import msgspec
import pytest

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.model import Form, Party
from kanta_tenancy.agreements.receipts import sealing
from kanta_tenancy.agreements.receipts.model import SEAL, ReceiptStatement
from kanta_tenancy.promises import State, Wanted, What, audit, page, pay_due
from kanta_tenancy.seals import Kind, believed
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant
from tests.seals.examples import a_folder, a_seal, every_certificate


@pytest.fixture
def keys(tmp_path):
    return a_folder(tmp_path)


async def receipts_of(desk, agreement):
    async with desk.database.transaction(desk.tenant.caller) as tx:
        return await reading.receipts(tx, agreement.id)


async def owed(desk):
    async with desk.database.transaction(desk.main_connector) as tx:
        return await page(tx, Wanted(kind=SEAL), after=None, count=10)


async def pay(desk, keys) -> int:
    return await pay_due(desk.database, desk.clock, {SEAL: sealing.keeper(keys)})


async def test_each_party_has_a_sealed_receipt_of_its_original(desk, keys):
    await a_seal(desk.database, keys, desk.clock)
    agreement = await desk.in_force()
    assert [one.seal for one in await receipts_of(desk, agreement)] == [None, None]
    assert await pay(desk, keys) == 1
    certificates = await every_certificate(desk.database)
    for receipt in await receipts_of(desk, agreement):
        opened = believed(receipt.seal, Kind.RECEIPT, certificates)
        assert msgspec.json.decode(opened.payload, type=ReceiptStatement) == ReceiptStatement(
            main_connector_id=desk.main_connector.scope.main_connector_id,
            tenancy_id=agreement.tenancy_id,
            agreement_id=agreement.id,
            reference=agreement.reference,
            party=receipt.party,
            form=Form.FILE,
            original=receipt.sha256,
            at=receipt.at,
        )
    assert [receipt.party for receipt in await receipts_of(desk, agreement)] == sorted(Party)


async def test_of_instances_that_seal_at_once_one_does_and_the_seals_stay(desk, keys):
    await a_seal(desk.database, keys, desk.clock)
    agreement = await desk.in_force()
    assert sorted(await asyncio.gather(*(pay(desk, keys) for _ in range(3)))) == [0, 0, 1]
    before = await receipts_of(desk, agreement)
    desk.clock.advance(days=1)
    assert (await pay(desk, keys), await sealing.owe_seals(desk.database, desk.clock)) == (0, 0)
    assert await receipts_of(desk, agreement) == before


async def test_without_a_seal_nothing_is_owed_and_what_was_made_before_it_is_sealed_later(desk, keys):
    agreement = await desk.in_force()
    assert (await sealing.owe_seals(desk.database, desk.clock), await owed(desk)) == (0, [])
    desk.clock.advance(days=1)
    await a_seal(desk.database, keys, desk.clock)
    assert await sealing.owe_seals(desk.database, desk.clock) == 1
    assert await sealing.owe_seals(desk.database, desk.clock) == 0
    assert await pay(desk, keys) == 1
    assert all(one.seal for one in await receipts_of(desk, agreement))


async def test_an_instance_without_the_key_leaves_it_to_one_that_has_it(desk, keys, tmp_path):
    await a_seal(desk.database, keys, desk.clock)
    await desk.in_force()
    assert await pay(desk, a_folder(tmp_path, "elsewhere")) == 0
    [promise] = await owed(desk)
    assert (promise.state, "no key of the certificate" in (promise.last_error or "")) == (State.OWED, True)
    desk.clock.advance(minutes=5)
    assert await pay(desk, keys) == 1
    assert [one.state for one in await owed(desk)] == [State.KEPT]


async def test_the_audit_misses_a_receipt_that_nobody_is_to_seal(desk, keys):
    async def audited() -> list[What]:
        async with desk.database.transaction(desk.main_connector) as tx:
            found = await audit(tx, desk.clock.now(), {"seals on receipts": sealing.seals_expected})
        return [one.what for one in found]

    await desk.in_force()
    assert await audited() == []
    await a_seal(desk.database, keys, desk.clock)
    assert await audited() == [What.MISSING]
    await sealing.owe_seals(desk.database, desk.clock)
    assert await audited() == []


async def test_nobody_else_sees_a_seal_and_no_tenant_adds_one(desk, keys):
    await a_seal(desk.database, keys, desk.clock)
    agreement = await desk.in_force()
    add = (
        "INSERT INTO agreement_receipt_seal SELECT agreement_id, party, main_connector_id, tenancy_id, 'x', now()"
        " FROM agreement_receipt"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with desk.database.transaction(desk.tenant.caller) as tx:
            await tx.connection.execute(add)
    await pay(desk, keys)
    neighbour = await a_tenant(desk.database, desk.clock, desk.main_connector, 1100000)
    stranger = await a_realm(desk.database, desk.clock, 2100000)
    impostor = someone(stranger.scope.main_connector_id, agreement.tenancy_id)
    seen = []
    for caller in (desk.main_connector, desk.tenant.caller, neighbour.caller, stranger, impostor):
        async with desk.database.transaction(caller) as tx:
            seen.append(await tx.connection.fetchval("SELECT count(*) FROM agreement_receipt_seal"))
    assert seen == [2, 2, 0, 0, 0]
