"""Messages in PostgreSQL: leased, settled, listed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.messages.errors import MessageNotFound
from kanta_tenancy.messages.judging import Verdict
from kanta_tenancy.messages.model import (
    Attempt,
    Channel,
    Claimed,
    Delivery,
    EndpointId,
    Message,
    MessageId,
    NewMail,
    OpenMail,
    Parcel,
    State,
)

LEASE: Final = timedelta(minutes=2)  # longer than any attempt takes
NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


class Envelope(Record, frozen=True, kw_only=True):
    """A mail that was claimed, before its notices are read."""

    id: MessageId
    contact_id: ContactId | None
    name: str
    email: str
    language: Language
    urgent: bool
    made_at: datetime
    since: datetime


class Held(Record, frozen=True, kw_only=True):
    id: MessageId
    state: State
    at_work: bool
    endpoint_id: EndpointId | None


class Figures(Record, frozen=True, kw_only=True):
    channel: Channel
    due: int
    dead: int
    oldest_due_s: float


class _Payload(Record, frozen=True, kw_only=True):
    payload: str


class _Forgotten(Record, frozen=True, kw_only=True):
    forgotten: int


OPEN_MAILS: Final[Statement[OpenMail]] = statement("messages/message.open_mails", OpenMail)
INSERT_MAIL: Final[Statement[Nothing]] = statement("messages/message.insert_mail", Nothing)
INSERT_WEBHOOK: Final[Statement[Nothing]] = statement("messages/message.insert_webhook", Nothing)
INSERT_EVENT: Final[Statement[Nothing]] = statement("messages/message.insert_event", Nothing)
CLAIM_MAILS: Final[Statement[Claimed]] = statement("messages/message.claim_mails", Claimed)
CLAIM_WEBHOOKS: Final[Statement[Claimed]] = statement("messages/message.claim_webhooks", Claimed)
ENVELOPE: Final[Statement[Envelope]] = statement("messages/message.letter", Envelope)
PARCEL: Final[Statement[Parcel]] = statement("messages/message.parcel", Parcel)
SETTLE: Final[Statement[Nothing]] = statement("messages/message.settle", Nothing)
INSERT_ATTEMPT: Final[Statement[Nothing]] = statement("messages/message.insert_attempt", Nothing)
ATTEMPTS: Final[Statement[Attempt]] = statement("messages/message.attempts", Attempt)
END_OF_ENDPOINT: Final[Statement[Nothing]] = statement("messages/message.end_of_endpoint", Nothing)
FIND: Final[Statement[Message]] = statement("messages/message.find", Message)
PAYLOAD: Final[Statement[_Payload]] = statement("messages/message.payload", _Payload)
DELIVERY: Final[Statement[Delivery]] = statement("messages/message.delivery", Delivery)
FIND_FOR_UPDATE: Final[Statement[Held]] = statement("messages/message.find_for_update", Held)
PAGE: Final[Statement[Message]] = statement("messages/message.page", Message)
PAGE_UNFINISHED: Final[Statement[Message]] = statement("messages/message.page_unfinished", Message)
PAGE_OF_ENDPOINT: Final[Statement[Message]] = statement("messages/message.page_of_endpoint", Message)
SEND_AGAIN: Final[Statement[Nothing]] = statement("messages/message.send_again", Nothing)
FIGURES: Final[Statement[Figures]] = statement("messages/message.figures", Figures)
FORGET: Final[Statement[_Forgotten]] = statement("messages/message.forget", _Forgotten)
FORGET_EVENTS: Final[Statement[_Forgotten]] = statement("messages/message.forget_events", _Forgotten)


async def open_mails(tx: Transaction, emails: Sequence[str]) -> list[OpenMail]:
    """Read the mails to these people that more can go into, and hold them until the transaction ends."""
    return await OPEN_MAILS.all(tx, main_connector_id=tx.scope.main_connector_id, emails=list(emails))


async def add_mails(tx: Transaction, mails: Sequence[NewMail], *, at: datetime) -> None:
    realm = tx.scope.main_connector_id
    rows = [
        {
            "id": mail.id,
            "main_connector_id": realm,
            "at": at,
            "contact_id": mail.to.contact_id,
            "name": mail.to.name,
            "email": mail.to.email,
            "language": mail.to.language,
            "urgent": mail.urgent,
        }
        for mail in mails
    ]
    await INSERT_MAIL.run_many(tx, rows)


async def claim_mails(connection: Connection, *, now: datetime, batch: int, again: bool) -> list[Claimed]:
    return await CLAIM_MAILS.all(connection, now=now, leased_until=now + LEASE, batch=batch, again=again)


async def claim_webhooks(
    connection: Connection, *, now: datetime, batch: int, each: int, troubled: bool
) -> list[Claimed]:
    until = now + LEASE
    return await CLAIM_WEBHOOKS.all(connection, now=now, leased_until=until, batch=batch, each=each, troubled=troubled)


async def envelope(tx: Transaction, claimed: Claimed) -> Envelope | None:
    realm = tx.scope.main_connector_id
    return await ENVELOPE.one(tx, main_connector_id=realm, id=claimed.id, attempts=claimed.attempts)


async def parcel(tx: Transaction, claimed: Claimed) -> Parcel | None:
    realm = tx.scope.main_connector_id
    return await PARCEL.one(tx, main_connector_id=realm, id=claimed.id, attempts=claimed.attempts)


async def settle(
    tx: Transaction, claimed: Claimed, verdict: Verdict, *, at: datetime, may_have_arrived: bool = False
) -> bool:
    """Write what became of a message; return False when that is for somebody else to say by now."""
    changed = await SETTLE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=claimed.id,
        attempts=claimed.attempts,
        state=verdict.state,
        next_at=verdict.next_at,
        error=verdict.error,
        may_have_arrived=may_have_arrived,
        at=at,
    )
    return changed == 1


async def add_attempt(
    tx: Transaction, message_id: MessageId, attempt: Attempt, *, tenancy_id: UUID | None = None
) -> None:
    await INSERT_ATTEMPT.run(
        tx,
        id=new_id(),
        message_id=message_id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        at=attempt.at,
        took_ms=attempt.took_ms,
        outcome=attempt.outcome,
        status=attempt.status,
        detail=attempt.detail,
    )


async def attempts(tx: Transaction, message_id: MessageId, *, limit: int) -> tuple[Attempt, ...]:
    realm = tx.scope.main_connector_id
    return tuple(await ATTEMPTS.all(tx, main_connector_id=realm, message_id=message_id, limit=limit))


async def end_of_endpoint(tx: Transaction, endpoint_id: EndpointId, *, at: datetime, error: str) -> int:
    realm = tx.scope.main_connector_id
    return await END_OF_ENDPOINT.run(tx, main_connector_id=realm, endpoint_id=endpoint_id, at=at, error=error)


async def add_event(tx: Transaction, **said: Any) -> None:
    await INSERT_EVENT.run(tx, main_connector_id=tx.scope.main_connector_id, **said)


async def add_webhooks(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    realm = tx.scope.main_connector_id
    await INSERT_WEBHOOK.run_many(tx, [row | {"main_connector_id": realm} for row in rows])


async def find(tx: Transaction, message_id: MessageId) -> Message:
    """Read a message.

    Raises:
        MessageNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=message_id)
    if found is None:
        raise MessageNotFound(f"no message {message_id}")
    return found


