"""A bundle holds all that proves an agreement, is the same whoever makes it, and passes the verifier."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from kanta_tenancy.agreements import owing, reading
from kanta_tenancy.agreements.errors import AgreementNotFound, DocumentNotFound
from kanta_tenancy.agreements.signing import upgrading
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.ooxml.signing import swapping
from kanta_tenancy.machinery.ooxml.signing.levels import add_timestamp, imprint_of
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import Revoked, revocation_list
from kanta_tenancy.promises import Errand, pay_due
from kanta_tenancy.proofs import bundle
from kanta_tenancy.proofs.errors import ProofNotReady
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted
from kanta_tenancy.seals.errors import SealNotSetUp
from kanta_tenancy.trust.actions import policies
from kanta_tenancy.trust.model import TimestampAuthority, Wish
from tests.agreements.conftest import AUTHORITY
from tests.proofs.stranger import verdict_on
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
    assert (await office.made(agreement, desk.main_connector, None)).content == made  # where the seal's keys are not


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
        await office.made(agreement, desk.main_connector, None)


async def test_an_agreement_of_before_the_seal_is_proved_by_a_later_checkpoint(office):
    desk = office.desk
    agreement = await desk.in_force()
    await checkpointed(desk.database, office.keys, desk.clock, desk.main_connector)
    desk.clock.advance(seconds=5)
    await office.settle(stamped=False)
    assert b"kanta-proof/1" in await office.proof(agreement)


def a_list(office, certificate: x509.Certificate, *, revoked_at: datetime) -> RevocationData:
    """Return a list of now that takes a signer's certificate back from an instant on."""
    revoked = (Revoked(certificate=certificate, at=revoked_at),)
    made = revocation_list(AUTHORITY.issuing, at=office.desk.clock.now(), revoked=revoked)
    return RevocationData(crls=(made.public_bytes(Encoding.DER),))


@pytest.mark.parametrize(("hours", "verdict"), [(-1, Verdict.INVALID), (2, Verdict.VALID)])
async def test_a_later_list_counts_when_it_tells_of_before_the_timestamp_and_not_of_after(office, hours, verdict):
    agreement = await office.desk.in_force()
    await office.settle()
    made = await office.proof(agreement)
    newest = bundle.read(made)["documents/2.docx"]
    signer = verify(newest, at=office.desk.clock.now()).signatures[0].signer_certificate
    revoked_at = office.desk.clock.now() + timedelta(hours=hours)
    office.desk.clock.advance(days=5)
    trusted = replace(await office.trusted(), revocation=a_list(office, signer, revoked_at=revoked_at))
    assert office.verify(made, trusted).verdict is verdict


async def test_what_authorities_said_only_after_the_checkpoint_is_in_it_too(office, owner):
    agreement = await office.desk.in_force()
    await office.settle()
    await owner.execute("UPDATE kept_revocation SET fetched_at = $1", office.desk.clock.now() + timedelta(hours=1))
    without = office.verify(await office.proof(agreement), await office.trusted())
    assert open_ones(without) >= {Statement.DOCUMENT, Statement.CHECKPOINT_TIMESTAMP}
    office.desk.clock.advance(hours=2)
    assert office.verify(await office.proof(agreement), await office.trusted()).verdict is Verdict.VALID


async def test_a_bundle_has_the_revisions_of_signatures_that_were_brought_to_a_higher_level(office, tmp_path):
    desk = office.desk
    wish = Wish(level=Level.T, authorities=(TimestampAuthority(name="Stamps", url="https://stamps.example/"),))
    async with desk.database.transaction(desk.main_connector) as tx:
        await policies.decide(tx, desk.clock, wish, version=None)
    agreement = await desk.in_force()
    assert (
        await pay_due(desk.database, desk.clock, {owing.RAISE: Errand(ask=stamped_by(office), keep=upgrading.keep)})
        == 2
    )
    await office.settle()
    made = await office.proof(agreement)
    files = bundle.read(made)
    assert {name for name in files if name.startswith("documents/")} == {
        f"documents/{number}.docx" for number in range(5)
    }
    found = office.verify(made, await office.trusted())
    assert [one for one in found.findings if one.outcome is not Outcome.PASSED] == []
    file = tmp_path / "bundle.zip"
    file.write_bytes(made)
    assert verdict_on(file, office.keys.folder / "seal-1.pem", office.stamps.trust) == "valid"


def stamped_by(office):
    """Return how a signature is stamped here: by the authority itself, without the way to it."""

    async def ask(db, caller, _clock, promise) -> upgrading.Found:
        agreement_id, party, position = owing.raised_of(promise.key)
        async with db.transaction(caller) as tx:
            agreement, document = await reading.document(tx, agreement_id)
        line = next(one.line for one in agreement.signatories if (one.party, one.position) == (party, position))
        report = verify(document.content, at=office.desk.clock.now())
        part = next(one.part for one in report.signatures if UUID(one.setup_id) == line)
        token = await asyncio.to_thread(office.stamps.token, imprint_of(document.content, part))
        after = add_timestamp(document.content, part, token)
        before, raised = map(swapping.signature_contents, (document.content, after))
        return upgrading.Found(wanted=Level.T, level=Level.T, part=part, before=before[part], after=raised[part])

    return ask
