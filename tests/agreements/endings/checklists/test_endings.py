"""The checklist of an ending: owed with the act that makes the end known, and whatever becomes of both."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from kanta_tenancy.agreements import place_hold, release_hold
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.checklists import open_endings, settling
from kanta_tenancy.agreements.endings.checklists.checklist import Conflict
from kanta_tenancy.agreements.endings.checklists.errors import EndingNotFound, ItemNotOwed
from kanta_tenancy.agreements.endings.checklists.open_endings import Ending
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.ends import Ground, Period, Unit
from kanta_tenancy.agreements.errors import AgreementNotFound
from kanta_tenancy.agreements.model import Agreement, Party
from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.promises import Owner, State, audit
from kanta_tenancy.promises.actions import keep_by_hand
from kanta_tenancy.promises.errors import PromiseChanged, PromiseOfAnother, PromiseSettled
from tests.agreements.annex.test_amending import amended, drafted
from tests.agreements.conftest import Desk
from tests.agreements.endings.test_life import changed, recorded
from tests.agreements.endings.test_notices import TODAY, a_notice, agreed, given
from tests.agreements.endings.test_rescinding import a_person, confirmed, proposed
from tests.agreements.examples import a_draft

DAY = timedelta(days=1)
ALL = 12  # items, where a tenant with prescriptions leaves
OPEN = sentence("Häiriö 7 on auki.", "Störning 7 är öppen.", "Disturbance 7 is open.")


async def ending(desk: Desk, agreement: Agreement, by: Party = Party.MAIN_CONNECTOR) -> Ending:
    async with desk.database.transaction(desk.caller(by)) as tx:
        return await open_endings.of_agreement(tx, agreement.id)


async def states(desk: Desk, agreement: Agreement) -> dict[str, State]:
    return {line.item: line.promise.state for line in (await ending(desk, agreement)).lines}


async def kept(desk: Desk, agreement: Agreement, item: str, by: Party = Party.MAIN_CONNECTOR) -> None:
    line = next(line for line in (await ending(desk, agreement)).lines if line.item == item)
    said = {"promise_id": line.promise.id, "version": line.promise.version, "evidence": "Form of 3 March"}
    async with desk.database.transaction(desk.caller(by)) as tx:
        await keep_by_hand(tx, desk.clock, **said)


async def released(desk: Desk, agreement: Agreement, item: str, because: str = "It has none") -> None:
    async with desk.database.transaction(desk.main_connector) as tx:
        await settling.release_item(tx, desk.clock, agreement_id=agreement.id, item=item, because=because)


async def held(desk: Desk, agreement: Agreement, key: str = "disturbance/7", by: Party = Party.MAIN_CONNECTOR) -> bool:
    async with desk.database.transaction(desk.caller(by)) as tx:
        return await place_hold(tx, agreement.id, key, OPEN, at=desk.clock.now())


async def let_go(desk: Desk, agreement: Agreement, key: str = "disturbance/7") -> bool:
    async with desk.database.transaction(desk.main_connector) as tx:
        return await release_hold(tx, agreement.id, key, at=desk.clock.now())


async def ledger(owner: asyncpg.Connection) -> dict[str, int]:
    rows = await owner.fetch(
        "SELECT state, count(*) AS n FROM promise WHERE kind = 'agreement.checklist' GROUP BY state"
    )
    return {row["state"]: row["n"] for row in rows}


async def all_done(desk: Desk, agreement: Agreement, *but: str) -> None:
    for line in (await ending(desk, agreement)).lines:
        if line.is_open and line.item not in but:
            by = Party.TENANT if line.promise.owner is Owner.TENANT else Party.MAIN_CONNECTOR
            await kept(desk, agreement, line.item, by)
    await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS)


class TestKnown:
    async def test_a_delivered_notice_owes_every_item_with_its_day_owner_rule_and_source(self, desk):
        agreement = await desk.in_force()
        with pytest.raises(EndingNotFound):
            await ending(desk, agreement)
        await given(desk, agreement, a_notice())
        found = await ending(desk, agreement)
        assert (found.checklist.ground, found.checklist.delivered_on) == (Ground.NOTICE, TODAY)
        days = {line.item: (line.due_on, line.promise.owner) for line in found.lines}
        assert len(days) == ALL
        assert days["technical_notice"] == (date(2026, 3, 12), Owner.MAIN_CONNECTOR)
        assert days["renewal_intake"] == (date(2026, 3, 25), Owner.MAIN_CONNECTOR)
        assert days["dpo_mandate"] == (date(2026, 4, 2), Owner.TENANT)
        for line in found.lines:
            promise = line.promise
            assert promise.key == f"agreement.checklist/{agreement.id}/{found.checklist.id}/{line.item}"
            assert (promise.kind, promise.subject) == ("agreement.checklist", f"agreement/{agreement.id}")
            assert (promise.rule, promise.explanation.result) == ("K20.5", line.due_on.isoformat())
        assert [line.promise.due_at for line in found.lines] == sorted(line.promise.due_at for line in found.lines)

    async def test_a_tenant_without_prescriptions_has_no_intake_to_stop(self, desk):
        agreement = await desk.in_force(a_draft(services=("patient_data",)))
        await given(desk, agreement, a_notice())
        assert "renewal_intake" not in await states(desk, agreement)

    async def test_a_step_that_fails_leaves_nothing_of_it(self, desk, owner):
        agreement = await desk.in_force()
        before = await owner.fetchval("SELECT count(*) FROM journal_entry")
        await owner.execute(
            "ALTER TABLE promise ADD CONSTRAINT broken CHECK (key NOT LIKE '%/end_confirmed')"  # the last of the items
        )
        with pytest.raises(asyncpg.CheckViolationError):
            await given(desk, agreement, a_notice())
        assert (await desk.read(agreement)).in_force_until is None
        for table in ("promise", "checklist", "notice"):
            assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608 -- names of ours
        assert await owner.fetchval("SELECT count(*) FROM journal_entry") == before

    async def test_an_end_at_once_shows_what_is_too_late(self, desk):
        agreement = await desk.in_force()
        desk.clock.advance(days=10)
        await recorded(desk, last_day=TODAY + 2 * DAY)
        found = await ending(desk, agreement)
        wrong = {line.item: line.conflicts for line in found.conflicting}
        assert set(wrong["technical_notice"]) == {Conflict.BEFORE_TODAY}
        assert "end_confirmed" not in wrong
        assert found.lines[0].is_overdue(desk.clock.now())

    async def test_a_rescission_leaves_no_day_for_what_is_to_be_done_before_it(self, desk):
        agreement = await desk.in_force()
        proposal = await proposed(desk, agreement, await a_person(desk, "aino@example.org"))
        desk.clock.advance(hours=2)
        await confirmed(desk, proposal, await a_person(desk, "eino@example.org"))
        found = await ending(desk, agreement)
        assert found.checklist.ground is Ground.RESCISSION
        wrong = {line.item: line.conflicts for line in found.conflicting}
        assert len(wrong) == ALL - 2  # all but what may follow
        assert wrong["renewal_intake"] == (Conflict.BEFORE_TODAY,)
        assert wrong["access_rights"] == (Conflict.AFTER_END,)

    async def test_the_forecast_tells_of_the_items_and_the_end_in_order(self, desk):
        await given(desk, await desk.in_force(), a_notice())
        async with desk.database.transaction(desk.main_connector) as tx:
            asked = timeline.Asked(now=desk.clock.now(), until=date(2026, 4, 10), count=50)
            found = await timeline.forecast(tx, asked)
        assert [one.due_at for one in found] == sorted(one.due_at for one in found)
        assert sum(one.kind == "agreement.checklist" for one in found) == ALL - 2  # two are due after the tenth

    async def test_a_short_notice_period_shows_what_is_due_before_the_delivery(self, desk):
        agreement = await desk.in_force()
        exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
        await recorded(desk, period=Period(count=14, unit=Unit.DAYS), exhibit_id=exhibit.id)
        await given(desk, agreement, a_notice())
        wrong = {line.item: line.conflicts for line in (await ending(desk, agreement)).conflicting}
        assert wrong == {"technical_notice": (Conflict.BEFORE_DELIVERY, Conflict.BEFORE_TODAY)}

    async def test_where_another_agreement_takes_its_place_only_what_is_lost_has_to_be_done(self, desk, owner):
        await desk.in_force()
        whole = await desk.in_force()
        assert await ledger(owner) == {}
        await desk.in_force(a_draft(services=("patient_data",)))
        found = await ending(desk, whole)
        assert found.checklist.ground is Ground.REPLACEMENT
        assert {line.item for line in found.lines} == {
            "technical_notice", "renewal_intake", "renewals_closed", "last_archiving"
        }  # fmt: skip


class TestMoved:
    async def test_items_move_with_the_end_and_what_was_done_stays_done(self, desk):
        agreement = await desk.in_force()
        contract = await recorded(desk, last_day=date(2026, 6, 30))
        await kept(desk, agreement, "technical_notice")
        before = await ending(desk, agreement)
        desk.clock.advance(days=1)
        await changed(desk, contract, last_day=date(2026, 5, 31))
        after = await ending(desk, agreement)
        assert after.checklist.id == before.checklist.id
        assert (after.checklist.known_at, after.checklist.reckoned_at) == (before.checklist.known_at, desk.clock.now())
        days = {line.item: line.due_on for line in after.lines}
        assert (days["renewal_intake"], days["access_rights"]) == (date(2026, 5, 23), date(2026, 5, 31))
        notice = next(line for line in after.lines if line.item == "technical_notice")
        assert (notice.promise.state, notice.conflicts) == (State.KEPT, (Conflict.END_MOVED,))
        assert notice in after.conflicting

    async def test_an_amendment_that_gives_prescriptions_up_releases_what_they_asked_for_and_one_back_owes_it_anew(
        self, desk
    ):
        agreement = await desk.in_force()
        await recorded(desk, last_day=date(2026, 6, 30))
        await kept(desk, agreement, "technical_notice")
        await released(desk, agreement, "dpo_mandate")
        await amended(desk, agreement, "patient_data", on=date(2026, 4, 1))
        seen = await states(desk, agreement)
        assert (seen["renewal_intake"], seen["renewals_closed"]) == (State.RELEASED, State.RELEASED)
        await amended(desk, agreement, "prescription", on=date(2026, 5, 1))
        again = await states(desk, agreement)
        assert (again["renewal_intake"], again["technical_notice"]) == (State.OWED, State.KEPT)
        assert again["dpo_mandate"] is State.RELEASED
        assert len(again) == ALL

    async def test_an_amendment_and_a_keeping_at_once_do_not_wait_for_each_other(self, desk):
        agreement = await desk.in_force()
        await recorded(desk, last_day=date(2026, 6, 30))
        for services in (("patient_data",), ("prescription",)) * 2:
            draft = await drafted(desk, agreement, *services, on=date(2026, 4, 1))
            offered = await desk.offer(draft)
            partly = await desk.sign(offered, offered.signatories[0])
            item = next(line.item for line in (await ending(desk, agreement)).lines if line.is_open)
            by = Party.TENANT if item in {"renewals_closed", "last_archiving", "dpo_mandate"} else Party.MAIN_CONNECTOR
            race = [desk.sign(partly, partly.signatories[1]), kept(desk, agreement, item, by)]
            results = await asyncio.gather(*race, return_exceptions=True)
            assert not isinstance(results[0], BaseException), results
            assert results[1] is None or isinstance(results[1], (PromiseChanged, PromiseSettled)), results

    async def test_twice_in_a_row_does_no_harm(self, desk, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        before = await owner.fetch("SELECT * FROM promise ORDER BY key")
        desk.clock.advance(days=3)
        async with desk.database.transaction(desk.main_connector) as tx:
            await checklists.follow(tx, await desk.read(agreement), at=desk.clock.now())
        assert await owner.fetch("SELECT * FROM promise ORDER BY key") == before


class TestFallenAway:
    async def test_a_withdrawn_notice_releases_all_that_is_open_and_another_begins_anew(self, desk, owner):
        agreement = await desk.in_force()
        notice = await given(desk, agreement, a_notice())
        await kept(desk, agreement, "technical_notice")
        await agreed(desk, await agreed(desk, notice, Party.TENANT), Party.MAIN_CONNECTOR)
        assert await ledger(owner) == {"kept": 1, "released": ALL - 1}
        with pytest.raises(EndingNotFound):
            await ending(desk, agreement)
        await given(desk, agreement, a_notice())
        assert await ledger(owner) == {"kept": 1, "released": ALL - 1, "owed": ALL}
        assert set((await states(desk, agreement)).values()) == {State.OWED}

    async def test_of_a_withdrawal_and_a_keeping_at_once_both_leave_the_ledger_whole(self, desk, owner):
        for _ in range(5):
            agreement = await desk.in_force()
            first = await agreed(desk, await given(desk, agreement, a_notice()), Party.TENANT)
            race = [agreed(desk, first, Party.MAIN_CONNECTOR), kept(desk, agreement, "technical_notice")]
            results = await asyncio.gather(*race, return_exceptions=True)
            lost = [one for one in results if isinstance(one, BaseException)]
            # Only the keeper may have come too late, and is told so; the two never wait for each other.
            assert all(isinstance(one, (PromiseChanged, PromiseSettled, EndingNotFound)) for one in lost), lost
            assert not isinstance(results[0], BaseException)
            assert (await desk.read(agreement)).in_force_until is None
            found = await owner.fetch("SELECT state FROM promise WHERE subject = $1", f"agreement/{agreement.id}")
            assert {row["state"] for row in found} <= {"kept", "released"}

    async def test_a_checklist_that_is_over_does_not_change_whatever_the_program_says(self, desk, owner):
        agreement = await desk.in_force()
        notice = await given(desk, agreement, a_notice())
        await agreed(desk, await agreed(desk, notice, Party.TENANT), Party.MAIN_CONNECTOR)
        with pytest.raises(asyncpg.RaiseError, match="over"):
            await owner.execute("UPDATE checklist SET dropped_at = NULL")


class TestComplete:
    async def test_an_ending_is_complete_when_all_is_kept_or_released_and_nothing_holds(self, desk, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        await held(desk, agreement)
        await released(desk, agreement, "soteri_cessation", "It goes on elsewhere")
        await all_done(desk, agreement)
        found = await ending(desk, agreement)
        assert (found.is_complete, found.checklist.completed_at) == (False, None)
        assert await let_go(desk, agreement)
        found = await ending(desk, agreement)
        assert (found.is_complete, found.checklist.completed_at) == (True, desk.clock.now())
        assert await owner.fetchval("SELECT count(*) FROM outbox WHERE kind = 'agreement.ending_completed'") == 1

    async def test_the_last_item_that_a_person_keeps_completes_it(self, desk):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        await all_done(desk, agreement)
        assert (await ending(desk, agreement)).checklist.completed_at == desk.clock.now()
        await held(desk, agreement)
        again = await ending(desk, agreement)
        assert (again.is_complete, again.checklist.completed_at) == (False, None)

    async def test_it_stays_to_be_done_after_the_agreement_has_ended(self, desk, database):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        before = (await ending(desk, agreement)).checklist
        desk.clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        assert await promised.pay(database, desk.clock) == 1
        found = await ending(desk, agreement)
        assert found.checklist == before
        assert all(line.is_overdue(desk.clock.now()) for line in found.lines)
        await all_done(desk, agreement)
        assert (await ending(desk, agreement)).is_complete

    async def test_what_a_person_keeps_elsewhere_is_nothing_for_an_ending(self, desk, database):
        message = {"kind": "test.other", "subject": "test/1", "at": "2026-03-02T09:00:00Z"}
        async with database.transaction(desk.main_connector) as tx:
            told = outbox.Message(
                id=new_id(), tenancy_id=None, kind="promise.kept", body=message, at=desk.clock.now(), attempts=1
            )
            await settling.carry_on_kept(tx, told)


class TestReleased:
    async def test_an_item_is_released_once_with_a_reason_that_both_can_read(self, desk):
        agreement = await desk.in_force()
        with pytest.raises(EndingNotFound):
            await released(desk, agreement, "dpo_mandate")
        await given(desk, agreement, a_notice())
        await released(desk, agreement, "dpo_mandate", "It gave none")
        line = next(one for one in (await ending(desk, agreement, Party.TENANT)).lines if one.item == "dpo_mandate")
        assert (line.promise.state, line.promise.result) == (State.RELEASED, {"because": "It gave none"})
        for item in ("dpo_mandate", "nothing"):
            with pytest.raises(ItemNotOwed):
                await released(desk, agreement, item)
        with pytest.raises(OccurrenceRefused):
            await released(desk, agreement, "certificates", " ")


class TestWho:
    async def test_a_tenant_keeps_its_own_items_and_no_other(self, desk):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        await kept(desk, agreement, "dpo_mandate", Party.TENANT)
        with pytest.raises(PromiseOfAnother):
            await kept(desk, agreement, "certificates", Party.TENANT)
        seen = (await ending(desk, agreement, Party.TENANT)).of(Party.TENANT)
        assert {line.promise.owner for line in seen} == {Owner.TENANT}
        assert len((await ending(desk, agreement)).of(Party.MAIN_CONNECTOR)) == ALL

    async def test_a_neighbour_sees_no_ending(self, desk, database, clock):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        neighbour = Desk(database, clock, desk.main_connector, await desk.another_tenant(1100000))
        with pytest.raises(AgreementNotFound):
            await ending(neighbour, agreement, Party.TENANT)
        for party, count in ((Party.MAIN_CONNECTOR, 1), (Party.TENANT, 0)):
            async with database.transaction(neighbour.caller(party)) as tx:
                assert len(await open_endings.page(tx, complete=None, after=None, count=10)) == count


class TestAudit:
    async def test_the_audit_misses_an_item_that_is_not_there_and_sees_one_for_another_day(self, desk, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        expectations = {"checklists": open_endings.items_expected}
        findings = []
        for mischief in (
            "SELECT 1",
            "DELETE FROM promise WHERE key LIKE '%/certificates'",
            "UPDATE promise SET due_at = due_at + interval '1 day' WHERE key LIKE '%/access_rights'",
        ):
            await owner.execute(mischief)
            async with desk.database.transaction(desk.main_connector) as tx:
                found = await audit(tx, desk.clock.now(), expectations)
            findings.append([(one.what.value, one.key.rpartition("/")[2]) for one in found])
        missing, misdated = ("missing", "certificates"), ("misdated", "access_rights")
        assert [sorted(found) for found in findings] == [[], [missing], sorted([missing, misdated])]
