from datetime import UTC, datetime, timedelta

import pytest

from kanta_tenancy.agreements.campaigns import progress
from kanta_tenancy.agreements.campaigns.reminding import due_times, remind, reminders_expected
from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.drafting import actions as agreements
from kanta_tenancy.agreements.model import Agreement, Party
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.assembly.reminding import outdated
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.messages import mailing, next_morning
from kanta_tenancy.promises import audit, pay_due
from tests.agreements.campaigns.conftest import Office
from tests.agreements.campaigns.newer import newer
from tests.agreements.examples import a_draft
from tests.parties.examples import named, owner_of

KEEPERS = {"campaign.reminder": remind}


@pytest.fixture
async def offered(desk, owner) -> tuple[Office, Agreement]:
    """A tenant with an agreement in force that both signed here, and a campaign's offer of a newer model."""
    await desk.in_force(a_draft())
    office = Office(desk.database, desk.clock, owner, desk.main_connector)
    async with desk.database.transaction(desk.main_connector) as tx:
        await models.freeze(tx, desk.clock, name="official", version="2", language=Language.SWEDISH, docx=newer())
    await office.started(model="official", model_version="2", remind_after=(7, 14))
    assert await work(desk.database, desk.clock) == 1
    agreement_id = await owner.fetchval("SELECT agreement_id FROM campaign_row")
    async with desk.database.transaction(desk.main_connector) as tx:
        return office, await store.find(tx, agreement_id)


async def ledger(office: Office) -> list[tuple[str, str]]:
    rows = await office.owner.fetch("SELECT key, state FROM promise WHERE kind = 'campaign.reminder' ORDER BY key")
    return [(row["key"][-1], row["state"]) for row in rows]


def test_a_reminder_is_put_down_before_the_mail_of_its_day_also_when_the_clocks_have_changed():
    late = datetime(2026, 3, 21, 22, 30, tzinfo=UTC)  # the 22nd in Finland; the clocks change on the 29th
    assert [due.astimezone(UTC) for due in due_times(late, (1, 7))] == [
        datetime(2026, 3, 23, 5, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 4, 0, tzinfo=UTC),
    ]
    assert all(day_in_finland(next_morning(due)) == day_in_finland(due) for due in due_times(late, range(400)))


async def a_reminder_waits(desk, office: Office, database, clock) -> None:
    """Have the first reminder put down for a contact of the tenant's, to be mailed within the hour."""
    await named(database, clock, desk.main_connector, desk.tenant.organisation.id, name="An", email="an@tenant.example")
    await office.owner.execute("UPDATE outbox SET state = 'done'")  # of what came before nobody is told here
    clock.at = datetime(2026, 3, 9, 5, 0, 1, tzinfo=UTC)
    assert await pay_due(database, clock, KEEPERS) == 1
    await outbox.carry_on(database, clock, SUBSCRIBERS)
    clock.advance(hours=1)


async def test_a_reminder_is_in_the_mail_of_its_day(desk, offered, database, clock):
    office, _ = offered
    await a_reminder_waits(desk, office, database, clock)
    assert await mailing.gather(database, clock, outdated=outdated) == 1
    assert await office.owner.fetchval("SELECT count(*) FROM message") == 1


async def test_who_has_signed_before_the_mail_is_made_is_not_reminded(desk, offered, database, clock):
    office, agreement = offered
    await a_reminder_waits(desk, office, database, clock)
    await office.owner.execute("DELETE FROM notice WHERE topic <> 'campaign.reminder_due'")
    await desk.sign(agreement, agreement.signatories[1])
    assert await mailing.gather(database, clock, outdated=outdated) == 0
    assert await office.owner.fetchval("SELECT count(*) FROM notice") == 0


async def test_a_tenant_that_has_not_signed_is_reminded_and_once_each_time(desk, offered):
    office, agreement = offered
    told = []
    for days in (6, 1, 0, 7, 30):
        desk.clock.advance(days=days)
        told.append(await pay_due(desk.database, desk.clock, KEEPERS))
    assert told == [0, 1, 0, 1, 0]
    assert await ledger(office) == [("1", "kept"), ("2", "kept")]
    bodies = await office.owner.fetch(
        "SELECT body::json->>'number' AS number, tenancy_id FROM outbox WHERE kind = 'campaign.reminder_due'"
        " ORDER BY at"
    )
    assert [tuple(row) for row in bodies] == [("1", agreement.tenancy_id), ("2", agreement.tenancy_id)]


