"""Who is told what of an agreement's life, by mail and in which language."""

import json
from datetime import date

import pytest

from kanta_tenancy.agreements.drafting import actions as drafting
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.telling import TOLD
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.parties import Function
from tests.agreements.endings.test_notices import a_notice, given
from tests.agreements.endings.test_rescinding import a_person, confirmed, proposed
from tests.parties.examples import named, owner_of


@pytest.fixture
async def readers(desk, database, clock):
    """One person of each party, and one who is there for something else."""
    own = await owner_of(database, desk.main_connector)
    await named(database, clock, desk.main_connector, own, name="Kaarina Kanta", email="k@kanta.example")
    of_tenant = {"name": "An", "email": "an@tenant.example"}
    await named(database, clock, desk.main_connector, desk.tenant.organisation.id, **of_tenant)
    others = {"name": "Lasse Lasku", "email": "l@kanta.example", "function": Function.FEES}
    await named(database, clock, desk.main_connector, own, **others)


async def told(desk, owner) -> list[tuple[str, str, str]]:
    """Hand on every event, and return topic, address and text in English of each notice."""
    await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS)
    rows = await owner.fetch("SELECT topic, email, lines, facts, urgent FROM notice ORDER BY told_at, topic, email")
    return [(row["topic"], row["email"], " ".join(line["en"] for line in json.loads(row["lines"]))) for row in rows]


async def test_both_parties_are_told_of_an_offer_and_that_it_is_in_force(desk, owner, readers):
    agreement = await desk.in_force()
    found = await told(desk, owner)
    assert [(topic, email) for topic, email, _ in found] == [
        (topic, email)
        for topic in ("agreement.in_force", "agreement.offered")
        for email in ("an@tenant.example", "k@kanta.example")
    ]
    assert found[0][2] == (
        f"Agreement {agreement.reference} is in force from 2 March 2026. Each party holds an original."
    )


async def test_both_parties_are_told_that_a_signature_is_on_paper_and_again_when_the_agreement_is_in_force(
    desk, owner, readers
):
    agreement = await desk.offered()
    main_connector, tenant = agreement.signatories
    agreement = await desk.sign(await desk.sign_on_paper(agreement, tenant), main_connector)
    found = {(topic, email): text for topic, email, text in await told(desk, owner)}
    assert len(found) == 6  # nobody is told of the digital signature
    for email in ("an@tenant.example", "k@kanta.example"):
        assert "signature of the tenant's on paper was put down" in found["agreement.signed", email]
        assert "The tenant's signature is on paper" in found["agreement.in_force", email]
        assert "main connector's signature" not in found["agreement.in_force", email]


async def test_a_notice_is_told_with_the_end_and_how_it_was_worked_out(desk, owner, readers):
    agreement = await desk.in_force()
    await told(desk, owner)
    await given(desk, agreement, a_notice(Party.TENANT, given_on=date(2026, 3, 2)))
    texts = {topic: text for topic, _, text in await told(desk, owner)}
    assert texts["notice.given"] == f"The tenant has given notice of agreement {agreement.reference} on 2 March 2026."
    assert f"The last day in force of agreement {agreement.reference} is 2 April 2026." in texts["agreement.ending"]
    assert "The notice period is one month (clause 20)." in texts["agreement.ending"]
    assert await owner.fetchval("SELECT bool_and(urgent) FROM notice WHERE topic = 'notice.given'")


async def test_both_parties_are_told_that_an_offer_was_withdrawn_and_why(desk, owner, readers):
    agreement = await desk.offered()
    async with desk.database.transaction(desk.main_connector) as tx:
        said = {"agreement_id": agreement.id, "version": agreement.version, "because": "The services were wrong"}
        await drafting.withdraw(tx, desk.clock, **said)
    texts = {(topic, email): text for topic, email, text in await told(desk, owner)}
    for email in ("an@tenant.example", "k@kanta.example"):
        assert texts["agreement.withdrawn", email].endswith("Reason: The services were wrong")


async def test_a_draft_that_nobody_saw_is_withdrawn_without_a_word(desk, owner, readers):
    draft = await desk.draft()
    async with desk.database.transaction(desk.main_connector) as tx:
        await drafting.withdraw(tx, desk.clock, agreement_id=draft.id, version=draft.version, because="A mistake")
    assert await told(desk, owner) == []


async def test_a_rescission_is_told_with_its_ground_and_from_when(desk, owner, readers):
    agreement = await desk.in_force()
    aino, eino = await a_person(desk, "aino@example.org"), await a_person(desk, "eino@example.org")
    await confirmed(desk, await proposed(desk, agreement, aino), eino)
    texts = {topic: text for topic, _, text in await told(desk, owner)}
    assert "It is not in force from 2 March 2026 11:00 (time in Finland)." in texts["agreement.rescinded"]
    assert "seriously endangers the main connector's access" in texts["agreement.rescinded"]


async def test_an_event_that_is_handed_on_twice_is_told_once(desk, owner, readers):
    await desk.offered()
    assert len(await told(desk, owner)) == 2
    await owner.execute("UPDATE outbox SET state = 'due', attempts = 0, next_at = at")
    assert len(await told(desk, owner)) == 2


async def test_what_nobody_reads_is_told_to_nobody_and_stops_nothing(desk, owner):
    await desk.offered()
    assert await told(desk, owner) == []
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE state <> 'done'") == 0


def test_every_event_that_people_are_told_of_is_one_that_systems_can_hear_of():
    assert TOLD.keys() <= EVENTS.keys()


def test_no_subject_holds_a_place_for_anything():
    subjects = [text for one in TOLD.values() for text in (one.subject.fi, one.subject.sv, one.subject.en)]
    assert all("{" not in text and text for text in subjects)
