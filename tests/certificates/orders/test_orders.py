"""Orders in the database: put down with proof of the key, matched when the certificate comes, and what each owes."""

import asyncio
from datetime import date, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AttributeOID

from kanta_tenancy.assembly.promised import EXPECTATIONS
from kanta_tenancy.certificates.inventory.errors import (
    CertificateMoveNotAllowed,
    CertificateNotFound,
    KeyMaterialRefused,
)
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.certificates.orders import actions, reading
from kanta_tenancy.certificates.orders.errors import (
    CertificateNotOrdered,
    OldNotRevoked,
    OrderChanged,
    OrderExists,
    OrderMoveNotAllowed,
    OrderNotFound,
    OrderRefused,
)
from kanta_tenancy.certificates.orders.model import OrderState, SaidOrder
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.x509 import requests
from kanta_tenancy.machinery.x509.errors import RequestNotProven, RequestUnreadable
from kanta_tenancy.promises import audit
from tests.certificates.orders.examples import MARCH_2, NOON, a_key, a_request, a_revocation, issued
from tests.promises.examples import ledger

MINE = {"steps of orders of certificates": EXPECTATIONS["steps of orders of certificates"]}


async def owed(owner):
    """Return what orders owe and owed: the step, how it stands, and by when it is due."""
    rows = await ledger(owner, "kind, state, due_at")
    return [(kind.removeprefix("certificate_order."), state, due.date()) for kind, state, due in rows]


async def amiss(orders):
    async with orders.database.transaction(orders.caller) as tx:
        return [(one.what.value, one.key) for one in await audit(tx, orders.clock.now(), MINE)]


async def test_an_order_keeps_the_request_and_what_it_says(orders):
    order = await orders.put_down(purpose="Reseptikeskus", reference="D-117")
    read = await orders.read(order.id)
    assert read == order
    assert (read.state, read.request.key, read.request.subject) == (
        OrderState.ORDERED,
        "RSA-2048",
        "CN=palvelin.example.org,O=Esimerkkiklinikka Oy,C=FI",
    )
    async with orders.database.transaction(orders.caller) as tx:
        assert await reading.request(tx, order.id) == requests.pem(a_request())
        assert reading.findings(order) == ()
        with pytest.raises(OrderNotFound):
            await reading.order(tx, new_id())
        with pytest.raises(OrderNotFound):
            await reading.request(tx, new_id())


async def test_a_request_that_the_issuer_should_not_take_is_put_down_and_told_of(orders):
    order = await orders.put_down(a_request(domains=()))
    assert [one.rule for one in reading.findings(order)] == ["dvv.server.dns_name"]


async def test_whoever_has_not_the_key_cannot_order(orders):
    content = a_request()
    with pytest.raises(RequestNotProven):
        await orders.put_down(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(RequestUnreadable):
        await orders.put_down(b"nothing")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
async def test_a_private_key_is_refused_and_kept_nowhere(orders, owner, encoding, form):
    key = a_key().private_bytes(encoding, form, NoEncryption())
    for content in (key, requests.pem(a_request()) + key) if encoding is Encoding.PEM else (key,):
        with pytest.raises(KeyMaterialRefused):
            await orders.put_down(content)
    assert await owner.fetchval("SELECT count(*) FROM certificate_order") == 0


async def test_a_request_with_a_password_in_it_is_refused_and_kept_nowhere(orders, owner):
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    request = request.add_attribute(AttributeOID.CHALLENGE_PASSWORD, b"salasana").sign(a_key(), hashes.SHA256())
    with pytest.raises(OrderRefused, match="challenge password"):
        await orders.put_down(request.public_bytes(Encoding.PEM))
    assert await owner.fetchval("SELECT count(*) FROM certificate_order") == 0


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"profile": "another"}, "profile"),
        ({"ordered_on": date(2026, 3, 3)}, "ordered_on"),
        ({"ordered_on": date(1999, 1, 1)}, "ordered_on"),
        ({"purpose": "a\u202eb"}, "purpose"),
        ({"reference": "x" * 201}, "reference"),
    ],
)
async def test_what_cannot_be_so_is_refused(orders, said, field):
    with pytest.raises(OrderRefused) as refused:
        await orders.put_down(**said)
    assert [flaw.field for flaw in refused.value.flaws] == [field]


