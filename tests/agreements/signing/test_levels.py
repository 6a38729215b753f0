"""Signatures come to the level that the main connector wants: at once or later, once, and never silently lower."""

import asyncio
from datetime import date, timedelta

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from kanta_tenancy.agreements import owing
from kanta_tenancy.agreements.drafting.actions import withdraw
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.agreements.signing.errors import LevelNotReached, SignatureRefused
from kanta_tenancy.agreements.signing.prepared import actions as prepared
from kanta_tenancy.agreements.signing.prepared.actions import hand_out, take_back
from kanta_tenancy.agreements.signing.prepared.model import Asked
from kanta_tenancy.assembly.promised import EXPECTATIONS, pay_signatures
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing.swapping import signature_contents
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.x509.sample_authority import chain_pem, found
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import State, audit, owe
from kanta_tenancy.trust import Obligation
from tests.desk import ADesk
from tests.parties.examples import named, owner_of

YEAR = timedelta(days=365)


def by_the_file_alone(world, docx, after=timedelta(0)):
    return verify(
        docx,
        at=world.desk.clock.now() + after,
        anchors=[world.signers.issuing.certificate],
        timestamp_anchors=[world.stamps.issuer],
    )


def levels(agreement):
    return [(one.level, one.level_wanted, one.owes_level) for one in agreement.signatures]


async def test_both_signatures_come_to_level_lt_and_outlive_their_certificates(world, owner):
    await world.decide(Level.LT)
    agreement = await world.both_sign()
    assert agreement.status is Status.IN_FORCE
    assert levels(agreement) == [(Level.B, Level.LT, True)] * 2
    signed = await world.document(agreement)
    assert by_the_file_alone(world, signed.content).verdict is Verdict.INDETERMINATE
    assert await world.pay() == 2
    raised, document = await world.now(agreement), await world.document(agreement)
    assert levels(raised) == [(Level.LT, Level.LT, False)] * 2
    assert (raised.revision, document.revision, document.signatures, raised.version) == (2, 2, 2, agreement.version)
    assert by_the_file_alone(world, document.content, 3 * YEAR).verdict is Verdict.VALID
    assert {one.sha256 for one in await world.receipts(agreement)} == {signed.sha256}  # what each party was given
    assert [one.state for one in await world.promised()] == [State.KEPT] * 2
    kinds = [row["kind"] for row in await owner.fetch("SELECT kind FROM outbox")]
    assert kinds.count("agreement.signature_raised") == 2
    acts = await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%agreement.signature_raised%'")
    assert acts == 2
    assert await owner.fetch("SELECT * FROM invariants_broken()") == []


async def test_with_level_t_wanted_nothing_more_is_added(world):
    await world.decide(Level.T)
    agreement = await world.both_sign()
    await world.pay()
    assert levels(await world.now(agreement)) == [(Level.T, Level.T, False)] * 2


async def test_an_authority_that_was_away_is_asked_again_and_the_level_is_shown_as_owed_meanwhile(world, today):
    await world.decide(Level.LT)
    world.stamping = False
    agreement = await world.both_sign()
    assert agreement.status is Status.IN_FORCE
    assert await world.pay() == 0
    assert levels(await world.now(agreement)) == [(Level.B, Level.LT, True)] * 2
    promise, _ = await world.promised()
    assert (promise.state, promise.attempts) == (State.OWED, 1)
    assert "503" in promise.last_error
    world.stamping = True
    today.advance(seconds=11)
    assert await world.pay() == 2
    assert levels(await world.now(agreement)) == [(Level.LT, Level.LT, False)] * 2


async def test_what_cannot_be_reached_for_long_is_told_to_the_administrators_and_stays_owed(world, today, owner):
    desk = world.desk
    own = await owner_of(desk.database, desk.main_connector)
    said = {"email": "it@example.org", "function": Function.ADMINISTRATOR, "valid_from": date(2020, 1, 1)}
    await named(desk.database, today, desk.main_connector, own, **said)
    await world.decide(Level.T)
    world.stamping = False
    await world.both_sign()
    for _ in range(5 * 60):
        today.advance(minutes=1)
        await world.pay()
    assert {one.state for one in await world.promised()} == {State.OWED}
    told = await owner.fetch("SELECT facts::text AS facts FROM notice WHERE topic = 'agreement.signature_not_raised'")
    assert len(told) in {1, 2}  # one for each day that it was
    assert "503" in told[0]["facts"]


async def test_two_instances_raise_each_signature_once(world, database_url, owner):
    await world.decide(Level.LT)
    agreement = await world.both_sign()
    async with connect(database_url.replace("postgres@", "kanta_service@")) as second:
        paid = await asyncio.gather(world.pay(), world.pay(second))
    assert sum(paid) == 2
    assert levels(await world.now(agreement)) == [(Level.LT, Level.LT, False)] * 2
    revisions = await owner.fetch("SELECT revision FROM agreement_document WHERE signatures = 2 ORDER BY revision")
    assert [row["revision"] for row in revisions] == [0, 1, 2]
    assert len(world.clocks.received) == 2


