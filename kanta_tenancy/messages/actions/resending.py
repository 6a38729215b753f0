"""Sending a message again that was given up, or that arrived and is wanted once more."""

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages.errors import EndpointClosed, MessageUnderWay
from kanta_tenancy.messages.model import Message, MessageId, State
from kanta_tenancy.messages.store import endpoints
from kanta_tenancy.messages.store import messages as store


async def send_again(tx: Transaction, clock: Clock, message_id: MessageId) -> Message:
    """Let a message be due once more, with the id that it had: its receiver can know it by that.

    Raises:
        MessageNotFound: the scope has none of that id.
        MessageUnderWay: it has neither arrived nor been given up.
        EndpointClosed: its endpoint is closed.
    """
    held = await store.take(tx, message_id)
    if held.state is State.DUE:
        raise MessageUnderWay("It is tried again by itself.", state=held.state.value)
    if held.endpoint_id is not None and (await endpoints.find(tx, held.endpoint_id)).closed_at is not None:
        raise EndpointClosed("Open its endpoint first.")
    at = clock.now()
    await store.send_again(tx, message_id, at=at)
    message = await store.find(tx, message_id)
    await record(
        tx, Act(action="message.sent_again", subject=f"message/{message_id}", at=at, tenancy_id=message.tenancy_id)
    )
    return message
