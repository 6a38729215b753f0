"""What a calendar's address opens, and in whose name."""

from hmac import compare_digest
from typing import Final

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Connection
from kanta_tenancy.messages import addresses
from kanta_tenancy.messages.errors import FeedNotFound
from kanta_tenancy.messages.model import FeedFound
from kanta_tenancy.messages.store import feeds

_NOBODYS: Final = bytes(32)  # compared with when there is no such feed, so that both cases take the same way


async def open_feed(connection: Connection, clock: Clock, name: str) -> FeedFound:
    """Return the feed that an address opens now.

    Raises:
        FeedNotFound: none, for whatever reason: wrong, closed, or its holder is no contact any more.
    """
    address = addresses.read(name)
    if address is None:
        raise FeedNotFound("This address opens no calendar.")
    found = await feeds.look_up(connection, address.feed_id, on_day=day_in_finland(clock.now()))
    genuine = compare_digest(address.sha256, _NOBODYS if found is None else found.secret_sha256)
    if found is None or not genuine or found.closed_at is not None or not found.holder_valid:
        raise FeedNotFound("This address opens no calendar.")
    return found


def reader(feed: FeedFound) -> Caller:
    """Return who reads through a feed: its holder, in the feed's scope, who may do nothing else."""
    kind = ActorKind.PERSON if feed.contact_id is not None else ActorKind.SYSTEM
    return Caller(
        scope=Scope(main_connector_id=feed.main_connector_id, tenancy_id=feed.tenancy_id),
        actor=Actor(kind=kind, name=str(feed.contact_id or feed.system_name)),
        permissions=frozenset(),
    )
