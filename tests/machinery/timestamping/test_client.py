"""A real timestamp authority is asked over HTTP; what else answers is told of by its kind, and the next is asked."""

import subprocess
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.kernel.errors import Category
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import MOST_READ, Outgoing
from kanta_tenancy.machinery.timestamping.client import Authority, Stamped, TimestampClient
from kanta_tenancy.machinery.timestamping.errors import Failure, Fault, NoTimestamp
from tests.conftest import FrozenClock
from tests.machinery.outgoing.receivers import Behaviour, Receiver, answer, endless_chunks, garbage, hang_up, never
from tests.machinery.timestamping.authorities import (
    REPLY,
    another_request,
    other_octets,
    stamping,
    with_a_bit_changed,
    without_certificate,
)
from tests.timestamp_authority import OTHER_POLICY, POLICY, TimestampAuthority

OCTETS = b'<SignatureValue xmlns="http://www.w3.org/2000/09/xmldsig#">AAAA</SignatureValue>'
LOOPBACK = read_allowed("127.0.0.0/8")
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


async def stamped(*behaviours: Behaviour, clock: Clock = CLOCK, within_s: float = 5.0, **wanted: object) -> Stamped:
    """Ask authorities that behave in these ways, in their order."""
    async with AsyncExitStack() as stack:
        receivers = [await stack.enter_async_context(Receiver(each).listening()) for each in behaviours]
        client = TimestampClient(Outgoing(allowed=LOOPBACK, within_s=within_s), clock)
        return await client.stamp(OCTETS, [Authority(url=one.url("/tsa?key=secret"), **wanted) for one in receivers])


async def failure(behaviour: Behaviour, within_s: float = 5.0, **wanted: object) -> Failure:
    with pytest.raises(NoTimestamp) as refused:
        await stamped(behaviour, within_s=within_s, **wanted)
    (only,) = refused.value.failures
    assert only.authority == "127.0.0.1"
    assert "secret" not in refused.value.detail
    return only


