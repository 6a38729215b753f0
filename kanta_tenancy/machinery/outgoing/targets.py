"""Addresses that somebody else gave us to send to: read once, strictly, before anything is looked up."""

import functools
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.addresses import literal, why_internal
from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed, read_allowed

LONGEST: Final = 1_000
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LONGEST_NAME: Final = 253
_PORTS: Final = {"https": 443, "http": 80}


class UnfitTarget(ValueError):
    """Why nothing is sent there; the sentence is safe to show and does not repeat the address."""


class Target(Record, frozen=True, kw_only=True):
    url: str
    host: str  # lower case, as certificates and DNS know it
    port: int
    plain: bool  # without TLS


def host_of(url: str) -> str:
    """Return the host of an address that was read before: what may be told of it, as its path can be a secret."""
    return (urlsplit(url).hostname or "").lower()


@functools.lru_cache(maxsize=256)  # the same few addresses are asked again and again
def read_target(url: str, allowed: Allowed = NOTHING, *, without_tls: bool = False) -> Target:
    """Read an address to send to.

    What a name leads to is not looked up here: the guard decides that when it connects.

    Args:
        without_tls: `http://` may be used with whatever host.

    Raises:
        UnfitTarget: it is not `https://` and a host on the internet, or is spelt oddly.
    """
    if len(url) > LONGEST or not _PRINTABLE.fullmatch(url):
        raise UnfitTarget(f"An address has at most {LONGEST} printable ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnfitTarget("This is no address.") from None
    if parts.scheme not in _PORTS or (parts.scheme == "http" and not (allowed or without_tls)):
        raise UnfitTarget("An address begins with https://.")
    if "@" in parts.netloc or "#" in url:
        raise UnfitTarget("An address holds neither a user's name nor a fragment.")
    host = _host(parts.hostname or "")
    port = _PORTS[parts.scheme] if port is None else port
    _refuse_internal(host, port, allowed)
    return Target(url=url, host=host, port=port, plain=parts.scheme == "http")


def named_places(urls: Sequence[str]) -> Allowed:
    """Return what may be asked when whoever asks names the addresses: these places, internal or not, and no others.

    Raises:
        ValueError: one of them is no address.
    """
    for url in urls:
        try:
            read_target(url, read_allowed(_place(url)))
        except (ValueError, KeyError) as unfit:
            detail = f"{url!r} is no address to ask at, such as https://stamps.example.org/tsa"
            raise ValueError(detail) from unfit
    return read_allowed(" ".join(map(_place, urls)))


def _place(url: str) -> str:
    """Return host and port of an address as a list of what is allowed has them."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _host(host: str) -> str:
    if literal(host) is not None:
        return host
    name = host.removesuffix(".")
    labels = name.split(".")
    if not name or len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnfitTarget("The host is neither a name, such as hooks.example.org, nor a number in its usual form.")
    if _NUMERIC.fullmatch(labels[-1]):
        raise UnfitTarget("The host is a number that is not in its usual form.")
    return name


def _refuse_internal(host: str, port: int, allowed: Allowed) -> None:
    if (host, port) in allowed.names:
        return
    address = literal(host)
    what = "this machine" if host == "localhost" or host.endswith(".localhost") else None
    if address is not None and not allowed.covers(host, address, port):
        what = why_internal(address)
    if what is not None:
        raise UnfitTarget(f"Nothing is sent to an address that leads to {what}.")
