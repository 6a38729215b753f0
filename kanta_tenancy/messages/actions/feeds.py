"""Calendar feeds: made by a person or a system for themselves, and closed."""

from uuid import UUID

from kanta_tenancy.kernel.acting import ActorKind
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.messages import addresses
from kanta_tenancy.messages.addresses import Address
from kanta_tenancy.messages.errors import FeedChanged, FeedRefused
from kanta_tenancy.messages.model import Feed, FeedId
from kanta_tenancy.messages.store import feeds as store
from kanta_tenancy.parties import wording


async def make_feed(tx: Transaction, clock: Clock, *, name: str, language: Language) -> tuple[Feed, Address]:
    """Make a feed of all that the scope sees; it belongs to who makes it, and ends with them.

    Returns:
        The feed and, this once, its address.

    Raises:
        FeedRefused: the name cannot be shown.
    """
    seen = wording.Examination()
    fit = seen.text("name", wording.name, name, clause="")
    if seen.flaws:
        raise FeedRefused("The feed is not acceptable.", flaws=tuple(seen.flaws))
    at = clock.now()
    address = addresses.draw(FeedId(new_id()))
    is_person = tx.actor.kind is ActorKind.PERSON
    feed = Feed(
        id=address.feed_id,
        tenancy_id=tx.scope.tenancy_id,
        contact_id=ContactId(UUID(tx.actor.name)) if is_person else None,
        system_name=None if is_person else tx.actor.name,
        name=fit,
        language=language,
        version=1,
        created_at=at,
        closed_at=None,
    )
    kept = await store.insert(tx, feed, address.sha256)
    await record(tx, _act("made", None, kept))
    return kept, address


async def close_feed(tx: Transaction, clock: Clock, feed_id: FeedId, *, version: int) -> Feed:
    """Close a feed for ever: its address opens nothing from the next request on.

    One that is closed already stays as it is.

    Raises:
        FeedNotFound: the scope has none of that id.
        FeedChanged: somebody changed it first.
    """
    before = await store.find(tx, feed_id)
    if before.version != version:
        raise FeedChanged(f"the calendar feed is at version {before.version}", version=before.version)
    if before.closed_at is not None:
        return before
    kept = await store.close(tx, feed_id, version=version, at=clock.now())
    await record(tx, _act("closed", before, kept))
    return kept


def _act(done: str, before: Feed | None, after: Feed) -> Act:
    return Act(
        action=f"calendar_feed.{done}",
        subject=f"calendar_feed/{after.id}",
        at=after.closed_at or after.created_at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
    )
