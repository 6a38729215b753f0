"""Whether the main connector is joined to the services that its tenants use (K2.1): it warns, never refuses. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from kanta_tenancy.joining.model import InProduction, ServiceUse
from kanta_tenancy.kernel.explanation import Sentence, sentence


def by_service(applications: Iterable[InProduction]) -> dict[str, tuple[UUID, ...]]:
    """Return, for each service, the applications for it that are in production."""
    found: dict[str, tuple[UUID, ...]] = {}
    for application in applications:
        for key in application.services:
            found[key] = (*found.get(key, ()), application.id)
    return found


def uses(
    in_use: Iterable[str], joined: Mapping[str, Sequence[UUID]], names: Mapping[str, str], day: date
) -> tuple[ServiceUse, ...]:
    """Return how each service that a tenant uses is covered, in the order of `names`.

    Args:
        in_use: the key of a service, once for each tenant that uses it.
        joined: as `by_service` tells.
        names: of every service on the day, by key, in the order of the catalogue.
    """
    tenants = Counter(in_use)
    return tuple(
        ServiceUse(
            key=key,
            name=name,
            tenants=tenants[key],
            applications=tuple(joined.get(key, ())),
            warning=None if joined.get(key) else _warning(name, tenants[key], day),
        )
        for key, name in names.items()
        if tenants[key]
    )


def _warning(name: str, tenants: int, day: date) -> Sentence:
    return sentence(
        "Palvelua ”{name}” käyttäviä vuokralaisia: {tenants}. Mikään pääliittyjän liittymishakemus palvelulle ei ole"
        " tuotannossa {day}.",
        "Hyresgäster som använder tjänsten ”{name}”: {tenants}. Ingen av huvudanslutarens anslutningsansökningar för"
        " tjänsten är i produktion {day}.",
        "Tenants that use the service “{name}”: {tenants}. No joining application of the main connector for it is in"
        " production on {day}.",
        name=name,
        tenants=tenants,
        day=day,
    )
