"""Rescission at once: two persons of the main connector, never one twice; and what ends nothing by itself."""

import uuid
from datetime import UTC, date, datetime

import asyncpg
import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements.endings import circumstances, rescinding
from kanta_tenancy.agreements.endings import reading as ending_reading
from kanta_tenancy.agreements.endings.errors import (
    CircumstanceNotFound,
    FourEyes,
    OccurrenceChanged,
    OccurrenceRefused,
    RescissionNotFound,
)
from kanta_tenancy.agreements.endings.model import Circumstance, NewCircumstance, NewRescission, Rescission
from kanta_tenancy.agreements.ends import Breach, CircumstanceKind, Decision, Ground
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.exhibits import reading as exhibit_reading
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.assembly import promised
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller
from kanta_tenancy.kernel.identifiers import AccessKeyId
from kanta_tenancy.promises import Owner, State, Wanted, audit, page
from tests.agreements.conftest import Desk
from tests.parties.examples import named, owner_of

TODAY = date(2026, 3, 2)


async def a_person(desk: Desk, email: str, **said: object) -> Caller:
    """Return a contact of the main connector at work, with a key of their own."""
    own = await owner_of(desk.database, desk.main_connector)
    contact = await named(desk.database, desk.clock, desk.main_connector, own, email=email, **said)
    actor = Actor(kind=ActorKind.PERSON, name=str(contact.id), key_id=AccessKeyId(uuid.uuid4()))
    return Caller(scope=desk.main_connector.scope, actor=actor, permissions=desk.main_connector.permissions)


async def proposed(desk: Desk, agreement: Agreement, who: Caller, **said: object) -> Rescission:
    exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
    new = NewRescission(
        **{
            "breach": Breach.ENDANGERS_ACCESS,
            "description": "Passwords were shared.\nAgain.",
            "exhibit_id": exhibit.id,
        }
        | said
    )
    async with desk.database.transaction(who) as tx:
        return await rescinding.propose(tx, desk.clock, agreement_id=agreement.id, said=new)


async def confirmed(desk: Desk, proposal: Rescission, who: Caller) -> Rescission:
    async with desk.database.transaction(who) as tx:
        return await rescinding.confirm(tx, desk.clock, rescission_id=proposal.id, version=proposal.version)


async def test_confirmed_by_a_second_person_it_ends_the_agreement_at_that_instant(desk, owner):
    agreement = await desk.in_force()
    aino, eino = await a_person(desk, "aino@example.org"), await a_person(desk, "eino@example.org")
    proposal = await proposed(desk, agreement, aino)
    assert (await desk.read(agreement)).status is Status.IN_FORCE
    desk.clock.advance(hours=2)
    await confirmed(desk, proposal, eino)
    ended = await desk.read(agreement)
    assert (ended.status, ended.end_ground, ended.end_source) == (Status.ENDED, Ground.RESCISSION, proposal.id)
    assert ended.in_force_until == ended.ended_at == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert ended.end_explanation.rule == "K20.4"
    assert await desk.services_on(TODAY) == ()
    kinds = [row["kind"] for row in await owner.fetch("SELECT kind FROM outbox ORDER BY id")]
    assert kinds[-2:] == ["agreement.rescinded", "agreement.ended"]
    async with desk.database.transaction(desk.main_connector) as tx:
        wanted = Wanted(owners=(Owner.MAIN_CONNECTOR,), kind="rescission.tell")
        (told,) = await page(tx, wanted, after=None, count=9)
    assert (told.kind, told.due_at) == ("rescission.tell", datetime(2026, 3, 2, 22, tzinfo=UTC))


async def test_the_audit_misses_it_when_nobody_is_to_tell_the_tenant(desk, database, owner):
    agreement = await desk.in_force()
    aino, eino = await a_person(desk, "aino@example.org"), await a_person(desk, "eino@example.org")
    await confirmed(desk, await proposed(desk, agreement, aino), eino)
    expectations = {"tellings": promised.EXPECTATIONS["tellings of rescissions"]}
    found = []
    for change in ("", "SET due_at = due_at + interval '1 day'", "SET key = 'test/' || id"):
        if change:
            await owner.execute(f"UPDATE promise {change} WHERE kind = 'rescission.tell'")
        async with database.transaction(desk.main_connector) as tx:
            found.append([one.what.value for one in await audit(tx, desk.clock.now(), expectations)])
    assert found == [[], ["misdated"], ["missing"]]


async def test_the_one_who_proposed_it_does_not_confirm_it_in_whatever_guise(desk):
    agreement = await desk.in_force()
    aino = await a_person(desk, "aino@example.org")
    proposal = await proposed(desk, agreement, aino)
    other_key = Caller(
        scope=aino.scope, actor=replace(aino.actor, key_id=AccessKeyId(uuid.uuid4())), permissions=aino.permissions
    )
    other_function = await a_person(desk, "AINO@example.org ", function="fees")
    eino = await a_person(desk, "eino@example.org")
    same_key = Caller(
        scope=eino.scope, actor=replace(eino.actor, key_id=aino.actor.key_id), permissions=eino.permissions
    )
    for guise in (aino, other_key, other_function, same_key, desk.main_connector):
        with pytest.raises(FourEyes):
            await confirmed(desk, proposal, guise)
    assert (await desk.read(agreement)).status is Status.IN_FORCE


async def test_a_system_or_a_tenant_proposes_nothing(desk):
    agreement = await desk.in_force()
    exhibit = await desk.exhibit(Party.TENANT)
    for who in (desk.main_connector, desk.tenant.caller):
        with pytest.raises(FourEyes):
            await proposed(desk, agreement, who, exhibit_id=exhibit.id)


