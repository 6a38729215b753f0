"""A canary listens on loopback: whatever leads to it by whichever way is refused before it sees a connection."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence

import pytest
import uvloop

from kanta_tenancy.machinery.outgoing.allowance import Allowed, read_allowed
from kanta_tenancy.machinery.outgoing.errors import NotAnswered, Trouble
from kanta_tenancy.machinery.outgoing.guard import AddressRefused, Guard
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.outgoing.resolving import Address
from kanta_tenancy.machinery.outgoing.targets import Target
from tests.machinery.outgoing.receivers import Receiver, answer

ELSEWHERE = "93.184.215.14"
INWARDS = [
    "0.0.0.0",  # noqa: S104 -- nobody listens on it
    "127.0.0.1", "127.9.9.9", "::1", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "10.0.0.1", "172.16.0.1",
    "192.168.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "fe80::1", "64:ff9b::a00:1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:1::1", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


class Says:
    """A name server of somebody who wants in: answers as it was told, one answer a question."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.questions = 0

    async def resolve(self, _: str, port: int = 0) -> Sequence[Address]:
        self.questions += 1
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            Address(host=each, port=port, family=socket.AF_INET6 if ":" in each else socket.AF_INET, proto=0)
            for each in addresses
        ]


@pytest.fixture
async def canary() -> AsyncIterator[Receiver]:
    async with Receiver(answer(200)).listening() as receiver:
        yield receiver


async def refusal(outgoing: Outgoing, url: str) -> NotAnswered:
    with pytest.raises(NotAnswered) as refused:
        await outgoing.post(url, b"{}", {})
    return refused.value


async def test_the_canary_sings_when_it_may_be_reached(canary):
    """The control: without the guard every way below does lead to it."""
    allowed = read_allowed(f"evil.example:{canary.port}")
    outgoing = Outgoing(allowed=allowed, resolver=Says(["127.0.0.1"]))
    assert (await outgoing.post(f"http://evil.example:{canary.port}/", b"{}", {})).status == 200
    assert canary.connections == 1


@pytest.mark.parametrize("address", INWARDS)
async def test_a_name_that_leads_inwards_is_refused_before_a_byte_is_sent(canary, address):
    outgoing = Outgoing(resolver=Says([address]), within_s=5)
    refused = await refusal(outgoing, f"https://evil.example:{canary.port}/")
    assert refused.trouble is Trouble.ADDRESS_REFUSED
    assert "evil" not in refused.detail
    assert canary.connections == 0


LITERALS = [
    "0.0.0.0",  # noqa: S104 -- nobody listens on it
    "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "100.64.0.1",
    "[fd00::1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "0x7f000001", "2130706433", "127.1", "0", "[::]",
]  # fmt: skip


@pytest.mark.parametrize("host", LITERALS)
async def test_every_spelling_of_an_inward_address_is_refused(canary, host):
    refused = await refusal(Outgoing(within_s=5), f"https://{host}:{canary.port}/")
    assert refused.trouble is Trouble.ADDRESS_REFUSED
    assert canary.connections == 0


@pytest.mark.parametrize("host", LITERALS)
async def test_the_guard_alone_refuses_what_the_reading_of_the_address_would_have_let_through(canary, host):
    """Two walls: whatever the first one missed, a socket of the second does not connect."""
    target = Target(url="", host="evil.example", port=canary.port, plain=False)
    guard = Guard(target, Allowed())
    try:
        found = await asyncio.to_thread(socket.getaddrinfo, host.strip("[]"), canary.port, type=socket.SOCK_STREAM)
    except OSError:
        return  # this system does not take that spelling for an address
    for info in found:
        with guard(info) as made:
            for connect in (made.connect, made.connect_ex):
                with pytest.raises(AddressRefused):
                    connect(info[4])
    assert canary.connections == 0


async def test_a_name_that_means_something_else_the_second_time_is_refused_the_second_time(canary):
    names = Says([ELSEWHERE], ["127.0.0.1"])
    outgoing = Outgoing(resolver=names, within_s=0.5)
    first = await refusal(outgoing, f"https://evil.example:{canary.port}/")
    assert first.trouble in {Trouble.TOO_SLOW, Trouble.UNREACHABLE}
    second = await refusal(outgoing, f"https://evil.example:{canary.port}/")
    assert second.trouble is Trouble.ADDRESS_REFUSED
    assert (names.questions, canary.connections) == (2, 0)


async def test_of_several_addresses_of_one_name_only_the_outward_ones_are_tried(canary):
    outgoing = Outgoing(resolver=Says(["127.0.0.1", ELSEWHERE, "::1"]), within_s=0.7)
    refused = await refusal(outgoing, f"https://evil.example:{canary.port}/")
    assert refused.trouble in {Trouble.TOO_SLOW, Trouble.ADDRESS_REFUSED}
    assert canary.connections == 0


async def test_a_redirect_inwards_is_not_followed(canary):
    async with Receiver(answer(302, Location=canary.url("/admin"))).listening() as receiver:
        outgoing = Outgoing(allowed=read_allowed(f"127.0.0.1:{receiver.port} 127.0.0.1:{canary.port}"))
        answered = await outgoing.post(receiver.url(), b"{}", {})
    assert answered.status == 302
    assert canary.connections == 0


async def test_an_allowed_network_does_not_let_http_go_to_the_internet():
    outgoing = Outgoing(allowed=read_allowed("10.0.0.0/8"), resolver=Says([ELSEWHERE]))
    refused = await refusal(outgoing, "http://hooks.example.org/")
    assert (refused.trouble, "without TLS" in refused.detail) == (Trouble.ADDRESS_REFUSED, True)


@pytest.mark.parametrize("address", INWARDS)
async def test_where_tls_is_not_needed_inward_addresses_are_refused_all_the_same(canary, address):
    outgoing = Outgoing(resolver=Says([address]), within_s=5, without_tls=True)
    refused = await refusal(outgoing, f"http://evil.example:{canary.port}/")
    assert (refused.trouble, "without TLS" in refused.detail) == (Trouble.ADDRESS_REFUSED, False)
    assert canary.connections == 0


def test_only_where_tls_is_not_needed_http_goes_to_the_internet():
    target = Target(url="", host="stamps.example.org", port=80, plain=True)
    Guard(target, Allowed(), without_tls=True).check((ELSEWHERE, 80))
    with pytest.raises(AddressRefused):
        Guard(target, Allowed()).check((ELSEWHERE, 80))


async def test_the_environment_names_no_proxy_for_us(canary, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    await refusal(Outgoing(resolver=Says([ELSEWHERE]), within_s=0.3), "https://hooks.example.org/")
    assert canary.connections == 0


def test_the_loop_that_serves_asks_the_guard_as_well():
    """The service runs on uvloop, which connects in a way of its own."""

    async def tried() -> tuple[Trouble, int, int]:
        async with Receiver(answer(200)).listening() as canary:
            url = f"https://evil.example:{canary.port}/"
            refused = await refusal(Outgoing(resolver=Says(["127.0.0.1"])), url)
            allowed = Outgoing(allowed=read_allowed("127.0.0.0/8"), resolver=Says(["127.0.0.1"]))
            answered = await allowed.post(url.replace("https", "http"), b"{}", {})
            return refused.trouble, answered.status, canary.connections

    assert uvloop.run(tried()) == (Trouble.ADDRESS_REFUSED, 200, 1)


async def test_without_the_guard_a_socket_reaches_the_canary(canary):
    """What the guard is for: the same request without it gets through, by a number that no resolver is asked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", canary.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"200"
    writer.close()
    assert canary.connections == 1