async def test_a_reminder_is_a_mail_to_the_tenants_contacts_alone(desk, offered):
    office, agreement = offered
    own = await owner_of(desk.database, desk.main_connector)
    for organisation, email in ((own, "k@kanta.example"), (desk.tenant.organisation.id, "an@tenant.example")):
        await named(desk.database, desk.clock, desk.main_connector, organisation, email=email)
    desk.clock.advance(days=8)
    await pay_due(desk.database, desk.clock, KEEPERS)
    await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS)
    rows = await office.owner.fetch("SELECT email, lines FROM notice WHERE topic = 'campaign.reminder_due'")
    assert [row["email"] for row in rows] == ["an@tenant.example"]
    assert f"Avtalet {agreement.reference} erbjöds 2.3.2026" in rows[0]["lines"]


async def test_nobody_is_reminded_of_what_was_signed(desk, offered):
    office, agreement = offered
    tenant = next(who for who in agreement.signatories if who.party is Party.TENANT)
    signed = await desk.sign(agreement, tenant)
    assert await ledger(office) == [("1", "released"), ("2", "released")]
    main_connector = next(who for who in agreement.signatories if who.party is Party.MAIN_CONNECTOR)
    await desk.sign(signed, main_connector)
    desk.clock.advance(days=30)
    assert await pay_due(desk.database, desk.clock, KEEPERS) == 0


async def test_the_main_connectors_signature_alone_releases_no_reminder(desk, offered):
    office, agreement = offered
    await desk.sign(agreement, next(who for who in agreement.signatories if who.party is Party.MAIN_CONNECTOR))
    assert await ledger(office) == [("1", "owed"), ("2", "owed")]


async def test_nobody_is_reminded_of_what_was_withdrawn(desk, offered):
    office, agreement = offered
    async with desk.database.transaction(desk.main_connector) as tx:
        await agreements.withdraw(
            tx, desk.clock, agreement_id=agreement.id, version=agreement.version, because="A mistake"
        )
    assert await ledger(office) == [("1", "released"), ("2", "released")]


async def test_the_audit_misses_a_reminder_that_should_be_there(desk, offered):
    office, agreement = offered
    expectations = {"reminders": reminders_expected}
    async with desk.database.transaction(desk.main_connector) as tx:
        assert await audit(tx, desk.clock.now(), expectations) == []
    await office.owner.execute(
        "DELETE FROM promise_work WHERE promise_id IN (SELECT id FROM promise WHERE key LIKE '%/2')"
    )
    await office.owner.execute("DELETE FROM promise WHERE key LIKE '%/2'")
    async with desk.database.transaction(desk.main_connector) as tx:
        (missing,) = await audit(tx, desk.clock.now(), expectations)
    assert (missing.what, missing.key) == ("missing", f"campaign.reminder/{agreement.id}/2")


async def test_laggards_are_those_who_have_not_signed_in_so_many_days_and_who_owes_it_is_said(desk, offered):
    office, agreement = offered
    campaign_id = await office.owner.fetchval("SELECT id FROM campaign")

    async def late(days: int):
        by = desk.clock.now() - timedelta(days=days)
        async with desk.database.transaction(desk.main_connector) as tx:
            found = await progress.laggards(tx, campaign_id, offered_by=by, after=None, count=10)
        return [(one.agreement_id, one.tenant_owes) for one in found]

    assert await late(7) == []
    desk.clock.advance(days=7)
    assert await late(7) == [(agreement.id, True)]
    assert await late(8) == []
    signed = await desk.sign(agreement, next(who for who in agreement.signatories if who.party is Party.TENANT))
    assert await late(7) == [(agreement.id, False)]
    await desk.sign(signed, next(who for who in agreement.signatories if who.party is Party.MAIN_CONNECTOR))
    assert await late(0) == []


async def test_a_signed_offer_replaces_the_agreement_at_that_instant(desk, offered):
    _, agreement = offered
    before = await desk.services_on(desk.clock.now().date())
    desk.clock.advance(days=1)
    in_force = await desk.sign_all(agreement)
    assert (in_force.status, await desk.services_on(desk.clock.now().date())) == ("in_force", before)
