"""Messages over HTTP: translate, call one action, translate back."""

from litestar import Router

from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.model import Entries
from kanta_tenancy.messages.routes import calendars, endpoints, messages


def routes(rules: Rules, entries: Entries) -> tuple[Router, ...]:
    """Return the routes of this room.

    Args:
        rules: what an endpoint can be, as this service is set up.
        entries: gives a calendar feed what it shows.
    """
    return (
        Router(path="/webhooks", route_handlers=endpoints.handlers(rules), tags=["Webhooks"]),
        Router(path="/event-kinds", route_handlers=[endpoints.kinds(rules)], tags=["Webhooks"]),
        Router(path="/messages", route_handlers=list(messages.HANDLERS), tags=["Messages"]),
        Router(path="/calendar-feeds", route_handlers=list(calendars.HANDLERS), tags=["Calendar"]),
        Router(path="/calendar", route_handlers=[calendars.reading(entries)], tags=["Calendar"]),
    )
