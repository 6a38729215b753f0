"""`kanta-tenancy certificates probe`: what it tells, and how it ends."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner, Result

from kanta_tenancy.certificates.cli import certificates
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from tests.conftest import FrozenClock
from tests.desk import ADesk
from tests.machinery.probing.servers import context_of, tls_server
from tests.machinery.probing.shown import DAY, HOST, NOW, authority, der, issued


def probe(*arguments: str) -> Result:
    return CliRunner().invoke(certificates, ["probe", *arguments], obj=ADesk("", FrozenClock(NOW)))


@contextmanager
def serving(folder: Path, shown: Credential) -> Iterator[int]:
    """Serve in a thread of its own: the command runs a loop itself."""
    ports: list[int] = []
    begun = Event()
    ended: list[asyncio.Event] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        ended.append(asyncio.Event())
        async with tls_server(context_of(folder, shown)) as port:
            ports.append(port)
            begun.set()
            await ended[0].wait()

    thread = Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert begun.wait(20)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(ended[0].set)
        thread.join(20)
        loop.close()


def test_a_sound_server_ends_in_0_and_is_described(tmp_path: Path):
    by = authority()
    shown = issued(by)
    roots = tmp_path / "roots.pem"
    roots.write_bytes(sample_authority.chain_pem(by.root))
    with serving(tmp_path, shown) as port:
        result = probe(f"127.0.0.1:{port}", "--sni", HOST, "--allow", "127.0.0.0/8", "--anchors", str(roots))
    assert result.exit_code == 0, result.output
    assert "TLSv1.3" in result.output
    assert "error" not in result.output


def test_an_expired_server_ends_in_3_and_json_tells_all(tmp_path: Path):
    shown = issued(authority(), at=NOW - 200 * DAY)
    with serving(tmp_path, shown) as port:
        result = probe(f"127.0.0.1:{port}", "--sni", HOST, "--allow", "127.0.0.0/8", "--expect", "00" * 32, "--json")
    told = json.loads(result.output)
    assert result.exit_code == 3
    assert [one["rule"] for one in told["findings"]] == ["different", "expired"]
    assert len(told["certificates"]) == told["served"] == len(der(*shown.chain))
    assert (told["address"], told["server_name"], told["trouble"]) == ("127.0.0.1", HOST, None)


def test_an_internal_server_is_refused_unless_allowed_and_ends_in_4(tmp_path: Path):
    with serving(tmp_path, issued(authority())) as port:
        result = probe(f"127.0.0.1:{port}")
    assert result.exit_code == 4
    assert "leads to this machine" in result.output
    assert "not connected" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("host:443", "--allow", "everything"),
        ("host:443", "--starttls", "imap"),
        ("host:443", "--sni", "a b"),
        ("host:443", "--client-key", __file__),
        ("host:443", "--anchors", __file__),
        ("host:443", "--client-key", __file__, "--client-certificate", __file__),
    ],
)
def test_wrong_usage_ends_in_2(arguments: tuple[str, ...]):
    assert probe(*arguments).exit_code == 2
