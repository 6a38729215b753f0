"""Timestamp authorities over HTTP on loopback: `openssl ts` behind them, and moods in which they answer."""

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from tests.machinery.outgoing.receivers import Behaviour, Received, Receiver
from tests.timestamp_authority import TimestampAuthority

REPLY = "application/timestamp-reply"
Change = Callable[[bytes], bytes]


def same(octets: bytes) -> bytes:
    return octets


def stamping(
    authority: TimestampAuthority,
    *,
    asked: Change = same,
    answered: Change = same,
    status: int = 200,
    content_type: str = REPLY,
    **headers: str,
) -> Behaviour:
    """Answer as the authority does, after changing what it is asked or what it answers."""

    async def behave(writer: asyncio.StreamWriter, request: Received) -> None:
        body = answered(await asyncio.to_thread(authority.answer, asked(request.body)))
        said = {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in said.items() if value)]
        writer.write("\r\n".join((*lines, "", "")).encode() + body)

    return behave


def another_request(octets: bytes, *, nonce: bool = True) -> Change:
    """Ask the same with another number for once, or with none."""
    builder = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256)
    return lambda _: builder.nonce(nonce=nonce).cert_request(cert_request=True).build().as_bytes()


def other_octets(query: bytes) -> bytes:
    """Ask for a timestamp of something else, with the same number for once."""
    digest = bytes.fromhex("0420")  # an OCTET STRING of 32
    at = query.index(digest) + len(digest)
    return query[:at] + bytes(32) + query[at + 32 :]


def without_certificate(query: bytes) -> bytes:
    """Ask the same without asking for the authority's certificate."""
    shown = subprocess.run(["openssl", "asn1parse", "-inform", "DER"], input=query, capture_output=True, check=True)
    assert b"BOOLEAN" in shown.stdout
    assert query.endswith(bytes.fromhex("0101ff"))
    return bytes([query[0], query[1] - 3]) + query[2:-3]


def with_a_bit_changed(answer: bytes) -> bytes:
    """Change the time that an answer says, and leave its signature."""
    at = answer.index(b"Z", 100) - 1
    return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]


@contextmanager
def authority(behaviour: Behaviour) -> Iterator[Receiver]:
    """Let an authority answer in a loop of its own, as it would elsewhere."""
    receiver, loop, begun, ended = Receiver(behaviour), asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with receiver.listening():
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert begun.wait(10)
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()
