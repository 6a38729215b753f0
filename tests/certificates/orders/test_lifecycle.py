"""Any history of moves obeys the table; a revocation has the right serial; a valid old one keeps an order open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.certificates.orders import lifecycle
from kanta_tenancy.certificates.orders.errors import OldNotRevoked, OrderMoveNotAllowed, OrderRefused
from kanta_tenancy.certificates.orders.lifecycle import ENDED, MOVES, Move
from kanta_tenancy.certificates.orders.model import OrderState, SaidOrder
from kanta_tenancy.kernel.identifiers import new_id
from tests.certificates.orders.examples import MARCH_2, NOON, a_revocation, an_old_one, an_order

SAID = SaidOrder(profile="dvv-server", ordered_on=MARCH_2)
DO = {
    Move.AMEND: lambda order: lifecycle.amend(order, SAID),
    Move.ARRIVE: lambda order: lifecycle.arrive(order, new_id(), at=NOON),
    Move.DEPLOY: lambda order: lifecycle.deploy(order, on=MARCH_2, at=NOON),
    Move.REVOKE: lambda order: lifecycle.revoke(order, a_revocation(), at=NOON),
    Move.CLOSE: lambda order: lifecycle.close(order, because="It is needed as a spare", at=NOON),
    Move.CANCEL: lambda order: lifecycle.cancel(order, because="Ordered twice", at=NOON),
}


@given(st.lists(st.sampled_from(Move), max_size=12))
def test_any_history_of_moves_obeys_the_table(moves: list[Move]):
    order = an_order(old=an_old_one())
    for move in moves:
        target = MOVES.get((order.state, move))
        if target is None or (move is Move.REVOKE and order.revocation is not None):
            with pytest.raises(OrderMoveNotAllowed):
                DO[move](order)
            continue
        assert (move in lifecycle.next_moves(order)) is (move is not Move.ARRIVE)
        moved = DO[move](order)
        assert (moved.state, moved.version, moved.id) == (target, order.version + 1, order.id)
        order = moved
        assert (order.ended_at is not None) is (order.state in ENDED)
        assert (order.deployed_on is not None) is (
            order.state in {OrderState.DEPLOYED, OrderState.OLD_REVOKED, OrderState.CLOSED}
        )


@pytest.mark.parametrize("said", ["3fa001", "3F:A0:01", "0x3fa001", "00 3f a0 01"])
def test_a_serial_is_the_same_however_it_is_written(said):
    revoked = lifecycle.revoke(an_order(old=an_old_one()), a_revocation(serial=said), at=NOON)
    assert revoked.revocation.serial == "3fa001"


@pytest.mark.parametrize("said", ["3fa002", "", "serial", "-3fa001"])
def test_another_certificates_serial_is_refused(said):
    with pytest.raises(OrderRefused) as refused:
        lifecycle.revoke(an_order(old=an_old_one()), a_revocation(serial=said), at=NOON)
    assert [flaw.field for flaw in refused.value.flaws] == ["serial"]


def test_of_an_old_one_whose_serial_cannot_be_read_any_is_taken():
    order = an_order(old=an_old_one(serial=None, ends_at=None))
    assert lifecycle.revoke(order, a_revocation(serial="7"), at=NOON).revocation.serial == "7"


def test_what_replaces_nothing_revokes_nothing():
    with pytest.raises(OrderMoveNotAllowed):
        lifecycle.revoke(an_order(), a_revocation(), at=NOON)
    assert Move.REVOKE not in lifecycle.next_moves(an_order())


def test_a_key_that_may_have_leaked_is_revoked_before_the_new_certificate_comes():
    order = lifecycle.revoke(an_order(old=an_old_one()), a_revocation(), at=NOON)
    assert order.state is OrderState.ORDERED
    deployed = lifecycle.deploy(lifecycle.arrive(order, new_id(), at=NOON), on=MARCH_2, at=NOON)
    assert lifecycle.close(deployed, because=None, at=NOON).state is OrderState.CLOSED


@pytest.mark.parametrize(
    ("old", "closes"),
    [
        (None, True),
        (an_old_one(ends_at=NOON - timedelta(seconds=1)), True),
        (an_old_one(ends_at=NOON), False),
        (an_old_one(ends_at=None), False),
    ],
)
def test_an_order_closes_by_itself_only_when_the_old_one_is_none_or_has_ended(old, closes):
    order = an_order(old=old, state=OrderState.DEPLOYED, deployed_on=MARCH_2)
    if closes:
        assert lifecycle.close(order, because=None, at=NOON).state is OrderState.CLOSED
        return
    with pytest.raises(OldNotRevoked):
        lifecycle.close(order, because=None, at=NOON)
    assert lifecycle.close(order, because="A spare", at=NOON).ended_because == "A spare"


@pytest.mark.parametrize("on", [date(2026, 3, 3), date(2026, 3, 1)])
def test_a_certificate_is_deployed_between_its_order_and_today(on):
    with pytest.raises(OrderRefused):
        lifecycle.deploy(lifecycle.arrive(an_order(), new_id(), at=NOON), on=on, at=NOON)
