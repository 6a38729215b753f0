"""Whether what people say of a server to watch can be kept. Pure."""

from typing import Final

from kanta_tenancy.certificates.watching.errors import EndpointRefused
from kanta_tenancy.certificates.watching.model import NewEndpoint, WatchedEndpoint
from kanta_tenancy.certificates.watching.owing import RULE
from kanta_tenancy.certificates.watching.rhythm import LONGEST_HOURS, Rhythm
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.probing.endpoint import Endpoint, StartTls, read_endpoint
from kanta_tenancy.parties import wording

_LONGEST_SOURCE_NAME: Final = 200


def endpoint(place: str, *, server_name: str | None, start_tls: StartTls | None) -> Endpoint:
    """Read `host:port` and the name to ask for.

    Raises:
        EndpointRefused: it is none, or a name is none.
    """
    try:
        return read_endpoint(place, server_name=server_name, start_tls=start_tls)
    except ValueError as why:
        raise _refused("place", str(why)) from why


def hours(said: int | None, rhythm: Rhythm) -> int:
    """Return how often a server is asked.

    Raises:
        EndpointRefused: more seldom than once a week, or less than an hour apart.
    """
    asked = rhythm.probe_every_hours if said is None else said
    if not 1 <= asked <= LONGEST_HOURS:
        raise _refused("probe_every_hours", f"a server is asked every hour at most, and every {LONGEST_HOURS} at least")
    return asked


def reason(text: str) -> str:
    """Return a reason as it is kept.

    Raises:
        EndpointRefused: there is none, or it cannot be kept.
    """
    try:
        return wording.name(text)
    except wording.Unfit as why:
        raise _refused("reason", str(why)) from why


def source_name(one: NewEndpoint | WatchedEndpoint) -> str:
    """Return what a server is called among the sources of certificates."""
    host = f"[{one.host}]" if ":" in one.host else one.host
    parts = [f"{host}:{one.port}"]
    if one.server_name not in {None, one.host}:
        parts.append(f"as {one.server_name}")
    if one.start_tls is not None:
        parts.append(f"({one.start_tls.value})")
    name = " ".join(parts)
    # Two that are told apart by what is beyond it share a source: nobody has names of that length.
    return name[:_LONGEST_SOURCE_NAME]


def to_ask(one: WatchedEndpoint) -> Endpoint:
    """Return how a server is asked; no certificate of ours is shown, for the service holds no key for that."""
    return Endpoint(host=one.host, port=one.port, server_name=one.server_name, start_tls=one.start_tls)


def _refused(field: str, detail: str) -> EndpointRefused:
    return EndpointRefused(f"{field}: {detail}", rule=RULE, flaws=(Flaw(field=field, detail=detail, rule=RULE),))
