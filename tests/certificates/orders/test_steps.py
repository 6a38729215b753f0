"""What an order waits for and until when; an unverified time says so."""

from datetime import date, timedelta

import pytest

from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.orders import issuing, lifecycle, owing, steps
from kanta_tenancy.certificates.orders.model import OrderState, Standing, Step
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.certificates.orders.examples import MARCH_2, NOON, a_revocation, an_old_one, an_order


def arrived(**said):
    return lifecycle.arrive(an_order(**said), new_id(), at=NOON)


def deployed(**said):
    return lifecycle.deploy(arrived(**said), on=MARCH_2, at=NOON)


def test_of_dvv_a_certificate_is_awaited_a_week_from_the_order_which_nobody_verified():
    step = steps.due_step(an_order())
    assert (step.step, step.due_on, step.due.certainty) == (Step.ARRIVE, date(2026, 3, 9), Certainty.EXCERPT)
    assert "not verified" in step.because[-1].en
    assert "own choice" in steps.due_step(an_order(profile="rfc5280")).because[-1].en
    promise = owing.owed(an_order(), at=NOON)
    assert promise.explanation.inputs["certainty"] == "excerpt"
    assert promise.due_at.isoformat() == "2026-03-09T22:00:00+00:00"  # the end of the day in Finland


@pytest.mark.parametrize(
    ("ends_in", "due_on"),
    [(30, date(2026, 3, 9)), (10, date(2026, 3, 5)), (3, MARCH_2), (-5, MARCH_2)],
)
def test_the_new_one_is_deployed_in_a_week_and_a_week_before_the_old_one_ends(ends_in, due_on):
    step = steps.due_step(arrived(old=an_old_one(ends_at=NOON + timedelta(days=ends_in))))
    assert (step.step, step.due_on) == (Step.DEPLOY, due_on)


@pytest.mark.parametrize(
    ("old", "step"),
    [
        (None, Step.CLOSE),
        (an_old_one(), Step.REVOKE),
        (an_old_one(ends_at=None), Step.REVOKE),
        (an_old_one(ends_at=NOON - timedelta(days=1)), Step.CLOSE),
    ],
)
def test_after_the_deployment_an_old_one_that_is_valid_is_to_be_revoked(old, step):
    assert steps.waits_for(deployed(old=old)) is step


def test_after_the_revocation_the_order_is_to_be_closed_two_days_later():
    order = lifecycle.revoke(deployed(old=an_old_one()), a_revocation(), at=NOON)
    assert (order.state, steps.due_step(order).step) == (OrderState.OLD_REVOKED, Step.CLOSE)
    assert steps.due_step(order).due_on == date(2026, 3, 4)


def test_what_has_ended_waits_for_nothing():
    order = lifecycle.cancel(an_order(), because="Ordered twice", at=NOON)
    assert (steps.waits_for(order), steps.due_step(order), owing.owed(order, at=NOON)) == (None, None, None)
    assert {item.standing for item in steps.checklist(order, NOON)} == {Standing.NOT_NEEDED}


def test_the_checklist_tells_the_whole_way():
    def standings(order):
        return [item.standing.value for item in steps.checklist(order, NOON)]

    order = an_order(old=an_old_one())
    assert standings(order) == ["open", "later", "later", "later"]
    order = lifecycle.arrive(order, new_id(), at=NOON)
    assert standings(order) == ["done", "open", "later", "later"]
    order = lifecycle.deploy(order, on=MARCH_2, at=NOON)
    assert standings(order) == ["done", "done", "open", "later"]
    serial = steps.checklist(order, NOON)[2]
    for told in (serial.sentence.fi, serial.sentence.sv, serial.sentence.en):
        assert "3fa001" in told
    order = lifecycle.revoke(order, a_revocation(), at=NOON)
    assert standings(order) == ["done", "done", "done", "open"]
    order = lifecycle.close(order, because=None, at=NOON)
    assert standings(order) == ["done", "done", "done", "done"]
    assert standings(lifecycle.close(deployed(), because=None, at=NOON)) == ["done", "done", "not_needed", "done"]


def test_when_the_old_one_ends_before_it_was_revoked_only_closing_is_left():
    order = deployed(old=an_old_one(ends_at=NOON + timedelta(days=3)))
    standings = [item.standing.value for item in steps.checklist(order, NOON + timedelta(days=4))]
    assert standings == ["done", "done", "not_needed", "open"]


def test_every_profile_can_be_ordered_with_its_own_kind_of_key():
    assert set(issuing.known()) == set(profiles())
    for name in issuing.known():
        assert KeyKind(issuing.issuing(name).key) in issuing.keys_of(name)
        assert issuing.keys_of(name)
        for step in Step:
            assert issuing.due(step, name, MARCH_2).days > 0


def test_dvv_takes_two_sizes_of_rsa_and_others_every_kind_that_is_made_here():
    assert issuing.keys_of("dvv-server") == (KeyKind.RSA_2048, KeyKind.RSA_4096)
    assert set(issuing.keys_of("rfc5280")) == set(KeyKind)


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_2048])
def test_kinds_of_key_are_called_as_profiles_call_them(kind):
    assert issuing.NAMES[keys.describe(keys.make(kind).public_key())] is kind
