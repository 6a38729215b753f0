"""Whether a certificate is for a host: RFC 9525 (before: RFC 6125), by its alternative names alone."""

from collections.abc import Sequence
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.outgoing.addresses import literal
from kanta_tenancy.machinery.probing.endpoint import ascii_name

_ANY: Final = "*"
_LEAST_BELOW_ANY: Final = 2  # labels: *.example.org, never *.org


def is_for(host: str, names: Sequence[x509.GeneralName]) -> bool:
    """Return whether one of a certificate's alternative names is that of a host, or its number."""
    number = literal(host)
    if number is not None:
        return any(isinstance(name, x509.IPAddress) and name.value == number for name in names)
    wanted = ascii_name(host)
    return any(isinstance(name, x509.DNSName) and _fits(name.value, wanted) for name in names)


def _fits(shown: str, wanted: str) -> bool:
    """Return whether a name of a certificate covers a host's; a star stands for the whole left-most label alone."""
    star, dot, rest = shown.partition(".")
    if star != _ANY or not dot:
        return _same(shown, wanted)
    label, _, domain = wanted.partition(".")
    return bool(label) and domain.count(".") >= _LEAST_BELOW_ANY - 1 and _same(rest, domain)


def _same(shown: str, wanted: str) -> bool:
    try:
        return ascii_name(shown) == wanted
    except ValueError:
        return False
