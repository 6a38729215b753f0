"""Internal receivers that an operator lets requests go to: explicit, and none unless said."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.addresses import Address, literal

_HOST_AND_PORT: Final = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:/\s]+)):(?P<port>[0-9]{1,5})")
_HIGHEST_PORT: Final = 65535


class AllowedNetwork(Record, frozen=True, kw_only=True):
    network: IPv4Network | IPv6Network
    port: int | None  # None: every port


class Allowed(Record, frozen=True, kw_only=True):
    networks: tuple[AllowedNetwork, ...] = ()
    names: frozenset[tuple[str, int]] = frozenset()  # host as a URL writes it, and port

    def __bool__(self) -> bool:
        return bool(self.networks or self.names)

    def covers(self, host: str, address: Address, port: int) -> bool:
        """Return whether a connection to `address` that stands for `host` was allowed by somebody."""
        if (host.lower(), port) in self.names:
            return True
        return any(address in one.network and one.port in {None, port} for one in self.networks)


NOTHING: Final = Allowed()


def read_allowed(text: str) -> Allowed:
    """Read a list such as `10.20.0.0/16, hooks.example.internal:8443, 127.0.0.1:9000`.

    Raises:
        ValueError: an entry is none of: a network, an address with a port, a name with a port.
    """
    networks: list[AllowedNetwork] = []
    names: set[tuple[str, int]] = set()
    for entry in filter(None, re.split(r"[\s,]+", text)):
        host, port = _parts(entry)
        address = literal(host)
        if port is None:
            networks.append(AllowedNetwork(network=_network(entry), port=None))
        elif address is not None:
            networks.append(AllowedNetwork(network=ip_network(address), port=port))
        else:
            names.add((host.lower(), port))
    return Allowed(networks=tuple(networks), names=frozenset(names))


def _parts(entry: str) -> tuple[str, int | None]:
    match = _HOST_AND_PORT.fullmatch(entry)
    if match is None:
        return entry, None
    port = int(match["port"])
    if not 0 < port <= _HIGHEST_PORT:
        raise ValueError(f"{entry} names no port from 1 to {_HIGHEST_PORT}")
    return match["six"] or match["host"], port


def _network(entry: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(entry)
    except ValueError:
        raise ValueError(f"{entry} is neither a network such as 10.20.0.0/16 nor a host and its port") from None
