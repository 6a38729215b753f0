"""The yearly look into Soteri is owed for both parties, and kept by the look that is recorded (K1.2)."""

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kanta_tenancy.agreements.looks import following, owing
from kanta_tenancy.agreements.looks.owing import Watched
from kanta_tenancy.agreements.looks.reading import looks_expected
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.parties import SoteriEvidence
from kanta_tenancy.parties.actions.evidence import withdraw_evidence
from kanta_tenancy.parties.model import Finding
from kanta_tenancy.promises import Promise, State, Wanted, What, audit, page
from kanta_tenancy.promises.actions import keep_by_hand
from tests.agreements.earlier.test_earlier import brought
from tests.agreements.endings.test_notices import a_notice, given
from tests.conftest import on
from tests.parties.examples import looked, owner_of

BY_2027, BY_2028, BY_2029 = (datetime(year, 3, 31, 21, tzinfo=UTC) for year in (2027, 2028, 2029))  # midnight here
OWED, KEPT, RELEASED = State.OWED, State.KEPT, State.RELEASED


async def handed_on(desk) -> None:
    """Hand on every event, as the service does each second."""
    while await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS):
        pass


async def looks(desk, organisation_id=None) -> list[Promise]:
    about = owing.subject(organisation_id or desk.tenant.organisation.id)
    async with desk.database.transaction(desk.main_connector) as tx:
        return await page(tx, Wanted(subject=about, kind=owing.KIND), after=None, count=50)


async def stand(desk) -> list[tuple[State, datetime]]:
    return sorted((one.state, one.due_at) for one in await looks(desk))


async def look(desk, day: date) -> SoteriEvidence:
    evidence = await looked(desk.database, desk.clock, desk.main_connector, desk.tenant.organisation.id, checked_on=day)
    await handed_on(desk)
    return evidence


async def take_back(desk, evidence: SoteriEvidence) -> None:
    async with desk.database.transaction(desk.main_connector) as tx:
        said = {"reason": "It was another firm", "version": 1}
        await withdraw_evidence(tx, desk.clock, evidence.organisation_id, evidence.id, **said)
    await handed_on(desk)


async def test_both_parties_of_an_agreement_in_force_are_looked_up_again_by_the_end_of_march(desk, database):
    await desk.in_force()
    await handed_on(desk)
    own = await owner_of(database, desk.main_connector)
    (of_tenant,), (of_main_connector,) = await looks(desk), await looks(desk, own)
    assert (of_tenant.due_at, of_main_connector.due_at) == (BY_2027, BY_2027)
    assert (of_tenant.rule, of_tenant.owner) == ("K1.2", "main_connector")
    assert of_tenant.title.en == f"Look up {desk.tenant.organisation.name} in Soteri by 31 March 2027."
    assert of_tenant.explanation.inputs == {"looked_on": "2026-02-01"}
    assert of_tenant.explanation.result == "2027-03-31"
    assert [step.en for step in of_tenant.explanation.steps][::2] == [
        "The entry was last looked up on 1 February 2026.",
        "The next look is due by 31 March 2027.",
    ]
    async with database.transaction(desk.tenant.caller) as tx:
        seen = await page(tx, Wanted(kind=owing.KIND), after=None, count=50)
    assert [one.id for one in seen] == [of_tenant.id]  # what is the main connector's is not for tenants to see


async def test_nothing_is_owed_of_a_tenant_without_an_agreement_in_force(desk):
    await desk.offered()
    await handed_on(desk)
    assert await stand(desk) == []


async def test_the_next_look_keeps_this_years_and_the_one_after_is_owed(desk):
    await desk.in_force()
    await handed_on(desk)
    desk.clock.at = datetime(2027, 2, 10, 12, tzinfo=UTC)
    await look(desk, date(2027, 2, 10))
    kept, owed = await looks(desk)
    assert [(one.state, one.due_at) for one in (kept, owed)] == [(KEPT, BY_2027), (OWED, BY_2028)]
    assert kept.result == {"looked_on": "2027-02-10"}


