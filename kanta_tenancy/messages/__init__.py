"""Telling people and systems: notices by mail, events by webhook, what is due in a calendar feed.

What rooms above use: `tell` writes notices in the transaction of the act that they are about; they are delivered
later, and what is not urgent for one person is put together into one mail; `delivery_of` says how far one has come. A
notice that asks for something says what it is `about`, and is withdrawn when that is over before its mail is made. One
can name a file that some room keeps (`Attached`): the mail carries it.
Events go out by themselves: whatever the outbox has and somebody subscribed to. `post_to` sends what is meant for one
endpoint alone, and `posted` says how far that has come. A room whose things have days gives them to the calendar as
entries.
"""

from kanta_tenancy.messages.addressing import post_to, posted, receiver
from kanta_tenancy.messages.errors import EndpointClosed, EndpointNotFound
from kanta_tenancy.messages.gathering import next_morning
from kanta_tenancy.messages.model import (
    Attached,
    Delivery,
    EndpointId,
    Entries,
    Entry,
    EventKind,
    EventKinds,
    Files,
    MessageId,
    Notice,
    NoticeId,
    Posted,
    Recipient,
    State,
    Waiting,
)
from kanta_tenancy.messages.store.notices import delivery_of
from kanta_tenancy.messages.telling import readers, tell

__all__ = [
    "Attached",
    "Delivery",
    "EndpointClosed",
    "EndpointId",
    "EndpointNotFound",
    "Entries",
    "Entry",
    "EventKind",
    "EventKinds",
    "Files",
    "MessageId",
    "Notice",
    "NoticeId",
    "Posted",
    "Recipient",
    "State",
    "Waiting",
    "delivery_of",
    "next_morning",
    "post_to",
    "posted",
    "readers",
    "receiver",
    "tell",
]
