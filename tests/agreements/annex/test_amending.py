"""Annex 1 is changed by an amendment that both sign, and every day tells which services it has."""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.annex import amending
from kanta_tenancy.agreements.annex import reading as annex_reading
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete, DraftRefused
from kanta_tenancy.agreements.errors import AgreementChanged, AgreementNotFound, AnotherAgreement, MoveNotAllowed
from kanta_tenancy.agreements.model import Agreement, Status
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.agreements.conftest import AUTHORITY, LISTS, Desk
from tests.agreements.examples import a_draft, both_sign
from tests.parties.examples import a_tenant

MARCH_2 = date(2026, 3, 2)  # the day of the clock


async def drafted(desk: Desk, agreement: Agreement, *services: str, on: date, jointly: bool = False) -> Agreement:
    async with desk.database.transaction(desk.main_connector) as tx:
        return await amending.draft_amendment(
            tx,
            desk.clock,
            agreement_id=agreement.id,
            services=services,
            effective_on=on,
            signatories=both_sign(jointly=jointly),
        )


async def amended(desk: Desk, agreement: Agreement, *services: str, on: date) -> Agreement:
    return await desk.sign_all(await desk.offer(await drafted(desk, agreement, *services, on=on)))


async def test_an_amendment_changes_the_services_from_its_day_on(desk):
    agreement = await desk.in_force()
    amendment = await amended(desk, agreement, "prescription", "imaging", on=date(2026, 4, 1))
    assert (amendment.status, amendment.in_force_on) == (Status.AGREED, date(2026, 4, 1))
    assert amendment.reference == f"{agreement.reference}/1"
    assert await desk.services_on(date(2026, 3, 1)) == ()
    assert await desk.services_on(MARCH_2) == ("prescription", "patient_data")
    assert await desk.services_on(date(2026, 3, 31)) == ("prescription", "patient_data")
    assert await desk.services_on(date(2026, 4, 1)) == ("prescription", "imaging")
    assert await desk.services_on(date(2076, 4, 1)) == ("prescription", "imaging")


async def test_it_is_signed_jointly_as_an_agreement_is_and_each_holds_an_original(desk, database):
    agreement = await desk.in_force()
    draft = await drafted(desk, agreement, "prescription", on=date(2026, 4, 1), jointly=True)
    done = await desk.sign_all(await desk.offer(draft))
    async with database.transaction(desk.tenant.caller) as tx:
        _, document = await reading.document(tx, done.id)
        assert len(await reading.receipts(tx, done.id)) == 2
    report = verify(document.content, at=desk.clock.now(), anchors=[AUTHORITY.root], revocation=LISTS)
    assert (report.verdict, len(report.signatures)) == (Verdict.VALID, 4)


async def test_signed_after_its_day_it_holds_from_the_day_of_the_last_signature(desk):
    agreement = await desk.in_force()
    offered = await desk.offer(await drafted(desk, agreement, "imaging", on=date(2026, 3, 10)))
    partly = await desk.sign(offered, offered.signatories[0])
    desk.clock.at = datetime(2026, 3, 14, 23, tzinfo=UTC)  # the 15th in Finland
    await desk.sign(partly, offered.signatories[1])
    assert await desk.services_on(date(2026, 3, 14)) == ("prescription", "patient_data")
    assert await desk.services_on(date(2026, 3, 15)) == ("imaging",)


async def test_what_was_signed_later_overtakes_what_was_agreed_before_for_a_later_day(desk):
    agreement = await desk.in_force()
    await amended(desk, agreement, "imaging", on=date(2026, 6, 1))
    await amended(desk, agreement, "will", on=date(2026, 5, 1))
    seen = [await desk.services_on(date(2026, month, 1)) for month in (4, 5, 6, 7)]
    assert seen == [("prescription", "patient_data"), ("will",), ("will",), ("will",)]


async def test_a_list_of_all_tells_the_same_and_in_order(desk, database, clock):
    await desk.in_force()
    other = Desk(database, clock, desk.main_connector, await desk.another_tenant(1100000))
    await amended(other, await other.in_force(), "imaging", on=date(2026, 4, 1))
    await a_tenant(database, clock, desk.main_connector, 1300000)  # has no agreement
    for day, theirs in ((MARCH_2, ("prescription", "patient_data")), (date(2026, 4, 1), ("imaging",))):
        async with database.transaction(desk.main_connector) as tx:
            rows = await annex_reading.services_in_use(tx, day, after=None, count=10)
        assert [row.tenancy_id for row in rows] == sorted([desk.tenant.tenancy.id, other.tenant.tenancy.id])
        seen = {row.tenancy_id: row.services for row in rows}
        assert seen == {desk.tenant.tenancy.id: ("prescription", "patient_data"), other.tenant.tenancy.id: theirs}
    async with database.transaction(other.tenant.caller) as tx:
        assert len(await annex_reading.services_in_use(tx, MARCH_2, after=None, count=10)) == 1


async def test_only_an_agreement_in_force_is_amended(desk):
    offered = await desk.offered()
    with pytest.raises(MoveNotAllowed):
        await drafted(desk, offered, "imaging", on=date(2026, 4, 1))
    agreement = await desk.sign_all(offered)
    amendment = await amended(desk, agreement, "imaging", on=date(2026, 4, 1))
    with pytest.raises(MoveNotAllowed):
        await drafted(desk, amendment, "imaging", on=date(2026, 5, 1))


