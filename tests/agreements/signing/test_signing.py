import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused, EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, AnotherAgreement, MoveNotAllowed
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.errors import SignatureRefused, SigningKeyMissing
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.parties.model import Finding
from tests.agreements.conftest import AUTHORITY, LISTS, a_credential, signed_on_line
from tests.agreements.examples import a_draft, a_signatory, both_sign
from tests.parties.examples import looked


async def test_both_sign_and_each_holds_the_same_original(desk, database, owner):
    offered = await desk.offered()
    main_connector, tenant = offered.signatories
    partly = await desk.sign(offered, tenant)
    assert partly.status is Status.PARTLY_SIGNED
    done = await desk.sign(partly, main_connector)
    assert (done.status, done.in_force_on.isoformat()) == (Status.IN_FORCE, "2026-03-02")
    for caller in (desk.main_connector, desk.tenant.caller):
        async with database.transaction(caller) as tx:
            agreement, document = await reading.document(tx, offered.id)
            receipts = await reading.receipts(tx, offered.id)
        assert agreement == done
        assert {(receipt.party, receipt.sha256) for receipt in receipts} == {
            (party, document.sha256) for party in Party
        }
    report = verify(document.content, at=desk.clock.now(), anchors=[AUTHORITY.root], revocation=LISTS)
    assert (report.verdict, len(report.signatures)) == (Verdict.VALID, 2)
    kinds = await owner.fetch("SELECT kind FROM outbox ORDER BY id")
    assert [row["kind"] for row in kinds][-4:] == [
        "agreement.offered", "agreement.signed", "agreement.signed", "agreement.in_force",
    ]  # fmt: skip


async def test_two_sign_jointly_for_each_party(desk):
    agreement = await desk.offered(a_draft(signatories=both_sign(jointly=True)))
    for who in reversed(agreement.signatories):
        assert agreement.status is not Status.IN_FORCE
        agreement = await desk.sign(agreement, who)
    assert agreement.status is Status.IN_FORCE