async def payload(tx: Transaction, message_id: MessageId) -> str | None:
    found = await PAYLOAD.one(tx, main_connector_id=tx.scope.main_connector_id, id=message_id)
    return None if found is None else found.payload


async def delivery(tx: Transaction, message_id: MessageId) -> Delivery | None:
    """Tell how far a message has come; None: there is none of that id any more."""
    return await DELIVERY.one(tx, main_connector_id=tx.scope.main_connector_id, id=message_id)


async def take(tx: Transaction, message_id: MessageId) -> Held:
    """Read where a message stands and hold it until the transaction ends.

    Raises:
        MessageNotFound: the scope has none of that id.
    """
    held = await FIND_FOR_UPDATE.one(tx, main_connector_id=tx.scope.main_connector_id, id=message_id)
    if held is None:
        raise MessageNotFound(f"no message {message_id}")
    return held


async def send_again(tx: Transaction, message_id: MessageId, *, at: datetime) -> None:
    await SEND_AGAIN.run(tx, main_connector_id=tx.scope.main_connector_id, id=message_id, at=at)


async def page(
    tx: Transaction, *, before: UUID | None, limit: int, state: State | None, channel: Channel | None
) -> list[Message]:
    """Read a page of messages, newest first."""
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "before": before or NEWEST_POSSIBLE,
        "limit": limit,
        "state": state,
        "channel": channel,
    }
    if state in {State.DUE, State.DEAD}:
        return await PAGE_UNFINISHED.all(tx, **asked)
    return await PAGE.all(tx, **asked)


async def page_of_endpoint(
    tx: Transaction, endpoint_id: EndpointId, *, before: UUID | None, limit: int, state: State | None
) -> list[Message]:
    return await PAGE_OF_ENDPOINT.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        endpoint_id=endpoint_id,
        before=before or NEWEST_POSSIBLE,
        limit=limit,
        state=state,
    )


async def figures(connection: Connection, *, now: datetime) -> list[Figures]:
    return await FIGURES.all(connection, now=now)


async def forget(connection: Connection, channel: Channel, *, older_than: datetime, batch: int) -> int:
    row = await FORGET.one(connection, channel=channel, older_than=older_than, batch=batch)
    return 0 if row is None else row.forgotten


async def forget_events(connection: Connection, *, older_than: datetime, batch: int) -> int:
    row = await FORGET_EVENTS.one(connection, older_than=older_than, batch=batch)
    return 0 if row is None else row.forgotten
