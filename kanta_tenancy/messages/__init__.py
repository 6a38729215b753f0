"""Telling people and systems: notices by mail, events by webhook, what is due in a calendar feed.

What rooms above use: `tell` writes notices in the transaction of the act that they are about; they are delivered
later, and what is not urgent for one person is put together into one mail; `delivery_of` says how far one has come. A
notice that asks for something says what it is `about`, and is withdrawn when that is over before its mail is made.
Events go out by themselves: whatever the outbox has and somebody subscribed to. A room whose things have days gives
them to the calendar as entries.
"""

from kanta_tenancy.messages.gathering import next_morning
from kanta_tenancy.messages.model import (
    Delivery,
    Entries,
    Entry,
    EventKind,
    EventKinds,
    Notice,
    NoticeId,
    Recipient,
    State,
    Waiting,
)
from kanta_tenancy.messages.store.notices import delivery_of
from kanta_tenancy.messages.telling import readers, tell

__all__ = [
    "Delivery",
    "Entries",
    "Entry",
    "EventKind",
    "EventKinds",
    "Notice",
    "NoticeId",
    "Recipient",
    "State",
    "Waiting",
    "delivery_of",
    "next_morning",
    "readers",
    "tell",
]
