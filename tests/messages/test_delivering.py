"""Events reach webhooks of who subscribed, signed, whatever the receiver does; one that is slow holds up no other."""

import json
import time
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.messages import signatures
from kanta_tenancy.messages.actions import endpoints as actions
from kanta_tenancy.messages.delivering import Post
from kanta_tenancy.messages.judging import WEBHOOK_WAITS
from kanta_tenancy.messages.signatures import Keys
from tests.machinery.outgoing.receivers import (
    Receiver,
    answer,
    endless_chunks,
    garbage,
    hang_up,
    huge,
    in_turn,
    never,
)
from tests.messages.examples import (
    KEY,
    KEYS,
    KINDS,
    RULES,
    Hidden,
    Kept,
    Said,
    a_post,
    an_endpoint,
    happened,
    headers_of,
)
from tests.messages.webhooks import outcomes, states, subscribed, worked
from tests.parties.examples import a_realm, a_tenant, named, owner_of


async def test_an_event_reaches_its_subscriber_and_the_reference_implementation_verifies_it(database, owner, realm):
    clock = SystemClock()  # the reference implementation looks at its own
    async with Receiver(answer(202)).listening() as receiver:
        secret = await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=7))
        assert await worked(database, clock) == 1
    (request,) = receiver.received
    verified = Webhook(signatures.shown(secret)).verify(request.body, headers_of(request.headers))
    event = await owner.fetchrow("SELECT id, at FROM outbox")
    assert verified["type"] == "thing.told"
    assert verified["data"] == {"type": "thing.told", "number": 7}
    assert verified["tenancy_id"] is None
    assert request.headers["webhook-id"] == f"msg_{event['id'].hex}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "kanta-tenancy"
    assert (await states(owner), await outcomes(owner)) == ({"sent": 1}, ["sent"])


async def test_only_what_was_subscribed_to_is_sent(database, clock, owner, realm):
    async with Receiver(answer(200)).listening() as receiver:
        await subscribed(database, clock, realm, receiver, "thing.kept")
        await happened(database, clock, realm, Said(number=1), Kept(number=2))
        assert await worked(database, clock) == 1
    assert [json.loads(one.body)["type"] for one in receiver.received] == ["thing.kept"]


async def test_a_tenants_endpoint_hears_of_its_own_events_and_of_nothing_that_is_not_for_it(
    database, clock, owner, realm, tenant
):
    neighbour = await a_tenant(database, clock, realm, 2900000)
    every = ("thing.told", "thing.kept", "thing.hidden")
    async with (
        Receiver(answer(200)).listening() as of_main_connector,
        Receiver(answer(200)).listening() as of_tenant,
        Receiver(answer(200)).listening() as of_neighbour,
    ):
        await subscribed(database, clock, realm, of_main_connector, *every)
        await subscribed(database, clock, tenant.caller, of_tenant, *every)
        await subscribed(database, clock, neighbour.caller, of_neighbour, *every)
        for event, tenancy_id in (
            (Said(number=1), tenant.tenancy.id),
            (Hidden(number=2), tenant.tenancy.id),
            (Said(number=3), neighbour.tenancy.id),
            (Said(number=4), None),
        ):
            await happened(database, clock, realm, event, tenancy_id=tenancy_id)
        assert await worked(database, clock) == 6
    heard = {
        name: sorted(json.loads(one.body)["data"]["number"] for one in receiver.received)
        for name, receiver in {"m": of_main_connector, "t": of_tenant, "n": of_neighbour}.items()
    }
    assert heard == {"m": [1, 2, 3, 4], "t": [1], "n": [3]}


async def test_another_realm_hears_nothing(database, clock, realm):
    other = await a_realm(database, clock, 2100000)
    async with Receiver(answer(200)).listening() as receiver:
        await subscribed(database, clock, other, receiver)
        await happened(database, clock, realm, Said(number=1))
        assert await worked(database, clock) == 0
    assert receiver.connections == 0


async def test_an_event_that_is_handed_on_twice_is_sent_once(database, clock, owner, realm):
    async with Receiver(answer(200)).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        await owner.execute("UPDATE outbox SET state = 'due', next_at = at")
        await happened(database, clock, realm)
        assert await worked(database, clock) == 1
    assert len(receiver.received) == 1


