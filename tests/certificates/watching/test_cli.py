"""The watch at the command line."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.desk import ADesk
from tests.machinery.probing.servers import openssl_server
from tests.machinery.probing.shown import HOST, authority, der, issued, self_signed


@pytest.fixture
def desk(database_url, clock, watchman) -> ADesk:
    return ADesk(database_url, clock)


async def test_a_server_is_watched_listed_shown_and_watched_no_longer(desk, watchman, tmp_path: Path):
    shown = self_signed(HOST)
    with openssl_server(tmp_path, shown) as port:
        made = await desk.type("certificates", "endpoints", "watch", f"127.0.0.1:{port}", "--sni", HOST, "--every", "1")
        assert made.code == 0, made.output
        endpoint = made.output.strip()
        (before,) = (await desk.type("certificates", "endpoints", "list")).output.splitlines()
        assert before.split("\t") == ["new", "-", f"127.0.0.1:{port}", HOST, endpoint]
        await watchman.asks()
        clock = "2027-03-01T12:00:00Z"
        (after,) = (await desk.type("certificates", "endpoints", "list")).output.splitlines()
        assert after.split("\t") == ["serves", clock, f"127.0.0.1:{port}", HOST, endpoint]
        first, second = (await desk.type("certificates", "endpoints", "show", endpoint)).output.splitlines()
        sha256 = hashlib.sha256(der(*shown.chain)[0]).hexdigest()
        assert first == after
        assert second.split("\t") == [clock, clock, "1", "-", "TLSv1.3", sha256]
        watchman.clock.advance(hours=1)
    await watchman.asks()
    (fails,) = (await desk.type("certificates", "endpoints", "list")).output.splitlines()
    assert fails.split("\t")[0] == "fails"
    assert (await desk.type("certificates", "endpoints", "end", endpoint, "--because", "Switched off")).code == 0
    assert (await desk.type("certificates", "endpoints", "list")).output == ""
    again = await desk.type("certificates", "endpoints", "end", endpoint, "--because", "Switched off")
    assert again.code == 5


async def test_check_ends_with_3_while_anything_is_amiss_and_with_0_when_nothing_is(desk, watchman, tmp_path: Path):
    assert (await desk.type("certificates", "check")).code == 0
    with openssl_server(tmp_path, self_signed(HOST)) as port:
        await watchman.watches(port)
        await watchman.asks()
    found = await desk.type("certificates", "check")
    assert found.code == 3
    assert found.output.split("\t")[:2] == ["error", "probe.self_signed"]
    told = json.loads((await desk.type("certificates", "check", "--json")).output)
    assert [one["rule"] for one in told["findings"]] == ["probe.self_signed"]
    assert found.output.split("\t")[4] == f"{told['findings'][0]['id']}\n"


async def test_check_tells_that_the_watch_itself_is_late(desk, watchman):
    await watchman.watches(443)
    watchman.clock.advance(hours=3)
    found = await desk.type("certificates", "check")
    assert (found.code, found.output.split("\t")[1]) == (3, "watch.late")


async def test_an_expected_certificate_is_named_by_its_fingerprint(desk, watchman):
    (leaf, _) = der(*issued(authority()).chain)
    (known,) = await watchman.has(leaf)
    colons = hashlib.sha256(leaf).hexdigest().upper()
    said = ("certificates", "endpoints", "watch", "kanta.example.org:443", "--expect", colons)
    assert (await desk.type(*said)).code == 0
    told = json.loads((await desk.type("certificates", "endpoints", "list", "--json")).output)
    assert [one["expected_id"] for one in told] == [str(known)]
    assert (await desk.type(*said)).code == 5  # it is watched already


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing",), 5),
        (("kanta.example.org:443", "--expect", "00" * 32), 5),
        (("kanta.example.org:443", "--system", "Nothing"), 5),
        (("kanta.example.org:443", "--every", "0"), 2),
        (("kanta.example.org:443", "--starttls", "imap"), 2),
    ],
)
async def test_what_cannot_be_watched_is_refused(desk, arguments, code: int):
    assert (await desk.type("certificates", "endpoints", "watch", *arguments)).code == code
