"""One look at a server: which certificates it serves, whatever they are worth, or why there are none."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed
from kanta_tenancy.machinery.outgoing.guard import Guard
from kanta_tenancy.machinery.outgoing.resolving import OwnThreads, Resolver
from kanta_tenancy.machinery.outgoing.targets import Target
from kanta_tenancy.machinery.probing.endpoint import Endpoint, Failed, Probed, Stage, Trouble
from kanta_tenancy.machinery.probing.handshake import Agreed, context_for, shake
from kanta_tenancy.machinery.probing.messages import Heard
from kanta_tenancy.machinery.probing.start_tls import start
from kanta_tenancy.machinery.probing.wire import Wire, connect

WITHIN_S: Final = 10.0
_NOTHING_AGREED: Final = Agreed(protocol=None, cipher=None)


async def probe(
    endpoint: Endpoint,
    allowed: Allowed = NOTHING,
    *,
    at: datetime,
    within_s: float = WITHIN_S,
    resolver: Resolver | None = None,
) -> Probed:
    """Ask a server for its certificates; nothing is verified, and no trouble is raised.

    Args:
        allowed: internal addresses that an operator lets probes go to.
        at: now, for the record.
        within_s: for all of it, from the look-up to the end of the handshake.
    """
    return await _Probing(endpoint, allowed, resolver or OwnThreads()).done(at, within_s)


class _Probing:
    """One probe on its way, and how far it has come."""

    def __init__(self, endpoint: Endpoint, allowed: Allowed, resolver: Resolver) -> None:
        target = Target(
            url=f"tls://{endpoint.host}:{endpoint.port}", host=endpoint.host, port=endpoint.port, plain=False
        )
        self._endpoint = endpoint
        self._guard = Guard(target, allowed)
        self._resolver = resolver
        self._stage = Stage.RESOLVING
        self._address: str | None = None
        self._heard = Heard()
        self._agreed = _NOTHING_AGREED

    async def done(self, at: datetime, within_s: float) -> Probed:
        failed: Failed | None = None
        until = asyncio.get_running_loop().time() + within_s
        try:
            async with asyncio.timeout_at(until):
                await self._go(until)
        except Failed as why:
            failed = why
        except TimeoutError:
            failed = Failed(Trouble.TIMED_OUT, f"Not done within {within_s:g} seconds.")
        return self._told(at, failed)

    async def _go(self, until: float) -> None:
        context = context_for(self._endpoint.client)
        addresses = await self._addresses()
        self._stage = Stage.CONNECTING
        wire, self._address = await connect(addresses, self._guard, until)
        goodbye = b""
        try:
            goodbye = await self._talk(wire, context)
        finally:
            wire.close(goodbye)

    async def _addresses(self) -> Sequence[Any]:
        try:
            return await self._resolver.resolve(self._endpoint.host, self._endpoint.port)
        except OSError as trouble:
            raise Failed(Trouble.NAME_UNKNOWN, "The host's name leads nowhere.") from trouble

    async def _talk(self, wire: Wire, context: ssl.SSLContext) -> bytes:
        if self._endpoint.start_tls is not None:
            self._stage = Stage.STARTING_TLS
            await start(wire, self._endpoint.start_tls)
        self._stage = Stage.HANDSHAKE
        self._agreed, goodbye = await shake(wire, context, self._endpoint, self._heard)
        return goodbye

    def _told(self, at: datetime, failed: Failed | None) -> Probed:
        heard = self._heard
        if failed is None and heard.too_large is not None:
            failed = Failed(Trouble.TOO_MUCH, f"A certificate has {heard.too_large} bytes, which is more than is kept.")
        return Probed(
            endpoint=self._endpoint,
            at=at,
            stage=self._stage,
            address=self._address,
            chain=heard.chain,
            served=heard.served,
            protocol=self._agreed.protocol,
            cipher=self._agreed.cipher,
            client_asked=heard.client_asked,
            trouble=None if failed is None else failed.trouble,
            detail="" if failed is None else failed.detail,
        )
