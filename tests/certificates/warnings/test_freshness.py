"""People are told when an authority does not keep its word: no newer list or answer when it promised one."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from cryptography import x509

from tests.certificates.chains.authority import Publisher, a_server, an_authority
from tests.certificates.chains.examples import Examination
from tests.certificates.warnings.examples import Watch

ISSUING = an_authority("Issuing", by=an_authority("Root"))
HOUR = timedelta(hours=1)


@pytest.fixture
async def publisher(clock) -> AsyncIterator[Publisher]:
    async with Publisher(clock).listening() as publisher:
        publisher.of = ISSUING
        yield publisher


@pytest.fixture
def examination(database, clock, staffed) -> Examination:
    return Examination(database, clock, staffed.caller)


@pytest.fixture(params=["list", "answer"])
def published(request, publisher) -> x509.Certificate:
    """A certificate whose authority publishes a list, or answers."""
    said = publisher.lists() if request.param == "list" else publisher.answers()
    made = a_server(ISSUING, name="resepti.example.org", extensions=(said,))
    publisher.known[made.serial_number] = made
    return made


async def pass_hours(staffed: Watch, examination: Examination, hours: int) -> None:
    for _ in range(hours):
        staffed.clock.advance(hours=1)
        await examination.ask()
        await staffed.work()


async def test_whoever_is_responsible_is_told_once_when_the_promised_next_one_is_late(
    staffed, examination, publisher, published
):
    aino = await staffed.person("Aino")
    (one, _) = await examination.have(published, ISSUING.certificate)
    await staffed.described(one, responsible_id=aino)
    await examination.ask()
    publisher.silent = True
    until = (await examination.revocation(one)).next_at
    assert until == staffed.clock.now() + 7 * 24 * HOUR
    while staffed.clock.now() < until:
        await pass_hours(staffed, examination, 1)
    assert await staffed.told() == []
    await pass_hours(staffed, examination, 72)
    assert [who for _, who, _ in await staffed.told()] == ["aino"]
    subject, *lines = await staffed.text()
    assert subject == "Something is amiss with certificates"
    (about,) = [line for line in lines if "revoked" in line]
    assert about.startswith("Warning: It is not known whether the certificate resepti.example.org was revoked")
    assert await staffed.mails() == ["aino@example.org"]


async def test_nobody_is_told_while_the_next_one_comes_in_time(staffed, examination, publisher, published):
    publisher.lasts = 12 * HOUR
    await examination.have(published, ISSUING.certificate)
    await pass_hours(staffed, examination, 72)
    assert len(publisher.asked) > 3
    assert await staffed.told() == []
