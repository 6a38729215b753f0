"""Which addresses lead into a network of our own: decided on the number that is connected to, never on its spelling."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

# Source: the IANA special-purpose address registries (RFC 6890 and its updates), with multicast and what is reserved.
_INTERNAL_4: Final = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's own network"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "the link"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a special purpose"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "a relay"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "a special purpose"),
    )
)
_PUBLIC_6: Final = ip_network("2000::/3")
_INTERNAL_6: Final = tuple(
    (ip_network(network), what)
    for network, what in (
        ("::/128", "this machine"),
        ("::1/128", "this machine"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "the link"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "multicast"),
        ("::ffff:0:0/96", "an address in disguise"),  # no name server has a reason to give one
        ("2001::/23", "a special purpose"),  # Teredo among them, which carries another address inside
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "a tunnel"),  # 6to4 carries another address inside
        ("3fff::/20", "documentation"),
    )
)
_TRANSLATED: Final = ip_network("64:ff9b::/96")  # NAT64: the last 32 bits are the address that is really reached
_ISATAP: Final = 0x0000_5EFE  # the upper half of an interface identifier that carries an IPv4 address
_UNIVERSAL_BIT: Final = 0x0200_0000


def why_internal(address: Address) -> str | None:
    """Return what an address leads to when it is not the public internet; None when it is."""
    if isinstance(address, IPv4Address):
        return next((what for network, what in _INTERNAL_4 if address in network), None)
    if address in _TRANSLATED:
        return why_internal(IPv4Address(int(address) & 0xFFFF_FFFF))
    for network, what in _INTERNAL_6:
        if address in network:
            return what
    if address not in _PUBLIC_6:
        return "a special purpose"
    return "a tunnel" if (int(address) >> 32 & 0xFFFF_FFFF & ~_UNIVERSAL_BIT) == _ISATAP else None


def literal(host: str) -> Address | None:
    """Return the address that a host's text is in canonical form; None when it is a name, or a number spelt oddly."""
    try:
        return ip_address(host)
    except ValueError:
        return None
