"""Real servers show certificates that are good and otherwise; all of them are brought home, in the server's order."""

import asyncio
import socket
import ssl
import time
from pathlib import Path

import pytest
import uvloop

from kanta_tenancy.machinery.outgoing.allowance import NOTHING, read_allowed
from kanta_tenancy.machinery.probing.endpoint import ClientCredential, Endpoint, Stage, Trouble, read_endpoint
from kanta_tenancy.machinery.probing.probing import probe
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.probing.servers import LOOPBACK, context_of, openssl_server, probed, raw_server, tls_server
from tests.machinery.probing.shown import DAY, HOST, NOW, authority, der, issued, self_signed, serving, written

ONES = ["good", "expired", "not yet valid", "self-signed", "other name", "no issuer", "wrong order", "weak key"]


def shown_as(what: str):
    by = authority()
    good = issued(by)
    return {
        "good": lambda: good,
        "expired": lambda: issued(by, at=NOW - 500 * DAY),
        "not yet valid": lambda: issued(by, at=NOW + 5 * DAY),
        "self-signed": lambda: self_signed(HOST),
        "other name": lambda: issued(by, "other.example.org"),
        "no issuer": lambda: serving(good, chain=good.chain[:1]),
        "wrong order": lambda: serving(good, chain=(good.chain[0], by.root, good.chain[1])),
        "weak key": lambda: issued(by, kind=KeyKind.RSA_2048),
    }[what]()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda one: one.name)
@pytest.mark.parametrize("what", ONES)
async def test_whatever_is_served_is_had_exactly_as_served(tmp_path: Path, what: str, version: ssl.TLSVersion):
    shown = shown_as(what)
    context = context_of(tmp_path, shown)
    context.minimum_version = context.maximum_version = version
    async with tls_server(context) as port:
        result = await probed(port)
    assert result.trouble is None
    assert result.chain == der(*shown.chain)
    assert result.protocol == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]
    assert (result.served, result.address, result.client_asked) == (len(shown.chain), "127.0.0.1", False)
    assert result.cipher


@pytest.mark.parametrize(("options", "protocol"), [(["-tls1_2"], "TLSv1.2"), (["-tls1_3"], "TLSv1.3")])
async def test_a_server_that_demands_a_certificate_of_ours_still_shows_its_own(
    tmp_path: Path, options: list[str], protocol: str
):
    shown = issued(authority())
    with openssl_server(tmp_path, shown, *options, "-Verify", "2", "-verify_return_error") as port:
        result = await probed(port)
    assert result.client_asked
    assert result.chain[:1] == der(*shown.chain)[:1]
    if protocol == "TLSv1.2":  # in 1.3 a client is done before it is turned away
        assert (result.trouble, result.stage) == (Trouble.ALERT, Stage.HANDSHAKE)
        assert result.detail == "The server ended the handshake: handshake failure."
    else:
        assert (result.trouble, result.protocol) == (None, protocol)


async def test_a_certificate_of_ours_is_shown_to_a_server_that_asks(tmp_path: Path):
    by = authority()
    ours = tmp_path / "ours"
    ours.mkdir()
    certificates, key = written(ours, issued(by))
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(sample_authority.chain_pem(by.root, by.issuing.certificate))
    context = context_of(tmp_path, issued(by))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME
    context.load_verify_locations(trusted)
    async with tls_server(context) as port:
        taken = await probed(port, client=ClientCredential(certificates=certificates, key=key))
        turned_away = await probed(port)
        unusable = await probed(port, client=ClientCredential(certificates=certificates, key=certificates))
    assert (taken.trouble, taken.client_asked) == (None, True)
    assert turned_away.trouble in {Trouble.ALERT, Trouble.CUT_OFF}  # this server does not always say why
    assert (turned_away.client_asked, len(turned_away.chain)) == (True, 2)
    assert (unusable.trouble, unusable.chain) == (Trouble.CLIENT_UNUSABLE, ())


async def test_of_more_than_ten_certificates_ten_are_kept_and_all_are_counted(tmp_path: Path):
    by = authority()
    good = issued(by)
    many = serving(good, chain=(*good.chain, *(authority().root for _ in range(10))))
    async with tls_server(context_of(tmp_path, many)) as port:
        result = await probed(port)
    assert (result.served, result.trouble) == (12, None)
    assert result.chain == der(*many.chain[:10])


async def test_a_certificate_of_more_than_64_kilobytes_is_left_with_its_size_told(tmp_path: Path):
    by = authority()
    huge = issued(by, *(f"host-{number:05}.example.org" for number in range(3000)))
    async with tls_server(context_of(tmp_path, huge)) as port:
        result = await probed(port)
    size = len(der(huge.certificate)[0])
    assert (result.trouble, result.chain, result.served) == (Trouble.TOO_MUCH, (), 2)
    assert f"{size} bytes" in result.detail


async def test_a_name_is_asked_for_and_a_number_is_not(tmp_path: Path):
    asked: list[str | None] = []
    context = context_of(tmp_path, issued(authority()))
    context.sni_callback = lambda _, name, __: asked.append(name)
    async with tls_server(context) as port:
        await probed(port, name="xn--hmeenlinna-q5a.example.org")
        await probed(port, name=None)
    assert asked == ["xn--hmeenlinna-q5a.example.org", None]