async def test_every_attempt_has_the_same_id_and_body_and_a_time_of_its_own(database, clock, owner, realm):
    async with Receiver(in_turn(answer(500), never, hang_up, answer(200))).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        for wait in WEBHOOK_WAITS[:4]:
            await worked(database, clock, a_post(within_s=0.3))
            clock.advance(seconds=wait.total_seconds() * 1.3)
    assert await outcomes(owner) == ["wrong_status", "too_slow", "cut_off", "sent"]
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.received}) == 4


async def test_a_webhook_is_given_up_after_ten_attempts_and_somebody_is_told(database, clock, owner, realm):
    own = await owner_of(database, realm)
    await named(database, clock, realm, own, function="administrator", email="admin@main-connector.example")
    async with Receiver(answer(500, b"Out of cheese")).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1), Said(number=2))
        for wait in (timedelta(0), *WEBHOOK_WAITS):
            clock.advance(seconds=wait.total_seconds() * 1.3)
            await worked(database, clock)
    assert len(receiver.received) == 20
    assert await states(owner) == {"dead": 2}
    assert set(await outcomes(owner)) == {"wrong_status"}
    assert await owner.fetchval("SELECT DISTINCT detail FROM message_attempt") == "Out of cheese"
    told = await owner.fetch("SELECT email, topic FROM notice")
    assert [tuple(row) for row in told] == [("admin@main-connector.example", "messages.given_up")]  # once a day


async def test_a_tenants_own_administrator_is_told_of_its_endpoint(database, clock, owner, realm, tenant):
    own = await owner_of(database, realm)
    await named(database, clock, realm, own, function="administrator", email="admin@main-connector.example")
    await named(database, clock, realm, tenant.organisation.id, function="administrator", email="admin@tenant.example")
    async with Receiver(answer(410)).listening() as receiver:
        await subscribed(database, clock, tenant.caller, receiver)
        for number in range(3):
            await happened(database, clock, realm, Said(number=number), tenancy_id=tenant.tenancy.id)
        await worked(database, clock)
    told = await owner.fetch("SELECT email, topic, tenancy_id FROM notice")
    assert [tuple(row) for row in told] == [("admin@tenant.example", "messages.endpoint_closed", tenant.tenancy.id)]


async def test_a_receiver_that_says_three_times_that_it_is_gone_is_sent_nothing_more(database, clock, owner, realm):
    async with Receiver(in_turn(answer(410), answer(410), answer(200), answer(410))).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, *(Said(number=number) for number in range(8)))
        await worked(database, clock)
        for _ in range(5):
            clock.advance(hours=1)
            await worked(database, clock)
        assert tuple(await owner.fetchrow("SELECT closed_because, version FROM webhook_endpoint")) == ("gone", 2)
        heard = len(receiver.received)
        clock.advance(days=2)
        await happened(database, clock, realm, Said(number=9))
        assert await worked(database, clock) == 0
        assert len(receiver.received) == heard
    counted = await states(owner)
    assert counted["due"] == 0
    assert counted["sent"] >= 1
    assert (
        await owner.fetchval("SELECT DISTINCT last_error FROM message WHERE state = 'dead'")
        == "The endpoint is closed."
    )


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_to_wait_is_left_in_peace_that_long(database, clock, owner, realm, status):
    async with Receiver(in_turn(answer(status, **{"Retry-After": "7200"}), answer(200))).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        await worked(database, clock)
        clock.advance(seconds=7199)
        assert await worked(database, clock) == 0
        clock.advance(seconds=2)
        assert await worked(database, clock) == 1
    assert len(receiver.received) == 2


BAD = {
    "wrong_status": answer(500),
    "redirected": answer(302, Location="/elsewhere"),
    "too_many": answer(429),
    "gone": answer(410),
    "too_slow": never,
    "cut_off": hang_up,
    "garbled": garbage,
}


@pytest.mark.parametrize("outcome", BAD)
async def test_whatever_goes_wrong_has_its_word_and_is_tried_again(database, clock, owner, realm, outcome):
    async with Receiver(in_turn(BAD[outcome], answer(200))).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        assert await worked(database, clock, a_post(within_s=0.4)) == 0
        clock.advance(minutes=1)
        assert await worked(database, clock) == 1
    assert await outcomes(owner) == [outcome, "sent"]
    assert receiver.connections == 2  # no redirect was followed


