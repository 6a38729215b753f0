"""A certificate's chain at the command line."""

import json

import pytest

from tests.certificates.chains.authority import BEGAN, DAY, YEAR, a_server, an_authority
from tests.desk import ADesk

ROOT = an_authority("Root")
ISSUING = an_authority("Issuing", by=ROOT, lasts=300 * DAY)
SERVER = a_server(ISSUING)
NEW = a_server(ISSUING, starts=BEGAN + YEAR + 5 * DAY)


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def lines(desk: ADesk, *asked: object) -> tuple[int, list[list[str]]]:
    ended = await desk.type("certificates", "chain", *asked)
    return ended.code, [line.split("\t") for line in ended.output.splitlines()]


async def test_a_chain_is_shown_with_what_is_amiss_and_what_renews_it(desk, examination):
    old, issuing, new = await examination.have(SERVER, ISSUING.certificate, NEW)
    code, told = await lines(desk, old)
    assert (code, told) == (
        0,
        [
            ["link", "-", "-", "2027-01-31T12:00:00Z", "CN=palvelin.example.org", str(old)],
            ["link", "-", "-", "2026-11-27T12:00:00Z", "CN=Issuing", str(issuing)],
            ["end", "issuer_missing", "CN=Root"],
            ["finding", "warning", "chain.issuer_ends_first", told[3][3]],
            ["finding", "warning", "renewal.unrecorded", told[4][3]],
            ["suggested", "successor", "-5", "2028-02-05T12:00:00Z", str(new)],
        ],
    )
    await examination.replace(old, new)
    assert (await lines(desk, new))[1][-1] == ["renewal", "-1", "-5", "2027-01-31T12:00:00Z", str(old)]


async def test_it_is_found_by_its_fingerprint_however_that_is_written(desk, examination):
    (one,) = await examination.have(SERVER)
    sha256 = (await examination.read(one)).sha256
    written = ":".join(sha256[at : at + 2] for at in range(0, 64, 2)).upper()
    assert (await lines(desk, written))[1] == (await lines(desk, str(one)))[1]
    assert (await lines(desk, "0" * 64))[0] == 5


async def test_an_error_is_told_by_the_exit_code(desk, examination, clock):
    (one, _) = await examination.have(SERVER, ISSUING.certificate)
    clock.at = BEGAN + 301 * DAY
    await examination.examine()
    code, told = await lines(desk, one)
    assert (code, told[2][:3]) == (3, ["end", "issuer_missing", "CN=Root"])
    whole = json.loads((await desk.type("certificates", "chain", one, "--json")).output)
    assert [finding["rule"] for finding in whole["findings"]] == ["chain.issuer_expired"]
    assert whole["chain"]["links"][1]["subject"] == "CN=Issuing"
