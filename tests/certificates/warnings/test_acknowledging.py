"""That somebody sees to it is said once, of what they have seen, and stops what would come next."""

import asyncio
from uuid import UUID

import pytest

from kanta_tenancy.certificates.inventory.actions import certificates as inventory
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.certificates.warnings import actions, reading
from kanta_tenancy.certificates.warnings.errors import (
    DigestAcknowledged,
    DigestChanged,
    DigestNotFound,
    WarningNotOpen,
)
from kanta_tenancy.certificates.warnings.model import Digest, WarningState
from tests.certificates.warnings.examples import DAY, MARCH_2, Watch
from tests.parties.examples import a_realm

LAST_DAY = MARCH_2 + 40 * DAY


async def newest(watch: Watch) -> Digest:
    async with watch.database.transaction(watch.caller) as tx:
        return (await reading.newest_digests(tx, after=None, count=1))[0]


async def acknowledge(watch: Watch, certificate: UUID, level: int) -> None:
    async with watch.database.transaction(watch.caller) as tx:
        await actions.acknowledge_warning(tx, watch.clock, certificate, level)


async def acknowledge_digest(watch: Watch, digest: UUID, version: int = 1) -> Digest:
    async with watch.database.transaction(watch.caller) as tx:
        return await actions.acknowledge_digest(tx, watch.clock, digest, version=version)


async def test_who_acknowledges_names_what_they_have_seen(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(LAST_DAY - 30 * DAY)
    with pytest.raises(WarningNotOpen):
        await acknowledge(staffed, certificate, 60)
    assert await staffed.open(certificate) == 30
    await acknowledge(staffed, certificate, 30)
    with pytest.raises(WarningNotOpen):
        await acknowledge(staffed, certificate, 30)
    async with staffed.database.transaction(staffed.caller) as tx:
        warned, _ = await reading.of_certificate(tx, certificate, LAST_DAY)
    assert (warned[-1].state, warned[-1].settled_by, warned[-1].settled_at) == (
        WarningState.ACKNOWLEDGED,
        "a test",
        staffed.clock.now(),
    )


async def test_a_digest_acknowledges_all_that_it_tells_of_and_is_still_open(staffed):
    one, other, gone = [await staffed.certificate(LAST_DAY, f"{n}.example.org") for n in ("one", "other", "gone")]
    await staffed.live(MARCH_2 + DAY)
    digest = await newest(staffed)
    await acknowledge(staffed, one, 60)
    await staffed.done(inventory.retire, gone, because="A mistake")
    await staffed.hear()
    after = await acknowledge_digest(staffed, digest.id)
    assert (after.version, after.acknowledged_by, after.acknowledged_at) == (2, "a test", staffed.clock.now())
    assert [(await staffed.warnings(each))[-1] for each in (one, other, gone)] == [
        (60, "acknowledged"), (60, "acknowledged"), (60, "released"),
    ]  # fmt: skip
    facts = await staffed.owner.fetchval(
        "SELECT entry::jsonb -> 'facts' ->> 'closed' FROM journal_entry"
        " WHERE entry LIKE '%certificate_digest.acknowledged%'"
    )
    assert facts == "1"


async def test_what_came_to_the_next_level_meanwhile_is_not_silenced_by_an_older_digest(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + DAY)
    older = await newest(staffed)
    await staffed.live(LAST_DAY - 30 * DAY)
    await acknowledge_digest(staffed, older.id)
    assert await staffed.open(certificate) == 30


async def test_of_two_who_acknowledge_a_digest_at_once_one_does(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + DAY)
    digest = await newest(staffed)
    done = await asyncio.gather(*(acknowledge_digest(staffed, digest.id) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Digest", "DigestChanged"]
    with pytest.raises(DigestAcknowledged):
        await acknowledge_digest(staffed, digest.id, version=2)
    with pytest.raises(DigestChanged):
        await acknowledge_digest(staffed, digest.id, version=1)


async def test_an_acknowledgement_and_the_next_people_at_once_end_in_one_of_the_two_orders(staffed):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + DAY)
    staffed.clock.advance(days=8)
    await asyncio.gather(acknowledge(staffed, certificate, 60), staffed.work())
    assert (await staffed.warnings(certificate))[-1] == (60, "acknowledged")
    assert len(await staffed.told()) in {1, 2}
    told = await staffed.told()
    await staffed.live(MARCH_2 + 9 * DAY)
    assert await staffed.told() == told


async def test_what_is_anothers_is_not_there(staffed, database, clock):
    certificate = await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + DAY)
    digest = await newest(staffed)
    stranger = Watch(database, staffed.owner, clock, await a_realm(database, clock, 3000000))
    with pytest.raises(CertificateNotFound):
        await acknowledge(stranger, certificate, 60)
    with pytest.raises(DigestNotFound):
        await acknowledge_digest(stranger, digest.id)
    async with database.transaction(stranger.caller) as tx:
        assert await reading.open_warnings(tx, after=None, count=10) == []
        assert await reading.newest_digests(tx, after=None, count=10) == []
        with pytest.raises(DigestNotFound):
            await reading.told_in(tx, digest.id, after=None, count=10)