def openssl(*said: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", "ts", *said], input=given, capture_output=True, check=False)


async def test_the_authority_is_sent_a_request_for_its_certificate_and_gives_a_timestamp(stamps: TimestampAuthority):
    async with Receiver(stamping(stamps)).listening() as receiver:
        client = TimestampClient(Outgoing(allowed=LOOPBACK), CLOCK)
        found = await client.stamp(OCTETS, [Authority(url=receiver.url("/tsa"), policy=POLICY)])
    (request,) = receiver.received
    assert request.line == "POST /tsa HTTP/1.1"
    assert request.headers["content-type"] == "application/timestamp-query"
    shown = openssl("-query", "-in", "/dev/stdin", "-text", given=request.body).stdout.decode()
    assert "Hash Algorithm: sha256" in shown
    assert "Certificate required: yes" in shown
    assert "Nonce: 0x" in shown
    assert OCTETS not in request.body
    assert found.timestamp.covers(OCTETS)
    assert found.timestamp.authority == stamps.certificate
    assert (found.authority.url, found.failures) == (receiver.url("/tsa"), ())


async def test_openssl_accepts_the_timestamp(stamps: TimestampAuthority, tmp_path: Path):
    token, octets = tmp_path / "token", tmp_path / "octets"
    token.write_bytes((await stamped(stamping(stamps))).token)
    octets.write_bytes(OCTETS)
    said = openssl("-verify", "-data", octets, "-in", token, "-token_in", "-CAfile", stamps.trust)
    assert said.returncode == 0, said.stderr


async def test_two_requests_for_the_same_octets_have_different_numbers(stamps: TimestampAuthority):
    async with Receiver(stamping(stamps)).listening() as receiver:
        client = TimestampClient(Outgoing(allowed=LOOPBACK), CLOCK)
        for _ in range(2):
            await client.stamp(OCTETS, [Authority(url=receiver.url())])
    first, second = receiver.received
    assert first.body != second.body


@pytest.mark.parametrize("number", range(4))
async def test_certificates_in_the_order_of_the_path_are_put_in_order(tmp_path: Path, number: int):
    """Which of two certificates comes first in DER is chance; openssl sends the signer's first."""
    bringing = TimestampAuthority(tmp_path, f"Stamps {number}", brings_issuer=True)
    found = await stamped(stamping(bringing), anchors=(bringing.root,))
    assert found.timestamp.certificates == (bringing.issuer,)


MOODS: list[tuple[Behaviour, Fault]] = [
    (answer(500, b"down", **{"Content-Type": REPLY}), Fault.FAILED),
    (answer(404), Fault.FAILED),
    (answer(302, Location="http://127.0.0.1:1/tsa"), Fault.FAILED),
    (answer(200, b"<html>", **{"Content-Type": "text/html"}), Fault.OTHER_CONTENT),
    (answer(200, b"garbage", **{"Content-Type": REPLY}), Fault.UNREADABLE),
    (answer(200, b"", **{"Content-Type": REPLY}), Fault.UNREADABLE),
    (answer(200, b"\x30\x05\x30\x03\x02\x01\x00", **{"Content-Type": REPLY}), Fault.UNREADABLE),  # granted, no token
    (answer(200, b"\x30\x05\x30\x03\x02\x01\x03", **{"Content-Type": REPLY}), Fault.REFUSED),  # waiting
    (answer(200, bytes(MOST_READ + 1), **{"Content-Type": REPLY}), Fault.TOO_LARGE),
    (garbage, Fault.UNREACHED),
    (hang_up, Fault.UNREACHED),
]


@pytest.mark.parametrize(("mood", "fault"), MOODS)
async def test_an_authority_that_gives_no_timestamp_is_told_of_by_its_kind(mood: Behaviour, fault: Fault):
    assert (await failure(mood)).fault is fault


async def test_an_authority_that_is_never_done_costs_a_bounded_time():
    for mood, fault in ((never, Fault.UNREACHED), (endless_chunks, Fault.OTHER_CONTENT)):
        began = time.monotonic()
        assert (await failure(mood, within_s=0.5)).fault is fault
        assert time.monotonic() - began < 10


async def test_an_answer_that_does_not_come_whole_is_told_as_that(stamps: TimestampAuthority):
    cut = await failure(stamping(stamps, answered=lambda body: body[:500], **{"Content-Length": "9000"}))
    assert (cut.fault, cut.detail) == (Fault.UNREADABLE, "Its answer did not come whole.")


async def test_an_authority_that_refuses_is_told_of(stamps: TimestampAuthority):
    refused = await failure(stamping(stamps, asked=lambda _: b"no request"))
    assert (refused.fault, refused.detail) == (Fault.REFUSED, "It refuses to give a timestamp.")


async def test_a_good_timestamp_under_another_name_or_status_is_not_taken(stamps: TimestampAuthority):
    assert (await failure(stamping(stamps, status=201))).fault is Fault.FAILED
    assert (await failure(stamping(stamps, content_type="text/plain"))).fault is Fault.OTHER_CONTENT
    assert (await failure(stamping(stamps, content_type=""))).fault is Fault.OTHER_CONTENT


@pytest.mark.parametrize("nonce", [True, False])
async def test_the_answer_to_an_older_request_is_not_taken(stamps: TimestampAuthority, nonce: bool):
    replayed = await failure(stamping(stamps, asked=another_request(OCTETS, nonce=nonce)))
    assert (replayed.fault, "nonce" in replayed.detail) == (Fault.OTHER_REQUEST, True)


async def test_a_timestamp_of_something_else_is_not_taken(stamps: TimestampAuthority):
    other = await failure(stamping(stamps, asked=other_octets))
    assert (other.fault, "imprint" in other.detail) == (Fault.OTHER_REQUEST, True)


async def test_a_timestamp_that_was_changed_on_its_way_is_not_taken(stamps: TimestampAuthority):
    assert (await failure(stamping(stamps, answered=with_a_bit_changed))).fault is Fault.UNSOUND


async def test_a_timestamp_without_its_certificate_is_not_taken(stamps: TimestampAuthority):
    assert (await failure(stamping(stamps, asked=without_certificate))).fault is Fault.UNSOUND


async def test_a_timestamp_under_another_policy_is_not_taken(stamps: TimestampAuthority):
    other = await failure(stamping(stamps), policy=OTHER_POLICY)
    assert (other.fault, POLICY in other.detail) == (Fault.OTHER_POLICY, True)


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
async def test_a_timestamp_at_another_time_than_ours_is_not_taken(stamps: TimestampAuthority, off: timedelta):
    assert (await failure(stamping(stamps), clock=FrozenClock(CLOCK.now() + off))).fault is Fault.OTHER_TIME


async def test_an_authority_that_leads_to_none_of_the_trusted_ones_is_not_taken(
    stamps: TimestampAuthority, tmp_path: Path
):
    other = TimestampAuthority(tmp_path, "Other stamps")
    assert (await failure(stamping(stamps), anchors=(other.root,))).fault is Fault.UNTRUSTED
    without_issuer = await failure(stamping(stamps), anchors=(stamps.root,))
    assert "does not lead" in without_issuer.detail
    assert (await stamped(stamping(stamps), anchors=(stamps.issuer,))).failures == ()
    named = await stamped(stamping(stamps), anchors=(stamps.root,), intermediates=(stamps.issuer,))
    assert named.failures == ()


async def test_authorities_are_asked_in_their_order_until_one_gives_a_timestamp(stamps: TimestampAuthority):
    found = await stamped(answer(500), hang_up, stamping(stamps), never)
    assert [one.fault for one in found.failures] == [Fault.FAILED, Fault.UNREACHED]
    assert found.timestamp.authority == stamps.certificate


async def test_when_none_gives_one_each_is_told_with_its_reason():
    with pytest.raises(NoTimestamp) as refused:
        await stamped(answer(500), hang_up)
    assert [one.fault for one in refused.value.failures] == [Fault.FAILED, Fault.UNREACHED]
    assert [flaw.detail for flaw in refused.value.flaws] == [one.detail for one in refused.value.failures]
    assert "500" in refused.value.detail
    assert refused.value.category is Category.UNAVAILABLE


async def test_without_an_authority_there_is_no_timestamp():
    with pytest.raises(NoTimestamp) as refused:
        await stamped()
    assert (refused.value.failures, refused.value.detail) == ((), "No timestamp authority was named.")


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "https://10.0.0.1/", "x", ""])
async def test_an_address_that_leads_inwards_is_not_asked(stamps: TimestampAuthority, url: str):
    async with Receiver(stamping(stamps)).listening() as receiver:
        client = TimestampClient(Outgoing(without_tls=True, within_s=2), CLOCK)
        with pytest.raises(NoTimestamp) as refused:
            await client.stamp(OCTETS, [Authority(url=url.format(port=receiver.port))])
    assert refused.value.failures[0].fault is Fault.UNREACHED
    assert receiver.connections == 0


async def test_a_redirect_inwards_is_not_followed(stamps: TimestampAuthority):
    async with Receiver(stamping(stamps)).listening() as inside:
        redirected = await failure(answer(307, Location=inside.url()))
        assert redirected.fault is Fault.FAILED
        assert inside.connections == 0
