"""A certificate is kept until it is removed, and a policy holds until the next one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.trust import lifecycle
from kanta_tenancy.trust.errors import AnchorRemoved
from kanta_tenancy.trust.lifecycle import MOVES, Move
from kanta_tenancy.trust.model import NOTHING_DECIDED, Obligation, Standing, Wish
from tests.trust.examples import NOON, an_anchor

SECOND = timedelta(seconds=1)


def test_a_certificate_is_removed_once_and_who_did_so_when_and_why_stays():
    kept = an_anchor()
    gone = lifecycle.remove(kept, at=NOON + SECOND, by="Eino", because="Compromised")
    assert (gone.standing, gone.version) == (Standing.REMOVED, 2)
    assert (gone.removed_at, gone.removed_by, gone.removed_because) == (NOON + SECOND, "Eino", "Compromised")
    with pytest.raises(AnchorRemoved):
        lifecycle.remove(gone, at=NOON + SECOND, by="Eino", because="Again")


def test_every_standing_is_in_the_table_and_removal_is_final():
    assert {before for before, _ in MOVES} | set(MOVES.values()) == set(Standing)
    assert {move for _, move in MOVES} == set(Move)
    assert Standing.REMOVED not in {before for before, _ in MOVES}


def test_a_clock_behind_does_not_remove_before_it_was_loaded():
    gone = lifecycle.remove(an_anchor(at=NOON), at=NOON - SECOND, by="Eino", because="x")
    assert gone.removed_at == NOON


def test_while_nobody_has_decided_anything_plain_signatures_are_wanted_at_best():
    assert (NOTHING_DECIDED.version, NOTHING_DECIDED.level) == (0, Level.B)
    assert lifecycle.wish_of(NOTHING_DECIDED) == Wish()
    assert (Wish().obligation, Wish().authorities, Wish().fresh_for_hours) == (Obligation.BEST_EFFORT, (), None)


@given(st.lists(st.integers(-5, 5), max_size=8))
def test_whatever_the_clocks_say_later_versions_hold_later(moments):
    policy, seen = NOTHING_DECIDED, []
    for moment in moments:
        policy = lifecycle.follow(policy, Wish(), at=NOON + moment * SECOND, by="Eino")
        seen.append(policy)
    assert [one.version for one in seen] == list(range(1, len(moments) + 1))
    assert [one.since for one in seen] == sorted(one.since for one in seen)
