"""What signatures are to reach: decided version by version, each known for ever."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.trust import checking, reading
from kanta_tenancy.trust.actions import policies as actions
from kanta_tenancy.trust.errors import PolicyChanged, PolicyRefused
from kanta_tenancy.trust.model import NOTHING_DECIDED, Obligation, Policy, TimestampAuthority, Wish
from tests.trust.examples import NOON

FIRST = TimestampAuthority(name="Aikaleima Oy", url="https://tsa.example.org/rfc3161")
SECOND = TimestampAuthority(name="Tidsstämpel Ab", url="http://tsa.example.com:8080/?q=1")
LONG_TERM = Wish(level=Level.LT, obligation=Obligation.REQUIRED, authorities=(FIRST, SECOND), fresh_for_hours=24)


async def decided(database, clock, caller, wish: Wish, version: int | None = None) -> Policy:
    async with database.transaction(caller) as tx:
        return await actions.decide(tx, clock, wish, version=version)


async def wanted_at(database, caller, at) -> Policy:
    async with database.transaction(caller) as tx:
        return (await reading.judging(tx, caller.scope.main_connector_id, at)).policy


async def test_a_decision_holds_from_then_on_and_what_held_before_stays_known(database, clock, realm, tenant):
    assert await wanted_at(database, realm, NOON) == NOTHING_DECIDED
    clock.advance(days=1)
    first = await decided(database, clock, realm, LONG_TERM, version=0)
    assert (first.version, first.since, first.decided_by) == (1, clock.now(), "a test")
    clock.advance(days=1)
    second = await decided(database, clock, realm, Wish(), version=1)
    for caller in (realm, tenant.caller):
        assert await wanted_at(database, caller, NOON) == NOTHING_DECIDED
        assert await wanted_at(database, caller, NOON + timedelta(days=1)) == first
        assert await wanted_at(database, caller, clock.now()) == second
    assert first.authorities == (FIRST, SECOND)


async def test_the_same_again_changes_nothing(database, clock, owner, realm):
    first = await decided(database, clock, realm, LONG_TERM)
    clock.advance(days=1)
    assert await decided(database, clock, realm, LONG_TERM, version=1) == first
    rows = await owner.fetch("SELECT entry FROM journal_entry ORDER BY chain, sequence")
    acts = [msgspec.json.decode(row["entry"]) for row in rows]
    (act,) = [one for one in acts if one["action"] == "trust_policy.changed"]
    assert act["facts"] == {"version": 1, "level": "LT", "obligation": "required"}


async def test_of_two_who_decide_at_once_one_is_told_to_look_again(database, clock, realm):
    wishes = [Wish(fresh_for_hours=hours) for hours in (1, 2, 3, 4)]
    results = await asyncio.gather(
        *(decided(database, clock, realm, wish, version=0) for wish in wishes), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["Policy", *["PolicyChanged"] * 3]
    with pytest.raises(PolicyChanged):
        await decided(database, clock, realm, LONG_TERM, version=0)


async def test_versions_go_page_by_page(database, clock, realm):
    for hours in range(1, 6):
        await decided(database, clock, realm, Wish(fresh_for_hours=hours))
    async with database.transaction(realm) as tx:
        first = await reading.newest_policies(tx, before=None, count=3)
        rest = await reading.newest_policies(tx, before=first[-1].version, count=3)
    assert [one.version for one in (*first, *rest)] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(level=Level.T), "authorities"),
        (Wish(level=Level.LT, obligation=Obligation.BEST_EFFORT), "authorities"),
        (Wish(authorities=(FIRST, FIRST)), "authorities"),
        (Wish(authorities=tuple(TimestampAuthority(name="x", url=f"https://a/{n}") for n in range(6))), "authorities"),
        (Wish(authorities=(TimestampAuthority(name="\u202e", url=FIRST.url),)), "authorities[0].name"),
        *(
            (Wish(authorities=(FIRST, TimestampAuthority(name="x", url=url))), "authorities[1].url")
            for url in (
                "ftp://tsa.example.org", "https://", "tsa.example.org", "https://a:b@tsa.example.org", "https://a/#b",
                "https://tsa.example.org/ö", "https://[::1", "https://a:99999", "https://" + "a" * 1000, "",
            )
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_its_field(wish, field):
    with pytest.raises(PolicyRefused) as refused:
        checking.wish(wish)
    assert [flaw.field for flaw in refused.value.flaws] == [field]


def test_names_and_addresses_are_kept_without_blanks_around_them():
    said = Wish(authorities=(TimestampAuthority(name=f" {FIRST.name} ", url=f" {FIRST.url}\n"),))
    assert checking.wish(said).authorities == (FIRST,)
    assert checking.wish(LONG_TERM) == LONG_TERM