async def test_of_two_that_sign_the_same_line_at_once_exactly_one_does(desk):
    offered = await desk.offered()
    who = offered.signatories[0]
    copies = [await desk.signed_copy(offered, who) for _ in range(2)]
    results = await asyncio.gather(*(desk.hand_in(offered, who.party, copy) for copy in copies), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Agreement", "AgreementChanged"]


async def test_of_both_parties_signing_at_once_one_is_told_to_sign_the_newer_document(desk):
    offered = await desk.offered()
    copies = [(who, await desk.signed_copy(offered, who)) for who in offered.signatories]
    results = await asyncio.gather(
        *(desk.hand_in(offered, who.party, copy) for who, copy in copies), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Agreement", "AgreementChanged"]


async def test_an_offer_is_the_same_document_however_often_it_is_worked_out(desk, database):
    draft = await desk.draft()
    plans = []
    for _ in range(2):
        async with database.transaction(desk.main_connector) as tx:
            plans.append(await actions.plan_offer(tx, desk.clock, agreement_id=draft.id, version=draft.version))
    assert plans[0] == plans[1]


async def test_a_draft_is_hidden_from_the_tenant_and_an_offer_is_not(desk, database):
    draft = await desk.draft()
    async with database.transaction(desk.tenant.caller) as tx:
        assert await reading.newest(tx, before=None, count=10, tenancy_id=None) == []
        with pytest.raises(AgreementNotFound):
            await reading.one(tx, draft.id)
    offered = await desk.offer(draft)
    async with database.transaction(desk.tenant.caller) as tx:
        assert await reading.one(tx, draft.id) == offered


async def test_what_was_offered_cannot_be_edited_even_by_the_owner_of_the_table(desk, database, owner):
    offered = await desk.offered()
    with pytest.raises(MoveNotAllowed):
        async with database.transaction(desk.main_connector) as tx:
            await actions.amend(tx, desk.clock, agreement_id=offered.id, version=offered.version, said=a_draft())
    with pytest.raises(asyncpg.RaiseError, match="frozen"):
        await owner.execute("UPDATE agreement SET services = '{}'")


async def test_without_soteri_evidence_nobody_offers_and_nobody_signs(desk, database):
    offered = await desk.offered()
    second = await desk.draft()
    organisation = desk.tenant.organisation.id
    desk.clock.advance(days=1)
    gone = {"finding": Finding.NOT_REGISTERED, "checked_on": desk.clock.now().date()}
    await looked(database, desk.clock, desk.main_connector, organisation, **gone)
    for attempt in (desk.offer(second), desk.ground(offered, Party.TENANT)):
        with pytest.raises(EvidenceMissing) as refused:
            await attempt
        assert [flaw.field for flaw in refused.value.flaws] == ["tenant.soteri"]


async def test_an_offer_is_made_on_the_day_that_it_prints(desk, database):
    desk.clock.at = datetime(2026, 3, 2, 21, 59, 59, tzinfo=UTC)
    draft = await desk.draft()
    async with database.transaction(desk.main_connector) as tx:
        plan = await actions.plan_offer(tx, desk.clock, agreement_id=draft.id, version=draft.version)
    desk.clock.advance(seconds=1)  # midnight in Helsinki
    with pytest.raises(AgreementChanged, match="the day ended"):
        async with database.transaction(desk.main_connector) as tx:
            await actions.offer(tx, desk.clock, plan)


async def test_a_reference_that_is_taken_is_not_given_twice(desk, database):
    draft = await desk.draft()
    async with database.transaction(desk.main_connector) as tx:
        assert not await store.add(tx, replace(draft, id=AgreementId(new_id())))
        assert await store.add(tx, replace(draft, id=AgreementId(new_id()), reference="2026-FREE"))


async def test_a_tenancy_has_one_agreement_on_offer(desk):
    await desk.offered()
    with pytest.raises(AnotherAgreement):
        await desk.offered()


async def test_a_withdrawn_offer_makes_room_for_another(desk, database):
    offered = await desk.offered()
    async with database.transaction(desk.main_connector) as tx:
        withdrawn = await actions.withdraw(
            tx, desk.clock, agreement_id=offered.id, version=offered.version, because="The wrong services"
        )
    assert withdrawn.withdrawn_because == "The wrong services"
    assert withdrawn.status is Status.WITHDRAWN
    assert (await desk.offered()).status is Status.OFFERED


async def test_an_empty_draft_is_kept_and_not_offered(desk):
    draft = await desk.draft(a_draft(services=(), registers=(), signatories=()))
    with pytest.raises(DraftIncomplete) as refused:
        await desk.offer(draft)
    assert [flaw.field for flaw in refused.value.flaws] == ["services", "registers", "signatories", "signatories"]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"services": ("prescription", "mykanta")}, ["services[1]"]),
        ({"signatories": (a_signatory(position=2),)}, ["signatories"]),
        ({"signatories": (a_signatory(name="Aino\u202e"), a_signatory(Party.TENANT, title=" "))},
         ["signatories[0].name", "signatories[1].title"]),
        ({"signatories": (a_signatory(email="no address"),)}, ["signatories[0].email"]),
    ],
)  # fmt: skip
async def test_a_draft_that_cannot_be_agreed_names_the_field(desk, said, fields):
    with pytest.raises(DraftRefused) as refused:
        await desk.draft(a_draft(**said))
    assert [flaw.field for flaw in refused.value.flaws] == fields


async def test_a_plan_made_before_a_party_changed_is_not_carried_out(desk, database):
    draft = await desk.draft()
    async with database.transaction(desk.main_connector) as tx:
        plan = await actions.plan_offer(tx, desk.clock, agreement_id=draft.id, version=draft.version)
    await looked(database, desk.clock, desk.main_connector, desk.tenant.organisation.id, entry_reference="S-2")
    with pytest.raises(AgreementChanged):
        async with database.transaction(desk.main_connector) as tx:
            await actions.offer(tx, desk.clock, plan)


