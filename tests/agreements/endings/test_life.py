"""How agreements come to their ends: by themselves when nobody is at work, with a contract beneath, by another one."""

import asyncio
from datetime import UTC, date, datetime

import asyncpg
import pytest

from kanta_tenancy.agreements.annex import reading
from kanta_tenancy.agreements.drafting.errors import DraftIncomplete
from kanta_tenancy.agreements.endings import jobs, service_agreements
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import NewServiceAgreement, ServiceAgreement
from kanta_tenancy.agreements.ends import Ground, Period, Unit
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.model import Party, Status
from kanta_tenancy.assembly import promised
from kanta_tenancy.machinery.postgres import invariants
from kanta_tenancy.promises import State, audit
from tests.agreements.annex.test_amending import amended, drafted
from tests.agreements.conftest import Desk
from tests.agreements.endings.test_notices import TODAY, a_notice, given, promises

FAR = date(2026, 12, 31)


async def recorded(desk: Desk, **said: object) -> ServiceAgreement:
    new = NewServiceAgreement(**{"name": "S-1", "since": date(2026, 1, 1)} | said)
    async with desk.database.transaction(desk.main_connector) as tx:
        return await service_agreements.put_down(tx, desk.clock, tenancy_id=desk.tenant.tenancy.id, said=new)


async def changed(desk: Desk, before: ServiceAgreement, **said: object) -> ServiceAgreement:
    new = NewServiceAgreement(
        **{"name": before.name, "since": before.since, "period": before.period, "exhibit_id": before.exhibit_id} | said
    )
    async with desk.database.transaction(desk.main_connector) as tx:
        return await service_agreements.change(
            tx, desk.clock, service_agreement_id=before.id, version=before.version, said=new
        )


