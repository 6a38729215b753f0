"""Servers on loopback: real ones with TLS, and raw ones that do what no server should."""

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.probing.endpoint import ClientCredential, Endpoint, Probed, StartTls
from kanta_tenancy.machinery.probing.probing import probe
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import chain_pem
from tests.assembly.processes import free_port
from tests.machinery.probing.shown import HOST, NOW, written

LOOPBACK = read_allowed("127.0.0.0/8")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]


def context_of(folder: Path, shown: Credential) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*written(folder, shown))
    return context


@asynccontextmanager
async def tls_server(context: ssl.SSLContext, port: int = 0) -> AsyncIterator[int]:
    async def read_until_it_ends(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _server(read_until_it_ends, context, port) as listening:
        yield listening


@asynccontextmanager
async def raw_server(handler: Handler, port: int = 0) -> AsyncIterator[int]:
    async with _server(handler, None, port) as listening:
        yield listening


@asynccontextmanager
async def _server(handler: Handler, context: ssl.SSLContext | None, port: int = 0) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            await handler(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", port, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def openssl_server(folder: Path, shown: Credential, *options: str) -> Iterator[int]:
    """Run `openssl s_server`, which nobody here wrote."""
    chain, key = written(folder, shown)
    port = free_port()
    above = folder / "above.pem"
    above.write_bytes(chain_pem(*shown.chain[1:]))
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain, "-key", key]
    command += ["-cert_chain", above] if shown.chain[1:] else []
    with subprocess.Popen(
        [*command, "-quiet", *options], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until_listening(port)
            yield port
        finally:
            process.kill()


def until_listening(port: int, within_s: float = 20) -> None:
    """Wait for a port that another process opens, without connecting to it."""
    deadline = time.monotonic() + within_s
    wanted = f"0100007F:{port:04X}"
    while wanted not in Path("/proc/net/tcp").read_text("ascii"):
        assert time.monotonic() < deadline, "nothing listens"
        time.sleep(0.02)


async def probed(
    port: int, *, name: str | None = HOST, start_tls: StartTls | None = None, client: ClientCredential | None = None,
    within_s: float = 10.0,
) -> Probed:  # fmt: skip
    endpoint = Endpoint(host="127.0.0.1", port=port, server_name=name, start_tls=start_tls, client=client)
    return await probe(endpoint, LOOPBACK, at=NOW, within_s=within_s)
