"""Calendar feeds over HTTP: their addresses, and what stands behind them."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.machinery.web.access import needs, public
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.messages import calendars
from kanta_tenancy.messages.access import open_feed, reader
from kanta_tenancy.messages.actions.feeds import close_feed, make_feed
from kanta_tenancy.messages.bodies import MadeFeed, SaidFeed, ShownFeed, made_feed, shown_feed
from kanta_tenancy.messages.errors import FeedChanged, FeedNotFound, FeedRefused
from kanta_tenancy.messages.model import Entries, Feed, FeedId
from kanta_tenancy.messages.store import feeds as store
from kanta_tenancy.parties import Permission

_FIRST: Final = UUID(int=0)


@get("/", operation_id="listCalendarFeeds", opt=needs(Permission.CALENDAR_MANAGE, query=PageQuery))
async def list_feeds(call: NamedDependency[Call]) -> Response[Page[ShownFeed]]:
    """List the calendar feeds that you may manage, closed ones too, in the order in which they were made."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        rows = await store.page(tx, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_feed)


@post(
    "/",
    operation_id="makeCalendarFeed",
    opt=needs(Permission.CALENDAR_MANAGE, etag=True),
    responses=refusals(FeedRefused),
)
async def make(data: JSONBody[SaidFeed], call: NamedDependency[Call]) -> Response[MadeFeed]:
    """Make a calendar feed of your own. Its address opens it to whoever knows it, and is in this answer only."""
    return await once(
        call,
        lambda tx: make_feed(tx, call.clock, name=data.name, language=data.language),
        answer=lambda made: with_etag(made_feed(*made), made[0].version, location=f"/v1/calendar-feeds/{made[0].id}"),
        secret=True,
    )


@get(
    "/{feed_id:uuid}",
    operation_id="readCalendarFeed",
    opt=needs(Permission.CALENDAR_MANAGE, etag=True),
    responses=refusals(FeedNotFound),
)
async def read(feed_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFeed]:
    """Read one calendar feed, without its address."""
    async with call.transaction() as tx:
        found = await store.find(tx, FeedId(feed_id))
    return unless_seen(call.request, shown_feed(found), found.version)


@delete(
    "/{feed_id:uuid}",
    operation_id="closeCalendarFeed",
    opt=needs(Permission.CALENDAR_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(FeedNotFound, FeedChanged),
)
async def close(feed_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownFeed]:
    """Close a calendar feed for ever: its address opens nothing from the next request on."""
    async with call.transaction() as tx:
        kept = await close_feed(tx, call.clock, FeedId(feed_id), version=call.expected_version)
    return with_etag(shown_feed(kept), kept.version)


def reading(entries: Entries) -> HTTPRouteHandler:
    """Return the route that calendars read: opened by an address, so no access key is asked."""

    @get(
        "/{address:str}",
        operation_id="readCalendar",
        opt=public(etag=True),
        media_type=calendars.MEDIA_TYPE,
        responses=refusals(FeedNotFound),
    )
    async def read_calendar(address: FromPath[str], call: NamedDependency[Call]) -> Response[bytes]:
        """Read the calendar that an address opens, in the form that calendars take (RFC 5545)."""
        async with call.unscoped() as connection:
            feed = await open_feed(connection, call.clock, address)
        async with call.transaction(reader(feed)) as tx:
            found = await entries(tx, call.clock)
        content = calendars.calendar(found, name=feed.name, language=feed.language, realm=feed.main_connector_id)
        answer = unless_seen(call.request, content, calendars.version(content))
        answer.headers["Cache-Control"] = "private, no-cache"  # to be asked again each time, by its ETag
        return answer

    return read_calendar


def _position(feed: Feed) -> UUID:
    return feed.id


HANDLERS: Final = (list_feeds, make, read, close)
