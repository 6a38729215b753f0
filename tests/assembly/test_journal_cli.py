import asyncio
import re

import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.journal import Act
from tests.desk import ADesk, Ended
from tests.parties.examples import Tenant, a_realm, a_tenant, business_id


class Book:
    """A journal with a chain of a tenancy to write into, and the desk at which it is verified."""

    def __init__(self, database: Database, clock: Clock, realm: Caller, tenant: Tenant, desk: ADesk) -> None:
        self._database = database
        self._clock = clock
        self._realm = realm
        self._desk = desk
        self.chain = tenant.tenancy.id

    async def write(self, count: int) -> None:
        async with self._database.transaction(self._realm) as tx:
            for number in range(count):
                act = Act(action="thing.done", subject=f"thing/{number}", at=self._clock.now(), tenancy_id=self.chain)
                await journal.record(tx, act)

    async def verify(self, *options: str) -> Ended:
        return await self._desk.type("journal", "verify", *options)


@pytest.fixture
async def book(database, clock, database_url) -> Book:
    realm = await a_realm(database, clock)
    tenant = await a_tenant(database, clock, realm)
    return Book(database, clock, realm, tenant, ADesk(database_url, clock))


def counted(ended: Ended) -> tuple[str, ...]:
    last = ended.output.splitlines()[-1]
    match = re.fullmatch(r"(.+): ([^,]+), ([^,]+), (.+), (\d+ checkpoints?) in \d+\.\d s, [\d,]+ a second\.", last)
    assert match is not None, last
    return match.groups()


async def test_a_journal_that_nobody_touched_is_whole(book):
    await book.write(30)
    ended = await book.verify()
    assert (ended.code, ended.errors) == (0, "")
    assert counted(ended) == ("Whole", "1 main connector", "2 chains", "34 entries", "0 checkpoints")


async def test_an_empty_database_is_whole(database_url, clock):
    ended = await ADesk(database_url, clock).type("journal", "verify")
    assert (ended.code, counted(ended)) == (0, ("Whole", "0 main connectors", "0 chains", "0 entries", "0 checkpoints"))


async def test_chains_longer_than_a_batch_are_followed_across_its_border(book, owner, monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 7)
    await book.write(30)
    assert counted(await book.verify())[3] == "34 entries"
    await owner.execute(
        "UPDATE journal_entry SET entry = entry || ' ' WHERE chain = $1 AND sequence IN (8, 14)", book.chain
    )
    ended = await book.verify()
    assert ended.code == 3
    assert [line.rpartition(": ")[2] for line in ended.output.splitlines()[:-1]] == [
        "entry 8 was changed", "entry 14 was changed",
    ]  # fmt: skip


TAMPERED = {
    "UPDATE journal_entry SET entry = replace(entry, 'thing/2', 'thing/9') WHERE sequence = 5": "entry 5 was changed",
    "UPDATE journal_entry SET digest = sha256('x') WHERE sequence = 4": "entry 4 was changed",
    "DELETE FROM journal_entry WHERE sequence = 4": "entry 4 is missing before 5",
    "DELETE FROM journal_entry WHERE sequence >= 5": "it ends at entry 4, its head at 7",
    "UPDATE journal_head SET sequence = 5": "it ends at entry 7, its head at 5",
    "UPDATE journal_head SET digest = sha256('x')": "its head is not the digest of its last entry, 7",
    "DELETE FROM journal_head": "its head is missing",
    "DELETE FROM journal_entry": "it ends at entry 0, its head at 7",
}


@pytest.mark.parametrize("mischief", TAMPERED)
async def test_what_the_owner_of_the_tables_did_is_told_in_a_sentence(book, owner, mischief):
    await book.write(5)  # the first two entries are those of the tenancy itself
    where = " AND" if "WHERE" in mischief else " WHERE"
    await owner.execute(f"{mischief}{where} chain = '{book.chain}'")
    ended = await book.verify()
    assert ended.code == 3
    sentences = ended.output.splitlines()[:-1]
    assert sentences[0] == f"main connector {business_id(2000000)}, chain {book.chain}: {TAMPERED[mischief]}"
    assert counted(ended)[0] == f"{len(sentences)} break{'s' * (len(sentences) > 1)}"


async def test_one_main_connector_can_be_verified_alone(book, database, owner, clock):
    other = await a_realm(database, clock, 2100000)
    await owner.execute(
        "UPDATE journal_entry SET entry = '{}' WHERE main_connector_id = $1", other.scope.main_connector_id
    )
    mine, theirs = (business_id(serial) for serial in (2000000, 2100000))
    assert (await book.verify("--main-connector", mine)).code == 0
    assert (await book.verify("--main-connector", theirs)).code == 3
    assert (await book.verify()).code == 3
    ended = await book.verify("--main-connector", business_id(3000000))
    assert (ended.code, ended.errors) == (5, f"{business_id(3000000)} is not a main connector here\n")


async def test_a_journal_that_is_being_written_is_not_taken_for_broken(book, monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 5)
    await book.write(50)
    done = asyncio.Event()

    async def write() -> int:
        count = 0
        while not done.is_set():
            await book.write(1)
            count += 1
        return count

    writing = asyncio.create_task(write())
    endings = [await book.verify() for _ in range(10)]
    done.set()
    assert await writing > 10
    assert {ended.code for ended in endings} == {0}, [ended.output for ended in endings]


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM journal_entry WHERE chain = $1; DELETE FROM journal_head WHERE chain = $1",
        "UPDATE journal_entry SET main_connector_id = gen_random_uuid() WHERE chain = $1;"
        "UPDATE journal_head SET main_connector_id = gen_random_uuid() WHERE chain = $1",
    ],
    ids=["deleted", "filed elsewhere"],
)
async def test_a_chain_that_is_gone_as_a_whole_is_missed(book, owner, tampering):
    await book.write(3)
    for statement in tampering.split(";"):
        await owner.execute(statement, book.chain)
    ended = await book.verify()
    assert ended.code == 3
    assert ended.output.splitlines()[0].endswith(f"chain {book.chain}: it is missing as a whole")
