"""Events of the outbox, fanned out to the endpoints that want them, in the transaction that hands them on."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages.model import Endpoint, EventId, EventKind, EventKinds, MessageId
from kanta_tenancy.messages.store import endpoints
from kanta_tenancy.messages.store import messages as store
from kanta_tenancy.messages.store.endpoints import Subscribed


def fan_out(kinds: EventKinds) -> outbox.Subscriber:
    """Return the subscriber of the outbox that hands each event to the endpoints that want it."""

    async def hand_out(tx: Transaction, message: outbox.Message) -> None:
        kind = kinds[message.kind]
        wanted = await endpoints.subscribed(tx, kind.kind, tenancy_id=message.tenancy_id, for_tenant=kind.for_tenants)
        if not wanted:
            return
        event_id = EventId(message.id)
        await add_event(tx, event_id, kind, message.body, tenancy_id=message.tenancy_id, at=message.at)
        await send_to(tx, event_id, {MessageId(new_id()): endpoint for endpoint in wanted}, at=message.at)

    return hand_out


async def send_to(
    tx: Transaction, event_id: EventId, receivers: Mapping[MessageId, Subscribed | Endpoint], *, at: datetime
) -> None:
    """Let an event be due to endpoints, each by a message of its own."""
    rows = [
        {
            "id": message_id,
            "tenancy_id": endpoint.tenancy_id,
            "attempts": 0,
            "at": at,
            "next_at": at,
            "at_work": False,
            "endpoint_id": endpoint.id,
            "event_id": event_id,
        }
        for message_id, endpoint in receivers.items()
    ]
    await store.add_webhooks(tx, rows)


async def add_event(
    tx: Transaction, event_id: EventId, kind: EventKind, data: object, *, tenancy_id: TenancyId | None, at: datetime
) -> None:
    """Keep an event as the bytes that every endpoint gets on every attempt."""
    told = {"type": kind.kind, "timestamp": at, "tenancy_id": tenancy_id, "data": data}
    await store.add_event(
        tx,
        id=event_id,
        tenancy_id=tenancy_id,
        for_tenant=kind.for_tenants,
        kind=kind.kind,
        payload=msgspec.json.encode(told).decode(),
        at=at,
    )