async def test_another_look_in_the_same_year_changes_nothing(desk):
    await desk.in_force()
    await look(desk, date(2026, 3, 1))
    assert await stand(desk) == [(OWED, BY_2027)]


async def test_a_look_that_is_taken_back_leaves_owed_what_it_had_kept(desk):
    await desk.in_force()
    await handed_on(desk)
    desk.clock.at = datetime(2027, 2, 10, 12, tzinfo=UTC)
    mistaken = await look(desk, date(2027, 2, 10))
    await take_back(desk, mistaken)
    assert await stand(desk) == [(KEPT, BY_2027), (OWED, BY_2027), (RELEASED, BY_2028)]
    desk.clock.advance(days=1)
    await look(desk, date(2027, 2, 11))
    assert await stand(desk) == [(KEPT, BY_2027), (KEPT, BY_2027), (OWED, BY_2028), (RELEASED, BY_2028)]
    desk.clock.advance(hours=1)
    async with desk.database.transaction(desk.main_connector) as tx:
        assert await audit(tx, desk.clock.now(), {"looks": looks_expected}) == []


async def test_when_the_agreement_has_ended_no_look_is_owed_and_the_next_agreement_owes_it_again(desk, database):
    await given(desk, await desk.in_force(), a_notice())
    await handed_on(desk)
    desk.clock.at = datetime(2026, 4, 10, 12, tzinfo=UTC)
    await promised.pay(database, desk.clock)
    await handed_on(desk)
    assert await stand(desk) == [(RELEASED, BY_2027)]
    await desk.in_force()
    await handed_on(desk)
    assert await stand(desk) == [(OWED, BY_2027), (RELEASED, BY_2027)]


async def test_where_one_agreement_replaces_another_one_look_stays_owed(desk):
    await desk.in_force()
    await handed_on(desk)
    desk.clock.advance(days=1)
    await desk.in_force()
    await handed_on(desk)
    assert [state for state, _ in await stand(desk)].count(OWED) == 1


async def test_an_agreement_that_was_brought_in_owes_looks_too(desk):
    await brought(desk)
    await handed_on(desk)
    assert await stand(desk) == [(OWED, BY_2027)]


@pytest.mark.parametrize("kept_at", [datetime(2026, 12, 30, 12, tzinfo=UTC), datetime(2027, 3, 1, 12, tzinfo=UTC)])
async def test_who_keeps_it_by_hand_and_records_no_look_owes_the_next_years(desk, database, kept_at):
    await desk.in_force()
    await handed_on(desk)
    (owed,) = await looks(desk)
    desk.clock.at = kept_at
    async with database.transaction(desk.main_connector) as tx:
        await keep_by_hand(tx, desk.clock, promise_id=owed.id, version=owed.version, evidence="Seen on 1 March")
    await handed_on(desk)
    assert await stand(desk) == [(KEPT, BY_2027), (OWED, BY_2028)]
    await look(desk, date(2026, 2, 2))  # something that was forgotten to be recorded: that year was kept
    assert await stand(desk) == [(KEPT, BY_2027), (OWED, BY_2028)]
    desk.clock.at = datetime(2028, 1, 10, 12, tzinfo=UTC)
    await look(desk, date(2028, 1, 10))
    assert await stand(desk) == [(KEPT, BY_2027), (KEPT, BY_2028), (OWED, BY_2029)]


async def test_the_audit_misses_a_look_that_is_not_promised(desk, owner):
    await desk.in_force()
    desk.clock.advance(hours=1)
    async with desk.database.transaction(desk.main_connector) as tx:
        found = await audit(tx, desk.clock.now(), promised.EXPECTATIONS)
    own = await owner_of(desk.database, desk.main_connector)
    missing = {one.subject for one in found if one.what is What.MISSING and one.key.startswith(owing.KIND)}
    assert missing == {owing.subject(own), owing.subject(desk.tenant.organisation.id)}
    await handed_on(desk)
    await owner.execute("UPDATE promise SET due_at = due_at + interval '1 day' WHERE tenancy_id IS NULL")
    async with desk.database.transaction(desk.main_connector) as tx:
        (found,) = await audit(tx, desk.clock.now(), {"looks": looks_expected})
    assert found.what is What.MISDATED