async def test_a_redirect_to_this_machine_is_a_failure_and_reaches_nobody(database, clock, owner, realm):
    async with (
        Receiver(answer(200)).listening() as canary,
        Receiver(answer(307, Location=canary.url("/admin"))).listening() as receiver,
    ):
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        assert await worked(database, clock) == 0
        assert canary.connections == 0
    assert await outcomes(owner) == ["redirected"]


async def test_what_an_operator_allows_inside_is_for_main_connectors_endpoints_alone(
    database, clock, owner, realm, tenant
):
    """The very same address: a main connector's endpoint is reached, a tenant's is not connected to."""
    post = Post(keys=KEYS, to_main_connectors=a_post().to_main_connectors, to_tenants=Outgoing())
    async with Receiver(answer(200)).listening() as receiver:
        await subscribed(database, clock, tenant.caller, receiver)
        await happened(database, clock, realm, Said(number=1), tenancy_id=tenant.tenancy.id)
        assert await worked(database, clock, post) == 0
        assert receiver.connections == 0
        assert await outcomes(owner) == ["address_refused"]
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=2), tenancy_id=None)
        assert await worked(database, clock, post) == 1
        assert receiver.connections == 1


async def test_a_hundred_megabytes_of_answer_cost_neither_time_nor_room(database, clock, owner, realm):
    receiver = Receiver(hang_up)
    receiver.behave = huge(lambda: receiver)
    async with receiver.listening():
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        began = time.monotonic()
        assert await worked(database, clock, a_post(within_s=10)) == 1
        assert time.monotonic() - began < 10
    assert await owner.fetchval("SELECT length(detail) FROM message_attempt") == 500


async def test_an_answer_that_never_ends_has_arrived_with_its_status(database, clock, owner, realm):
    async with Receiver(endless_chunks).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1))
        assert await worked(database, clock, a_post(within_s=0.5)) == 1


async def test_two_secrets_sign_for_a_day_after_one_is_renewed(database, realm):
    clock = SystemClock()
    async with Receiver(answer(200)).listening() as receiver:
        endpoint, first = await an_endpoint(database, clock, realm, receiver.url())
        async with database.transaction(realm) as tx:
            renewed, second = await actions.renew_secret(tx, clock, RULES, endpoint.id, version=1)
        await happened(database, clock, realm, Said(number=1))
        await worked(database, clock)
        assert renewed.previous_until is not None
        assert timedelta(hours=23) < renewed.previous_until - clock.now() <= timedelta(hours=24)
    (request,) = receiver.received
    for secret in (first, second):
        Webhook(signatures.shown(secret)).verify(request.body, headers_of(request.headers))
    assert len(request.headers["webhook-signature"].split()) == 2


async def test_after_a_day_only_the_new_secret_signs(database, clock, realm):
    async with Receiver(answer(200)).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        async with database.transaction(realm) as tx:
            await actions.renew_secret(tx, clock, RULES, endpoint.id, version=1)
        clock.advance(hours=24)
        await happened(database, clock, realm, Said(number=1))
        await worked(database, clock)
    (request,) = receiver.received
    assert len(request.headers["webhook-signature"].split()) == 1


async def test_with_a_new_key_in_front_old_endpoints_still_sign_and_without_the_old_key_they_say_so(
    database, clock, owner, realm
):
    other = "another key that has more than 32 characters too"
    async with Receiver(answer(200)).listening() as receiver:
        await subscribed(database, clock, realm, receiver)
        await happened(database, clock, realm, Said(number=1), Said(number=2))
        assert await worked(database, clock, a_post(keys=Keys([other, KEY]))) == 2
        await happened(database, clock, realm, Said(number=3))
        assert await worked(database, clock, a_post(keys=Keys([other]))) == 0
    assert await outcomes(owner) == ["sent", "sent", "no_secret"]
    assert len(receiver.received) == 2


async def test_what_was_closed_meanwhile_is_not_sent(database, clock, owner, realm):
    async with Receiver(answer(200)).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        async with database.transaction(realm) as tx:
            await actions.close(tx, clock, endpoint.id, version=1)
        assert await worked(database, clock) == 0
        assert receiver.connections == 0
    assert await states(owner) == {"dead": 1}


def test_the_kinds_of_the_examples_are_as_they_say():
    assert [kind for kind, said in KINDS.items() if not said.for_tenants] == ["thing.hidden"]
