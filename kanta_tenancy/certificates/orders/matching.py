"""Certificates that come into the inventory are matched to the orders that wait for them, by their public key."""

from collections.abc import Collection
from uuid import UUID

from kanta_tenancy.certificates.orders import actions, store
from kanta_tenancy.certificates.orders.model import CertificateOrder, OrderState
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509 import requests


async def arrived(tx: Transaction, clock: Clock, certificate_ids: Collection[UUID]) -> list[CertificateOrder]:
    """Match certificates to the orders that wait for them; of several with the key of one order the oldest counts.

    Returns:
        The orders whose certificate came.
    """
    came: dict[UUID, UUID] = {}
    for one in await store.arrivals(tx, certificate_ids):
        if requests.public_key_of(one.content) == one.public_key:
            came.setdefault(one.order_id, one.certificate_id)
    orders = [await store.hold(tx, order_id) for order_id in came]
    waiting = [order for order in orders if order.state is OrderState.ORDERED]  # nobody said so by hand meanwhile
    for order in waiting:  # all of them before the first journal entry
        await actions.hold_promises(tx, order)
    return [await actions.arrive(tx, clock, order, came[order.id]) for order in waiting]
