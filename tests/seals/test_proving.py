"""A proof leads from the entries of a chain to the root that was sealed, without the database; nothing else does."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.seals import CheckpointNotFound, HeadProof, Slice, cut, is_proved, leads_to, prove
from kanta_tenancy.seals.store import checkpoints
from tests.parties.examples import a_tenant
from tests.seals.examples import acted, checkpointed


async def proved(database, caller, chain, number: int = 1) -> tuple[HeadProof, bytes]:
    async with database.transaction(caller) as tx:
        checkpoint = await checkpoints.find(tx, number)
        return await prove(tx, chain, checkpoint), checkpoint.root


async def sliced(database, caller, chain, first: int, last: int) -> Slice:
    async with database.transaction(caller) as tx:
        return await cut(tx, chain, first=first, last=last)


@pytest.fixture
async def others(database, clock, realm, tenant) -> None:
    """Five more tenants, so that the tree has some height."""
    for serial in range(1234600, 1234650, 10):
        await a_tenant(database, clock, realm, serial)


@pytest.fixture
def small_batches(monkeypatch) -> None:
    monkeypatch.setattr(journal, "BATCH", 3)


@pytest.mark.usefixtures("others")
async def test_every_chain_is_proved_at_every_checkpoint(database, seal, clock, realm, tenant):
    await checkpointed(database, seal, clock, realm)
    await acted(database, clock, realm, tenant.tenancy.id, count=4)
    await checkpointed(database, seal, clock, realm)
    for number in (1, 2):
        async with database.transaction(realm) as tx:
            heads = await checkpoints.heads_at(tx, number)
        for head in heads:
            proof, root = await proved(database, realm, head.chain, number)
            assert (proof.sequence, proof.digest) == (head.sequence, head.digest)
            assert is_proved(proof, root)
    assert len(heads) == 7


@pytest.mark.usefixtures("others")
async def test_a_tenant_proves_its_own_chain_and_no_other(database, seal, clock, realm, tenant):
    await checkpointed(database, seal, clock, realm)
    proof, root = await proved(database, tenant.caller, tenant.tenancy.id)
    assert is_proved(proof, root)
    assert proof == (await proved(database, realm, tenant.tenancy.id))[0]
    with pytest.raises(CheckpointNotFound):
        await proved(database, tenant.caller, realm.scope.main_connector_id)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("first", [1, 2, 5, 9])
async def test_entries_from_any_number_on_lead_to_the_end_that_was_proved(database, seal, clock, pair, first):
    realm, tenant = pair
    await acted(database, clock, realm, tenant.tenancy.id, count=7)
    await checkpointed(database, seal, clock, realm)
    await acted(database, clock, realm, tenant.tenancy.id, count=5)
    proof, _ = await proved(database, realm, tenant.tenancy.id)
    part = await sliced(database, realm, tenant.tenancy.id, first, proof.sequence)
    assert len(part.entries) == proof.sequence - first + 1
    assert leads_to(part, proof)


async def test_whatever_is_changed_in_a_slice_leads_elsewhere(database, seal, clock, realm, tenant):
    await acted(database, clock, realm, tenant.tenancy.id, count=7)
    await checkpointed(database, seal, clock, realm)
    proof, root = await proved(database, realm, tenant.tenancy.id)
    part = await sliced(database, realm, tenant.tenancy.id, 1, proof.sequence)
    entries = part.entries
    for change in (
        {"entries": entries[:-1]},
        {"entries": entries[1:]},
        {"entries": (*entries[:-1], entries[-1] + " ")},
        {"entries": (entries[1], entries[0], *entries[2:])},
        {"entries": ()},
        {"before": bytes(32)},
        {"first": 2},
        {"first": 0},
        {"chain": realm.scope.main_connector_id},
    ):
        assert not leads_to(msgspec.structs.replace(part, **change), proof), change
    for change in ({"sequence": 1}, {"digest": bytes(32)}, {"position": 0}, {"size": 3}, {"path": ()}):
        if any(getattr(proof, name) != value for name, value in change.items()):
            assert not is_proved(msgspec.structs.replace(proof, **change), root), change


async def test_what_is_not_in_the_journal_is_cut_from_nowhere(database, seal, clock, realm, tenant):
    with pytest.raises(LookupError):
        await sliced(database, realm, tenant.tenancy.id, 1, 99)
    with pytest.raises(LookupError):
        await sliced(database, realm, tenant.tenancy.id, 99, 100)


@given(st.binary(min_size=32, max_size=32))
def test_a_slice_from_the_middle_is_believed_only_where_it_is_sealed_to_what_was_before(before):
    chain, digest = UUID(int=7), journal.seal(before, 5, "{}")
    proof = HeadProof(number=1, chain=chain, sequence=5, digest=digest, position=0, size=1, path=())
    assert leads_to(Slice(chain=chain, first=5, before=before, entries=("{}",)), proof)
    assert not leads_to(Slice(chain=chain, first=5, before=bytes(32), entries=("{}",)), proof) or before == bytes(32)
