import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.campaigns.errors import CampaignMoveNotAllowed
from kanta_tenancy.agreements.campaigns.lifecycle import (
    ATTEMPTS,
    MOVES,
    ROW_MOVES,
    Move,
    RowMove,
    after_failure,
    move,
    sources,
)
from kanta_tenancy.agreements.campaigns.model import CampaignStatus, RowState
from tests.agreements.campaigns.examples import NOON, a_campaign


@given(st.lists(st.sampled_from(Move)))
def test_a_campaign_does_what_the_table_says_and_nothing_else(moves):
    campaign = a_campaign()
    for how in moves:
        target = MOVES.get((campaign.status, how))
        if target is None:
            with pytest.raises(CampaignMoveNotAllowed):
                move(campaign, how, at=NOON)
            continue
        after = move(campaign, how, at=NOON)
        assert (after.status, after.version) == (target, campaign.version + 1)
        assert (after.ended_at is not None) is (target in {CampaignStatus.DONE, CampaignStatus.CANCELLED})
        never_started = campaign.started_at is None and how is not Move.START
        assert (after.started_at is None) is never_started
        campaign = after


def test_what_is_cancelled_stays_so():
    assert not [one for one, _ in MOVES if one is CampaignStatus.CANCELLED]


def test_nothing_leads_away_from_an_offer_and_every_other_state_leads_to_one():
    assert not [move for state, move in ROW_MOVES if state is RowState.OFFERED]
    reached = {RowState.OFFERED}
    while True:
        more = {state for (state, _), target in ROW_MOVES.items() if target in reached} | reached
        if more == reached:
            break
        reached = more
    assert reached == set(RowState)


@given(st.lists(st.sampled_from(RowMove), max_size=30))
def test_a_row_is_offered_once_at_most_whatever_happens_to_it(moves):
    state, offers = RowState.WAITING, 0
    for how in moves:
        if (state, how) in ROW_MOVES:
            state = ROW_MOVES[state, how]
            offers += how is RowMove.OFFER
    assert offers == (state is RowState.OFFERED)
    assert sources(RowMove.OFFER) == [RowState.WAITING]


def test_a_row_that_fails_waits_longer_each_time_and_then_no_more():
    found = [after_failure(number, NOON) for number in range(1, ATTEMPTS + 1)]
    assert [how for how, _ in found] == [RowMove.FAIL] * (ATTEMPTS - 1) + [RowMove.GIVE_UP]
    assert [(at - NOON).total_seconds() for _, at in found] == [5, 10, 20, 40, 80]
