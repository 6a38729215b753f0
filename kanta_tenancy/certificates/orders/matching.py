"""Certificates that come into the inventory are matched to the orders that wait for them, by their public key."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from kanta_tenancy.certificates.orders import actions, lifecycle, store
from kanta_tenancy.certificates.orders.model import CertificateOrder, OrderState
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509 import requests


async def arrived(tx: Transaction, at: datetime, certificate_ids: Collection[UUID]) -> list[CertificateOrder]:
    """Match certificates to the orders that wait for them; of several with the key of one order the oldest counts.

    Returns:
        The orders whose certificate came.
    """
    found: list[CertificateOrder] = []
    seen: set[UUID] = set()
    for one in await store.arrivals(tx, certificate_ids):
        if one.order_id in seen or requests.public_key_of(one.content) != one.public_key:
            continue
        seen.add(one.order_id)
        before = await store.hold(tx, one.order_id)
        if before.state is OrderState.ORDERED:  # nobody said so by hand meanwhile
            after = lifecycle.arrive(before, one.certificate_id, at=at)
            await actions.moved(tx, "arrived", before, after, at=at, certificate=str(one.certificate_id))
            found.append(after)
    return found
