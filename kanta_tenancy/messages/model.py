"""What is told to whom: notices to people, events to systems, and the messages that carry them."""

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NewType
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import ContactId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record

MessageId = NewType("MessageId", UUID)
NoticeId = NewType("NoticeId", UUID)
EndpointId = NewType("EndpointId", UUID)
EventId = NewType("EventId", UUID)
FeedId = NewType("FeedId", UUID)


class Recipient(Record, frozen=True, kw_only=True):
    """A person as they are known when they are told something."""

    contact_id: ContactId | None
    name: str
    email: str
    language: Language


class Attached(Record, frozen=True, kw_only=True):
    """A file that goes with a notice. It is named, never copied: its bytes are read when the mail is sent."""

    of: str  # what keeps it, as the journal names it, such as `paper/0199…`
    name: Sentence  # of the file, with its ending; no personal data
    media_type: str
    size: int
    sha256: str


# Gives the bytes of what a mail is to carry, from whichever room keeps it; None: they are not there.
Files = Callable[[Any, str], Awaitable[bytes | None]]


class Notice(Record, frozen=True, kw_only=True):
    """Something that one person is to be told, with all that they need to know of it."""

    key: str  # unique in the realm: telling twice is telling once
    to: Recipient
    topic: str  # what it is about, such as `agreement.ends`
    subject: Sentence  # no personal data: it is read on locked telephones
    lines: tuple[Sentence, ...]
    facts: tuple[tuple[Sentence, str], ...]  # label and value
    tenancy_id: TenancyId | None
    urgent: bool = False  # told at once, in a mail of its own; else with whatever else there is, in the morning
    about: str | None = None  # what it asks to see to, such as a promise: when that is over before, it is withdrawn
    attached: Attached | None = None


class Waiting(Record, frozen=True, kw_only=True):
    """A notice that no mail has taken yet, as far as gathering needs to know it."""

    id: NoticeId
    contact_id: ContactId | None
    name: str
    email: str
    language: Language
    urgent: bool
    topic: str = ""
    about: str | None = None


class OpenMail(Record, frozen=True, kw_only=True):
    """A mail that has certainly not arrived anywhere, so more can go into it."""

    id: MessageId
    email: str
    notices: int


class NewMail(Record, frozen=True, kw_only=True):
    id: MessageId
    to: Recipient
    urgent: bool


class Told(Record, frozen=True, kw_only=True):
    """A notice as a mail prints it."""

    topic: str
    tenancy_id: TenancyId | None
    subject: Sentence
    lines: tuple[Sentence, ...]
    facts: tuple[tuple[Sentence, str], ...]
    told_at: datetime
    attached: Attached | None = None


