"""Webhooks that are meant for one receiver, such as a producer told of a disturbance, and how far one has come."""

from datetime import datetime

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.outgoing.targets import host_of
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import events
from kanta_tenancy.messages.errors import EndpointClosed, EndpointNotFound
from kanta_tenancy.messages.model import Delivery, Endpoint, EndpointId, EventId, EventKind, MessageId, Posted, State
from kanta_tenancy.messages.store import endpoints
from kanta_tenancy.messages.store import messages as store


async def receiver(tx: Transaction, endpoint_id: EndpointId, kind: EventKind) -> Endpoint:
    """Return the endpoint that what is addressed in this way can be sent to.

    Raises:
        EndpointNotFound: the scope has none of that id, or it is one that hears of events.
        EndpointClosed: it is closed.
    """
    found = await endpoints.find(tx, endpoint_id)
    if found.kinds != (kind.kind,):
        raise EndpointNotFound(f"the webhook endpoint {endpoint_id} is not one for {kind.kind} alone")
    if found.closed_at is not None:
        raise EndpointClosed("Open it first, or say another one.")
    return found


async def post_to(tx: Transaction, at: datetime, endpoint_id: EndpointId, kind: EventKind, data: object) -> Posted:
    """Send something to the one endpoint that it is meant for; it goes out after the transaction has committed.

    Raises:
        EndpointNotFound, EndpointClosed: there is none that takes this.
    """
    found = await receiver(tx, endpoint_id, kind)
    event_id, message_id = EventId(new_id()), MessageId(new_id())
    await events.add_event(tx, event_id, kind, data, tenancy_id=found.tenancy_id, at=at)
    await events.send_to(tx, event_id, {message_id: found}, at=at)
    return Posted(message_id=message_id, host=host_of(found.url))


async def posted(tx: Transaction, message_id: MessageId) -> Delivery:
    """Tell how far a webhook has come that `post_to` sent. What is forgotten by now had arrived: nothing else is."""
    found = await store.delivery(tx, message_id)
    return Delivery(state=State.SENT, ended_at=None, last_error=None) if found is None else found