async def test_who_signed_an_older_revision_offline_is_accepted_onto_the_newest(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    partly = await world.hand_in(agreement, first)
    offline = await world.copy(partly, second)
    await world.pay()
    raised = await world.document(agreement)
    assert raised.revision == 1
    done = await world.hand_in(partly, second, offline)
    assert done.status is Status.IN_FORCE
    document = await world.document(agreement)
    assert signature_contents(raised.content).items() < signature_contents(document.content).items()
    assert [one.level for one in done.signatures] == [Level.LT, Level.B]
    await world.pay()
    document = await world.document(agreement)
    assert by_the_file_alone(world, document.content, 3 * YEAR).verdict is Verdict.VALID


async def test_an_upgrade_between_verifying_and_keeping_loses_neither(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    partly = await world.hand_in(agreement, first)
    accepted = await world.accepted(partly, second.party, await world.copy(partly, second))
    await world.pay()
    done = await world.keep(partly, accepted)
    assert [one.level for one in done.signatures] == [Level.LT, Level.B]
    await world.pay()
    document = await world.document(agreement)
    assert by_the_file_alone(world, document.content, 3 * YEAR).verdict is Verdict.VALID


async def test_a_signature_that_is_kept_while_the_authority_is_asked_keeps_its_place(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    partly = await world.hand_in(agreement, first)

    async def hand_in() -> None:
        await world.hand_in(partly, second)

    world.before_stamping = hand_in
    assert await world.pay() == 1
    done, document = await world.now(agreement), await world.document(agreement)
    assert (done.status, document.signatures, document.revision) == (Status.IN_FORCE, 2, 1)
    assert [one.level for one in done.signatures] == [Level.LT, Level.B]
    assert len({one.sha256 for one in await world.receipts(agreement)} - {document.sha256}) == 1


async def test_a_document_of_neither_revision_is_refused(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    unsigned = (await world.document(agreement)).content
    partly = await world.hand_in(agreement, first)
    await world.pay()
    with pytest.raises(SignatureRefused, match="not the newest document"):
        await world.hand_in(partly, second, world.signed(unsigned, second))


async def test_a_required_level_is_reached_before_the_signature_is_taken_or_it_is_not_taken(world):
    await world.decide(Level.LT, Obligation.REQUIRED)
    world.stamping = False
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    with pytest.raises(LevelNotReached, match="level LT is required") as refused:
        await world.hand_in(agreement, first)
    assert "503" in refused.value.flaws[0].detail
    assert (await world.now(agreement)).status is Status.OFFERED
    world.stamping = True
    partly = await world.hand_in(agreement, first)
    done = await world.hand_in(partly, second)
    assert levels(done) == [(Level.LT, Level.LT, False)] * 2
    assert [(one.judged.trust, one.judged.revocation) for one in done.signatures] == [("passed", "passed")] * 2
    assert await world.promised() == []
    document = await world.document(agreement)
    assert by_the_file_alone(world, document.content, 3 * YEAR).verdict is Verdict.VALID


async def test_no_way_of_keeping_leads_past_a_required_level(world):
    await world.decide(Level.T, Obligation.REQUIRED)
    agreement = await world.desk.offered()
    first = agreement.signatories[0]
    with pytest.raises(LevelNotReached):
        await world.desk.hand_in(agreement, first.party, await world.copy(agreement, first))


async def test_when_less_is_wanted_by_then_nothing_is_owed_any_more(world):
    await world.decide(Level.LT)
    agreement = await world.both_sign()
    await world.decide(Level.B)
    await world.pay()
    assert [one.state for one in await world.promised()] == [State.RELEASED] * 2
    assert levels(await world.now(agreement)) == [(Level.B, Level.B, False)] * 2


async def test_the_audit_finds_an_upgrade_that_nobody_promised(world, owner):
    await world.decide(Level.LT)
    await world.both_sign()

    async def missing() -> list[str]:
        async with world.desk.database.transaction(world.desk.main_connector) as tx:
            found = await audit(tx, world.desk.clock.now(), {"levels": EXPECTATIONS["levels of signatures"]})
        return [one.key.rpartition("/")[0].rpartition("/")[2] for one in found]

    assert await missing() == []
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise WHERE key LIKE 'signature.upgrade/%/tenant/1'")
    assert await missing() == [Party.TENANT]


async def test_a_level_never_sinks_and_a_tenant_raises_none(world, owner):
    await world.decide(Level.T)
    await world.both_sign()
    await world.pay()
    with pytest.raises(asyncpg.RaiseError, match="does not sink"):
        await owner.execute("UPDATE agreement_signature SET level = 'B'")
    async with world.desk.database.transaction(world.desk.tenant.caller) as tx:
        assert await tx.connection.execute("UPDATE agreement_signature SET level = 'LT'") == "UPDATE 0"


async def test_what_was_prepared_before_an_upgrade_is_completed_after_it(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    first, second = agreement.signatories
    partly = await world.hand_in(agreement, first)
    await world.copy(partly, second)  # makes the key
    key, caller, clock = world.credential, world.desk.caller(second.party), world.desk.clock
    asked = Asked(position=1, certificates=chain_pem(*key.chain).decode(), lasts=timedelta(hours=1), comments="")
    out = hand_out(await world.desk.ground(partly, second.party), asked, caller.scope, at=clock.now())
    async with world.desk.database.transaction(caller) as tx:
        await prepared.keep(tx, clock, out)
    await world.pay()
    async with world.desk.database.transaction(caller) as tx:
        awaited = await prepared.awaited(tx, clock, out.prepared.id)
    accepted = take_back(awaited, key.key.sign(out.to_sign.octets, ec.ECDSA(hashes.SHA256())), at=clock.now())
    async with world.desk.database.transaction(caller) as tx:
        done = await prepared.complete(tx, clock, awaited, accepted)
    assert (done.status, [one.level for one in done.signatures]) == (Status.IN_FORCE, [Level.LT, Level.B])


async def test_at_the_addresses_in_a_certificate_of_a_stranger_nobody_is_asked(world, stamps):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    world.signers = found("Tuntematon", at=stamps.since)
    done = await world.hand_in(agreement, agreement.signatories[0])
    assert done.signatures[0].judged.trust == "unknown"
    assert await world.pay() == 1
    assert [one.level for one in (await world.now(agreement)).signatures] == [Level.T]
    world.desk.clock.advance(minutes=2)
    assert await world.pay() == 0
    (promise,) = await world.promised()
    assert "the issuer's certificate or what its authority says of revocation is missing" in promise.last_error
    assert world.lists.received == []


async def test_the_levels_are_shown_at_the_command_line(world, database_url):
    await world.decide(Level.LT)
    agreement = await world.both_sign()
    at_desk = ADesk(database_url, world.desk.clock)
    said = ("agreements", "signatures", agreement.id)
    shown = await at_desk.type(*said)
    assert [line.split("\t")[:6] for line in shown.output.splitlines()] == [
        [party, "1", "digital", "B", "LT", "passed"] for party in ("main_connector", "tenant")
    ]
    await world.pay()
    shown = await at_desk.type(*said, "--json")
    assert [one["level"] for one in msgspec.json.decode(shown.output)] == ["LT", "LT"]


async def test_the_key_beside_the_service_waits_for_a_required_level_too(world):
    await world.decide(Level.T, Obligation.REQUIRED)
    agreement = await world.desk.offered()
    await world.copy(agreement, agreement.signatories[0])  # makes the key
    database, clock, key = world.desk.database, world.desk.clock, world.credential
    async with database.transaction(world.desk.main_connector) as tx:
        await owe(tx, owing.to_sign(agreement, new_id(), at=clock.now()))
    world.stamping = False
    assert await pay_signatures(database, clock, own_key=lambda _: key, outside=world.outside) == 0
    assert (await world.now(agreement)).status is Status.OFFERED
    world.stamping = True
    clock.advance(seconds=11)
    assert await pay_signatures(database, clock, own_key=lambda _: key, outside=world.outside) == 1
    assert levels(await world.now(agreement)) == [(Level.T, Level.T, False)]


async def test_a_tenant_writes_no_later_revision_and_nobody_renews_a_receipt(world):
    agreement = await world.both_sign()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.desk.database.transaction(world.desk.tenant.caller) as tx:
            await tx.connection.execute(
                "INSERT INTO agreement_document SELECT agreement_id, signatures, main_connector_id, tenancy_id, sha256,"
                " content, at, 7 FROM agreement_document"
            )
    for caller in (world.desk.tenant.caller, world.desk.main_connector):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.desk.database.transaction(caller) as tx:
                await tx.connection.execute("UPDATE agreement_receipt SET sha256 = ''")
    assert (await world.document(agreement)).revision == 0


async def test_a_withdrawn_agreement_owes_no_level(world):
    await world.decide(Level.LT)
    agreement = await world.desk.offered()
    partly = await world.hand_in(agreement, agreement.signatories[0])
    async with world.desk.database.transaction(world.desk.main_connector) as tx:
        await withdraw(
            tx, world.desk.clock, agreement_id=partly.id, version=partly.version, because="The wrong services"
        )
    assert await world.pay() == 1
    (promise,) = await world.promised()
    assert (promise.state, world.clocks.received) == (State.RELEASED, [])
