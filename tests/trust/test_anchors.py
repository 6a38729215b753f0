"""Certificates are loaded once, removed once, and what was trusted when stays known."""

import asyncio
import uuid
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from kanta_tenancy import promises
from kanta_tenancy.machinery.postgres.journal import Walk, verify_chain
from kanta_tenancy.trust import reading
from kanta_tenancy.trust.actions import anchors as actions
from kanta_tenancy.trust.errors import AnchorChanged, AnchorNotFound, AnchorRefused, AnchorRemoved
from kanta_tenancy.trust.model import AnchorKind
from tests.trust.examples import ISSUING, NOON, OTHER, ROOT, SIGNER, an_authority, fingerprints, loaded, removed

MANY = [an_authority(name=f"CA {number}") for number in range(8)]


async def entries(owner) -> list[dict]:
    rows = await owner.fetch("SELECT entry FROM journal_entry ORDER BY chain, sequence")
    acts = [msgspec.json.decode(row["entry"]) for row in rows]
    return [one for one in acts if one["action"].startswith("trust_")]


async def trusted(database, caller, at, *kinds: AnchorKind) -> set[str]:
    async with database.transaction(caller) as tx:
        rows = await reading.newest_anchors(tx, kinds or tuple(AnchorKind), at=at, before=None, count=99)
    return {one.sha256 for one in rows}


async def test_what_is_loaded_is_kept_with_when_by_whom_and_an_entry_in_the_journal(database, clock, owner, realm):
    root, issuing = await loaded(database, clock, realm, ROOT, ISSUING)
    assert (root.new, issuing.new) == (True, True)
    assert (root.anchor.loaded_at, root.anchor.loaded_by, root.anchor.version) == (NOON, "a test", 1)
    assert [one.anchor.sha256 for one in (root, issuing)] == fingerprints([ROOT, ISSUING])
    acts = await entries(owner)
    assert sorted(act["facts"]["sha256"] for act in acts) == sorted(fingerprints([ROOT, ISSUING]))
    assert {act["action"] for act in acts} == {"trust_anchor.loaded"}
    assert {act["subject"] for act in acts} == {f"trust_anchor/{one.anchor.id}" for one in (root, issuing)}
    async with database.transaction(realm) as tx:
        assert await reading.anchor(tx, root.anchor.id) == root.anchor


async def test_what_is_kept_already_is_not_loaded_again_and_for_something_else_it_is(database, clock, owner, realm):
    (first,) = await loaded(database, clock, realm, ROOT)
    clock.advance(hours=1)
    again, fresh = await loaded(database, clock, realm, ROOT, OTHER.root)
    assert (again.new, fresh.new) == (False, True)
    assert again.anchor == first.anchor
    (for_timestamps,) = await loaded(database, clock, realm, ROOT, kind=AnchorKind.TIMESTAMPS)
    assert for_timestamps.new
    assert len(await entries(owner)) == 3


async def test_either_all_of_a_file_are_loaded_or_none(database, clock, realm):
    with pytest.raises(AnchorRefused):
        await loaded(database, clock, realm, ROOT, SIGNER.certificate)
    assert await trusted(database, realm, clock.now()) == set()


async def test_of_two_who_load_the_same_at_once_one_does(database, clock, owner, realm):
    orders = [MANY, MANY[::-1]] * 4
    results = await asyncio.gather(*(loaded(database, clock, realm, *order) for order in orders))
    assert [sum(one.new for one in result) for result in results].count(0) == len(orders) - 1
    assert sum(one.new for result in results for one in result) == len(MANY)
    assert len({one.anchor.id for result in results for one in result}) == len(MANY)
    assert await owner.fetchval("SELECT count(*) FROM trust_anchor") == len(MANY)
    assert len(await entries(owner)) == len(MANY)


