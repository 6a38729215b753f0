import asyncio
from datetime import timedelta

import asyncpg
import pytest

from kanta_tenancy.agreements.campaigns import running, store
from kanta_tenancy.agreements.campaigns.model import CampaignStatus, Cohort, RowState
from kanta_tenancy.agreements.campaigns.running import LEASE, work
from kanta_tenancy.agreements.drafting import actions as agreement_actions
from kanta_tenancy.agreements.errors import AgreementChanged
from kanta_tenancy.machinery.postgres.database import connect
from tests.agreements.campaigns.conftest import TARGET
from tests.agreements.campaigns.examples import TODAY, a_cohort
from tests.agreements.campaigns.many import tenancy
from tests.agreements.examples import a_draft
from tests.parties.examples import a_realm

OFFERED, WAITING, SKIPPED, FAILED = RowState.OFFERED, RowState.WAITING, RowState.SKIPPED, RowState.FAILED


async def test_every_tenant_gets_one_offer_of_what_it_has_and_the_campaign_is_done(database, clock, office):
    tenancies = await office.tenants(30)
    campaign = await office.started()
    assert await work(database, clock) == 30
    assert await work(database, clock) == 0
    await office.check_one_each(tenancies)
    row = await office.owner.fetchrow(
        "SELECT language, model, model_version, services, registers, signatories, content FROM agreement"
        " WHERE tenancy_id = $1 AND origin = 'here'", tenancy(2),
    )  # fmt: skip
    assert (row["language"], row["model"], row["model_version"]) == ("en", *TARGET.values())
    assert (row["services"], row["registers"]) == (["prescription", "patient_data"], ["patient_register"])
    assert ("Åke Praktik" in row["signatories"], "Old Director" in row["signatories"]) == (True, False)
    done = await office.read(campaign)
    assert (done.status, done.ended_at) == (CampaignStatus.DONE, clock.now())


async def test_two_instances_at_once_make_every_offer_once(database, clock, office):
    tenancies = await office.tenants(120)
    await office.started()
    runs = await asyncio.gather(*(work(database, clock, batch=11, hand=3) for _ in range(2)))
    assert (sum(runs), min(runs) > 0) == (120, True)
    await office.check_one_each(tenancies)


async def test_a_cohort_waits_for_its_day_in_finland(database, clock, office):
    tenancies = await office.tenants(5)
    first = a_cohort(name="Pilots", tenancies=tuple(tenancies[3:]))
    rest = a_cohort(name="Others", starts_on=TODAY + timedelta(days=1), at_a_time=2, every_days=2)
    campaign = await office.started(cohorts=(first, rest))
    told = []
    for hours in (0, 9.99, 0.01, 24, 23.99, 0.01):  # noon in UTC is 14 o'clock in Finland
        clock.advance(hours=hours)
        told.append(await work(database, clock))
    assert told == [2, 0, 2, 0, 0, 1]
    assert (await office.read(campaign)).status is CampaignStatus.DONE


async def test_who_is_skipped_is_told_why_and_gets_nothing(database, clock, office):
    tenancies = await office.tenants(5)
    await office.owner.execute("DELETE FROM soteri_evidence WHERE tenancy_id = $1", tenancies[0])
    await office.owner.execute("DELETE FROM annex_period WHERE tenancy_id = $1", tenancies[1])
    await office.owner.execute("DELETE FROM agreement WHERE tenancy_id = $1", tenancies[1])
    said = {"tenancy_id": tenancies[2], "said": a_draft()}
    async with database.transaction(office.realm) as tx:
        draft = await agreement_actions.draft(tx, clock, **said)
    async with database.transaction(office.realm) as tx:
        plan = await agreement_actions.plan_offer(tx, clock, agreement_id=draft.id, version=1)
        await agreement_actions.offer(tx, clock, plan)
    await office.started()
    assert await work(database, clock) == 5
    assert await office.states() == {OFFERED: 2, SKIPPED: 3}
    assert await office.reasons() == {
        tenancies[0]: "evidence_missing",
        tenancies[1]: "no_agreement_in_force",
        tenancies[2]: "offer_open",
    }
    assert await office.offers() == [(one, 1) for one in tenancies[2:]]


