from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements import lifecycle
from kanta_tenancy.agreements.endings import ending
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.lifecycle import MOVES, Move
from kanta_tenancy.agreements.model import Agreement, Manner, Party, Status
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from tests.agreements.examples import (
    NOON,
    a_content,
    a_draft,
    a_later_scan,
    a_signature,
    an_agreement,
    both_sign,
    on_paper,
)


def offered(*, jointly: bool = False) -> Agreement:
    return an_agreement(status=Status.OFFERED, signatories=both_sign(jointly=jointly))


ENDS = ending.by_rescission(UUID(int=1), confirmed_at=NOON)
CHOSEN = [move for move in Move if move not in {Move.COMPLETE, Move.AGREE}]


def do(move: Move, agreement: Agreement, *, papers: bool = False) -> Agreement:
    waiting = lifecycle.unsigned(agreement) or agreement.signatories
    match move:
        case Move.AMEND:
            return lifecycle.amend(agreement, a_draft(signatories=agreement.signatories))
        case Move.OFFER:
            content = a_content(agreement_id=agreement.id, signatories=agreement.signatories)
            return lifecycle.offer(agreement, content, content_sha256="0" * 64, at=NOON)[0]
        case Move.SIGN | Move.COMPLETE | Move.AGREE:
            return lifecycle.sign(agreement, (on_paper if papers else a_signature)(waiting[0]))[0]
        case Move.RESCAN:
            return lifecycle.rescan(agreement, a_later_scan(), party=Party.MAIN_CONNECTOR, position=1)
        case Move.FORESEE | Move.END:
            ends = lifecycle.foresee if move is Move.FORESEE else lifecycle.finish
            return ends(agreement, ENDS, at=NOON)[0]
        case Move.WITHDRAW:
            return lifecycle.withdraw(agreement, because="It was a mistake", at=NOON)[0]


@given(st.lists(st.sampled_from(CHOSEN), max_size=12), st.booleans(), st.booleans(), st.booleans())
def test_any_history_of_moves_obeys_the_table(moves: list[Move], jointly: bool, amends: bool, papers: bool):
    amended = {"amends": AgreementId(new_id()), "effective_on": date(2026, 5, 1)} if amends else {}
    agreement = an_agreement(signatories=both_sign(jointly=jointly), **amended)
    for chosen in moves:
        last = chosen is Move.SIGN and len(lifecycle.unsigned(agreement)) == 1
        completes = Move.AGREE if amends else Move.COMPLETE
        move = completes if last else chosen
        target = MOVES.get((agreement.status, move))
        if target is None or (move is Move.RESCAN and not papers):
            with pytest.raises(MoveNotAllowed):
                do(move, agreement, papers=papers)
            continue
        moved = do(move, agreement, papers=papers)
        assert moved.status is target
        assert moved.version == agreement.version + 1
        assert (moved.id, moved.tenancy_id, moved.reference) == (
            agreement.id,
            agreement.tenancy_id,
            agreement.reference,
        )
        agreement = moved
        complete = agreement.status in {Status.IN_FORCE, Status.ENDED, Status.AGREED}
        assert (agreement.in_force_on is not None) == complete
        assert complete <= (lifecycle.unsigned(agreement) == ())
        assert {one.manner for one in agreement.signatures} <= {Manner.PAPER if papers else Manner.DIGITAL}
        assert (agreement.status is Status.ENDED) <= (agreement.in_force_until == NOON)


@given(st.permutations(both_sign(jointly=True)))
def test_in_force_only_when_all_have_signed_in_whatever_order(order):
    agreement = offered(jointly=True)
    for who in order[:-1]:
        agreement, _, in_force = lifecycle.sign(agreement, a_signature(who))
        assert (agreement.status, in_force) == (Status.PARTLY_SIGNED, None)
    agreement, _, in_force = lifecycle.sign(agreement, a_signature(order[-1]))
    assert agreement.status is Status.IN_FORCE
    assert in_force is not None


@given(st.permutations(both_sign(jointly=True)), st.data())
def test_nobody_signs_twice(order, data):
    agreement = offered(jointly=True)
    count = data.draw(st.integers(1, len(order)))
    for who in order[:count]:
        agreement, *_ = lifecycle.sign(agreement, a_signature(who))
    again = data.draw(st.sampled_from(order[:count]))
    with pytest.raises(MoveNotAllowed):
        lifecycle.sign(agreement, a_signature(again))


