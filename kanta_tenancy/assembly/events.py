"""Which events of the rooms go out to webhooks, and what an endpoint can be as this service is set up."""

from typing import Final

from kanta_tenancy.assembly.home import webhook_keys
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.messages import EventKind, EventKinds
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.signatures import Keys

# docs/capabilities/messages.md tells of each; a test compares. An event that only the main connector may know of says
# so here: a tenant's endpoint never gets it.
EVENTS: Final[EventKinds] = {
    kind: EventKind(kind=kind, description=description, for_tenants=for_tenants)
    for kind, description, for_tenants in (
        ("agreement.offered", "An agreement was offered, and can be signed", True),
        ("agreement.signed", "A signatory has signed an agreement", True),
        ("agreement.in_force", "An agreement has its last signature and is in force", True),
        ("agreement.withdrawn", "An agreement that was on offer was given up", True),
    )
}


def endpoint_rules(settings: Settings) -> Rules:
    return Rules(EVENTS, signing_keys(settings), settings.outgoing_allowed)


def signing_keys(settings: Settings) -> Keys | None:
    """Return what the secrets of webhooks are made from; None when there is nothing."""
    keys = webhook_keys(settings)
    return Keys(keys) if keys else None
