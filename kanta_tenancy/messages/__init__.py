"""Telling people and systems: notices by mail, events by webhook, what is due in a calendar feed.

What rooms above use: `tell` writes notices in the transaction of the act that they are about; they are delivered
later, and what is not urgent for one person is put together into one mail; `delivery_of` says how far one has come.
A notice can name a file that some room keeps (`Attached`): the mail carries it.
Events go out by themselves: whatever the outbox has and somebody subscribed to. A room whose things have days gives
them to the calendar as entries.
"""

from kanta_tenancy.messages.model import (
    Attached,
    Delivery,
    Entries,
    Entry,
    EventKind,
    EventKinds,
    Files,
    Notice,
    Recipient,
    State,
)
from kanta_tenancy.messages.store.notices import delivery_of
from kanta_tenancy.messages.telling import readers, tell

__all__ = [
    "Attached",
    "Delivery",
    "Entries",
    "Entry",
    "EventKind",
    "EventKinds",
    "Files",
    "Notice",
    "Recipient",
    "State",
    "delivery_of",
    "readers",
    "tell",
]
