"""Warnings at the command line: what is open is listed, and somebody says that they see to it."""

import json

import pytest

from tests.certificates.findings.examples import a_finding
from tests.certificates.warnings.examples import DAY, MARCH_2
from tests.certificates.warnings.test_findings_passed_on import noted, the_open
from tests.desk import ADesk


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_what_is_open_is_listed_the_most_urgent_first(desk, staffed):
    later = await staffed.certificate(MARCH_2 + 40 * DAY, "later.example.org")
    sooner = await staffed.certificate(MARCH_2 + 3 * DAY, "sooner.example.org", kind="saml")
    await staffed.live(MARCH_2)
    staffed.clock.advance(hours=1)
    await staffed.work()
    ended = await desk.type("certificates", "warnings")
    assert ended.code == 0
    assert [line.split("\t") for line in ended.output.splitlines()] == [
        ["2026-03-05", "3", "3", "responsible", "saml", "sooner.example.org", str(sooner)],
        ["2026-04-11", "40", "60", "responsible", "server", "later.example.org", str(later)],
    ]
    told = json.loads((await desk.type("certificates", "warnings", "--json")).output)
    assert [one["certificate_id"] for one in told] == [str(sooner), str(later)]


async def test_a_digest_and_a_certificate_are_acknowledged(desk, staffed):
    one = await staffed.certificate(MARCH_2 + 40 * DAY, "one.example.org")
    await staffed.live(MARCH_2 + DAY)
    digest = await staffed.owner.fetchval("SELECT id FROM certificate_digest")
    ended = await desk.type("certificates", "acknowledge", "--digest", digest)
    assert (ended.code, ended.output) == (0, f"acknowledged\t{digest}\t1 certificates\t0 findings\n")
    assert (await staffed.warnings(one))[-1] == (60, "acknowledged")
    other = await staffed.certificate(MARCH_2 + 20 * DAY, "other.example.org")
    await staffed.work()
    ended = await desk.type("certificates", "acknowledge", "--certificate", other)
    assert (ended.code, ended.output) == (0, f"acknowledged\t{other}\t30\n")
    who = await staffed.owner.fetchval("SELECT settled_by FROM certificate_warning WHERE certificate_id = $1"
                                       " AND state = 'acknowledged'", other)  # fmt: skip
    assert who == "tester"


async def test_a_finding_is_acknowledged_once(desk, staffed):
    await noted(staffed, a_finding())
    finding = (await the_open(staffed)).id
    ended = await desk.type("certificates", "acknowledge", "--finding", finding)
    assert (ended.code, ended.output) == (0, f"acknowledged\t{finding}\tprobe.expired\n")
    assert (await the_open(staffed)).acknowledged_by == "tester"
    assert (await desk.type("certificates", "acknowledge", "--finding", finding)).code == 5


async def test_what_cannot_be_acknowledged_is_refused(desk, staffed):
    certificate = await staffed.certificate(MARCH_2 + 300 * DAY)
    assert (await desk.type("certificates", "acknowledge")).code == 2
    both = ("--digest", certificate, "--certificate", certificate)
    assert (await desk.type("certificates", "acknowledge", *both)).code == 2
    assert (await desk.type("certificates", "acknowledge", "--certificate", certificate)).code == 5
    assert (await desk.type("certificates", "acknowledge", "--digest", certificate)).code == 5
    assert (await desk.type("certificates", "acknowledge", "--finding", certificate)).code == 5