async def test_a_key_waits_for_one_certificate_at_a_time(orders):
    first = await orders.put_down()
    with pytest.raises(OrderExists):
        await orders.put_down()
    await orders.act(actions.cancel, first, because="Ordered twice")
    await orders.put_down()


async def test_of_two_orders_with_one_key_at_once_exactly_one_is_put_down(orders):
    done = await asyncio.gather(*(orders.put_down() for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["CertificateOrder", *["OrderExists"] * 3]


async def test_a_certificate_that_comes_is_known_as_the_ordered_one(orders, owner):
    order = await orders.put_down()
    other = await orders.put_down(a_request("another"))
    taken = await orders.came(issued("stranger"), issued())
    read = await orders.read(order.id)
    assert (read.state, read.certificate_id, read.arrived_at) == (OrderState.ARRIVED, taken.new[1], NOON)
    assert (await orders.read(other.id)).state is OrderState.ORDERED
    week = MARCH_2 + timedelta(days=7)
    assert sorted(await owed(owner)) == [("arrive", "kept", week), ("arrive", "owed", week), ("deploy", "owed", week)]
    async with orders.database.transaction(orders.caller) as tx:
        assert await reading.of_certificate(tx, taken.new[1]) == order.id
        assert await reading.of_certificate(tx, taken.new[0]) is None


async def test_of_two_certificates_with_the_key_the_older_is_the_ordered_one(orders):
    order = await orders.put_down()
    taken = await orders.came(issued(starts=NOON + timedelta(hours=2)), issued(starts=NOON - timedelta(hours=2)))
    assert (await orders.read(order.id)).certificate_id == taken.new[1]


async def test_a_certificate_that_was_made_before_the_order_is_not_the_ordered_one(orders):
    order = await orders.put_down()
    await orders.came(issued(starts=NOON - timedelta(days=3)))
    assert (await orders.read(order.id)).state is OrderState.ORDERED


async def test_a_key_that_stands_elsewhere_in_a_certificate_matches_nothing(orders):
    order = await orders.put_down()
    own = requests.read(a_request()).public_key
    await orders.came(issued("stranger", extra=own))
    assert (await orders.read(order.id)).state is OrderState.ORDERED


async def test_what_was_there_before_the_order_is_said_by_hand(orders):
    taken = await orders.came(issued(), issued("another"))
    order = await orders.put_down()
    with pytest.raises(CertificateNotOrdered):
        await orders.act(actions.arrive_by_hand, order, taken.new[1])
    with pytest.raises(CertificateNotFound):
        await orders.act(actions.arrive_by_hand, order, new_id())
    arrived = await orders.act(actions.arrive_by_hand, order, taken.new[0])
    assert (arrived.state, arrived.certificate_id) == (OrderState.ARRIVED, taken.new[0])
    again = await orders.put_down()  # the same key once more, which no rule forbids
    with pytest.raises(CertificateNotOrdered):
        await orders.act(actions.arrive_by_hand, again, taken.new[0])


async def test_a_certificate_that_came_by_one_order_is_not_that_of_another_with_the_same_key(orders):
    first = await orders.put_down()
    taken = await orders.came(issued())
    await orders.act(actions.cancel, await orders.read(first.id), because="The names are wrong")
    again = await orders.put_down()
    await orders.told(taken.new)
    assert (await orders.read(again.id)).state is OrderState.ORDERED
    right = await orders.came(issued())
    assert (await orders.read(again.id)).certificate_id == right.new[0]


async def test_the_message_of_an_arrival_is_heard_twice_and_counts_once(orders):
    order = await orders.put_down()
    taken = await orders.came(issued())
    await orders.told(taken.new)
    assert (await orders.read(order.id)).version == 2


async def test_the_whole_way_owes_one_step_at_a_time(orders, owner):
    order = await orders.replacing()
    assert (order.old.serial is not None, order.old.same_key) == (True, False)
    assert await amiss(orders) == []
    await orders.came(issued())
    orders.clock.advance(days=2)
    arrived = await orders.read(order.id)
    assert await amiss(orders) == []
    deployed = await orders.act(actions.deploy, arrived, on=date(2026, 3, 4))
    assert await amiss(orders) == []
    with pytest.raises(OldNotRevoked):
        await orders.act(actions.close, deployed, because=None)
    revoked = await orders.act(
        actions.revoke, deployed, a_revocation(serial=order.old.serial.upper(), on=date(2026, 3, 4))
    )
    assert (revoked.state, revoked.revocation.serial) == (OrderState.OLD_REVOKED, order.old.serial.lstrip("0"))
    assert await amiss(orders) == []
    closed = await orders.act(actions.close, revoked, because=None)
    assert (closed.state, closed.version) == (OrderState.CLOSED, 5)
    assert await owed(owner) == [
        ("arrive", "kept", date(2026, 3, 9)),
        ("close", "kept", date(2026, 3, 6)),
        ("deploy", "kept", date(2026, 3, 9)),
        ("revoke", "kept", date(2026, 3, 11)),
    ]
    assert await amiss(orders) == []
    done = [row["entry"] for row in await owner.fetch("SELECT entry FROM journal_entry")]
    for action in ("put_down", "arrived", "deployed", "old_revoked", "closed"):
        assert sum(f'"certificate_order.{action}"' in one for one in done) == 1


async def test_an_order_that_comes_to_nothing_owes_nothing(orders, owner):
    order = await orders.put_down()
    cancelled = await orders.act(actions.cancel, order, because="Ordered twice")
    assert (cancelled.state, cancelled.ended_because) == (OrderState.CANCELLED, "Ordered twice")
    assert await owed(owner) == [("arrive", "released", date(2026, 3, 9))]
    assert await amiss(orders) == []
    await orders.came(issued())
    assert (await orders.read(order.id)).state is OrderState.CANCELLED
    with pytest.raises(OrderMoveNotAllowed):
        await orders.act(actions.cancel, cancelled, because="Again")


async def test_a_replaced_certificate_that_stays_valid_is_closed_with_a_reason(orders, owner):
    order = await orders.replacing()
    await orders.came(issued())
    deployed = await orders.act(actions.deploy, await orders.read(order.id), on=MARCH_2)
    closed = await orders.act(actions.close, deployed, because="The spare server has it until May")
    assert closed.ended_because == "The spare server has it until May"
    assert ("revoke", "released") in [(kind, state) for kind, state, _ in await owed(owner)]


async def test_an_order_said_anew_is_due_anew(orders, owner):
    order = await orders.put_down()
    said = SaidOrder(profile="dvv-server", ordered_on=date(2026, 2, 26), reference="D-118")
    amended = await orders.act(actions.amend, order, said)
    assert (amended.reference, amended.version, amended.request) == ("D-118", 2, order.request)
    assert await owed(owner) == [("arrive", "owed", date(2026, 3, 5))]
    with pytest.raises(OrderChanged):
        await orders.act(actions.amend, order, said)


async def test_the_same_key_again_is_told_of(orders):
    old = (await orders.taken(issued(starts=NOON - timedelta(days=300)))).new[0]
    order = await orders.put_down(replaces_id=old)
    assert [one.rule for one in reading.findings(order)] == ["order.key_reused"]


async def test_what_is_being_replaced_is_known_while_it_is(orders):
    order = await orders.replacing()
    async with orders.database.transaction(orders.caller) as tx:
        found = await reading.under_way(tx, [order.old.id, new_id()])
    assert {key: one.id for key, one in found.items()} == {order.old.id: order.id}
    await orders.act(actions.cancel, order, because="Another issuer")
    async with orders.database.transaction(orders.caller) as tx:
        assert await reading.under_way(tx, [order.old.id]) == {}


async def test_what_the_inventory_does_not_have_cannot_be_replaced(orders):
    with pytest.raises(CertificateNotFound):
        await orders.put_down(replaces_id=new_id())


async def test_of_two_who_deploy_at_once_exactly_one_does(orders):
    order = await orders.put_down()
    await orders.came(issued())
    arrived = await orders.read(order.id)
    done = await asyncio.gather(
        *(orders.act(actions.deploy, arrived, on=MARCH_2) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["CertificateOrder", "OrderChanged", "OrderChanged"]


async def test_what_has_ended_does_not_change_in_the_database_either(orders, owner):
    order = await orders.act(actions.cancel, await orders.put_down(), because="Ordered twice")
    with pytest.raises(Exception, match="does not change") as refused:
        await owner.execute("UPDATE certificate_order SET purpose = 'x' WHERE id = $1", order.id)
    assert refused.value.constraint_name == "certificate_order_frozen"


async def test_the_certificate_that_comes_is_held_against_what_was_ordered(orders):
    await orders.put_down(purpose="Reseptikeskus")
    came = await orders.read_certificate((await orders.came(issued())).new[0])
    assert (came.profile, came.purpose, came.version) == ("dvv-server", "Reseptikeskus", 2)


async def test_the_deployed_one_takes_the_place_of_the_old_one_in_the_inventory(orders):
    order = await orders.replacing()
    new = (await orders.came(issued())).new[0]
    assert (await orders.read_certificate(order.old.id)).state is State.IN_USE  # people are warned of it until then
    await orders.act(actions.deploy, await orders.read(order.id), on=MARCH_2)
    assert (await orders.read_certificate(order.old.id)).state is State.REPLACED
    assert (await orders.read_certificate(new)).state is State.IN_USE


async def test_an_old_one_that_nobody_uses_any_more_stays_as_it_is(orders):
    order = await orders.replacing()
    await orders.came(issued())
    await orders.retired(order.old.id)
    deployed = await orders.act(actions.deploy, await orders.read(order.id), on=MARCH_2)
    assert deployed.state is OrderState.DEPLOYED
    assert (await orders.read_certificate(order.old.id)).state is State.RETIRED


async def test_a_new_one_that_nobody_uses_any_more_is_not_deployed_in_anothers_place(orders):
    order = await orders.replacing()
    await orders.retired((await orders.came(issued())).new[0])
    with pytest.raises(CertificateMoveNotAllowed):
        await orders.act(actions.deploy, await orders.read(order.id), on=MARCH_2)
    assert (await orders.read(order.id)).state is OrderState.ARRIVED


async def test_whoever_keeps_a_promise_by_hand_has_done_the_step(orders):
    order = await orders.put_down()
    await orders.came(issued())
    await orders.kept_by_hand(order, "deploy")
    await orders.heard()
    deployed = await orders.read(order.id)
    assert (deployed.state, deployed.deployed_on) == (OrderState.DEPLOYED, MARCH_2)
    await orders.kept_by_hand(order, "close")
    await orders.heard()
    assert (await orders.read(order.id)).state is OrderState.CLOSED


async def test_a_revocation_is_put_down_with_its_serial_and_not_by_keeping_a_promise(orders):
    order = await orders.replacing()
    await orders.came(issued())
    deployed = await orders.act(actions.deploy, await orders.read(order.id), on=MARCH_2)
    await orders.kept_by_hand(order, "revoke")
    await orders.heard()
    assert await orders.read(order.id) == deployed
    await orders.act(actions.revoke, deployed, a_revocation(serial=order.old.serial))


async def test_an_arrival_needs_its_certificate_and_not_the_keeping_of_a_promise(orders):
    order = await orders.put_down()
    await orders.kept_by_hand(order, "arrive")
    await orders.heard()
    assert await orders.read(order.id) == order


async def test_what_was_retired_is_not_deployed_by_keeping_a_promise(orders):
    order = await orders.replacing()
    await orders.retired((await orders.came(issued())).new[0])
    await orders.kept_by_hand(order, "deploy")
    await orders.heard()
    assert (await orders.read(order.id)).state is OrderState.ARRIVED


async def test_keeping_the_promise_by_hand_while_the_certificate_is_deployed_locks_nobody_out(orders, owner):
    for number in range(8):
        order = await orders.replacing(key=f"race {number}")
        await orders.came(issued(f"race {number}"))
        arrived = await orders.read(order.id)
        done = await asyncio.gather(
            orders.act(actions.deploy, arrived, on=MARCH_2),
            orders.kept_by_hand(arrived, "deploy"),
            return_exceptions=True,
        )
        assert {type(one).__name__ for one in done} <= {
            "CertificateOrder",
            "Promise",
            "PromiseSettled",
            "PromiseChanged",
        }
        assert (await orders.read(order.id)).state is OrderState.DEPLOYED