class TestRefusedDocuments:
    async def test_an_unsigned_one(self, desk):
        offered = await desk.offered()
        ground = await desk.ground(offered, Party.TENANT)
        with pytest.raises(SignatureRefused):
            await desk.hand_in(offered, Party.TENANT, ground.docx)

    async def test_one_signed_on_the_other_partys_line(self, desk):
        offered = await desk.offered()
        copy = await desk.signed_copy(offered, offered.signatories[0])
        with pytest.raises(SignatureRefused, match="other party"):
            await desk.hand_in(offered, Party.TENANT, copy)

    async def test_one_signed_on_no_line(self, desk):
        offered = await desk.offered()
        ground = await desk.ground(offered, Party.TENANT)
        copy = sign(ground.docx, a_credential("Aino"), at=desk.clock.now())
        with pytest.raises(SignatureRefused, match="not bound"):
            await desk.hand_in(offered, Party.TENANT, copy)

    async def test_another_agreement(self, desk, database):
        first = await desk.offered()
        async with database.transaction(desk.main_connector) as tx:
            await actions.withdraw(
                tx, desk.clock, agreement_id=first.id, version=first.version, because="Another one comes"
            )
        async with database.transaction(desk.main_connector) as tx:
            _, document = await reading.document(tx, first.id)
        second = await desk.offered()
        copy = signed_on_line(document.content, first.signatories[1], desk.clock.now())
        with pytest.raises(SignatureRefused) as refused:
            await desk.hand_in(second, Party.TENANT, copy)
        assert "/word/document.xml" in {flaw.field for flaw in refused.value.flaws}

    async def test_one_that_claims_to_be_signed_before_the_offer(self, desk):
        offered = await desk.offered()
        ground = await desk.ground(offered, Party.TENANT)
        copy = signed_on_line(ground.docx, offered.signatories[1], desk.clock.now() - timedelta(hours=1))
        with pytest.raises(SignatureRefused, match="before the offer"):
            await desk.hand_in(offered, Party.TENANT, copy)

    async def test_one_without_the_signature_that_is_there_already(self, desk):
        offered = await desk.offered()
        bare = await desk.ground(offered, Party.TENANT)
        partly = await desk.sign(offered, offered.signatories[0])
        copy = signed_on_line(bare.docx, offered.signatories[1], desk.clock.now())
        with pytest.raises(SignatureRefused, match="not the newest document"):
            await desk.hand_in(partly, Party.TENANT, copy)

    async def test_one_with_two_new_signatures(self, desk):
        offered = await desk.offered(a_draft(signatories=both_sign(jointly=True)))
        ground = await desk.ground(offered, Party.TENANT)
        mine = [who for who in offered.signatories if who.party is Party.TENANT]
        copy = ground.docx
        for who in mine:
            copy = signed_on_line(copy, who, desk.clock.now())
        with pytest.raises(SignatureRefused, match="adds 2 signatures"):
            await desk.hand_in(offered, Party.TENANT, copy)


async def test_the_main_connectors_own_key_signs_beside_the_service(desk, database):
    offered = await desk.offered()
    credential = a_credential("Esimerkki Oy")
    ground = await desk.ground(offered, Party.MAIN_CONNECTOR)
    scope = desk.main_connector.scope
    accepted = signing.signed_here(ground, lambda _: credential, scope, position=1, at=desk.clock.now())
    async with database.transaction(desk.main_connector) as tx:
        signed = await signing.add_signature(tx, agreement_id=offered.id, accepted=accepted)
    assert [signature.party for signature in signed.signatures] == [Party.MAIN_CONNECTOR]
    with pytest.raises(SigningKeyMissing):
        signing.signed_here(ground, lambda _: None, scope, position=1, at=desk.clock.now())
    with pytest.raises(SigningKeyMissing):
        signing.signed_here(ground, lambda _: credential, desk.tenant.caller.scope, position=1, at=desk.clock.now())
    with pytest.raises(SignatureRefused):
        signing.signed_here(ground, lambda _: credential, scope, position=2, at=desk.clock.now())
