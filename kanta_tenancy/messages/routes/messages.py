"""Messages over HTTP: what was sent, what waits, what was given up."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.messages.actions.resending import send_again
from kanta_tenancy.messages.bodies import ListedMessage, MessagesAsked, ShownMessage, listed, shown
from kanta_tenancy.messages.errors import EndpointClosed, MessageNotFound, MessageUnderWay
from kanta_tenancy.messages.model import Message, MessageId
from kanta_tenancy.messages.store import messages as store
from kanta_tenancy.messages.store import notices
from kanta_tenancy.parties import Permission

_SHOWN_ATTEMPTS: Final = 50


@get("/", operation_id="listMessages", opt=needs(Permission.MESSAGES_READ, query=MessagesAsked))
async def list_messages(call: NamedDependency[Call]) -> Response[Page[ListedMessage]]:
    """List messages, newest first: of the main connector mails and webhooks, of a tenant the webhooks to it.

    `state=dead` lists what was given up.
    """
    asked = call.asked(MessagesAsked)
    before = asked.position(UUID)
    async with call.transaction() as tx:
        rows = await store.page(tx, before=before, limit=asked.fetch, state=asked.state, channel=asked.channel)
    return paged(call.request, asked, rows, position=_position, body=listed)


@get(
    "/{message_id:uuid}",
    operation_id="readMessage",
    opt=needs(Permission.MESSAGES_READ),
    responses=refusals(MessageNotFound),
)
async def read_message(message_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownMessage:
    """Read one message: what it says, and how each attempt to send it ended."""
    async with call.transaction() as tx:
        return await _whole(tx, MessageId(message_id))


@post(
    "/{message_id:uuid}/sending",
    operation_id="sendMessageAgain",
    opt=needs(Permission.MESSAGES_MANAGE),
    status_code=200,
    responses=refusals(MessageNotFound, MessageUnderWay, EndpointClosed),
)
async def send_message_again(message_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ListedMessage]:
    """Send a message again that was given up, or that arrived: with the id that it had, so its receiver knows it."""
    return await once(
        call,
        lambda tx: send_again(tx, call.clock, MessageId(message_id)),
        answer=lambda message: Response(listed(message)),
    )


async def _whole(tx: Transaction, message_id: MessageId) -> ShownMessage:
    message = await store.find(tx, message_id)
    log = await store.attempts(tx, message_id, limit=_SHOWN_ATTEMPTS)
    told = await notices.of_message(tx, message_id)
    return shown(message, log=log, told=told, payload=await store.payload(tx, message_id))


def _position(message: Message) -> UUID:
    return message.id


HANDLERS: Final = (list_messages, read_message, send_message_again)
