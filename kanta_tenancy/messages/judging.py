"""What becomes of a message after an attempt: arrived, tried again later, or given up. Pure."""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.messages.model import Attempt, State

MAIL_FIRST_WAIT: Final = timedelta(minutes=1)  # doubled after each attempt
MAIL_LONGEST_WAIT: Final = timedelta(hours=1)
MAIL_GIVEN_UP_AFTER: Final = timedelta(days=5)  # as long as mail servers try
WEBHOOK_WAITS: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_ASKED_WAIT: Final = timedelta(hours=24)  # a receiver that asks for more is asked again all the same
SLOW_MS: Final = 2_000
GONE_IN_A_ROW: Final = 3
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_SPREAD: Final = 21  # so many per cent, so that what failed together is not tried again together


class Outcome(enum.StrEnum):
    """How an attempt ended; the words of the delivery log, beside those of the trouble on the way."""

    SENT = "sent"
    LATER = "later"  # the mail server asks to try again
    RECIPIENT_REFUSED = "recipient_refused"
    SERVER_TROUBLE = "server_trouble"  # about us or the mail server, not about this mail
    UNKNOWN_END = "unknown_end"  # the content was given out, and no answer came: it may have arrived
    WRONG_STATUS = "wrong_status"
    REDIRECTED = "redirected"  # and not followed
    GONE = "gone"
    TOO_MANY = "too_many"
    NO_SECRET = "no_secret"  # noqa: S105 -- a word: the key that the endpoint's secret was computed from is not there


_MEANINGS: Final[Mapping[int, Outcome]] = {
    HTTPStatus.GONE: Outcome.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: Outcome.TOO_MANY,
}


class Verdict(Record, frozen=True, kw_only=True):
    state: State
    next_at: datetime
    error: str | None = None


class Ended(Record, frozen=True, kw_only=True):
    """How an attempt ended, and what becomes of the message."""

    attempt: Attempt
    verdict: Verdict
    may_have_arrived: bool = False  # nobody knows; only mails ask


def sent(at: datetime) -> Verdict:
    return Verdict(state=State.SENT, next_at=at)


def dead(at: datetime, error: str) -> Verdict:
    return Verdict(state=State.DEAD, next_at=at, error=error)


def mail_later(message_id: UUID, *, attempts: int, since: datetime, at: datetime, error: str) -> Verdict:
    """Try a mail again after a minute, two, four … an hour at most; give it up after five days.

    Args:
        attempts: so far.
        since: when the first of them could have been made.
    """
    if at - since >= MAIL_GIVEN_UP_AFTER:
        return dead(at, error)
    doubled = MAIL_FIRST_WAIT * 2 ** min(attempts - 1, 10)
    wait = _spread(min(doubled, MAIL_LONGEST_WAIT), message_id)
    return Verdict(state=State.DUE, next_at=at + wait, error=error)


def webhook_later(
    message_id: UUID, *, attempts: int, at: datetime, error: str, retry_after: str | None = None
) -> Verdict:
    """Try a webhook again ten times in about three days; no earlier than the receiver asked for."""
    if attempts > len(WEBHOOK_WAITS):
        return dead(at, error)
    wait = _spread(WEBHOOK_WAITS[attempts - 1], message_id)
    return Verdict(state=State.DUE, next_at=at + max(wait, asked_wait(retry_after, at)), error=error)


def asked_wait(retry_after: str | None, at: datetime) -> timedelta:
    """Return how long `Retry-After` asks to wait, a day at most; what cannot be read asks for nothing.

    Source:
        RFC 9110, section 10.2.3: seconds or a date.
    """
    text = (retry_after or "").strip()
    asked = timedelta(seconds=int(text)) if _SECONDS.fullmatch(text) else _until(text, at)
    return min(max(asked, timedelta(0)), LONGEST_ASKED_WAIT)


def of_status(status: int) -> Outcome:
    """Say what an HTTP status means to a sender of webhooks."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome.SENT
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Outcome.REDIRECTED
    return _MEANINGS.get(status, Outcome.WRONG_STATUS)


def _until(text: str, at: datetime) -> timedelta:
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return timedelta(0)
    return until - at if until.tzinfo is not None else timedelta(0)


def _spread(wait: timedelta, message_id: UUID) -> timedelta:
    return wait * (1 + (message_id.int % _SPREAD) / 100)