async def test_of_two_who_remove_the_same_at_once_one_does(database, clock, owner, realm):
    (one,) = await loaded(database, clock, realm, ROOT)
    results = await asyncio.gather(
        *(removed(database, clock, realm, one.anchor) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Anchor", *["AnchorChanged"] * 3]
    assert [act["action"] for act in await entries(owner)] == ["trust_anchor.loaded", "trust_anchor.removed"]


async def test_what_was_removed_stays_known_and_can_be_loaded_anew(database, clock, owner, realm):
    (first,) = await loaded(database, clock, realm, ROOT)
    clock.advance(days=1)
    gone = await removed(database, clock, realm, first.anchor)
    assert (gone.removed_at, gone.removed_by, gone.removed_because) == (clock.now(), "a test", "A new one came")
    async with database.transaction(realm) as tx:
        assert await reading.anchor(tx, gone.id) == gone
        with pytest.raises(AnchorRemoved):
            await actions.remove(tx, clock, gone.id, version=2, because="Again")
    (again,) = await loaded(database, clock, realm, ROOT)
    assert (again.new, again.anchor.id != gone.id) == (True, True)
    removal = (await entries(owner))[1]
    assert (removal["before"], removal["after"]) != (None, None)


@pytest.mark.parametrize(
    ("hours", "expected"), [(-1, 0), (0, 1), (23, 1), (24, 0), (25, 0), (48, 1), (1000, 1)]
)  # loaded at 0, removed at 24, loaded anew at 48
async def test_which_certificates_were_trusted_at_an_instant_is_known(database, clock, realm, hours, expected):
    (first,) = await loaded(database, clock, realm, ROOT)
    clock.advance(days=1)
    await removed(database, clock, realm, first.anchor)
    clock.advance(days=1)
    await loaded(database, clock, realm, ROOT)
    at = NOON + timedelta(hours=hours)
    assert len(await trusted(database, realm, at)) == expected
    async with database.transaction(realm) as tx:
        judging = await reading.judging(tx, realm.scope.main_connector_id, at)
        everything = await reading.newest_anchors(tx, tuple(AnchorKind), at=None, before=None, count=9)
    assert len(judging.anchors) == expected
    assert len(everything) == 2


async def test_one_that_is_not_there_or_was_changed_is_not_removed(database, clock, realm):
    (one,) = await loaded(database, clock, realm, ROOT)
    async with database.transaction(realm) as tx:
        with pytest.raises(AnchorNotFound):
            await actions.remove(tx, clock, uuid.uuid4(), version=1, because="x")
        with pytest.raises(AnchorChanged):
            await actions.remove(tx, clock, one.anchor.id, version=2, because="x")
        with pytest.raises(AnchorRefused):
            await actions.remove(tx, clock, one.anchor.id, version=1, because="\u202e")


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE trust_anchor SET removed_at = NULL, removed_by = NULL, removed_because = NULL",
        "UPDATE trust_anchor SET removed_because = 'x'",
    ],
)
async def test_the_database_itself_refuses_to_edit_what_was_removed(database, clock, realm, mischief):
    (one,) = await loaded(database, clock, realm, ROOT)
    await removed(database, clock, realm, one.anchor)
    with pytest.raises(asyncpg.RaiseError, match="that is final"):
        async with database.transaction(realm) as tx:
            await tx.connection.execute(mischief)


async def test_the_journal_stays_whole_whatever_is_loaded_at_once(database, clock, owner, realm):
    await asyncio.gather(*(loaded(database, clock, realm, each) for each in MANY))
    async with database.transaction(realm) as tx:
        walk = Walk(realm.scope.main_connector_id)
        assert [sentence async for sentence in verify_chain(tx, walk)] == []
    assert walk.count > len(MANY)


async def test_of_each_kind_only_what_is_for_that_judges(database, clock, realm):
    await loaded(database, clock, realm, ROOT)
    await loaded(database, clock, realm, OTHER.root, kind=AnchorKind.TIMESTAMPS)
    await loaded(database, clock, realm, ISSUING, kind=AnchorKind.INTERMEDIATE)
    async with database.transaction(realm) as tx:
        judging = await reading.judging(tx, realm.scope.main_connector_id, clock.now())
    assert fingerprints(judging.anchors) == fingerprints([ROOT])
    assert fingerprints(judging.timestamp_anchors) == fingerprints([OTHER.root])
    assert fingerprints(judging.intermediates) == fingerprints([ISSUING])
    assert await trusted(database, realm, clock.now(), AnchorKind.INTERMEDIATE) == set(fingerprints([ISSUING]))


async def test_a_promise_to_warn_is_owed_and_falls_away_with_the_certificate(database, clock, realm):
    (one,) = await loaded(database, clock, realm, ROOT)
    wanted = promises.Wanted(kind="trust.warn_of_expiry")
    async with database.transaction(realm) as tx:
        (owed,) = await promises.page(tx, wanted, after=None, count=9)
    assert owed.due_at == one.anchor.not_after - (one.anchor.not_after - one.anchor.not_before) / 3
    assert (owed.state, owed.subject) == (promises.State.OWED, f"trust_anchor/{one.anchor.id}")
    await removed(database, clock, realm, one.anchor)
    async with database.transaction(realm) as tx:
        (owed,) = await promises.page(tx, wanted, after=None, count=9)
    assert owed.state is promises.State.RELEASED