@given(st.datetimes(datetime(2026, 3, 2, 12), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_it_is_in_force_on_the_day_in_finland_of_the_last_signature(at: datetime):
    agreement = offered()
    first, last = agreement.signatories
    agreement, *_ = lifecycle.sign(agreement, a_signature(first, NOON))
    agreement, _, in_force = lifecycle.sign(agreement, a_signature(last, at))
    assert agreement.in_force_on == in_force.on == day_in_finland(at)


@given(st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_a_paper_counts_from_the_day_of_its_receipt_and_the_last_signature_in_time_puts_it_in_force(
    late: int, digital: int, paper_first: bool
):
    agreement = offered()
    put_down_at = NOON + timedelta(days=20)
    signed_at = NOON + timedelta(days=digital, minutes=1)
    received_on = day_in_finland(put_down_at - timedelta(days=late))
    first, last = agreement.signatories
    paper, other = on_paper(last, put_down_at, received_on=received_on), a_signature(first, signed_at)
    for signature in (paper, other) if paper_first else (other, paper):
        agreement, *_ = lifecycle.sign(agreement, signature)
    received = put_down_at if late == 0 else start_of_day(received_on)
    assert agreement.in_force_from == max(received, signed_at)
    assert agreement.in_force_on == max(received_on, day_in_finland(signed_at))


def test_a_paper_that_was_received_early_does_not_reach_back_into_what_was_in_force_before():
    agreement, *_ = lifecycle.sign(offered(), a_signature(offered().signatories[0]))
    at, until = NOON + timedelta(days=9), NOON + timedelta(days=3)
    paper = on_paper(agreement.signatories[1], at, received_on=day_in_finland(NOON))
    agreement, _, in_force = lifecycle.sign(agreement, paper, not_before=until)
    assert (agreement.in_force_from, in_force.on) == (until, day_in_finland(until))


def test_every_scan_is_kept_in_the_order_in_which_they_came():
    agreement, *_ = lifecycle.sign(offered(), on_paper(offered().signatories[0]))
    scans = [a_later_scan(), a_later_scan()]
    for scan in scans:
        agreement = lifecycle.rescan(agreement, scan, party=Party.MAIN_CONNECTOR, position=1)
    assert agreement.signatures[0].paper.later_scans == tuple(scans)
    with pytest.raises(MoveNotAllowed, match="on paper"):
        lifecycle.rescan(agreement, scans[0], party=Party.TENANT, position=1)


@given(st.datetimes(datetime(2026, 3, 2, 12), datetime(2027, 3, 2), timezones=st.just(UTC)), st.dates(date(2026, 1, 1)))
def test_an_amendment_holds_from_its_day_and_never_before_the_last_signature(at: datetime, day: date):
    agreement = an_agreement(status=Status.OFFERED, amends=AgreementId(new_id()), effective_on=day)
    first, last = agreement.signatories
    agreement, *_ = lifecycle.sign(agreement, a_signature(first, NOON))
    agreement, _, agreed = lifecycle.sign(agreement, a_signature(last, at))
    assert agreement.status is Status.AGREED
    assert agreement.in_force_on == agreed.since == max(day, day_in_finland(at))


def test_an_agreement_does_not_end_before_its_end_has_come():
    agreement, *_ = lifecycle.sign(offered(), a_signature(offered().signatories[0]))
    agreement, *_ = lifecycle.sign(agreement, a_signature(agreement.signatories[1]))
    with pytest.raises(MoveNotAllowed):
        lifecycle.finish(agreement, None, at=NOON)
    with pytest.raises(MoveNotAllowed):
        lifecycle.finish(agreement, ENDS, at=NOON - timedelta(seconds=1))


def test_the_last_minutes_of_a_day_in_utc_belong_to_the_next_day_in_finland():
    agreement = offered()
    for who in agreement.signatories:
        agreement, *_ = lifecycle.sign(agreement, a_signature(who, datetime(2026, 6, 30, 21, 30, tzinfo=UTC)))
    assert agreement.in_force_on.isoformat() == "2026-07-01"