async def test_two_instances_that_hear_of_it_at_once_owe_it_once(desk, database):
    await desk.in_force()
    organisation_id = desk.tenant.organisation.id

    async def follow() -> None:
        async with database.transaction(desk.main_connector) as tx:
            await following.follow(tx, organisation_id, at=desk.clock.now())

    await asyncio.gather(*(follow() for _ in range(4)))
    assert await stand(desk) == [(OWED, BY_2027)]


@drawn(
    st.dates(date(2011, 1, 1), date(2060, 1, 1)),
    st.lists(st.tuples(st.integers(0, 800), st.booleans()), min_size=1, max_size=6),
)
def test_on_any_day_it_is_due_at_the_end_of_the_march_after_the_last_look_that_stands(first, said):
    party = Watched(organisation_id=OrganisationId(uuid.uuid4()), name="Oy", tenancy_id=None, while_holds=uuid.uuid4())
    evidence = [seen(party, first + timedelta(days=later), number, gone) for number, (later, gone) in enumerate(said)]
    owed = owing.to_look(party, evidence, at=datetime(2060, 1, 1, tzinfo=UTC))
    standing = [one.checked_on for one in evidence if one.withdrawn_at is None]
    if not standing:
        assert owed is None
        return
    year = max(standing).year + 1
    assert owed.due_at in {datetime(year, 3, 31, 21, tzinfo=UTC), datetime(year, 3, 31, 22, tzinfo=UTC)}
    assert owed.explanation.result == f"{year}-03-31"


def seen(party: Watched, day: date, number: int, gone: bool) -> SoteriEvidence:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return SoteriEvidence(
        id=uuid.uuid4(), organisation_id=party.organisation_id, tenancy_id=None, finding=Finding.REGISTERED,
        entry_reference="S-1", checked_on=day, checked_by="Eino", document_name=None, document_sha256=None,
        recorded_at=at, withdrawn_at=at if gone else None, withdrawal_reason="x" if gone else None,
    )  # fmt: skip


BEFORE = """
INSERT INTO main_connector VALUES ($1, $1, '0246246-0', now());
INSERT INTO organisation (id, main_connector_id, business_id, name, language, created_at)
VALUES ($1, $1, '0246246-0', 'Oy', 'fi', now());
INSERT INTO soteri_evidence (id, main_connector_id, organisation_id, finding, entry_reference, checked_on, checked_by,
                             recorded_at)
SELECT gen_random_uuid(), $1, $1, 'registered', 'S-1', '2026-02-01', 'Eino', now() FROM generate_series(1, 3);
INSERT INTO promise (id, main_connector_id, key, kind, subject, owner, due_at, rule, title, facts, made_at)
VALUES ($1, $1, 'campaign.reminder/1', 'campaign.reminder', 'agreement/1', 'system', '2026-03-09 07:00Z', 'K20.3', '{}',
        '{}', now());
"""


async def test_an_upgrade_has_what_was_looked_up_before_promised(server):
    name, own = f"old_{uuid.uuid4().hex}", uuid.uuid4()
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(on(server, name))
    migrations = read_migrations()
    since = next(number for number, one in enumerate(migrations) if "promised_looks" in one.name)
    await migrate(owner, migrations[:since])
    async with owner.transaction():
        await owner.execute(BEFORE.replace("$1", f"'{own}'"))
    await migrate(owner, migrations)
    (told,) = await owner.fetch("SELECT kind, body->>'organisation_id' AS about, state FROM outbox")
    assert tuple(told) == (following.EVIDENCE, str(own), "due")
    (moved,) = await owner.fetch("SELECT due_at, next_at FROM promise_work")
    assert tuple(moved) == (datetime(2026, 3, 9, 5, tzinfo=UTC),) * 2  # before the mail of that morning in Finland
    await owner.close()
    await administrator.execute(f"DROP DATABASE {name}")
    await administrator.close()
