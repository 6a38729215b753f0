"""What a certificate allows, and for how long two overlap. No database."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.certificates.inventory import lifecycle
from kanta_tenancy.certificates.inventory.errors import CertificateMoveNotAllowed, CertificateRefused
from kanta_tenancy.certificates.inventory.lifecycle import MOVES, Move
from kanta_tenancy.certificates.inventory.model import Certificate, NewUse, State, Use
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from tests.certificates.inventory.examples import NOON, a_certificate

TODAY = date(2026, 3, 2)
DO = {
    Move.DESCRIBE: lifecycle.touch,
    Move.REPLACE: lambda one: lifecycle.replaced(one, a_certificate(), at=NOON),
    Move.UNREPLACE: lambda one: lifecycle.unreplaced(one, at=NOON),
    Move.RETIRE: lambda one: lifecycle.retired(one, because="x", at=NOON),
    Move.RESTORE: lambda one: lifecycle.restored(one, because="x", at=NOON),
    Move.SNOOZE: lambda one: lifecycle.snoozed(one, until=TODAY, because="x", at=NOON),
    Move.UNSNOOZE: lifecycle.unsnoozed,
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(State, Move)))
def test_what_the_table_has_is_allowed_and_nothing_else_is(state, move):
    in_use = state is State.IN_USE
    certificate = a_certificate(
        state=state, snoozed_until=TODAY if in_use else None, snoozed_because="x" if in_use else None
    )
    if (state, move) in MOVES:
        after = DO[move](certificate)
        assert (after.state, after.version) == (MOVES[state, move], certificate.version + 1)
        assert move in lifecycle.moves(certificate)
    else:
        with pytest.raises(CertificateMoveNotAllowed):
            DO[move](certificate)
        assert move not in lifecycle.moves(certificate)


@given(st.lists(st.sampled_from(Move)))
def test_whatever_is_done_a_certificate_is_snoozed_only_while_in_use_and_retired_only_with_a_reason(moves):
    certificate = a_certificate()
    for move in moves:
        if move in lifecycle.moves(certificate):
            certificate = DO[move](certificate)
        assert certificate.snoozed_until is None or certificate.state is State.IN_USE
        assert certificate.state is not State.RETIRED or certificate.state_because is not None


def test_a_certificate_replaces_neither_itself_nor_by_one_that_is_not_in_use():
    certificate = a_certificate()
    with pytest.raises(CertificateRefused):
        lifecycle.replaced(certificate, certificate, at=NOON)
    for state in (State.REPLACED, State.RETIRED):
        with pytest.raises(CertificateMoveNotAllowed):
            lifecycle.replaced(certificate, a_certificate(state=state), at=NOON)


@pytest.mark.parametrize(
    ("left", "until", "allowed"),
    [
        (300, 0, True),
        (300, -1, False),
        (300, 90, True),
        (300, 91, False),
        (10, 9, True),  # the last day before its end
        (10, 10, False),  # or nobody would hear that it has ended
        (0.1, 0, True),
        (-5, 30, True),  # it has ended, and people know
    ],
)
def test_nobody_is_kept_from_hearing_that_a_certificate_has_ended(left, until, allowed):
    certificate = a_certificate(not_after=NOON + timedelta(days=left))
    day = TODAY + timedelta(days=until)
    if allowed:
        assert lifecycle.snoozed(certificate, until=day, because="x", at=NOON).snoozed_until == day
    else:
        with pytest.raises(CertificateRefused):
            lifecycle.snoozed(certificate, until=day, because="x", at=NOON)


def test_one_that_nobody_snoozed_is_not_unsnoozed():
    with pytest.raises(CertificateMoveNotAllowed):
        lifecycle.unsnoozed(a_certificate())
    assert Move.UNSNOOZE not in lifecycle.moves(a_certificate())


@pytest.mark.parametrize(
    ("hours", "days"),
    [(240, 10), (239, 9), (1, 0), (0, 0), (-1, -1), (-24, -1), (-25, -2)],
)
def test_overlap_is_counted_in_whole_days_and_a_gap_is_never_rounded_away(hours, days):
    old = a_certificate(not_after=NOON)
    new = a_certificate(not_before=NOON - timedelta(hours=hours))
    assert lifecycle.overlap_days(old, new) == days


def test_of_what_cannot_be_read_no_overlap_is_told():
    assert lifecycle.overlap_days(a_certificate(not_after=None), a_certificate()) is None


def test_a_successor_takes_over_what_nobody_said_of_itself():
    first, second = ContactId(new_id()), ContactId(new_id())
    old = a_certificate(purpose="Resepti", responsible_id=first, deputy_id=second)
    new = lifecycle.succeeded(a_certificate(), old)
    assert (new.purpose, new.responsible_id, new.deputy_id) == ("Resepti", first, second)
    own = lifecycle.succeeded(a_certificate(purpose="Arkisto", responsible_id=second), old)
    assert (own.purpose, own.responsible_id, own.deputy_id) == ("Arkisto", second, None)


def test_a_successor_is_used_from_today_where_the_one_before_is_or_will_be():
    def use(since: int, until: int | None, host: str) -> Use:
        last = None if until is None else TODAY + timedelta(days=until)
        return Use(id=new_id(), certificate_id=new_id(), since=TODAY + timedelta(days=since), until=last, host=host)

    of = [use(-90, None, "now"), use(-90, 0, "over"), use(20, 40, "later"), use(-9, None, "both")]
    there = [use(-1, None, "both")]
    assert list(lifecycle.uses_taken_over(of, there, TODAY)) == [
        NewUse(since=TODAY, host="now"),
        NewUse(since=TODAY + timedelta(days=20), until=TODAY + timedelta(days=40), host="later"),
    ]


def test_every_state_can_be_left_or_described():
    assert {state for state, _ in MOVES} == set(State)
    certificate: Certificate = replace(a_certificate(), state=State.REPLACED)
    assert lifecycle.moves(certificate) == (Move.DESCRIBE, Move.UNREPLACE)
