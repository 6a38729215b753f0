"""Holds on an ending: placed and released by rooms above, they keep it from being complete and end nothing."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from kanta_tenancy.agreements import place_hold
from kanta_tenancy.agreements.errors import AgreementNotFound
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.machinery.postgres import outbox
from tests.agreements.endings.checklists.test_endings import OPEN, all_done, ending, held, kept, let_go
from tests.agreements.endings.test_notices import a_notice, given


class TestHolds:
    async def test_a_hold_does_not_stop_the_end(self, desk, database):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        assert await held(desk, agreement)
        desk.clock.at = datetime(2026, 4, 2, 21, tzinfo=UTC)
        assert await promised.pay(database, desk.clock) == 1
        assert [hold.because for hold in (await ending(desk, agreement)).holds] == [OPEN]

    async def test_one_that_was_placed_before_the_end_was_known_shows_on_the_ending(self, desk):
        agreement = await desk.in_force()
        assert await held(desk, agreement, by=Party.TENANT)
        await given(desk, agreement, a_notice())
        for party in Party:
            assert [hold.key for hold in (await ending(desk, agreement, party)).holds] == ["disturbance/7"]

    async def test_it_stands_once_and_is_released_once_and_can_be_placed_again(self, desk, owner):
        agreement = await desk.in_force()
        assert [await held(desk, agreement), await held(desk, agreement)] == [True, False]
        assert [await let_go(desk, agreement), await let_go(desk, agreement)] == [True, False]
        assert await held(desk, agreement)
        with pytest.raises(asyncpg.RaiseError, match="over"):
            await owner.execute("UPDATE ending_hold SET released_at = NULL")

    async def test_of_two_at_once_with_one_key_one_stands_and_with_two_keys_both(self, desk):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        assert sorted(await asyncio.gather(*(held(desk, agreement) for _ in range(2)))) == [False, True]
        assert await asyncio.gather(*(held(desk, agreement, f"renewal/{n}") for n in range(3))) == [True] * 3
        assert len((await ending(desk, agreement)).holds) == 4

    async def test_of_a_hold_and_the_last_keeping_at_once_the_ending_is_not_complete(self, desk):
        agreement = await desk.in_force()
        await given(desk, agreement, a_notice())
        await all_done(desk, agreement, "certificates")
        await kept(desk, agreement, "certificates")
        await asyncio.gather(held(desk, agreement), outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS))
        found = await ending(desk, agreement)
        assert (found.is_complete, found.checklist.completed_at) == (False, None)

    async def test_nobody_holds_what_is_not_theirs(self, desk):
        with pytest.raises(AgreementNotFound):
            async with desk.database.transaction(desk.main_connector) as tx:
                await place_hold(tx, AgreementId(new_id()), "x", OPEN, at=desk.clock.now())