async def test_what_was_skipped_or_failed_can_be_tried_again_and_what_was_offered_is_not(database, clock, office):
    tenancies = await office.tenants(4)
    await office.owner.execute("UPDATE soteri_evidence SET finding = 'not_registered' WHERE tenancy_id IS NOT NULL")
    await office.owner.execute("UPDATE soteri_evidence SET finding = 'registered' WHERE tenancy_id = $1", tenancies[3])
    campaign = await office.started()
    await work(database, clock)
    assert await office.states() == {OFFERED: 1, SKIPPED: 3}
    await office.owner.execute("UPDATE soteri_evidence SET finding = 'registered'")
    again = await office.move("retry", await office.read(campaign), states=[SKIPPED, FAILED])
    assert again.status is CampaignStatus.RUNNING
    assert await work(database, clock) == 3
    await office.check_one_each(tenancies)


async def test_a_row_that_fails_is_tried_again_later_and_then_says_why(database, clock, office):
    """What nobody foresaw: the database refuses one tenant's document."""
    tenancies = await office.tenants(3)
    await office.owner.execute(
        f"ALTER TABLE agreement_document ADD CONSTRAINT broken CHECK (tenancy_id <> '{tenancies[1]}') NOT VALID"
    )
    campaign = await office.started()
    told = []
    for seconds in (0, 4, 1, 9, 1, 20, 40):
        clock.advance(seconds=seconds)
        told.append(await work(database, clock))
    assert told == [2, 0, 0, 0, 0, 0, 1]
    row = await office.owner.fetchrow(
        "SELECT state, attempts, reason, detail FROM campaign_row WHERE state <> 'offered'"
    )
    assert tuple(row) == ("failed", 5, "CheckViolationError", None)
    assert await office.offers() == [(tenancies[0], 1), (tenancies[2], 1)]
    assert (await office.read(campaign)).status is CampaignStatus.DONE
    await office.owner.execute("ALTER TABLE agreement_document DROP CONSTRAINT broken")
    await office.move("retry", await office.read(campaign), states=[FAILED])
    assert await work(database, clock) == 1
    await office.check_one_each(tenancies)


async def test_a_database_that_has_no_connection_left_is_no_failure_of_the_row(database_url, clock, office):
    (only,) = await office.tenants(1)
    await office.started()
    run = running._Run(office.database, clock, batch=10, hand=10, lease=LEASE)  # noqa: SLF001 -- between its two steps
    (claim,) = await store.claim(office.database, clock.now(), lease=LEASE, batch=10)
    prepared = await run._prepare([claim])  # noqa: SLF001
    async with connect(database_url.replace("postgres@", "kanta_service@"), size=1) as busy:
        alone = running._Run(busy, clock, batch=10, hand=10, lease=LEASE)  # noqa: SLF001
        step = running._Step()  # noqa: SLF001
        async with busy.unscoped():
            with pytest.raises(TimeoutError):
                await alone._settle(prepared, claim, step)  # noqa: SLF001
    assert not step.at_the_row
    clock.advance(seconds=2 * LEASE.total_seconds())
    assert await work(office.database, clock) == 1
    assert await office.owner.fetchval("SELECT attempts FROM campaign_row") == 0
    assert await office.offers() == [(only, 1)]


async def test_a_pause_in_the_middle_stops_it_and_it_goes_on_where_it_was(database, clock, office):
    tenancies = await office.tenants(200)
    campaign = await office.started()
    run = asyncio.ensure_future(work(database, clock, batch=20, hand=5))
    await office.until_offered(10)
    paused = await office.move("pause", campaign)
    made = (await office.states())[OFFERED]
    assert await run == made < 200
    assert await work(database, clock) == 0
    assert (await office.states())[OFFERED] == made
    await office.move("resume", paused)
    assert await work(database, clock) == 200 - made  # also those that were claimed when it was paused
    await office.check_one_each(tenancies)