async def test_what_is_no_certificate_is_brought_home_as_it_came():
    odd = b"\x30\x03\x02\x01\x05"

    async def show(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + b"\x00\x05\xff\x01\x00\x01\x00"
        served = (len(odd) + 3).to_bytes(3, "big") + len(odd).to_bytes(3, "big") + odd
        for kind, body in ((2, hello), (11, served)):
            message = bytes([kind]) + len(body).to_bytes(3, "big") + body
            writer.write(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
        await reader.read()

    async with raw_server(show) as port:
        result = await probed(port)
    assert result.chain == (odd,)
    assert (result.trouble, result.stage) == (Trouble.HANDSHAKE_FAILED, Stage.HANDSHAKE)


async def say_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def close_at_once(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    return None


async def close_after_hello(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(4096)


async def close_in_a_record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    writer.write(b"\x16\x03\x03\x00\x50\x02")


async def alert(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x70")


async def claim_a_huge_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    while True:
        writer.write(b"\x16\x03\x03\x40\x00" + b"\x02\xff\xff\xff" + bytes(16380))
        await writer.drain()


@pytest.mark.parametrize(
    ("does", "trouble"),
    [
        (say_http, Trouble.NOT_TLS),
        (close_at_once, Trouble.CUT_OFF),
        (close_after_hello, Trouble.CUT_OFF),
        (close_in_a_record, Trouble.CUT_OFF),
        (alert, Trouble.ALERT),
        (claim_a_huge_message, Trouble.TOO_MUCH),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
async def test_what_goes_wrong_is_told_by_name(does, trouble: Trouble):
    async with raw_server(does) as port:
        result = await probed(port)
    assert (result.trouble, result.stage, result.chain) == (trouble, Stage.HANDSHAKE, ())
    assert result.detail.endswith(".")


async def test_the_reason_of_an_alert_is_in_the_sentence():
    async with raw_server(alert) as port:
        result = await probed(port)
    assert result.detail == "The server ended the handshake: unrecognized name."


async def test_a_port_where_nobody_listens_and_a_name_that_leads_nowhere():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused = await probed(port)
    unknown = await probe(read_endpoint("no-such-host.invalid:443"), at=NOW)
    assert (refused.trouble, refused.stage) == (Trouble.REFUSED, Stage.CONNECTING)
    assert (unknown.trouble, unknown.stage) == (Trouble.NAME_UNKNOWN, Stage.RESOLVING)


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"\x16\x03\x03\x40\x00" + bytes(100):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("does", [say_nothing, drip], ids=lambda one: one.__name__)
async def test_a_server_that_is_slow_to_death_holds_nobody_up(does):
    began = time.monotonic()
    async with raw_server(does) as port:
        result = await probed(port, within_s=0.6)
    assert time.monotonic() - began < 3
    assert (result.trouble, result.stage) == (Trouble.TIMED_OUT, Stage.HANDSHAKE)


class Says:
    """A name server of somebody who wants in, which counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.questions = 0

    async def resolve(self, host: str, port: int = 0) -> list[dict[str, object]]:
        assert host == HOST
        self.questions += 1
        return [{"host": one, "port": port, "family": socket.AF_INET} for one in self.addresses]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_internal_addresses_are_refused_unless_allowed_and_looked_up_once(tmp_path: Path, run):
    shown = issued(authority())

    async def look() -> None:
        async with tls_server(context_of(tmp_path, shown)) as port:
            inwards = Says("127.0.0.1")
            endpoint = Endpoint(host=HOST, port=port, server_name=HOST)
            refused = await probe(endpoint, NOTHING, at=NOW, resolver=inwards)
            other_port = await probe(endpoint, read_allowed(f"127.0.0.1:{port - 1}"), at=NOW, resolver=inwards)
            allowed = await probe(endpoint, LOOPBACK, at=NOW, resolver=inwards)
        assert (refused.trouble, refused.address) == (Trouble.ADDRESS_REFUSED, None)
        assert "this machine" in refused.detail
        assert other_port.trouble is Trouble.ADDRESS_REFUSED
        assert allowed.chain == der(*shown.chain)
        assert inwards.questions == 3

    run(look())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1"])
async def test_no_spelling_of_an_internal_address_gets_past_the_guard(host: str):
    result = await probe(read_endpoint(f"{host}:443"), at=NOW)
    assert result.trouble in {Trouble.ADDRESS_REFUSED, Trouble.NAME_UNKNOWN}
    assert result.address is None


async def test_the_next_address_is_tried_when_one_is_dead(tmp_path: Path):
    shown = issued(authority())
    async with tls_server(context_of(tmp_path, shown)) as port:
        result = await probe(
            Endpoint(host=HOST, port=port, server_name=HOST), LOOPBACK, at=NOW, resolver=Says("127.9.9.9", "127.0.0.1")
        )
    assert (result.address, result.trouble) == ("127.0.0.1", None)
