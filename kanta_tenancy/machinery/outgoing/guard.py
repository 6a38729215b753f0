"""Sockets that connect to nothing internal: the check is on the number that is connected to, at that very moment.

Whatever a name meant when it was looked at before, and whatever it means to whoever looks next, does not matter.
"""

import socket
from ipaddress import ip_address
from typing import Any

from kanta_tenancy.machinery.outgoing.addresses import why_internal
from kanta_tenancy.machinery.outgoing.allowance import Allowed
from kanta_tenancy.machinery.outgoing.targets import Target


class AddressRefused(OSError):
    """A connection that was not begun, since it would have led where nobody of outside may send us."""


class Guard:
    """Makes the sockets of one way to a server, and remembers what it refused."""

    def __init__(self, target: Target, allowed: Allowed, *, without_tls: bool = False) -> None:
        self._target = target
        self._allowed = allowed
        self._without_tls = without_tls
        self.refused: list[str] = []  # what each refused address would have led to

    def __call__(self, addr_info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, *_ = addr_info
        return _GuardedSocket(self, family, kind, protocol)

    def check(self, address: Any) -> None:
        """Refuse an address that a socket is about to connect to.

        Raises:
            AddressRefused: it is internal, or TLS was left out where it is needed, and no operator has allowed that.
        """
        host, port, *_ = address
        number = ip_address(host)
        if self._allowed.covers(self._target.host, number, port):
            return
        what = why_internal(number)
        if what is None and (self._without_tls or not self._target.plain):
            return
        self.refused.append(what or "the internet without TLS")
        raise AddressRefused("this address is refused")


class _GuardedSocket(socket.socket):
    __slots__ = ("_guard",)

    def __init__(self, guard: Guard, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self._guard = guard

    def connect(self, address: Any) -> None:
        self._guard.check(address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        self._guard.check(address)
        return super().connect_ex(address)