async def test_an_amendment_of_the_past_or_of_nothing_is_not_offered(desk):
    agreement = await desk.in_force()
    for services, day, field in ((("imaging",), date(2026, 3, 1), "effective_on"), ((), MARCH_2, "services")):
        with pytest.raises(DraftIncomplete) as refused:
            await desk.offer(await drafted(desk, agreement, *services, on=day))
        assert [flaw.field for flaw in refused.value.flaws] == [field]
    with pytest.raises(DraftRefused):
        await drafted(desk, agreement, "mykanta", on=MARCH_2)


async def test_an_agreement_has_one_amendment_on_offer_at_a_time(desk, database):
    agreement = await desk.in_force()
    first = await desk.offer(await drafted(desk, agreement, "imaging", on=date(2026, 4, 1)))
    second = await drafted(desk, agreement, "will", on=date(2026, 4, 1))
    assert (first.reference, second.reference) == (f"{agreement.reference}/1", f"{agreement.reference}/2")
    with pytest.raises(AnotherAgreement):
        await desk.offer(second)
    async with database.transaction(desk.main_connector) as tx:
        await actions.withdraw(tx, desk.clock, agreement_id=first.id, version=first.version, because="A mistake")
    assert (await desk.offer(second)).status is Status.OFFERED


async def test_a_draft_of_an_amendment_is_not_rewritten_as_an_agreement(desk, database):
    draft = await drafted(desk, await desk.in_force(), "imaging", on=date(2026, 4, 1))
    with pytest.raises(MoveNotAllowed, match="as one"):
        async with database.transaction(desk.main_connector) as tx:
            await actions.amend(tx, desk.clock, agreement_id=draft.id, version=draft.version, said=a_draft())


async def rewritten(desk: Desk, draft: Agreement, *services: str, on: date, version: int | None = None) -> Agreement:
    async with desk.database.transaction(desk.main_connector) as tx:
        return await amending.amend_amendment(
            tx,
            desk.clock,
            amendment_id=draft.id,
            version=version or draft.version,
            services=services,
            effective_on=on,
            signatories=both_sign(),
        )


async def test_a_draft_of_an_amendment_is_written_anew_under_its_reference(desk, owner):
    agreement = await desk.in_force()
    draft = await drafted(desk, agreement, "imaging", on=date(2026, 4, 1))
    after = await rewritten(desk, draft, "prescription", "imaging", on=date(2026, 5, 1))
    assert (after.id, after.reference, after.version) == (draft.id, draft.reference, draft.version + 1)
    done = await desk.sign_all(await desk.offer(after))
    assert (done.services, done.in_force_on) == (("prescription", "imaging"), date(2026, 5, 1))
    assert await desk.services_on(date(2026, 4, 30)) == ("prescription", "patient_data")
    assert await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%agreement.amended%'") == 1


async def test_what_is_no_draft_of_an_amendment_is_not_written_anew(desk):
    agreement = await desk.in_force()
    draft = await drafted(desk, agreement, "imaging", on=date(2026, 4, 1))
    with pytest.raises(AgreementChanged):
        await rewritten(desk, draft, "imaging", on=date(2026, 4, 1), version=7)
    with pytest.raises(DraftRefused):
        await rewritten(desk, draft, "no_such_service", on=date(2026, 4, 1))
    offered = await desk.offer(draft)
    for no_draft in (offered, agreement):
        with pytest.raises(MoveNotAllowed):
            await rewritten(desk, no_draft, "imaging", on=date(2026, 4, 1))
    desk.clock.advance(days=1)
    with pytest.raises(MoveNotAllowed, match="amends no agreement"):
        await rewritten(desk, await desk.draft(), "imaging", on=date(2026, 4, 1))


async def test_a_tenant_sees_an_amendment_once_it_is_offered(desk, database):
    draft = await drafted(desk, await desk.in_force(), "imaging", on=date(2026, 4, 1))
    async with database.transaction(desk.tenant.caller) as tx:
        with pytest.raises(AgreementNotFound):
            await reading.one(tx, draft.id)
    offered = await desk.offer(draft)
    async with database.transaction(desk.tenant.caller) as tx:
        assert await reading.one(tx, draft.id) == offered


async def test_the_database_refuses_overlapping_periods_of_one_tenancy(desk, owner):
    await amended(desk, await desk.in_force(), "imaging", on=date(2026, 4, 1))
    with pytest.raises(asyncpg.ExclusionViolationError, match="annex_period_one_at_a_time"):
        await owner.execute("UPDATE annex_period SET until = $1 WHERE until IS NOT NULL", date(2026, 4, 2))
    await owner.execute("UPDATE annex_period SET until = since WHERE until IS NULL")  # empty: it overlaps nothing
    await owner.execute("UPDATE annex_period SET until = NULL WHERE until > since")


async def test_the_database_refuses_two_agreements_in_force_at_one_instant(desk, owner):
    agreement = await desk.in_force()
    at = agreement.in_force_from
    copy = (
        "INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model,"
        " model_version, services, registers, originals, signatories, created_at, origin, form, in_force_on,"
        " in_force_from, in_force_until, end_ground, end_source, end_explanation, ended_at)"
        " SELECT gen_random_uuid(), main_connector_id, tenancy_id, $1::text, 'ended', 1, language, model, '1.3',"
        " services, registers, 2, '[]', now(), 'imported', 'paper',"
        " ($2::timestamptz AT TIME ZONE 'Europe/Helsinki')::date, $2, $3, 'notice', id, '{}', now() FROM agreement"
        " WHERE id = $4"
    )
    year = at.replace(year=2025)
    with pytest.raises(asyncpg.ExclusionViolationError, match="agreement_one_in_force"):
        await owner.execute(copy, "one", year, at.replace(second=1), agreement.id)
    await owner.execute(copy, "two", year, at, agreement.id)
