"""What becomes of a message after an attempt, for every status, wait and hint."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.messages import judging
from kanta_tenancy.messages.judging import LONGEST_ASKED_WAIT, WEBHOOK_WAITS, Outcome
from kanta_tenancy.messages.model import State

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IDS = st.uuids()


@given(IDS, st.integers(1, 500))
def test_a_mail_is_tried_again_within_an_hour_and_a_little_and_never_at_once(message_id, attempts):
    verdict = judging.mail_later(message_id, attempts=attempts, since=NOON, at=NOON, error="a")
    assert verdict.state is State.DUE
    assert timedelta(minutes=1) <= verdict.next_at - NOON <= timedelta(hours=1.2)


def test_the_waits_of_a_mail_grow():
    waits = [
        judging.mail_later(uuid.UUID(int=0), attempts=number, since=NOON, at=NOON, error="a").next_at - NOON
        for number in range(1, 9)
    ]
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_mail_is_given_up_after_five_days():
    said = {"attempts": 100, "since": NOON, "error": "a"}
    last = NOON + timedelta(days=5)
    assert judging.mail_later(uuid.uuid4(), at=last - timedelta(seconds=1), **said).state is State.DUE
    assert judging.mail_later(uuid.uuid4(), at=last, **said).state is State.DEAD


def test_a_webhook_is_tried_ten_times_in_about_three_days():
    at, attempts = NOON, 1
    message_id = uuid.UUID(int=0)
    while (verdict := judging.webhook_later(message_id, attempts=attempts, at=at, error="a")).state is State.DUE:
        at, attempts = verdict.next_at, attempts + 1
    assert (verdict.state, attempts) == (State.DEAD, 10)
    assert at - NOON == sum(WEBHOOK_WAITS, timedelta())
    assert timedelta(days=3) < at - NOON < timedelta(days=4)


@given(IDS, st.integers(1, 9), st.text(max_size=40) | st.integers().map(str) | st.none())
def test_a_hint_makes_a_wait_longer_and_never_shorter_nor_longer_than_a_day(message_id, attempts, hint):
    plain = judging.webhook_later(message_id, attempts=attempts, at=NOON, error="a")
    hinted = judging.webhook_later(message_id, attempts=attempts, at=NOON, error="a", retry_after=hint)
    assert plain.next_at <= hinted.next_at <= max(plain.next_at, NOON + LONGEST_ASKED_WAIT)


@pytest.mark.parametrize(
    ("hint", "seconds"),
    [
        ("120", 120), (" 7 ", 7), ("0", 0), ("86401", 86400), ("999999999", 86400), ("-5", 0), ("1.5", 0), ("", 0),
        (None, 0), ("soon", 0), ("Mon, 02 Mar 2026 12:05:00 GMT", 300), ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400), ("Mon, 99 Mar 2026 12:05:00 GMT", 0),
    ],
)  # fmt: skip
def test_what_a_receiver_asks_for_in_seconds_or_as_a_date(hint, seconds):
    assert judging.asked_wait(hint, NOON).total_seconds() == seconds


@pytest.mark.parametrize("status", [*range(200, 300)])
def test_only_two_hundreds_arrive(status):
    assert judging.of_status(status) is Outcome.SENT


@given(st.integers(100, 999).filter(lambda status: not 200 <= status < 300))
def test_nothing_else_does(status):
    outcome = judging.of_status(status)
    assert outcome is not Outcome.SENT
    assert (outcome is Outcome.REDIRECTED) == (300 <= status < 400)
    assert (outcome is Outcome.GONE) == (status == 410)
    assert (outcome is Outcome.TOO_MANY) == (status == 429)
