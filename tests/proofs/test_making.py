"""A bundle holds all that proves an agreement, is the same whoever makes it, and passes the verifier."""

import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements.errors import AgreementNotFound, DocumentNotFound
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.proofs import bundle
from kanta_tenancy.proofs.errors import ProofNotReady
from kanta_tenancy.proofs.making import make
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted
from kanta_tenancy.seals.errors import SealNotSetUp
from tests.seals.examples import acted, checkpointed


def open_ones(found) -> set[Statement]:
    return {one.statement for one in found.findings if one.outcome is Outcome.UNKNOWN}


async def test_a_bundle_of_an_agreement_that_both_signed_is_valid(office):
    agreement = await office.desk.in_force()
    await office.settle()
    made = await office.proof(agreement)
    found = office.verify(made, await office.trusted())
    assert [one for one in found.findings if one.outcome is not Outcome.PASSED] == []
    assert (found.verdict, found.agreement_id) == (Verdict.VALID, agreement.id)
    assert {one.statement for one in found.findings} == set(Statement) - {Statement.EXHIBITS, Statement.PAPER}


async def test_it_is_still_valid_when_the_signers_certificates_have_expired(office):
    agreement = await office.desk.in_force()
    await office.settle()
    made = await office.proof(agreement)
    office.desk.clock.advance(days=1500)
    trusted = await office.trusted()
    assert office.verify(made, trusted).verdict is Verdict.VALID
    nobody = replace(trusted, timestamp_anchors=(trusted.anchors[0],))
    found = office.verify(made, nobody)
    assert found.verdict is not Verdict.VALID
    assert found.proved_at is None


async def test_what_is_in_a_bundle_makes_nobody_trusted(office):
    agreement = await office.desk.in_force()
    await office.settle()
    found = office.verify(await office.proof(agreement), Trusted())
    assert found.verdict is Verdict.INDETERMINATE
    assert open_ones(found) == {
        Statement.MANIFEST_SEAL,
        Statement.CHECKPOINT_SEAL,
        Statement.CHECKPOINT_TIMESTAMP,
        Statement.DOCUMENT,
        Statement.RECEIPTS,
    }


async def test_the_same_content_gives_the_same_bytes_to_both_parties_whenever_they_ask(office):
    desk = office.desk
    agreement = await desk.in_force()
    await office.settle()
    made = await office.proof(agreement)
    desk.clock.advance(hours=3)
    await acted(desk.database, desk.clock, desk.main_connector, agreement.tenancy_id)
    await office.settle()
    assert await office.proof(agreement, desk.tenant.caller) == made
    async with desk.database.transaction(desk.main_connector) as tx:  # an instance without the seal's keys
        assert (await make(tx, desk.clock, None, agreement.id)).content == made


async def test_nothing_of_another_tenant_is_in_it_and_another_tenant_has_none(office):
    desk = office.desk
    neighbour = await desk.another_tenant(1100000)
    agreement = await desk.in_force()
    await acted(desk.database, desk.clock, desk.main_connector, neighbour.tenancy.id)
    await office.settle()
    files = bundle.read(await office.proof(agreement))
    told = [str(neighbour.tenancy.id), neighbour.organisation.name, neighbour.organisation.business_id]
    assert not [name for name, content in files.items() for one in told if one.encode() in content]
    with pytest.raises(AgreementNotFound):
        await office.proof(agreement, neighbour.caller)


async def test_without_a_timestamp_it_is_open_since_when_it_was_there(office):
    agreement = await office.desk.in_force()
    await office.settle(stamped=False)
    found = office.verify(await office.proof(agreement), await office.trusted())
    assert (found.verdict, open_ones(found)) == (Verdict.INDETERMINATE, {Statement.CHECKPOINT_TIMESTAMP})


async def test_a_checkpoint_that_is_stamped_is_preferred_to_one_before_it(office):
    desk = office.desk
    agreement = await desk.in_force()
    await office.settle(stamped=False)
    await acted(desk.database, desk.clock, desk.main_connector, agreement.tenancy_id)
    await office.settle()
    assert office.verify(await office.proof(agreement), await office.trusted()).verdict is Verdict.VALID


async def test_there_is_none_before_the_journal_is_sealed_up_to_the_newest_act(office):
    desk = office.desk
    agreement = await desk.offered()
    with pytest.raises(ProofNotReady, match="no checkpoint"):
        await office.proof(agreement)
    await office.settle()
    offered = await office.proof(agreement)
    agreement = await desk.sign_all(agreement)
    with pytest.raises(ProofNotReady, match="no checkpoint"):
        await office.proof(agreement)
    await checkpointed(desk.database, office.keys, desk.clock, desk.main_connector)
    with pytest.raises(ProofNotReady, match="receipts"):
        await office.proof(agreement)
    await office.settle()
    assert await office.proof(agreement) != offered


async def test_an_offer_that_nobody_signed_is_proved_to_have_been_made(office):
    agreement = await office.desk.offered()
    await office.settle()
    found = office.verify(await office.proof(agreement), await office.trusted())
    assert (found.verdict, found.proved_at is not None) == (Verdict.VALID, True)
    assert Statement.DOCUMENT not in {one.statement for one in found.findings}


async def test_of_a_draft_there_is_nothing_to_prove(office):
    agreement = await office.desk.draft()
    with pytest.raises(DocumentNotFound):
        await office.proof(agreement)


async def test_an_instance_without_the_seals_keys_makes_no_new_one(office):
    desk = office.desk
    agreement = await desk.in_force()
    await office.settle()
    with pytest.raises(SealNotSetUp):
        async with desk.database.transaction(desk.main_connector) as tx:
            await make(tx, desk.clock, None, agreement.id)


async def test_an_agreement_of_before_the_seal_is_proved_by_a_later_checkpoint(office):
    desk = office.desk
    agreement = await desk.in_force()
    await checkpointed(desk.database, office.keys, desk.clock, desk.main_connector)
    desk.clock.advance(seconds=5)
    await office.settle(stamped=False)
    assert b"kanta-proof/1" in await office.proof(agreement)
