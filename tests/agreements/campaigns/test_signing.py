import asyncio
from uuid import UUID

import pytest

from kanta_tenancy.agreements.campaigns.errors import CampaignRefused
from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.campaigns.signing import signatures_expected
from kanta_tenancy.agreements.mandates import actions as mandates
from kanta_tenancy.agreements.mandates.model import MandateGround, NewMandate
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.parties.model import Permission
from kanta_tenancy.promises import audit
from tests.agreements.campaigns.conftest import Office
from tests.agreements.campaigns.test_routes import SAID
from tests.agreements.conftest import a_credential
from tests.agreements.examples import a_signatory
from tests.journeys.conftest import client
from tests.parties.examples import EVERYTHING, a_key, owner_of

TENANTS = 12


@pytest.fixture
def credential(clock):
    return a_credential("Esimerkki Oy", at=clock.now())


@pytest.fixture
async def offered(office: Office, database, clock) -> Office:
    await office.tenants(TENANTS)
    await office.started(sign_with_own_key=True)
    assert await work(database, clock) == TENANTS
    return office


async def ledger(office: Office) -> dict[str, int]:
    rows = await office.owner.fetch(
        "SELECT state, count(*) FROM promise WHERE kind = 'campaign.signature' GROUP BY state"
    )
    return {row["state"]: row["count"] for row in rows}


async def test_two_instances_sign_every_offer_once_and_the_tenant_can_sign_then(
    offered, database, database_url, clock, credential
):
    async with connect(database_url.replace("postgres@", "kanta_service@")) as second:
        paid = await asyncio.gather(
            *(promised.pay_signatures(each, clock, own_key=lambda _: credential) for each in (database, second))
        )
    assert sum(paid) == TENANTS
    assert await ledger(offered) == {"kept": TENANTS}
    async with database.transaction(offered.realm) as tx:
        agreements = [row["agreement_id"] for row in await offered.owner.fetch("SELECT agreement_id FROM campaign_row")]
        for agreement_id in agreements:
            agreement = await store.find(tx, agreement_id)
            assert agreement.status is Status.PARTLY_SIGNED
            assert [one.party for one in agreement.signatures] == [Party.MAIN_CONNECTOR]
            document = await store.newest_document(tx, agreement_id)
            report = verify(document.content, at=clock.now(), anchors=[credential.chain[-1]])
            assert report.verdict is not Verdict.INVALID
            assert [UUID(one.setup_id) for one in report.signatures] == [agreement.signatories[0].line]
    assert await promised.pay_signatures(database, clock, own_key=lambda _: credential) == 0


async def test_without_a_key_the_offers_stand_unsigned_and_are_signed_when_it_is_there(
    offered, database, clock, credential
):
    assert await promised.pay_signatures(database, clock, own_key=lambda _: None) == 0
    assert await ledger(offered) == {"owed": TENANTS}
    why = "SELECT DISTINCT last_error FROM promise WHERE kind = 'campaign.signature'"
    assert "sign with a key of your own" in await offered.owner.fetchval(why)
    clock.advance(minutes=1)
    assert await promised.pay_signatures(database, clock, own_key=lambda _: credential) == TENANTS


async def test_an_offer_that_was_given_up_is_not_signed(offered, database, clock, credential):
    await offered.owner.execute(
        "UPDATE agreement SET status = 'withdrawn', withdrawn_because = 'A mistake', version = version + 1,"
        " ended_at = now() WHERE id = (SELECT agreement_id FROM campaign_row LIMIT 1)"
    )
    await promised.pay_signatures(database, clock, own_key=lambda _: credential)
    assert await ledger(offered) == {"kept": TENANTS - 1, "released": 1}


async def test_the_audit_misses_a_signature_that_nobody_owes(offered, database, clock):
    async with database.transaction(offered.realm) as tx:
        assert await audit(tx, clock.now(), {"signatures": signatures_expected}) == []
    lost = await offered.owner.fetchval("SELECT key FROM promise WHERE kind = 'campaign.signature' LIMIT 1")
    await offered.owner.execute(
        "DELETE FROM promise_work USING promise WHERE promise.id = promise_id AND key = $1", lost
    )
    await offered.owner.execute("DELETE FROM promise WHERE key = $1", lost)
    async with database.transaction(offered.realm) as tx:
        found = await audit(tx, clock.now(), {"signatures": signatures_expected})
    assert [(one.what, one.key) for one in found] == [("missing", lost)]


async def test_two_signatories_are_more_than_one_key_can_sign_for(office):
    await office.tenants(1)
    both = (a_signatory(), a_signatory(position=2, name="Eino Esimerkki"))
    with pytest.raises(CampaignRefused) as refused:
        await office.create(sign_with_own_key=True, signatories=both)
    assert [(flaw.field, flaw.rule) for flaw in refused.value.flaws] == [("sign_with_own_key", "K21")]


async def test_whoever_may_not_sign_cannot_have_it_done_by_a_campaign(office, database, clock):
    own = await owner_of(database, office.realm)
    application = build_application(read_settings({}), database, clock, LastUses())
    answers = []
    for permissions in (EVERYTHING - {Permission.AGREEMENTS_SIGN}, EVERYTHING):
        key = await a_key(database, clock, office.realm, own, permissions=permissions)
        async with client(application, key.text) as http:
            answers.append(await http.post("/v1/campaigns", json=SAID | {"sign_with_own_key": True}))
    assert [answer.status_code for answer in answers] == [403, 201]
    assert "agreements.sign" in answers[0].json()["detail"]


async def test_a_campaign_names_mandates_of_the_whole_realm_and_nobody_signs_by_one_that_has_ended(
    office, database, clock, credential
):
    await office.tenants(1)
    said = NewMandate(
        party=Party.MAIN_CONNECTOR,
        tenancy_id=None,
        person=a_signatory().name,
        ground=MandateGround.PROCURATION,
        valid_from=clock.now().date(),
    )
    async with database.transaction(office.realm) as tx:
        mandate = await mandates.put_down(tx, clock, said)
    with pytest.raises(CampaignRefused, match="mandate of"):
        await office.create(signatories=(a_signatory(name="Somebody Else", mandate_id=mandate.id),))
    await office.started(sign_with_own_key=True, signatories=(a_signatory(mandate_id=mandate.id),))
    assert await work(database, clock) == 1
    async with database.transaction(office.realm) as tx:
        await mandates.end(tx, clock, mandate_id=mandate.id, version=1, on=None, because="She has left")
    assert await promised.pay_signatures(database, clock, own_key=lambda _: credential) == 0
    assert await ledger(office) == {"owed": 1}
    assert "was ended" in await office.owner.fetchval(
        "SELECT last_error FROM promise WHERE kind = 'campaign.signature'"
    )