class Channel(enum.StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class State(enum.StrEnum):
    DUE = "due"  # waits for its first attempt, or the next one
    SENT = "sent"  # the receiver, or the mail server, said that it has it
    DEAD = "dead"  # given up; it can be sent again


class Delivery(Record, frozen=True, kw_only=True):
    """How far the mail of a notice, or a webhook, has come."""

    state: State | None  # None: no mail has taken it yet
    ended_at: datetime | None
    last_error: str | None


class Posted(Record, frozen=True, kw_only=True):
    """A webhook that was addressed to one endpoint."""

    message_id: MessageId
    host: str  # where it goes, without what may be secret of the address


class Message(Record, frozen=True, kw_only=True):
    """One thing to send to one receiver."""

    id: MessageId
    tenancy_id: TenancyId | None  # the tenant whose endpoint it goes to; None: the main connector's, as every mail
    channel: Channel
    state: State
    attempts: int  # since it was made, or last sent again by somebody
    next_at: datetime
    last_error: str | None
    made_at: datetime
    ended_at: datetime | None
    name: str | None  # of a mail
    email: str | None
    language: Language | None
    urgent: bool | None
    endpoint_id: EndpointId | None  # of a webhook
    kind: str | None


class Attempt(Record, frozen=True, kw_only=True):
    """How one attempt ended."""

    at: datetime
    took_ms: int
    outcome: str
    status: int | None  # the receiver's number: HTTP or SMTP
    detail: str


class Claimed(Record, frozen=True, kw_only=True):
    """A message that is ours to send until the lease ends."""

    id: MessageId
    main_connector_id: MainConnectorId
    attempts: int  # this one counted


class Letter(Record, frozen=True, kw_only=True):
    """A mail that was claimed, with all that its text is made of."""

    id: MessageId
    contact_id: ContactId | None
    name: str
    email: str
    language: Language
    urgent: bool
    made_at: datetime
    since: datetime
    main_connector: str  # its name
    notices: tuple[Told, ...]
    files: Mapping[str, bytes] = msgspec.field(default_factory=dict[str, bytes])  # what it carries, by what keeps it


class Parcel(Record, frozen=True, kw_only=True):
    """A webhook that was claimed, with all that a request is made of."""

    id: MessageId
    tenancy_id: TenancyId | None
    endpoint_id: EndpointId
    url: str
    event_id: EventId
    kind: str
    payload: str
    secret_number: int
    secret_key: str
    previous_number: int | None
    previous_key: str | None
    previous_until: datetime | None


class ClosedBecause(enum.StrEnum):
    ASKED = "asked"  # somebody wanted it
    GONE = "gone"  # it answered 410 three times in a row


class Endpoint(Record, frozen=True, kw_only=True):
    """Where a main connector or a tenant wants to be told of events."""

    id: EndpointId
    tenancy_id: TenancyId | None  # None: the main connector's own
    url: str
    description: str | None
    kinds: tuple[str, ...]
    version: int
    created_at: datetime
    closed_at: datetime | None
    closed_because: ClosedBecause | None
    secret_number: int
    secret_key: str  # which key the secret is computed from
    previous_number: int | None
    previous_key: str | None
    previous_until: datetime | None  # until when the secret before signs too
    troubled: bool  # its last answer was wrong, slow or none


class SaidEndpoint(Record, frozen=True, kw_only=True):
    """What its owner says of an endpoint."""

    url: str
    kinds: tuple[str, ...]
    description: str | None = None


class EventKind(Record, frozen=True, kw_only=True):
    """A kind of event that can be subscribed to."""

    kind: str  # as the outbox has it
    description: str
    for_tenants: bool  # whether the tenant whose act it tells of may see it
    addressed: bool = False  # it goes to the endpoint that it is meant for, and is announced to nobody


EventKinds = Mapping[str, EventKind]


class Entry(Record, frozen=True, kw_only=True):
    """Something with a day or an instant, as a calendar shows it."""

    uid: str  # unique in the realm, and the same as long as it is the same thing
    summary: Sentence
    description: Sentence
    on: date | datetime  # a day in Finland, or an instant
    rule: str  # why it is then: an id of the requirements, such as K20.2
    changed_at: datetime
    revision: int = 0  # counts changes, such as of the day: by it a calendar knows the later of two


# Gives the entries of whatever scope the transaction has.
Entries = Callable[[Any, Clock], Awaitable[Sequence[Entry]]]


class Feed(Record, frozen=True, kw_only=True):
    """An address that opens a calendar, without its secret."""

    id: FeedId
    tenancy_id: TenancyId | None  # None: all of the main connector's
    contact_id: ContactId | None
    system_name: str | None
    name: str
    language: Language
    version: int
    created_at: datetime
    closed_at: datetime | None


class FeedFound(Record, frozen=True, kw_only=True):
    """What is told of a feed across realms, to the one place that compares secrets."""

    id: FeedId
    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None
    contact_id: ContactId | None
    system_name: str | None
    language: Language
    name: str
    secret_sha256: bytes
    closed_at: datetime | None
    holder_valid: bool  # false: the contact that it belongs to is not, or no longer, one
