"""Real servers are watched: what they serve, whatever it is worth, and that they serve nothing any more."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kanta_tenancy.assembly.asking import probe_servers
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.outgoing.allowance import NOTHING
from kanta_tenancy.machinery.probing.endpoint import StartTls, Trouble
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority
from kanta_tenancy.promises import State
from tests.machinery.probing.servers import context_of, openssl_server, raw_server, tls_server
from tests.machinery.probing.shown import DAY, HOST, NOW, authority, der, issued, self_signed, serving
from tests.machinery.probing.test_start_tls import mail_server


def sha256s(shown) -> tuple[str, ...]:
    return tuple(hashlib.sha256(one).hexdigest() for one in der(*shown.chain))


async def test_a_sound_server_comes_into_the_inventory_with_its_chain(watchman, tmp_path: Path):
    shown = issued(authority())
    with openssl_server(tmp_path, shown) as port:
        endpoint = await watchman.watches(port)
        assert await watchman.asks() == 1
    assert await watchman.rules() == []
    found = await watchman.certificates(sha256s(shown))
    assert set(found) == set(sha256s(shown))
    (seen,) = await watchman.observed(endpoint)
    assert (seen.chain, seen.served, seen.trouble, seen.protocol) == (sha256s(shown), 2, None, "TLSv1.3")
    assert (await watchman.read(endpoint)).served_at == NOW
    assert (await watchman.promise(endpoint)).due_at == NOW + timedelta(hours=6)


async def test_a_server_that_does_the_same_again_is_one_observation(watchman, clock, tmp_path: Path):
    with openssl_server(tmp_path, issued(authority())) as port:
        endpoint = await watchman.watches(port, probe_every_hours=1)
        for _ in range(3):
            assert await watchman.asks() == 1
            assert await watchman.asks() == 0
            clock.advance(hours=1)
    (seen,) = await watchman.observed(endpoint)
    assert (seen.times, seen.first_at, seen.last_at) == (3, NOW, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("make", "rules"),
    [
        (lambda: issued(authority(), at=NOW - 200 * DAY), ["probe.expired"]),
        (lambda: issued(authority(), at=NOW + DAY), ["probe.not_yet_valid"]),
        (lambda: issued(authority(), "another.example.org"), ["probe.name_mismatch"]),
        (lambda: self_signed(HOST), ["probe.self_signed"]),
        (lambda: self_signed("x.example.org"), ["probe.name_mismatch", "probe.self_signed"]),
        (lambda: alone(issued(authority())), ["probe.missing_intermediate"]),
        (lambda: issued(authority(at=NOW - 3600 * DAY)), ["probe.issuer_ends_soon"]),
    ],
    ids=[
        "expired",
        "not yet valid",
        "wrong name",
        "self-signed",
        "self-signed for another",
        "no chain",
        "dying issuer",
    ],
)
async def test_what_is_wrong_with_a_server_is_found_and_its_certificate_kept(
    watchman, tmp_path: Path, make, rules: list[str]
):
    shown = make()
    with openssl_server(tmp_path, shown) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks()
    found = await watchman.findings()
    assert [one.rule for one in found] == rules
    kept = await watchman.certificates(sha256s(shown))
    assert set(kept) == set(sha256s(shown))
    for one in found:
        assert one.subject.startswith(f"certificate_endpoint/{endpoint.id}")
        assert f"127.0.0.1:{endpoint.port}" in one.sentence.fi
        assert len({one.sentence.fi, one.sentence.sv, one.sentence.en}) == 3
        assert "{" not in one.sentence.fi + one.sentence.sv + one.sentence.en
        assert one.certificate_id in {each.id for each in kept.values()}


def alone(shown):
    return serving(shown, chain=shown.chain[:1])


async def test_what_was_mended_is_cleared_and_told_of_when_it_is_wrong_again(watchman, clock, tmp_path: Path):
    by = authority()
    good, bad = issued(by), issued(by, "another.example.org")
    for number, (shown, rules) in enumerate(
        [(bad, ["probe.name_mismatch"]), (good, []), (bad, ["probe.name_mismatch"])]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with tls_server(context_of(folder, shown), at_port(watchman)) as port:
            if number == 0:
                endpoint = await watchman.watches(port, probe_every_hours=1)
                watchman.port = port
            await watchman.asks()
        assert await watchman.rules() == rules
        clock.advance(hours=1)
    assert len(await watchman.every_finding()) == 2
    assert [one.chain[0] for one in await watchman.observed(endpoint)] == [
        sha256s(bad)[0], sha256s(good)[0], sha256s(bad)[0],
    ]  # fmt: skip


def at_port(watchman) -> int:
    return getattr(watchman, "port", 0)


async def test_a_server_that_vanished_is_told_of_when_that_goes_on_and_no_longer_when_it_is_back(
    watchman, clock, tmp_path: Path
):
    context = context_of(tmp_path, issued(authority()))
    async with tls_server(context) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks()
    clock.advance(hours=6)
    gone = clock.now()
    asked = []
    while await watchman.rules() == []:
        assert await watchman.asks() == 1
        asked.append(clock.now() - gone)
        clock.at = (await watchman.promise(endpoint)).due_at
    assert asked == [timedelta(minutes=minutes) for minutes in (0, 10, 20, 40)]
    (found,) = await watchman.findings()
    assert (found.rule, found.severity) == ("endpoint.vanished", Severity.ERROR)
    assert found.facts["served_at"] == NOW.isoformat()
    assert (await watchman.read(endpoint)).failing_since == gone
    assert [(one.trouble, one.times) for one in await watchman.observed(endpoint)] == [(Trouble.REFUSED, 4), (None, 1)]
    async with tls_server(context, port):
        await watchman.asks()
    assert await watchman.rules() == []
    assert (await watchman.read(endpoint)).failing_since is None


async def test_what_was_wrong_before_a_server_vanished_stays_told_for_nobody_saw_it_mended(
    watchman, clock, tmp_path: Path
):
    async with tls_server(context_of(tmp_path, self_signed(HOST))) as port:
        await watchman.watches(port)
        await watchman.asks()
    clock.advance(hours=6)
    await watchman.asks()
    assert await watchman.rules() == ["probe.self_signed"]


async def test_a_server_that_never_served_is_told_of_at_once(watchman):
    async with raw_server(lambda *_: asyncio.sleep(0)) as port:
        await watchman.watches(port)
        await watchman.asks()
    assert await watchman.rules() == ["endpoint.never_served"]


async def test_a_server_that_hangs_holds_nobody_up_for_longer_than_a_probe_may_take(watchman):
    async with raw_server(lambda reader, _: reader.read()) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks(within_s=0.3)
    (found,) = await watchman.findings()
    assert (found.rule, found.facts["trouble"]) == ("endpoint.never_served", "timed_out")
    assert (await watchman.observed(endpoint))[0].detail == "Not done within 0.3 seconds."


async def test_a_server_that_dies_byte_by_byte_is_told_of(watchman, clock, tmp_path: Path):
    async def drip(reader, writer):
        for octet in b"\x16\x03\x03\x40\x00" + bytes(100):
            writer.write(bytes([octet]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with tls_server(context_of(tmp_path, issued(authority()))) as port:
        await watchman.watches(port, probe_every_hours=1)
        await watchman.asks()
    async with raw_server(drip, port):
        for _ in range(4):
            clock.advance(hours=1)
            await watchman.asks(within_s=0.4)
    (found,) = await watchman.findings()
    assert (found.rule, found.facts["trouble"]) == ("endpoint.vanished", "timed_out")


async def test_an_internal_server_is_not_asked_unless_the_operator_allows_it(watchman, tmp_path: Path):
    with openssl_server(tmp_path, issued(authority())) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks(NOTHING)
        (found,) = await watchman.findings()
        assert (found.rule, found.facts["trouble"]) == ("endpoint.address_refused", "address_refused")
        (seen,) = await watchman.observed(endpoint)
        assert (seen.chain, seen.address) == ((), None)
        watchman.clock.advance(hours=1)
        await watchman.asks()
    assert await watchman.rules() == []


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
async def test_a_server_that_wants_a_certificate_of_ours_is_as_it_should_be(watchman, tmp_path: Path, version: str):
    with openssl_server(tmp_path, issued(authority()), "-Verify", "1", "-verify_return_error", version) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks()
    assert await watchman.rules() == []
    (seen,) = await watchman.observed(endpoint)
    assert (seen.client_asked, seen.served) == (True, 2)


@pytest.mark.parametrize(("root", "rules"), [(True, []), (False, ["probe.missing_intermediate"])])
async def test_a_chain_is_whole_below_a_root_of_the_inventory_and_not_below_another_authority_of_it(
    watchman, tmp_path: Path, root, rules: list[str]
):
    by = authority()
    await watchman.has(*der(by.root if root else of_another(by)))
    with openssl_server(tmp_path, issued(by)) as port:
        await watchman.watches(port)
        await watchman.asks()
    assert await watchman.rules() == rules


def of_another(by: SampleAuthority) -> x509.Certificate:
    """Return a certificate that another authority issued to the root of this one."""
    above, own = authority().top, by.top.certificate
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Above")]),
        subject_name=own.subject,
        public_key=own.public_key(),
        serial_number=7,
        not_valid_before=own.not_valid_before_utc,
        not_valid_after=own.not_valid_after_utc,
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(above.key, hashes.SHA256())


async def test_two_instances_ask_a_server_once(watchman, tmp_path: Path):
    with openssl_server(tmp_path, issued(authority())) as port:
        endpoint = await watchman.watches(port)
        assert sum(await asyncio.gather(*(watchman.asks() for _ in range(4)))) == 1
    (seen,) = await watchman.observed(endpoint)
    assert seen.times == 1


async def test_a_server_that_is_watched_no_longer_is_asked_no_more_and_nothing_is_amiss_with_it(
    watchman, tmp_path: Path
):
    shown = self_signed(HOST)
    with openssl_server(tmp_path, shown) as port:
        endpoint = await watchman.watches(port)
        await watchman.asks()
        assert await watchman.rules() == ["probe.self_signed"]
        await watchman.no_longer(endpoint)
        watchman.clock.advance(days=1)
        assert await watchman.asks() == 0
        assert await watchman.rules() == []
        assert (await watchman.promise(endpoint)).state is State.RELEASED
        again = await watchman.watches(port)
        assert again.id != endpoint.id


async def test_a_mail_server_is_asked_in_its_own_protocol(watchman, tmp_path: Path):
    async with mail_server(context_of(tmp_path, issued(authority()))) as port:
        await watchman.watches(port, start_tls=StartTls.SMTP)
        await watchman.asks()
    assert await watchman.rules() == []


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"KANTA_OUTGOING_ALLOWED": "127.0.0.0/8"}, ["endpoint.address_refused"]),
        ({"KANTA_PROBING_ALLOWED": "127.0.0.0/8"}, []),
    ],
)
async def test_probes_go_where_the_setting_for_probes_lets_them(watchman, tmp_path: Path, settings, rules: list[str]):
    with openssl_server(tmp_path, issued(authority())) as port:
        await watchman.watches(port)
        assert await probe_servers(watchman.database, watchman.clock, settings=read_settings(settings)) == 1
    assert await watchman.rules() == rules