async def test_nothing_is_offered_after_a_campaign_is_cancelled_and_what_was_offered_stands(database, clock, office):
    await office.tenants(100)
    campaign = await office.started()
    run = asyncio.ensure_future(work(database, clock, batch=20, hand=5))
    await office.until_offered(5)
    await office.move("cancel", campaign)
    made = (await office.states())[OFFERED]
    assert await run == made
    assert await work(database, clock) == 0
    assert await office.states() == {OFFERED: made, WAITING: 100 - made}
    assert len(await office.offers()) == made


async def test_an_agreement_that_changes_while_its_offer_is_prepared_is_looked_at_anew(database, clock, office):
    (only,) = await office.tenants(1)
    await office.started()
    (claim,) = await store.claim(database, clock.now(), lease=LEASE, batch=10)
    run = running._Run(database, clock, batch=10, hand=10, lease=LEASE)  # noqa: SLF001 -- between its two steps
    prepared = await run._prepare([claim])  # noqa: SLF001
    await office.owner.execute("UPDATE annex_period SET services = ARRAY['imaging']")
    made = running.plan(prepared, only, at=clock.now())
    with pytest.raises(AgreementChanged):
        async with database.transaction(office.realm) as tx:
            await run._offer(tx, prepared, claim, made, running._Step())  # noqa: SLF001
    assert await office.offers() == []
    clock.advance(seconds=2 * LEASE.total_seconds())
    assert await work(database, clock) == 1
    services = await office.owner.fetchval("SELECT services FROM agreement WHERE origin = 'here'")
    assert services == ["imaging"]


async def test_a_lease_that_was_taken_over_is_worth_nothing(database, clock, office):
    tenancies = await office.tenants(2)
    await office.started()
    first = await store.claim(database, clock.now(), lease=LEASE, batch=10)
    clock.advance(seconds=2 * LEASE.total_seconds())
    second = await store.claim(database, clock.now(), lease=LEASE, batch=10)
    assert {claim.tenancy_id for claim in first} == {claim.tenancy_id for claim in second} == set(tenancies)
    async with database.transaction(office.realm) as tx:
        assert [await store.take_row(tx, claim) for claim in first] == [None, None]
        assert None not in [await store.take_row(tx, claim) for claim in second]


async def test_the_database_refuses_a_second_offer_whatever_the_program_says(database, clock, office):
    await office.tenants(1)
    await office.started()
    await work(database, clock)
    with pytest.raises(asyncpg.RaiseError, match="was made"):
        await office.owner.execute("UPDATE campaign_row SET state = 'waiting', agreement_id = NULL, replaces = NULL")


async def test_campaigns_of_two_realms_run_side_by_side_each_in_its_own(database, clock, office):
    await office.tenants(20)
    campaign = await office.started()
    other = type(office)(database, clock, office.owner, await a_realm(database, clock, 2100000))
    await other.tenants(20, first=101)
    theirs = await other.started(cohorts=(Cohort(name="x", starts_on=TODAY),))
    assert await work(database, clock, batch=3, hand=2) == 40
    rows = await office.owner.fetch(
        "SELECT campaign_id, main_connector_id, state, count(*) FROM campaign_row GROUP BY 1, 2, 3"
    )
    assert {tuple(row) for row in rows} == {
        (campaign.id, office.realm.scope.main_connector_id, "offered", 20),
        (theirs.id, other.realm.scope.main_connector_id, "skipped", 20),  # its main connector is in no register
    }


async def test_one_connection_is_enough(database_url, clock, office):
    tenancies = await office.tenants(20)
    await office.started()
    async with connect(database_url.replace("postgres@", "kanta_service@"), size=1) as database:
        assert await work(database, clock) == 20
    await office.check_one_each(tenancies)
