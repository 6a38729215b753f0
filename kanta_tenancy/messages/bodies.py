"""Messages, endpoints and calendar feeds as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.messages import signatures
from kanta_tenancy.messages.addresses import Address
from kanta_tenancy.messages.model import (
    Attempt,
    Channel,
    ClosedBecause,
    Endpoint,
    EventKind,
    Feed,
    Message,
    SaidEndpoint,
    State,
    Told,
)

Url = Annotated[str, msgspec.Meta(min_length=8, max_length=1000, examples=["https://hooks.example.org/kanta"])]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class SaidWebhookEndpoint(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to be told of which kinds of events."""

    url: Annotated[Url, msgspec.Meta(description="https, and a host on the public internet")]
    kinds: Annotated[
        tuple[Line, ...],
        msgspec.Meta(min_length=1, max_length=100, description="As GET /v1/event-kinds lists them"),
    ]
    description: Line | None = None

    def said(self) -> SaidEndpoint:
        return SaidEndpoint(url=self.url, kinds=self.kinds, description=self.description)


class SaidFeed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar feed for whoever makes it."""

    name: Annotated[Line, msgspec.Meta(description="What the calendar is called", examples=["Kanta"])]
    language: Language


class MessagesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    channel: Channel | None = None


class DeliveriesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None


class MailReceiver(Body, frozen=True, kw_only=True):
    name: str
    email: str
    language: Language


class ListedMessage(Body, frozen=True, kw_only=True):
    id: UUID
    channel: Channel
    state: Annotated[State, msgspec.Meta(description="dead: given up; it can be sent again")]
    attempts: Annotated[int, msgspec.Meta(description="Since it was made, or last sent again by somebody")]
    next_at: Annotated[datetime | None, msgspec.Meta(description="When it is tried next, at the earliest")]
    last_error: str | None
    made_at: datetime
    ended_at: datetime | None
    to: Annotated[MailReceiver | None, msgspec.Meta(description="Of a mail")]
    endpoint_id: Annotated[UUID | None, msgspec.Meta(description="Of a webhook")]
    kind: Annotated[str | None, msgspec.Meta(description="The kind of event that a webhook tells of")]
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Of a webhook to a tenant's endpoint")]


class ShownAttempt(Body, frozen=True, kw_only=True):
    at: datetime
    took_ms: int
    outcome: str
    status: Annotated[int | None, msgspec.Meta(description="The receiver's number: HTTP or SMTP")]
    detail: Annotated[str, msgspec.Meta(description="A sentence; of a webhook the beginning of the answer")]


class ShownNotice(Body, frozen=True, kw_only=True):
    topic: str
    tenancy_id: UUID | None
    subject: str
    lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    told_at: datetime


class ShownMessage(ListedMessage, frozen=True, kw_only=True):
    log: Annotated[tuple[ShownAttempt, ...], msgspec.Meta(description="The newest attempts, newest first")]
    notices: Annotated[tuple[ShownNotice, ...], msgspec.Meta(description="What a mail tells, in its language")]
    payload: Annotated[str | None, msgspec.Meta(description="What a webhook says, as it is sent")]


class ShownEndpoint(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector's own")]
    url: str
    description: str | None
    kinds: tuple[str, ...]
    version: int
    created_at: datetime
    closed_at: datetime | None
    closed_because: Annotated[
        ClosedBecause | None, msgspec.Meta(description="asked: by somebody; gone: it answered 410 three times")
    ]
    previous_secret_until: Annotated[
        datetime | None, msgspec.Meta(description="Until when the secret before the present one signs too")
    ]
    troubled: Annotated[bool, msgspec.Meta(description="Its last answer was wrong, slow or none")]


class EndpointWithSecret(ShownEndpoint, frozen=True, kw_only=True):
    secret: Annotated[str, msgspec.Meta(description="What its webhooks are signed with. It is shown this once")]


class ShownKind(Body, frozen=True, kw_only=True):
    kind: str
    description: str


class Kinds(Body, frozen=True, kw_only=True):
    items: tuple[ShownKind, ...]


class ShownFeed(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: all of the main connector's")]
    contact_id: UUID | None
    system_name: str | None
    name: str
    language: Language
    version: int
    created_at: datetime
    closed_at: datetime | None


class MadeFeed(ShownFeed, frozen=True, kw_only=True):
    path: Annotated[
        str, msgspec.Meta(description="Behind the service's own address: where the calendar is. Shown this once")
    ]


def listed(message: Message) -> ListedMessage:
    return ListedMessage(**_listed(message))


def shown(
    message: Message, *, log: tuple[Attempt, ...], told: tuple[Told, ...] = (), payload: str | None = None
) -> ShownMessage:
    language = message.language or Language.ENGLISH
    return ShownMessage(
        **_listed(message),
        log=tuple(ShownAttempt(**asdict(one)) for one in log),
        notices=tuple(_notice(one, language) for one in told),
        payload=payload,
    )


def shown_endpoint(endpoint: Endpoint) -> ShownEndpoint:
    return ShownEndpoint(**_endpoint(endpoint))


def with_secret(endpoint: Endpoint, secret: bytes) -> EndpointWithSecret:
    return EndpointWithSecret(**_endpoint(endpoint), secret=signatures.shown(secret))


def shown_kind(kind: EventKind) -> ShownKind:
    return ShownKind(kind=kind.kind, description=kind.description)


def shown_feed(feed: Feed) -> ShownFeed:
    return ShownFeed(**asdict(feed))


def made_feed(feed: Feed, address: Address) -> MadeFeed:
    return MadeFeed(**asdict(feed), path=f"/v1/calendar/{address.name}")


def _listed(message: Message) -> dict[str, Any]:
    to = None
    if message.email is not None and message.name is not None and message.language is not None:
        to = MailReceiver(name=message.name, email=message.email, language=message.language)
    kept = {
        "id",
        "tenancy_id",
        "channel",
        "state",
        "attempts",
        "last_error",
        "made_at",
        "ended_at",
        "endpoint_id",
        "kind",
    }
    fields = {name: value for name, value in asdict(message).items() if name in kept}
    return fields | {"to": to, "next_at": message.next_at if message.state is State.DUE else None}


def _notice(told: Told, language: Language) -> ShownNotice:
    return ShownNotice(
        topic=told.topic,
        tenancy_id=told.tenancy_id,
        subject=told.subject.said_in(language),
        lines=tuple(line.said_in(language) for line in told.lines),
        facts=tuple((label.said_in(language), value) for label, value in told.facts),
        told_at=told.told_at,
    )


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    hidden = {"secret_number", "secret_key", "previous_number", "previous_key", "previous_until"}
    shown = {name: value for name, value in asdict(endpoint).items() if name not in hidden}
    return shown | {"previous_secret_until": endpoint.previous_until}
