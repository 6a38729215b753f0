"""Which moves a campaign and its rows allow, and when a row is tried again. Pure: no clock, no database."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.agreements.campaigns.errors import CampaignMoveNotAllowed
from kanta_tenancy.agreements.campaigns.model import Campaign, CampaignStatus, RowState


class Move(enum.StrEnum):
    AMEND = "amend"  # say anew what it says, while it is a draft
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"  # the last row is settled
    RETRY = "retry"  # rows that failed or were skipped wait again


class RowMove(enum.StrEnum):
    OFFER = "offer"
    SKIP = "skip"
    FAIL = "fail"  # it could not be done; it is tried again
    GIVE_UP = "give_up"  # it could not be done for the last time, or will not go by itself
    RETRY = "retry"


MOVES: Final[Mapping[tuple[CampaignStatus, Move], CampaignStatus]] = {
    (CampaignStatus.DRAFT, Move.AMEND): CampaignStatus.DRAFT,
    (CampaignStatus.DRAFT, Move.START): CampaignStatus.RUNNING,
    (CampaignStatus.RUNNING, Move.PAUSE): CampaignStatus.PAUSED,
    (CampaignStatus.PAUSED, Move.RESUME): CampaignStatus.RUNNING,
    (CampaignStatus.RUNNING, Move.FINISH): CampaignStatus.DONE,
    (CampaignStatus.RUNNING, Move.RETRY): CampaignStatus.RUNNING,
    (CampaignStatus.PAUSED, Move.RETRY): CampaignStatus.PAUSED,
    (CampaignStatus.DONE, Move.RETRY): CampaignStatus.RUNNING,
    (CampaignStatus.DRAFT, Move.CANCEL): CampaignStatus.CANCELLED,
    (CampaignStatus.RUNNING, Move.CANCEL): CampaignStatus.CANCELLED,
    (CampaignStatus.PAUSED, Move.CANCEL): CampaignStatus.CANCELLED,
}

ROW_MOVES: Final[Mapping[tuple[RowState, RowMove], RowState]] = {
    (RowState.WAITING, RowMove.OFFER): RowState.OFFERED,
    (RowState.WAITING, RowMove.SKIP): RowState.SKIPPED,
    (RowState.WAITING, RowMove.FAIL): RowState.WAITING,
    (RowState.WAITING, RowMove.GIVE_UP): RowState.FAILED,
    (RowState.SKIPPED, RowMove.RETRY): RowState.WAITING,
    (RowState.FAILED, RowMove.RETRY): RowState.WAITING,
}

_ENDED: Final = frozenset({CampaignStatus.DONE, CampaignStatus.CANCELLED})
ATTEMPTS: Final = 5
_FIRST_WAIT: Final = timedelta(seconds=5)


def move(campaign: Campaign, how: Move, *, at: datetime) -> Campaign:
    """Return the campaign after a move.

    Raises:
        CampaignMoveNotAllowed: it is not in a state that allows it.
    """
    status = MOVES.get((campaign.status, how))
    if status is None:
        raise CampaignMoveNotAllowed(f"cannot {how} a campaign that is {campaign.status}", status=campaign.status.value)
    return replace(
        campaign,
        status=status,
        version=campaign.version + 1,
        started_at=at if how is Move.START else campaign.started_at,
        ended_at=at if status in _ENDED else None,
    )


def after(state: RowState, how: RowMove) -> RowState:
    """Return the state of a row after a move that its state allows."""
    return ROW_MOVES[state, how]


def sources(how: RowMove) -> list[RowState]:
    """Return the states of rows that allow a move."""
    return [state for state, allowed in ROW_MOVES if allowed is how]


def after_failure(failed: int, now: datetime) -> tuple[RowMove, datetime]:
    """Say what follows an attempt that failed, and when the row may be tried again at the earliest.

    Args:
        failed: how many have failed, this one counted.
    """
    wait = _FIRST_WAIT * 2 ** min(failed - 1, ATTEMPTS)
    return (RowMove.GIVE_UP if failed >= ATTEMPTS else RowMove.FAIL), now + wait
