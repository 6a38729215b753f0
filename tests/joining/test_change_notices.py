"""A planned change owes a promise until Kela was told, and not a moment longer."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.assembly.promised import EXPECTATIONS
from kanta_tenancy.joining import owing, reading
from kanta_tenancy.joining.actions import change_notices as actions
from kanta_tenancy.joining.errors import ChangeNoticeChanged, ChangeNoticeSettled, JoiningRefused
from kanta_tenancy.joining.model import Change, ChangeNotice, Position, Status, Wanted
from kanta_tenancy.joining.store import change_notices as store
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.promises import actions as promise_actions
from tests.joining.examples import MARCH_2, a_change
from tests.parties.examples import a_tenant

END_OF_MARCH_11 = datetime(2026, 3, 11, 22, 0, tzinfo=UTC)


async def planned(database, clock, realm, change: Change | None = None) -> ChangeNotice:
    async with database.transaction(realm) as tx:
        return await actions.plan(tx, clock, change or a_change())


async def sent(database, clock, realm, notice: ChangeNotice, on: date = MARCH_2) -> ChangeNotice:
    async with database.transaction(realm) as tx:
        return await actions.send(
            tx, clock, notice.id, version=notice.version, on=on, by="Aino Ahola", reference="Kela 7"
        )


async def promise_of(database, realm, notice: ChangeNotice) -> promises.Promise:
    async with database.transaction(realm) as tx:
        (found,) = await promises.page(tx, promises.Wanted(subject=owing.subject(notice)), after=None, count=9)
    return found


async def read(database, realm, notice_id: UUID) -> ChangeNotice:
    async with database.transaction(realm) as tx:
        return await reading.change_notice(tx, notice_id)


async def amiss(database, clock, realm) -> list[promises.Finding]:
    async with database.transaction(realm) as tx:
        return [one for one in await promises.audit(tx, clock.now(), EXPECTATIONS) if one.what in promises.AMISS]


async def test_it_is_owed_by_the_main_connector_until_the_due_day_ends(database, clock, realm):
    notice = await planned(database, clock, realm)
    assert (notice.due_on, notice.status) == (date(2026, 3, 11), Status.PLANNED)
    promise = await promise_of(database, realm, notice)
    assert promise.key == f"joining.change_notice/{notice.id}"
    assert (promise.owner, promise.state, promise.due_at, promise.tenancy_id) == (
        promises.Owner.MAIN_CONNECTOR,
        promises.State.OWED,
        END_OF_MARCH_11,
        None,
    )
    assert (promise.rule, promise.explanation) == ("K2.1", notice.explanation)
    assert promise.title.en.endswith("takes effect on 1 April 2026")


async def test_it_is_kept_when_it_is_sent_and_says_nothing_of_who_sent_it(database, clock, realm):
    notice = await planned(database, clock, realm)
    done = await sent(database, clock, realm, notice)
    assert (done.status, done.sent_on, done.sent_by, done.reference) == (Status.SENT, MARCH_2, "Aino Ahola", "Kela 7")
    assert await read(database, realm, notice.id) == done
    promise = await promise_of(database, realm, notice)
    assert (promise.state, promise.result) == (
        promises.State.KEPT,
        {"sent_on": "2026-03-02", "reference": "Kela 7"},
    )


@pytest.mark.parametrize(("act", "status"), [(actions.cancel, Status.CANCELLED), (actions.rule_out, Status.NOT_NEEDED)])
async def test_it_is_released_when_it_is_not_owed_any_more(database, clock, realm, act, status):
    notice = await planned(database, clock, realm)
    async with database.transaction(realm) as tx:
        done = await act(tx, clock, notice.id, version=notice.version, because="Aino said so")
    assert (done.status, done.because) == (status, "Aino said so")
    promise = await promise_of(database, realm, notice)
    assert promise.state is promises.State.RELEASED
    assert "Aino" not in str(promise.result)
    with pytest.raises(ChangeNoticeSettled):
        await sent(database, clock, realm, done)


async def test_a_change_that_moves_takes_its_due_day_and_promise_along(database, clock, realm):
    notice = await planned(database, clock, realm)
    async with database.transaction(realm) as tx:
        later = a_change(effective_on=date(2026, 5, 1), services=("imaging", "prescription"))
        moved = await actions.plan_anew(tx, clock, notice.id, lambda _: later, version=notice.version)
    assert (moved.due_on, moved.version) == (date(2026, 4, 10), 2)
    assert moved.services == ("prescription", "imaging")
    assert await read(database, realm, notice.id) == moved
    assert (await promise_of(database, realm, notice)).due_at == datetime(2026, 4, 10, 21, 0, tzinfo=UTC)
    with pytest.raises(ChangeNoticeChanged, match="at version 2, not 1"):
        await sent(database, clock, realm, notice)
    assert await amiss(database, clock, realm) == []


async def test_it_names_whom_it_concerns_and_nobody_unknown(database, clock, realm, tenant):
    other = await a_tenant(database, clock, realm, 1244567)
    both = (tenant.tenancy.id, other.tenancy.id)
    notice = await planned(database, clock, realm, a_change(tenancy_ids=both))
    assert (await read(database, realm, notice.id)).tenancy_ids == tuple(sorted(both))
    async with database.transaction(realm) as tx:
        await actions.plan_anew(tx, clock, notice.id, lambda _: a_change(tenancy_ids=both[:1]), version=1)
    assert (await read(database, realm, notice.id)).tenancy_ids == both[:1]
    with pytest.raises(JoiningRefused, match=r"tenancy_ids\[1\]: there is no such tenancy"):
        await planned(database, clock, realm, a_change(tenancy_ids=(both[0], TenancyId(UUID(int=7)))))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"description": " \n "}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"services": ("prescription", "nonsense")}, "services[1]"),
        ({"services": ("will", "will")}, "services"),
        ({"tenancy_ids": (TenancyId(UUID(int=7)),) * 2}, "tenancy_ids"),
        ({"known_on": date(2026, 3, 3)}, "known_on"),
        ({"effective_on": date(1999, 1, 1)}, "effective_on"),
        ({"effective_on": date(2200, 1, 1)}, "effective_on"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(database, clock, realm, said, field):
    with pytest.raises(JoiningRefused) as refusal:
        await planned(database, clock, realm, a_change(**said))
    assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_whoever_keeps_the_promise_by_hand_has_sent_the_notice(database, clock, realm):
    notice = await planned(database, clock, realm)
    promise = await promise_of(database, realm, notice)
    clock.advance(days=2)
    async with database.transaction(realm) as tx:
        await promise_actions.keep_by_hand(
            tx, clock, promise_id=promise.id, version=promise.version, evidence="Sent on 4 March,\ncase 7"
        )
    await outbox.carry_on(database, clock, SUBSCRIBERS)
    done = await read(database, realm, notice.id)
    assert (done.status, done.sent_on, done.sent_by, done.reference) == (
        Status.SENT,
        date(2026, 3, 4),
        "a test",
        "Sent on 4 March, case 7",
    )
    assert done.settled_at == clock.now()


async def test_a_notice_sent_here_before_the_message_came_stays_as_it_was_sent(database, clock, realm):
    notice = await planned(database, clock, realm)
    promise = await promise_of(database, realm, notice)
    async with database.transaction(realm) as tx:
        await promise_actions.keep_by_hand(tx, clock, promise_id=promise.id, version=1, evidence="By hand")
    done = await sent(database, clock, realm, notice)
    assert await outbox.carry_on(database, clock, SUBSCRIBERS)
    assert await read(database, realm, notice.id) == done


async def test_a_kept_promise_of_another_kind_or_of_no_notice_is_no_business_of_ours(database, clock, realm):
    async with database.transaction(realm) as tx:
        for number, kind in enumerate(("test.end", owing.KIND)):
            key = f"{kind}/{UUID(int=number)}"
            made = replace(owing.owed(await actions.plan(tx, clock, a_change()), clock.now()), key=key, kind=kind)
            await promises.owe(tx, replace(made, subject=f"test/{number}"))
            (other,) = await promises.page(tx, promises.Wanted(subject=f"test/{number}"), after=None, count=9)
            await promise_actions.keep_by_hand(tx, clock, promise_id=other.id, version=1, evidence="Done")
    await outbox.carry_on(database, clock, SUBSCRIBERS)
    async with database.transaction(realm) as tx:
        found = await reading.notices(tx, Wanted(), after=None, count=9)
    assert {one.status for one in found} == {Status.PLANNED}


async def test_the_audit_finds_a_promise_that_was_forgotten_or_is_of_another_day(database, clock, realm, owner):
    forgotten, misdated, settled = [await planned(database, clock, realm) for _ in range(3)]
    await sent(database, clock, realm, settled)
    assert await amiss(database, clock, realm) == []
    await owner.execute("DELETE FROM promise WHERE key = $1", owing.key_of(forgotten.id))
    await owner.execute(
        "UPDATE promise SET due_at = due_at + interval '1 day' WHERE key = $1", owing.key_of(misdated.id)
    )
    found = {(one.what, one.key) for one in await amiss(database, clock, realm)}
    assert found == {
        (promises.What.MISSING, owing.key_of(forgotten.id)),
        (promises.What.MISDATED, owing.key_of(misdated.id)),
    }


async def test_notices_are_listed_by_due_day_page_by_page(database, clock, realm):
    days = [MARCH_2 + timedelta(days=number % 5) for number in range(12)]
    made = [await planned(database, clock, realm, a_change(effective_on=day)) for day in days]
    await sent(database, clock, realm, made[0])
    seen: list[ChangeNotice] = []
    async with database.transaction(realm) as tx:
        while found := await store.page(
            tx, Wanted(statuses=(Status.PLANNED,)), after=store.position(seen[-1]) if seen else None, count=5
        ):
            seen += found
    assert [one.id for one in seen] == [one.id for one in sorted(made[1:], key=lambda one: (one.due_on, one.id))]
    assert store.position(seen[0]) == Position(due_on=seen[0].due_on, id=seen[0].id)


async def test_what_kela_was_told_is_not_edited_whatever_the_program_says(database, clock, realm, owner):
    done = await sent(database, clock, realm, await planned(database, clock, realm))
    with pytest.raises(Exception, match="what Kela was told of does not change"):
        await owner.execute("UPDATE change_notice SET description = 'x' WHERE id = $1", done.id)


async def test_each_act_is_in_the_main_connectors_own_chain(database, clock, realm, owner):
    await sent(database, clock, realm, await planned(database, clock, realm))
    entries = await owner.fetch(
        "SELECT entry, tenancy_id FROM journal_entry WHERE entry LIKE '%change_notice.%' ORDER BY sequence"
    )
    assert [("change_notice.planned" in one["entry"], one["tenancy_id"]) for one in entries] == [
        (True, None),
        (False, None),
    ]
    assert not any("Aino" in one["entry"] for one in entries)
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE kind = 'change_notice.moved'") == 2
