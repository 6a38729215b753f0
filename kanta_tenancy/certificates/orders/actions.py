"""What people do with orders: put down with a request, arrived, deployed, the old one revoked, closed, cancelled."""

from datetime import date, datetime
from uuid import UUID

from msgspec.structs import asdict

from kanta_tenancy import promises
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.actions import certificates
from kanta_tenancy.certificates.inventory.errors import KeyMaterialRefused
from kanta_tenancy.certificates.inventory.model import Description, State
from kanta_tenancy.certificates.orders import checking, history, lifecycle, owing, steps, store
from kanta_tenancy.certificates.orders.errors import CertificateNotOrdered, OrderRefused
from kanta_tenancy.certificates.orders.lifecycle import RULE, Move
from kanta_tenancy.certificates.orders.model import (
    CertificateOrder,
    NewOrder,
    Old,
    OrderMoved,
    OrderState,
    Request,
    Revocation,
    SaidOrder,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.x509 import requests
from kanta_tenancy.machinery.x509.bundles import KeyMaterialFound, certificates_in


async def put_down(tx: Transaction, clock: Clock, said: NewOrder, content: bytes) -> CertificateOrder:
    """Put down that a certificate was ordered with a request, which proves that whoever made it has the key.

    A request that does not keep its profile is put down as well: the order was made, and what is wrong is told of it.

    Raises:
        OrderRefused: what was said is not acceptable.
        RequestUnreadable, RequestNotProven: of the request.
        KeyMaterialRefused: it came with a private key.
        CertificateNotFound: the inventory does not have the certificate that is replaced.
        OrderExists: an order with this key waits already.
    """
    at = clock.now()
    fit = checking.order(said, day_in_finland(at))
    read = _read(content)
    order = CertificateOrder(
        id=new_id(),
        state=OrderState.ORDERED,
        version=1,
        recorded_at=at,
        request=Request(**asdict(read.said)),
        old=None if fit.replaces_id is None else await _old(tx, fit.replaces_id, read.public_key),
        profile=fit.profile,
        ordered_on=fit.ordered_on,
        purpose=fit.purpose,
        reference=fit.reference,
    )
    await store.add(tx, order, content=read.der, public_key=read.public_key)
    await _owe(tx, order, at=at)
    act = history.of_order("put_down", None, order, at=at, request=order.request.sha256, profile=order.profile)
    await record(tx, act, announce=_told(order, at=at))
    return order


async def amend(tx: Transaction, clock: Clock, order_id: UUID, said: SaidOrder, *, version: int) -> CertificateOrder:
    """Say anew what was ordered, when and under which number; the request stays.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: the certificate is in use, or the order has ended.
        OrderRefused: what was said is not acceptable.
    """
    at = clock.now()
    before = await store.take(tx, order_id, version)
    after = lifecycle.amend(before, checking.order(said, day_in_finland(at)))
    await store.save(tx, after)
    await _owe(tx, after, at=at)
    await record(tx, history.of_order("amended", before, after, at=at))
    return after


async def arrive_by_hand(
    tx: Transaction, clock: Clock, order_id: UUID, certificate_id: UUID, *, version: int
) -> CertificateOrder:
    """Say which certificate of the inventory is the one that was ordered, when it was there before the order.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: it does not wait for its certificate.
        CertificateNotFound: the inventory does not have it.
        CertificateNotOrdered: it has another key than the request, or came by another order.
    """
    before = await store.take(tx, order_id, version)
    lifecycle.check(before, Move.ARRIVE)
    await inventory.certificate(tx, certificate_id)
    own = requests.read(await store.content(tx, order_id)).public_key
    if await _key_of(tx, certificate_id) != own:
        raise CertificateNotOrdered("the certificate has another key than the request of the order")
    await hold_promises(tx, before)
    return await arrive(tx, clock, before, certificate_id)


async def arrive(tx: Transaction, clock: Clock, before: CertificateOrder, certificate_id: UUID) -> CertificateOrder:
    """Say that a certificate with the key of the request came; it is held against the profile that was ordered.

    The order, and what it owes, is held by the transaction.
    """
    at = clock.now()
    after = lifecycle.arrive(before, certificate_id, at=at)
    came = await inventory.certificate(tx, certificate_id)
    said = Description(
        kind=came.kind,
        profile=after.profile,
        purpose=came.purpose or after.purpose,
        tenancy_id=came.tenancy_id,
        responsible_id=came.responsible_id,
        deputy_id=came.deputy_id,
    )
    if (came.profile, came.purpose) != (said.profile, said.purpose):
        await certificates.describe(tx, clock, came.id, said, version=came.version)
    await _move(tx, "arrived", before, after, at=at, certificate=str(certificate_id))
    return after


async def deploy(tx: Transaction, clock: Clock, order_id: UUID, *, version: int, on: date) -> CertificateOrder:
    """Say since which day the new certificate is in use; the inventory then has it in the place of the old one.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: it has not arrived, or is in use.
        OrderRefused: the day has not come, or is before that of the order.
        CertificateMoveNotAllowed: somebody has said that the new one is not in use any more.
    """
    at = clock.now()
    before = await store.take(tx, order_id, version)
    after = lifecycle.deploy(before, on=on, at=at)
    await hold_promises(tx, before)
    await _replace(tx, clock, after)
    await _move(tx, "deployed", before, after, at=at, on=on.isoformat())
    return after


async def revoke(
    tx: Transaction, clock: Clock, order_id: UUID, revocation: Revocation, *, version: int
) -> CertificateOrder:
    """Say that the issuer was told to revoke the old certificate: which serial number, why, on which day.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: there is no old one, it was revoked before, or the order has ended.
        OrderRefused: the serial is not that of the old one, or the day has not come.
    """
    at = clock.now()
    before = await store.take(tx, order_id, version)
    after = lifecycle.revoke(before, revocation, at=at)
    facts = {"on": revocation.on.isoformat(), "reason": revocation.reason.value}
    await _move(tx, "old_revoked", before, after, at=at, **facts)
    return after


async def close(
    tx: Transaction, clock: Clock, order_id: UUID, *, version: int, because: str | None
) -> CertificateOrder:
    """Say that nothing is left to do; where the old certificate is valid and was not revoked, with the reason why not.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: the new one is not in use, or the order has ended.
        OldNotRevoked: the old one is valid, was not revoked, and no reason is given.
        OrderRefused: the reason cannot be kept.
    """
    at = clock.now()
    before = await store.take(tx, order_id, version)
    after = lifecycle.close(before, because=None if because is None else checking.reason(because), at=at)
    await _move(tx, "closed", before, after, at=at, because=after.ended_because)
    return after


async def cancel(tx: Transaction, clock: Clock, order_id: UUID, *, version: int, because: str) -> CertificateOrder:
    """Say that an order comes to nothing, and why.

    Raises:
        OrderNotFound, OrderChanged: there is none, or not at that version any more.
        OrderMoveNotAllowed: the certificate is in use, or the order has ended.
        OrderRefused: the reason is none, or cannot be kept.
    """
    at = clock.now()
    before = await store.take(tx, order_id, version)
    after = lifecycle.cancel(before, because=checking.reason(because), at=at)
    await _move(tx, "cancelled", before, after, at=at, because=after.ended_because)
    return after


async def hold_promises(tx: Transaction, order: CertificateOrder) -> None:
    """Hold what an order owes, before an act that journals and changes it afterwards."""
    await promises.hold(tx, owing.subject(order), owing.KINDS)


async def _replace(tx: Transaction, clock: Clock, order: CertificateOrder) -> None:
    """Say in the inventory that the new certificate took the place of the old one, unless somebody has said so."""
    if order.old is None or order.certificate_id is None:
        return
    old = await inventory.certificate(tx, order.old.id)
    if old.state is State.IN_USE:
        await certificates.replace(tx, clock, old.id, successor_id=order.certificate_id, version=old.version)


async def _move(
    tx: Transaction,
    done: str,
    before: CertificateOrder,
    after: CertificateOrder,
    *,
    at: datetime,
    **facts: str | int | None,
) -> None:
    """Write a move of an order that the transaction holds, with what it keeps and owes, and say so."""
    await store.save(tx, after)
    await _settle(tx, before, after, at=at)
    await _owe(tx, after, at=at)
    await record(tx, history.of_order(done, before, after, at=at, **facts), announce=_told(after, at=at))


async def _settle(tx: Transaction, before: CertificateOrder, after: CertificateOrder, *, at: datetime) -> None:
    """Keep the promise of the step that is done, or release it when nobody has to do it any more."""
    step = steps.waits_for(before)
    if step is None or step is steps.waits_for(after):
        return
    if steps.done_on(after)[step] is not None:
        await promises.keep(tx, owing.key_of(after, step), at=at)
    else:
        because = after.ended_because or "it is not needed any more"
        await promises.release(tx, owing.key_of(after, step), at=at, because=because)


async def _owe(tx: Transaction, order: CertificateOrder, *, at: datetime) -> None:
    owed = owing.owed(order, at=at)
    if owed is not None:
        await promises.owe(tx, owed)


def _read(content: bytes) -> requests.Read:
    if any(isinstance(one, KeyMaterialFound) for one in certificates_in(content, "request")):
        raise KeyMaterialRefused("a private key is no business of this service: nothing of the request was kept")
    read = requests.read(content)
    if read.has_password:
        detail = "it has a challenge password, which is a secret: make the request without one"
        raise OrderRefused(f"request: {detail}", rule=RULE, flaws=(Flaw(field="request", detail=detail, rule=RULE),))
    return read


async def _old(tx: Transaction, certificate_id: UUID, public_key: bytes) -> Old:
    found = await inventory.certificate(tx, certificate_id)
    same = await _key_of(tx, certificate_id) == public_key
    return Old(id=found.id, serial=found.serial, ends_at=found.not_after, same_key=same)


async def _key_of(tx: Transaction, certificate_id: UUID) -> bytes | None:
    contents = await inventory.contents(tx, [certificate_id])
    return requests.public_key_of(contents[certificate_id])


def _told(order: CertificateOrder, *, at: datetime) -> OrderMoved:
    return OrderMoved(order_id=order.id, state=order.state, certificate_id=order.certificate_id, at=at)
