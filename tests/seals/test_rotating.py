"""Keys follow one another: the one before says so, what it sealed stays verifiable, and nothing is ever taken back."""

import asyncio
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.seals import Kind, SealKeyUnusable, SealNotSetUp, believed, seal
from kanta_tenancy.seals.errors import SuccessionRefused
from kanta_tenancy.seals.model import Fate
from kanta_tenancy.seals.rotating import broken_successions
from tests.seals.examples import NOON, a_key, a_seal, every_certificate, taken_over


class Said(Record, frozen=True, kw_only=True):
    zebra: str = "Ö"
    ant: int = 1


async def sealed(database, keys, clock, kind: Kind = Kind.RECEIPT) -> str:
    async with database.unscoped() as connection:
        return await seal(connection, keys, kind, Said(), at=clock.now())


async def test_what_is_sealed_is_one_text_however_it_was_made(database, seal, clock):
    opened = jws.unseal(await sealed(database, seal, clock), typ=Kind.RECEIPT.value)
    assert opened.payload.decode() == '{"ant":1,"zebra":"Ö"}'


async def test_without_a_seal_nothing_is_sealed(database, keys, clock):
    with pytest.raises(SealNotSetUp):
        await sealed(database, keys, clock)
    a_key(keys, clock)
    with pytest.raises(SealNotSetUp):
        await sealed(database, keys, clock)


async def test_old_seals_are_believed_when_a_new_key_has_taken_over_and_the_old_one_is_gone(database, seal, clock):
    first = await sealed(database, seal, clock)
    clock.advance(days=300)
    second = await a_seal(database, seal, clock, "seal-2")
    for file in seal.folder.glob("seal-1.*"):
        file.unlink()
    later = await sealed(database, seal, clock)
    line = await every_certificate(database)
    assert believed(later, Kind.RECEIPT, line).certificate_sha256 == second.sha256
    assert believed(first, Kind.RECEIPT, line).certificate_sha256 == line[0].sha256
    assert list(broken_successions(line)) == []


async def test_a_key_takes_over_at_the_instant_that_is_told_and_not_before(database, seal, clock):
    after = await a_seal(database, seal, clock, "seal-2", since=NOON + timedelta(hours=1))
    before = (await every_certificate(database))[0]
    for minutes, expected in ((59, before), (1, after)):
        clock.advance(minutes=minutes)
        assert jws.unseal(await sealed(database, seal, clock), typ=Kind.RECEIPT).certificate_sha256 == expected.sha256


async def test_the_key_before_seals_that_it_is_succeeded(database, seal, clock):
    await a_seal(database, seal, clock, "seal-2", since=NOON + timedelta(hours=1))
    first, second = await every_certificate(database)
    said = jws.unseal(second.succession, typ=Kind.SUCCESSION)
    assert said.certificate_sha256 == first.sha256
    assert msgspec.json.decode(said.payload) == {
        "number": 2,
        "certificate": second.sha256,
        "takes_over_at": "2026-03-02T13:00:00Z",
        "predecessor": first.sha256,
        "fate": "retired",
        "trusted_until": None,
    }


async def test_a_lost_key_cannot_hand_over_and_its_successor_stands_alone(database, seal, clock):
    for file in seal.folder.iterdir():
        file.unlink()
    clock.advance(seconds=5)
    with pytest.raises(SealKeyUnusable):
        await a_seal(database, seal, clock, "seal-2")
    second = await taken_over(database, seal, clock, "seal-2", fate=Fate.LOST)
    assert jws.unseal(second.succession, typ=Kind.SUCCESSION).certificate_sha256 == second.sha256
    assert list(broken_successions(await every_certificate(database))) == []


async def test_what_a_compromised_key_sealed_since_is_not_believed_any_more(database, seal, clock):
    old = await sealed(database, seal, clock)
    clock.advance(hours=1)
    doubtful = await sealed(database, seal, clock)
    clock.advance(hours=1)
    until = NOON + timedelta(minutes=30)
    await a_seal(database, seal, clock, "seal-2", fate=Fate.COMPROMISED, trusted_until=until)
    line = await every_certificate(database)
    believed(old, Kind.RECEIPT, line)
    with pytest.raises(SealInvalid, match="somebody else may have had its key"):
        believed(doubtful, Kind.RECEIPT, line)


async def test_whoever_has_an_old_key_seals_nothing_that_is_believed(database, seal, clock):
    old = seal.named("seal-1")
    clock.advance(hours=1)
    await a_seal(database, seal, clock, "seal-2")
    clock.advance(hours=1)
    forged = jws.seal(old, b"{}", typ=Kind.RECEIPT.value, at=clock.now())
    with pytest.raises(SealInvalid, match="after 2 had taken over"):
        believed(forged, Kind.RECEIPT, await every_certificate(database))


async def test_of_two_keys_that_take_over_at_once_one_does(database, seal, clock):
    clock.advance(seconds=5)
    for number in (2, 3, 4):
        a_key(seal, clock, f"seal-{number}")
    names = ("seal-2", "seal-3", "seal-4")
    ended = await asyncio.gather(*(taken_over(database, seal, clock, name) for name in names), return_exceptions=True)
    assert sorted(isinstance(one, SuccessionRefused) for one in ended) == [False, True, True], ended
    assert len(await every_certificate(database)) == 2


async def test_an_expired_certificate_takes_nothing_over_and_seals_nothing(database, keys, clock):
    a_key(keys, clock, days=10)
    await taken_over(database, keys, clock, "seal-1")
    clock.advance(days=11)
    with pytest.raises(SealKeyUnusable, match="expired"):
        await sealed(database, keys, clock)
    a_key(keys, clock, "seal-2", days=1)
    with pytest.raises(SuccessionRefused, match="expired"):
        await taken_over(database, keys, clock, "seal-2", fate=Fate.LOST, since=clock.now() + timedelta(days=2))


@pytest.mark.parametrize(
    "change",
    [
        {"takes_over_at": NOON + timedelta(seconds=7)},
        {"sha256": "f" * 64},
        {"predecessor_fate": Fate.LOST},
        {"succession": "a.b.c"},
        {"chain": (b"another",)},
    ],
    ids=str,
)
async def test_a_line_of_certificates_that_was_edited_is_told(database, seal, clock, change):
    clock.advance(seconds=5)
    await a_seal(database, seal, clock, "seal-2")
    first, second = await every_certificate(database)
    assert next(broken_successions([first, msgspec.structs.replace(second, **change)])).startswith("seal certificate 2")


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE seal_certificate SET takes_over_at = now()",
        "DELETE FROM seal_certificate",
        "TRUNCATE seal_certificate",
    ],
)
async def test_the_service_cannot_take_a_certificate_back(database, seal, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.unscoped() as connection:
            await connection.execute(mischief)


@pytest.mark.parametrize(("number", "after"), [(1, 60), (3, 60), (2, 0), (2, -60)])
async def test_the_database_refuses_a_certificate_out_of_order(owner, seal, number, after):
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute(
            "INSERT INTO seal_certificate SELECT $1, repeat('f', 64), chain, takes_over_at + make_interval(secs => $2),"
            " succession, 'retired', NULL, registered_at, registered_by FROM seal_certificate",
            number,
            float(after),
        )
