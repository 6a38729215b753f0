"""Signatures are judged by whom the main connector trusts when they are accepted, and whenever somebody asks."""

from datetime import timedelta

import pytest

from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.agreements.signing.errors import SignatureRefused
from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.asking import refresh_revocation, ways_out
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.x509.sample_authority import Revoked
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from kanta_tenancy.trust import Obligation, reading
from tests.agreements.signing.authorities import SETTINGS
from tests.journeys.conftest import client
from tests.parties.examples import EVERYTHING, a_key, owner_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def judged(world):
    agreement = await world.desk.offered()
    done = await world.hand_in(agreement, agreement.signatories[0])
    return done.signatures[0].judged


async def test_how_a_signature_was_judged_is_kept_with_it_and_what_is_not_known_hinders_nobody(world):
    found = await judged(world)
    assert (found.trust, found.revocation) == ("passed", "unknown")
    assert (found.indication, found.sub_indication) == ("INDETERMINATE", "TRY_LATER")


async def test_where_nobody_is_trusted_that_is_what_is_kept(desk):
    offered = await desk.offered()
    done = await desk.sign(offered, offered.signatories[0])
    found = done.signatures[0]
    assert (found.level, found.level_wanted, found.owes_level) == (Level.B, Level.B, False)
    assert (found.judged.trust, found.judged.sub_indication) == ("unknown", "NO_CERTIFICATE_CHAIN_FOUND")


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_certificate_that_is_known_to_be_revoked_signs_nothing(world, today, hours):
    agreement = await world.desk.offered()
    who = agreement.signatories[1]
    copy = await world.copy(agreement, who)
    revoked_at = today.now() + timedelta(hours=hours)
    today.advance(hours=2)
    world.revoked = (Revoked(certificate=world.credential.certificate, at=revoked_at),)
    await world.known(world.published(), *world.credential.chain)
    with pytest.raises(SignatureRefused) as refused:
        await world.hand_in(agreement, who, copy)
    flaws = [flaw for flaw in refused.value.flaws if flaw.rule == "R11"]
    assert f"{revoked_at:%Y-%m-%d}" in flaws[0].detail
    assert (await world.now(agreement)).status is Status.OFFERED


async def test_whoever_signs_is_watched_from_then_on_also_a_tenants_signatory(world, database, today):
    agreement = await world.desk.offered()
    tenants = next(who for who in agreement.signatories if who.party is Party.TENANT)
    await world.hand_in(agreement, tenants)
    await outbox.carry_on(database, today, SUBSCRIBERS)
    assert await refresh_revocation(database, today, ways=ways_out(SETTINGS)) == 1
    assert [one.line for one in world.lists.received] == ["GET /ca.crl HTTP/1.1"]
    async with database.transaction(world.desk.main_connector) as tx:
        (watched,) = await reading.watched_chains(tx, after=None, count=9)
    assert (watched.name, watched.standing) == (tenants.name, "good")


async def test_the_api_tells_the_level_and_verifies_by_what_the_main_connector_trusts(world, database, today):
    desk = world.desk
    application = build_application(SETTINGS, database, today, LastUses())
    own = await a_key(
        database, today, desk.main_connector, await owner_of(database, desk.main_connector), permissions=EVERYTHING
    )
    tenants = await a_key(
        database, today, desk.tenant.caller, desk.tenant.organisation.id, permissions=TENANT_PERMISSIONS
    )
    await world.decide(Level.LT, Obligation.REQUIRED)
    agreement = await desk.offered()
    path = f"/v1/agreements/{agreement.id}"
    async with client(application, own.text) as main_connector, client(application, tenants.text) as tenant:
        for who in agreement.signatories:
            side = main_connector if who.party is Party.MAIN_CONNECTOR else tenant
            document = await side.get(f"{path}/document")
            headers = {"If-Match": document.headers["etag"], "Content-Type": DOCX}
            signed = world.signed(document.content, who)
            world.stamping = False
            refused = await side.post(f"{path}/signatures", content=signed, headers=headers)
            assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
                503,
                "signature-level-not-reached",
            )
            world.stamping = True
            accepted = await side.post(f"{path}/signatures", content=signed, headers=headers)
            assert accepted.status_code == 200, accepted.text
        shown = [one["level"] for one in accepted.json()["signatures"]]
        assert (accepted.json()["status"], shown) == ("in_force", ["LT", "LT"])
        verified = (await tenant.get(f"{path}/verification")).json()
    assert (verified["verdict"], verified["indication"]) == ("valid", "TOTAL-PASSED")
    assert [(one["level"], one["level_wanted"], one["level_owed"]) for one in verified["levels"]] == [
        ("LT", "LT", False)
    ] * 2


async def test_an_upgrade_is_another_answer_and_no_other_version(world, database, today):
    desk = world.desk
    application = build_application(SETTINGS, database, today, LastUses())
    tenants = await a_key(
        database, today, desk.tenant.caller, desk.tenant.organisation.id, permissions=TENANT_PERMISSIONS
    )
    await world.decide(Level.T)
    agreement = await desk.offered()
    await world.hand_in(agreement, agreement.signatories[0])
    async with client(application, tenants.text) as tenant:
        before = await tenant.get(f"/v1/agreements/{agreement.id}/document")
        await world.pay()
        again = {"If-None-Match": before.headers["etag"]}
        after = await tenant.get(f"/v1/agreements/{agreement.id}/document", headers=again)
        assert (before.headers["etag"], after.status_code, after.headers["etag"]) == ('"3"', 200, '"3.1"')
        again = {"If-None-Match": after.headers["etag"]}
        assert (await tenant.get(f"/v1/agreements/{agreement.id}", headers=again)).status_code == 304
        for etag in (before.headers["etag"], after.headers["etag"]):
            headers = {"If-Match": etag, "Content-Type": DOCX}
            refused = await tenant.post(f"/v1/agreements/{agreement.id}/signatures", content=b"", headers=headers)
            assert refused.status_code == 422  # for what it is, and not for its version