async def test_the_database_keeps_four_eyes_too(desk, owner):
    agreement = await desk.in_force()
    await proposed(desk, agreement, await a_person(desk, "aino@example.org"))
    with pytest.raises(asyncpg.CheckViolationError, match="rescission_four_eyes"):
        await owner.execute(
            "UPDATE rescission SET confirmed_at = now(), confirmed_by = proposed_by, confirmed_with = gen_random_uuid()"
        )


async def test_the_tenant_sees_it_once_it_is_confirmed(desk, database):
    agreement = await desk.in_force()
    proposal = await proposed(desk, agreement, await a_person(desk, "aino@example.org"))
    async with database.transaction(desk.tenant.caller) as tx:
        assert await ending_reading.rescissions(tx, agreement.id) == []
        with pytest.raises(RescissionNotFound):
            await ending_reading.rescission(tx, proposal.id)
        journal = await tx.connection.fetch("SELECT entry FROM journal_entry")
    assert not [row for row in journal if "rescission" in row["entry"]]
    done = await confirmed(desk, proposal, await a_person(desk, "eino@example.org"))
    async with database.transaction(desk.tenant.caller) as tx:
        assert await ending_reading.rescissions(tx, agreement.id) == [done]
        assert (await exhibit_reading.exhibit(tx, done.exhibit_id)).brought_by is Party.MAIN_CONNECTOR


async def test_a_dropped_proposal_makes_room_for_another(desk, database):
    agreement = await desk.in_force()
    aino = await a_person(desk, "aino@example.org")
    proposal = await proposed(desk, agreement, aino)
    with pytest.raises(MoveNotAllowed, match="already"):
        await proposed(desk, agreement, aino)
    async with database.transaction(aino) as tx:
        dropped = await rescinding.drop(tx, desk.clock, rescission_id=proposal.id, version=proposal.version)
    eino = await a_person(desk, "eino@example.org")
    with pytest.raises(OccurrenceChanged):
        await confirmed(desk, proposal, eino)
    with pytest.raises(MoveNotAllowed):
        await confirmed(desk, dropped, eino)
    assert (await proposed(desk, agreement, aino)).is_open


async def test_only_an_agreement_in_force_is_rescinded(desk):
    aino = await a_person(desk, "aino@example.org")
    offered = await desk.offered()
    with pytest.raises(MoveNotAllowed):
        await proposed(desk, offered, aino)
    with pytest.raises(OccurrenceRefused):
        await proposed(desk, await desk.sign_all(offered), aino, description=" \n ")


class TestCircumstances:
    async def noted(self, desk: Desk, **said: object) -> Circumstance:
        new = NewCircumstance(
            **{
                "kind": CircumstanceKind.BANKRUPTCY,
                "party": Party.TENANT,
                "known_on": TODAY,
                "note": "In the gazette",
            }
            | said
        )
        async with desk.database.transaction(desk.main_connector) as tx:
            return await circumstances.note(tx, desk.clock, tenancy_id=desk.tenant.tenancy.id, said=new)

    @pytest.mark.parametrize("kind", list(CircumstanceKind))
    async def test_it_ends_nothing_but_a_decision_is_owed(self, desk, database, kind):
        agreement = await desk.in_force()
        noted = await self.noted(desk, kind=kind)
        assert await desk.read(agreement) == agreement
        wanted = Wanted(subject=f"circumstance/{noted.id}")
        async with database.transaction(desk.main_connector) as tx:
            (owed,) = await page(tx, wanted, after=None, count=9)
        assert (owed.owner, owed.due_at) == (Owner.MAIN_CONNECTOR, datetime(2026, 3, 16, 22, tzinfo=UTC))
        async with database.transaction(desk.main_connector) as tx:
            await circumstances.decide(
                tx, desk.clock, circumstance_id=noted.id, version=1, decision=Decision.GOES_ON, reason="The estate"
            )
            (kept,) = await page(tx, wanted, after=None, count=9)
        assert (kept.state, kept.result) == (State.KEPT, {"decision": "goes_on"})
        assert await desk.read(agreement) == agreement

    async def test_the_audit_misses_a_decision_that_nobody_promised(self, desk, database, owner):
        await self.noted(desk)
        for findings in (0, 1):
            async with database.transaction(desk.main_connector) as tx:
                assert len(await audit(tx, desk.clock.now(), promised.EXPECTATIONS)) == findings
            await owner.execute("TRUNCATE promise CASCADE")

    async def test_it_is_decided_once(self, desk, database):
        noted = await self.noted(desk)
        for refused in (False, True):
            async with database.transaction(desk.main_connector) as tx:
                decided = {"circumstance_id": noted.id, "version": 1, "decision": Decision.OTHER, "reason": "x"}
                if not refused:
                    await circumstances.decide(tx, desk.clock, **decided)
                    continue
                with pytest.raises(OccurrenceChanged):
                    await circumstances.decide(tx, desk.clock, **decided)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"known_on": date(2026, 3, 3)}, "known_on"),
            ({"happened_on": date(2026, 3, 3)}, "happened_on"),
            ({"decide_by": date(2026, 3, 1)}, "decide_by"),
            ({"note": ""}, "note"),
        ],
    )
    async def test_what_cannot_be_names_the_field(self, desk, said, field):
        with pytest.raises(OccurrenceRefused) as refused:
            await self.noted(desk, **said)
        assert [flaw.field for flaw in refused.value.flaws] == [field]

    async def test_the_tenant_does_not_see_it(self, desk, database):
        noted = await self.noted(desk)
        async with database.transaction(desk.tenant.caller) as tx:
            assert await ending_reading.circumstances(tx, desk.tenant.tenancy.id) == []
            with pytest.raises(CircumstanceNotFound):
                await ending_reading.circumstance(tx, noted.id)
            assert await page(tx, Wanted(), after=None, count=9) == []
