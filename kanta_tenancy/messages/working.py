"""Who works in the background, and in whose realm."""

from collections.abc import Callable

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.identifiers import MainConnectorId

MayGoOn = Callable[[], bool]  # says no once the process has been asked to end


def always() -> bool:
    return True


def service(main_connector_id: MainConnectorId) -> Caller:
    """Return background work as a caller that sees all of a realm."""
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="messages"),
        permissions=frozenset(),
    )
