"""Questions about orders that change nothing; the rooms above ask them too."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.looking.linting import lint_request
from kanta_tenancy.certificates.looking.model import Finding
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.orders import store
from kanta_tenancy.certificates.orders.lifecycle import ENDED
from kanta_tenancy.certificates.orders.model import CertificateOrder, ListedOrder, OrderPosition, OrderState
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509 import requests

_KEY_REUSED: Final = Finding(
    rule="order.key_reused",
    severity=Severity.WARNING,
    sentence=Sentence(
        fi="Korvattavalla varmenteella on sama avain: kenellä on siitä kopio, sillä on kopio uudestakin avaimesta.",
        sv="Certifikatet som ersätts har samma nyckel: den som har en kopia av den har en kopia av den nya också.",
        en="The certificate that is replaced has the same key: whoever has a copy of it has one of the new key, too.",
    ),
    source="this service's own choice",
    certainty=Certainty.ASSUMED,
)


async def order(tx: Transaction, order_id: UUID) -> CertificateOrder:
    """Read an order.

    Raises:
        OrderNotFound: the scope has none of that id.
    """
    return await store.find(tx, order_id)


async def listed(
    tx: Transaction, state: OrderState | None, *, after: OrderPosition | None, count: int
) -> list[ListedOrder]:
    """Read a page of orders, the latest day first; in every state when none is named."""
    return await store.page(tx, state, after=after, count=count)


def position(listed: ListedOrder) -> OrderPosition:
    """Return where a page ends that ends with this order."""
    return OrderPosition(ordered_on=listed.ordered_on, id=listed.id)


async def request(tx: Transaction, order_id: UUID) -> bytes:
    """Read the request of an order, in PEM.

    Raises:
        OrderNotFound: the scope has none of that id.
    """
    return requests.pem(await store.content(tx, order_id))


async def of_certificate(tx: Transaction, certificate_id: UUID) -> UUID | None:
    """Return by which order a certificate came; None: by none that is known."""
    return await store.of_certificate(tx, certificate_id)


async def under_way(tx: Transaction, certificate_ids: Collection[UUID]) -> dict[UUID, ListedOrder]:
    """Return, for those of some certificates that are being replaced, the newest order by which they are."""
    found = await store.replacing(tx, certificate_ids)
    return {one.replaces_id: one for one in reversed(found) if one.replaces_id and one.state not in ENDED}


def findings(order: CertificateOrder) -> tuple[Finding, ...]:
    """Return what is wrong with the request of an order, held against its profile."""
    found = lint_request(order.request, profiles()[order.profile])
    return (*found, _KEY_REUSED) if order.old is not None and order.old.same_key else found
