"""Calendar feeds in PostgreSQL. A secret's digest goes in and is compared by one caller; nobody lists it."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Statement, statement
from kanta_tenancy.messages.errors import FeedChanged, FeedNotFound
from kanta_tenancy.messages.model import Feed, FeedFound, FeedId

INSERT: Final[Statement[Feed]] = statement("messages/feed.insert", Feed)
FIND: Final[Statement[Feed]] = statement("messages/feed.find", Feed)
PAGE: Final[Statement[Feed]] = statement("messages/feed.page", Feed)
CLOSE: Final[Statement[Feed]] = statement("messages/feed.close", Feed)
LOOK_UP: Final[Statement[FeedFound]] = statement("messages/feed.look_up", FeedFound)


async def insert(tx: Transaction, feed: Feed, secret_sha256: bytes) -> Feed:
    kept = await INSERT.one(
        tx,
        id=feed.id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=feed.tenancy_id,
        contact_id=feed.contact_id,
        system_name=feed.system_name,
        name=feed.name,
        language=feed.language,
        secret_sha256=secret_sha256,
        at=feed.created_at,
    )
    return _found(kept, feed.id)


async def find(tx: Transaction, feed_id: FeedId) -> Feed:
    """Read a feed.

    Raises:
        FeedNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=feed_id), feed_id)


async def page(tx: Transaction, *, after: UUID, limit: int) -> list[Feed]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, limit=limit)


async def close(tx: Transaction, feed_id: FeedId, *, version: int, at: datetime) -> Feed:
    """Close a feed at the version that the caller saw.

    Raises:
        FeedChanged: it is at another version.
    """
    kept = await CLOSE.one(tx, main_connector_id=tx.scope.main_connector_id, id=feed_id, version=version, at=at)
    if kept is None:
        raise FeedChanged(f"the calendar feed is no longer at version {version}")
    return kept


async def look_up(connection: Connection, feed_id: FeedId, *, on_day: date) -> FeedFound | None:
    """Say whom an address belongs to, whatever its realm."""
    return await LOOK_UP.one(connection, id=feed_id, on_day=on_day)


def _found(feed: Feed | None, feed_id: FeedId) -> Feed:
    if feed is None:
        raise FeedNotFound(f"no calendar feed {feed_id}")
    return feed