class TestByItself:
    async def test_it_ends_when_its_end_has_come_and_nobody_is_at_work(self, desk, database):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        desk.clock.at = datetime(2026, 4, 2, 20, 59, 59, tzinfo=UTC)
        assert await promised.pay(database, desk.clock) == 0
        desk.clock.at = datetime(2026, 4, 2, 21, tzinfo=UTC)
        assert await promised.pay(database, desk.clock) == 1
        ended = await desk.read(agreement)
        assert (ended.status, ended.ended_at) == (Status.ENDED, ended.in_force_until)
        assert await promises(desk, agreement) == [(State.KEPT, ended.in_force_until)]

    async def test_put_down_late_it_has_ended_in_time(self, desk, database):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        desk.clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        assert await promised.pay(database, desk.clock) == 1
        ended = await desk.read(agreement)
        assert (ended.last_day, ended.ended_at) == (date(2026, 4, 2), desk.clock.at)
        assert await desk.services_on(date(2026, 4, 3)) == ()

    async def test_on_two_instances_it_ends_once(self, desk, database, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        desk.clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        assert sum(await asyncio.gather(*(promised.pay(database, desk.clock) for _ in range(2)))) == 1
        ends = "SELECT count(*) FROM outbox WHERE kind = 'agreement.ended'"
        assert await owner.fetchval(ends) == 1

    async def test_the_audit_misses_an_end_that_nobody_promised(self, desk, database, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        for findings in (0, 1):
            async with database.transaction(desk.main_connector) as tx:
                found = await audit(tx, desk.clock.now(), {"ends": jobs.ends_expected})
            assert len(found) == findings
            await owner.execute("TRUNCATE promise CASCADE")

    async def test_what_has_ended_stays_so_whatever_the_program_says(self, desk, database, owner):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        desk.clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        await promised.pay(database, desk.clock)
        for change in (
            "in_force_until = NULL",
            "in_force_from = in_force_from - interval '1 day'",
            "status = 'in_force'",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await owner.execute(f"UPDATE agreement SET {change} WHERE id = $1", agreement.id)  # noqa: S608


class TestWithItsContract:
    async def test_another_notice_period_prevails_and_its_document_is_needed(self, desk):
        with pytest.raises(OccurrenceRefused, match="document"):
            await recorded(desk, period=Period(count=14, unit=Unit.DAYS))
        exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
        await recorded(desk, period=Period(count=3, unit=Unit.MONTHS), exhibit_id=exhibit.id)
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        ending = await desk.read(agreement)
        assert (ending.last_day, ending.end_explanation.rule) == (date(2026, 6, 2), "K20.2")

    async def test_a_period_put_down_after_the_notice_counts_and_one_that_is_not_in_force_does_not(self, desk):
        exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        period = {"period": Period(count=14, unit=Unit.DAYS), "exhibit_id": exhibit.id}
        await recorded(desk, name="over", since=date(2020, 1, 1), last_day=date(2021, 1, 1), **period)
        assert (await desk.read(agreement)).last_day == date(2026, 4, 2)
        await recorded(desk, **period)
        assert (await desk.read(agreement)).last_day == date(2026, 3, 16)

    async def test_of_different_periods_the_longest_is_taken_and_said_to_be_our_reading(self, desk):
        exhibit = await desk.exhibit(Party.MAIN_CONNECTOR)
        for name, count in (("A", 2), ("B", 6), ("C", 4)):
            await recorded(desk, name=name, period=Period(count=count, unit=Unit.MONTHS), exhibit_id=exhibit.id)
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        ending = await desk.read(agreement)
        assert ending.last_day == date(2026, 9, 2)
        assert any("longest" in step.en for step in ending.end_explanation.steps)

    async def test_its_end_ends_the_agreement_the_same_day(self, desk, database):
        agreement = await desk.in_force()
        contract = await recorded(desk)
        await changed(desk, contract, last_day=date(2026, 5, 31))
        ending = await desk.read(agreement)
        assert (ending.last_day, ending.end_ground) == (date(2026, 5, 31), Ground.SERVICE_AGREEMENT)
        desk.clock.at = ending.in_force_until
        await promised.pay(database, desk.clock)
        assert (await desk.read(agreement)).status is Status.ENDED

    async def test_an_end_that_is_put_down_late_has_come_at_once(self, desk):
        agreement = await desk.in_force()
        contract = await recorded(desk)
        desk.clock.advance(days=30)
        await changed(desk, contract, last_day=date(2026, 3, 20))
        ended = await desk.read(agreement)
        assert (ended.status, ended.last_day, ended.ended_at) == (Status.ENDED, date(2026, 3, 20), desk.clock.at)

    async def test_an_end_that_falls_away_leaves_the_agreement_in_force(self, desk):
        agreement = await desk.in_force()
        contract = await recorded(desk, last_day=FAR)
        assert (await desk.read(agreement)).last_day == FAR
        again = await changed(desk, contract)
        assert (await desk.read(agreement)).in_force_until is None
        await changed(desk, again, last_day=FAR)
        states = [state for state, _ in await promises(desk, agreement)]
        assert sorted(states) == [State.OWED, State.RELEASED]

    async def test_a_last_day_that_was_known_before_the_agreement_ends_it_too(self, desk):
        await recorded(desk, last_day=FAR)
        agreement = await desk.in_force()
        assert agreement == await desk.read(agreement)
        assert (agreement.status, agreement.last_day) == (Status.IN_FORCE, FAR)

    async def test_put_down_while_the_last_signature_comes_in_it_ends_the_new_agreement(self, desk):
        offered = await desk.offered()
        partly = await desk.sign(offered, offered.signatories[0])
        copy = await desk.signed_copy(partly, partly.signatories[1])
        await asyncio.gather(recorded(desk, last_day=FAR), desk.hand_in(partly, Party.TENANT, copy))
        assert (await desk.read(partly)).last_day == FAR

    async def test_what_was_over_before_the_agreement_does_not_end_it(self, desk):
        await recorded(desk, last_day=date(2026, 3, 1))
        agreement = await desk.in_force()
        await recorded(desk, name="S-2", last_day=date(2026, 2, 1))
        assert (await desk.read(agreement)).in_force_until is None

    async def test_a_change_names_the_version_that_it_was_made_from(self, desk):
        contract = await recorded(desk)
        await changed(desk, contract, last_day=FAR)
        with pytest.raises(OccurrenceChanged):
            await changed(desk, contract, last_day=FAR)


class TestByAnother:
    async def test_a_new_agreement_ends_the_earlier_one_at_that_instant(self, desk):
        first = await desk.in_force()
        desk.clock.advance(days=40, hours=3)
        second = await desk.in_force()
        earlier = await desk.read(first)
        assert (earlier.status, earlier.end_ground, earlier.end_source) == (
            Status.ENDED, Ground.REPLACEMENT, second.id,
        )  # fmt: skip
        assert earlier.in_force_until == second.in_force_from == earlier.ended_at
        assert earlier.end_explanation.rule == "K20.3"
        for day in (TODAY, date(2026, 4, 10), date(2026, 4, 11), date(2026, 4, 12)):
            async with desk.database.transaction(desk.tenant.caller) as tx:
                found = await reading.services_on(tx, desk.tenant.tenancy.id, day)
            assert found.agreement_id == (first.id if day < date(2026, 4, 11) else second.id)

    async def test_until_the_last_signature_the_earlier_one_goes_on(self, desk):
        first = await desk.in_force()
        offered = await desk.offered()
        partly = await desk.sign(offered, offered.signatories[0])
        assert (await desk.read(first)).status is Status.IN_FORCE
        await desk.sign(partly, partly.signatories[1])
        assert (await desk.read(first)).status is Status.ENDED

    async def test_a_notice_on_the_earlier_one_is_overtaken_and_its_promise_released(self, desk):
        first = await desk.in_force()
        await given(desk, first, a_notice())
        desk.clock.advance(days=1)
        second = await desk.in_force()
        assert (await desk.read(first)).end_source == second.id
        assert [state for state, _ in await promises(desk, first)] == [State.RELEASED]

    async def test_an_end_that_had_come_before_is_not_called_a_replacement(self, desk):
        first = await desk.in_force()
        notice = await given(desk, first, a_notice())
        desk.clock.at = datetime(2026, 5, 1, 9, tzinfo=UTC)
        second = await desk.in_force()
        earlier = await desk.read(first)
        assert (earlier.end_source, earlier.last_day) == (notice.id, date(2026, 4, 2))
        assert second.in_force_on == date(2026, 5, 1)
        assert await desk.services_on(date(2026, 4, 15)) == ()

    async def test_of_a_keeper_and_a_last_signature_at_once_neither_is_lost(self, desk, database, owner):
        first = await desk.in_force()
        await given(desk, first, a_notice())
        offered = await desk.offered()
        desk.clock.at = datetime(2026, 5, 1, 9, tzinfo=UTC)
        partly = await desk.sign(offered, offered.signatories[0])
        copy = await desk.signed_copy(partly, partly.signatories[1])
        _, second = await asyncio.gather(promised.pay(database, desk.clock), desk.hand_in(partly, Party.TENANT, copy))
        assert second.status is Status.IN_FORCE
        assert (await desk.read(first)).end_ground is Ground.NOTICE
        desk.clock.advance(hours=1)
        await promised.pay(database, desk.clock)
        assert await owner.fetchval("SELECT count(*) FROM outbox WHERE kind = 'agreement.ended'") == 1
        assert await owner.fetchval("SELECT count(*) FROM promise WHERE state = 'owed' AND kind = 'agreement.end'") == 0

    async def test_its_amendments_end_with_it(self, desk):
        first = await desk.in_force()
        await amended(desk, first, "imaging", on=date(2026, 5, 1))
        late = await desk.offer(await drafted(desk, first, "will", on=date(2026, 5, 1)))
        desk.clock.advance(days=1)
        await desk.in_force()
        assert await desk.services_on(date(2026, 5, 1)) == ("prescription", "patient_data")
        with pytest.raises(MoveNotAllowed, match="amends"):
            await desk.sign_all(late)

    async def test_an_amendment_for_a_day_after_the_end_is_not_offered(self, desk):
        first = await desk.in_force()
        await given(desk, first, a_notice())
        with pytest.raises(DraftIncomplete, match="any more"):
            await desk.offer(await drafted(desk, first, "will", on=date(2026, 4, 3)))
        await desk.offer(await drafted(desk, first, "will", on=date(2026, 4, 2)))


class TestInvariants:
    @pytest.fixture(autouse=True)
    async def lived(self, desk, database):
        """An agreement that was amended and ended, and one that goes on."""
        first = await desk.in_force()
        await amended(desk, first, "imaging", on=date(2026, 3, 5))
        await given(desk, first, a_notice())
        desk.clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        await promised.pay(database, desk.clock)
        await desk.in_force()

    async def test_a_whole_life_breaks_none(self, database):
        assert await invariants.broken(database) == {}

    @pytest.mark.parametrize(
        ("mischief", "name"),
        [
            ("DELETE FROM annex_period WHERE until IS NULL", "agreement without its Annex 1"),
            (
                "UPDATE annex_period SET until = until + 1 WHERE until > '2026-04-01'",
                "version of Annex 1 that outlives its agreement",
            ),
            (
                "INSERT INTO exhibit SELECT gen_random_uuid(), main_connector_id, tenancy_id, 'x', 'x', 1, 'x', 'x',"
                " 'tenant', now() FROM tenancy",
                "file whose bytes are not those of its digest",
            ),
        ],
    )
    async def test_what_must_never_be_is_counted(self, database, owner, mischief, name):
        await owner.execute(mischief)
        assert await invariants.broken(database) == {name: 1}
