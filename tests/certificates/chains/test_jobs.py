"""What waits is examined by any instance, once, and one certificate that fails holds up no other."""

import asyncio

import pytest

from kanta_tenancy.certificates.chains import examining, jobs
from kanta_tenancy.certificates.chains.store import certificates as store
from tests.certificates.chains.authority import DAY, a_server, an_authority
from tests.parties.examples import a_realm

ROOT = an_authority("Root")
SERVERS = [a_server(ROOT, name=f"s{number}.example.org") for number in range(12)]


async def waiting(owner) -> int:
    return await owner.fetchval("SELECT count(*) FROM certificate WHERE examined_at IS NULL")


async def test_every_realm_has_its_turn_however_much_waits_in_another(examination, database, clock, owner):
    await examination.hand_in(*SERVERS)
    other = type(examination)(database, clock, await a_realm(database, clock, 3000000))
    (theirs,) = await other.hand_in(ROOT.certificate)
    assert await jobs.examine_waiting(database, clock, batch=2, batches=3) == 6 + 1
    assert (await other.chain(theirs)).links[0].row.examined_at == clock.now()
    assert await waiting(owner) == 6


async def test_several_at_once_examine_each_certificate_once(examination, database, clock, owner):
    await examination.hand_in(*SERVERS, ROOT.certificate)
    done = await asyncio.gather(*(jobs.examine_waiting(database, clock, batch=3) for _ in range(4)))
    done.append(await examination.examine())
    assert (sum(done), await waiting(owner)) == (13, 0)
    assert await owner.fetchval("SELECT count(*) FROM certificate_finding") == 0


async def test_issuers_are_examined_before_what_they_issued_so_nothing_is_examined_twice(examination, database, clock):
    issuing = an_authority("Issuing", by=ROOT)
    await examination.hand_in(*(a_server(issuing, name=f"s{n}.example.org") for n in range(9)))
    await examination.hand_in(issuing.certificate, ROOT.certificate)
    assert await jobs.examine_waiting(database, clock, batch=2) == 11
    assert await examination.examine() == 0


async def test_one_that_fails_is_put_off_for_a_day_and_holds_up_no_other(examination, database, clock, owner):
    ids = await examination.hand_in(*SERVERS)
    await owner.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$;"
        " CREATE TRIGGER fail BEFORE UPDATE OF examined_at ON certificate FOR EACH ROW"
        f" WHEN (OLD.id = '{ids[4]}') EXECUTE FUNCTION fail()"
    )
    assert await jobs.examine_waiting(database, clock) == len(SERVERS) - 1
    assert await waiting(owner) == 1
    assert await jobs.examine_waiting(database, clock) == 0
    await owner.execute("DROP TRIGGER fail ON certificate")
    clock.at += DAY
    assert await examination.examine() == 1


async def test_it_is_done_again_after_a_month(examination, clock):
    await examination.have(SERVERS[0], ROOT.certificate)
    clock.advance(days=29)
    assert await examination.examine() == 0
    clock.advance(days=2)
    assert await examination.examine() == 2


async def test_whoever_asks_for_an_examination_waits_for_the_one_that_is_under_way(examination, database, clock):
    (one,) = await examination.hand_in(SERVERS[0])
    async with database.transaction(examination.caller) as under_way:
        assert await store.is_alone(under_way)

        async def examine() -> None:
            async with database.transaction(examination.caller) as tx:
                await examining.examine_now(tx, one, at=clock.now())

        asked = asyncio.create_task(examine())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asked), 0.3)
        assert await jobs.examine_waiting(database, clock) == 0
    await asked
    assert (await examination.chain(one)).links[0].row.examined_at == clock.now()
