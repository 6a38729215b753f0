"""What `journal verify` finds by the checkpoints, and by one that was kept elsewhere, whoever did it."""

import hashlib
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import msgspec
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.database import Connection, Database
from kanta_tenancy.machinery.postgres.journal import Walk
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.seals import Kind, canonical, elsewhere, verifying
from kanta_tenancy.seals.errors import CheckpointUnreadable
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import Fate
from kanta_tenancy.seals.store import checkpoints
from tests.parties.examples import Tenant
from tests.seals.examples import a_folder, a_key, a_seal, acted, breaks, checkpointed


class Book:
    """A journal with three checkpoints; between them a tenant's chain moved, and the main connector's once."""

    def __init__(self, database: Database, clock: Clock, realm: Caller, tenant: Tenant, seal: SealKeys) -> None:
        self.database = database
        self.clock = clock
        self.realm = realm
        self.chain = tenant.tenancy.id
        self.seal = seal

    async def checkpoint(self) -> None:
        await acted(self.database, self.clock, self.realm, self.chain, count=3)
        await checkpointed(self.database, self.seal, self.clock, self.realm)

    async def chains_break(self) -> list[str]:
        """Say what the chains alone show."""
        async with self.database.transaction(self.realm) as tx:
            chains = await journal.chains(tx, after=uuid.UUID(int=0))
            return [sentence for chain in chains async for sentence in journal.verify_chain(tx, Walk(chain))]

    async def kept(self, number: int) -> bytes:
        async with self.database.transaction(self.realm) as tx:
            return elsewhere.written(await checkpoints.find(tx, number), await checkpoints.heads_at(tx, number))

    async def compared(self, file: bytes) -> list[str]:
        async with self.database.transaction(self.realm) as tx:
            return [sentence async for sentence in verifying.verify_kept(tx, elsewhere.read(file))]


@pytest.fixture
async def book(database, clock, realm, tenant, seal) -> AsyncIterator[Book]:
    made = Book(database, clock, realm, tenant, seal)
    for _ in range(3):
        await made.checkpoint()
    await acted(database, clock, realm, made.chain, count=2)
    return made


CUT_WITH_ITS_HEAD: Final = """
    DELETE FROM journal_entry WHERE chain = $1 AND sequence > 6;
    UPDATE journal_head SET (sequence, digest) =
           (SELECT sequence, digest FROM journal_entry WHERE chain = $1 AND sequence = 6)
     WHERE chain = $1"""


async def cut_with_its_head(owner: Connection, chain: uuid.UUID) -> None:
    for statement in CUT_WITH_ITS_HEAD.split(";"):
        await owner.execute(statement, chain)


async def make_anew(owner: Connection, chain: uuid.UUID, *, entries: int) -> None:
    """Write another history, entry by entry and head and all, as only the owner of the tables can."""
    realm = await owner.fetchval("SELECT main_connector_id FROM journal_head WHERE chain = $1", chain)
    await owner.execute("DELETE FROM journal_entry WHERE chain = $1", chain)
    digest = journal.beginning(chain)
    for number in range(1, entries + 1):
        digest = journal.seal(digest, number, "{}")
        await owner.execute(
            "INSERT INTO journal_entry VALUES ($1, $2, $3, $4, now(), '{}', $5)",
            chain, number, realm, None if chain == realm else chain, digest,
        )  # fmt: skip
    await owner.execute("UPDATE journal_head SET sequence = $2, digest = $3 WHERE chain = $1", chain, entries, digest)


async def forget(owner: Connection, *, after: int) -> None:
    await owner.execute("DELETE FROM journal_checkpoint_head WHERE number > $1", after)
    await owner.execute("DELETE FROM journal_checkpoint WHERE number > $1", after)


async def test_a_journal_that_nobody_touched_is_what_its_checkpoints_saw(book):
    assert await breaks(book.database, book.realm) == []
    for number in (1, 2, 3):
        assert await book.compared(await book.kept(number)) == []


async def test_a_chain_that_was_cut_together_with_its_head_is_found(book, owner):
    await cut_with_its_head(owner, book.chain)
    assert await book.chains_break() == []  # the chain alone does not show it
    found = await breaks(book.database, book.realm)
    assert found == [
        f"chain {book.chain}: entry 8 is not what checkpoint 2 saw, or is gone",
        f"chain {book.chain}: entry 11 is not what checkpoint 3 saw, or is gone",
    ]


@pytest.mark.parametrize("entries", [3, 13, 40])
async def test_a_chain_that_was_made_anew_is_found_however_long_it_is(book, owner, entries):
    await make_anew(owner, book.chain, entries=entries)
    assert await book.chains_break() == []
    assert [sentence.partition(": ")[2][:8] for sentence in await breaks(book.database, book.realm)] == [
        "entry 5 ", "entry 8 ", "entry 11",
    ]  # fmt: skip


async def test_a_chain_that_is_filed_elsewhere_is_found(book, owner):
    other = uuid.uuid4()
    await owner.execute("UPDATE journal_entry SET main_connector_id = $2 WHERE chain = $1", book.chain, other)
    await owner.execute("UPDATE journal_head SET main_connector_id = $2 WHERE chain = $1", book.chain, other)
    assert len(await breaks(book.database, book.realm)) == 3


async def test_what_was_lost_before_the_next_checkpoint_is_found_by_those_before(book, owner):
    await make_anew(owner, book.chain, entries=40)
    await book.checkpoint()
    assert len(await breaks(book.database, book.realm)) == 3


TAMPERED: Final = {
    "UPDATE journal_checkpoint SET root = sha256('x') WHERE number = 2": ["checkpoint 2: it is not what was sealed"],
    "UPDATE journal_checkpoint SET at = at + interval '1 day' WHERE number = 2": [
        "checkpoint 2: it is not what was sealed"
    ],
    "UPDATE journal_checkpoint SET seal = 'a.b.c' WHERE number = 3": ["checkpoint 3: its seal does not hold"],
    "UPDATE journal_checkpoint_head SET sequence = 4 WHERE number = 2": [
        "checkpoint 2: the heads that it saw are not those that were sealed"
    ],
    "UPDATE journal_checkpoint_head SET digest = sha256('x') WHERE number = 3": [
        "checkpoint 3: the heads that it saw are not those that were sealed"
    ],
    "DELETE FROM journal_checkpoint_head WHERE number = 1 AND position = 0": [
        "checkpoint 1: a chain before place 1 is missing"
    ],
    "DELETE FROM journal_checkpoint_head WHERE number = 3": [
        "checkpoint 3: the heads that it saw are not those that were sealed"
    ],
    "DELETE FROM journal_checkpoint_head WHERE number = 2; DELETE FROM journal_checkpoint WHERE number = 2": [
        "checkpoint 2 is missing before 3"
    ],
    "DELETE FROM journal_checkpoint_head WHERE number = 1; DELETE FROM journal_checkpoint WHERE number = 1": [
        "checkpoint 1 is missing before 2"
    ],
    "DELETE FROM journal_checkpoint_head WHERE number < 3; DELETE FROM journal_checkpoint WHERE number < 3;"
    "UPDATE journal_checkpoint_head SET number = 1; UPDATE journal_checkpoint SET number = 1": [
        "checkpoint 1: it is not what was sealed"
    ],
    "UPDATE seal_certificate SET takes_over_at = takes_over_at + interval '1 day'": [
        "checkpoint 1: its seal does not hold: it was sealed with certificate 1 before that took over"
    ],
    "UPDATE seal_certificate SET sha256 = repeat('f', 64)": [
        "checkpoint 1: its seal does not hold: it was sealed with a certificate that was never the service's"
    ],
}


@pytest.mark.parametrize("mischief", TAMPERED)
async def test_checkpoints_that_were_edited_are_told(book, owner, mischief):
    await owner.execute("SET session_replication_role = replica")  # foreign keys are no hindrance to an owner
    for statement in mischief.split(";"):
        await owner.execute(statement)
    found = await breaks(book.database, book.realm)
    assert [sentence for sentence in found if sentence.startswith(tuple(TAMPERED[mischief]))] != [], found


async def test_a_checkpoint_that_was_kept_elsewhere_finds_what_was_cut_with_every_trace_of_it(book, owner):
    files = [await book.kept(number) for number in (1, 2, 3)]
    await cut_with_its_head(owner, book.chain)
    await forget(owner, after=1)
    assert await book.chains_break() == []
    assert await breaks(book.database, book.realm) == []  # nothing here shows it any more
    assert await book.compared(files[0]) == []
    assert await book.compared(files[2]) == [
        "checkpoint 3, kept elsewhere: the database does not have it any more",
        f"chain {book.chain}: entry 11 is not what checkpoint 3, kept elsewhere, saw, or is gone",
    ]


async def test_a_history_with_checkpoints_and_a_seal_of_its_own_is_found_by_the_one_kept_elsewhere(
    book, owner, tmp_path
):
    file = await book.kept(2)
    other = a_folder(tmp_path, "other")
    a_key(other, book.clock)
    forger = other.named("seal-1")
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("UPDATE seal_certificate SET sha256 = $1", jws.fingerprint(forger.certificate))
    await owner.execute("DELETE FROM journal_checkpoint; DELETE FROM journal_checkpoint_head")
    await make_anew(owner, book.chain, entries=5)
    for _ in range(2):
        await acted(book.database, book.clock, book.realm)
        await checkpointed(book.database, other, book.clock, book.realm)
    assert await breaks(book.database, book.realm) == []
    assert "never the service's" in (await book.compared(file))[0]


def forged(file: bytes, **changes: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(file) | changes)


async def test_a_file_that_was_edited_is_told_and_compared_with_nothing(book):
    file = await book.kept(3)
    heads = msgspec.json.decode(file)["heads"]
    for edited in (heads[:-1], heads[::-1], [heads[0], heads[1] | {"sequence": 1}]):
        assert await book.compared(forged(file, heads=edited)) == [
            "checkpoint 3, kept elsewhere: its seal does not hold: the heads are not those that were sealed"
        ]
    other = msgspec.json.decode(await book.kept(2))["seal"]
    assert "the heads are not those" in (await book.compared(forged(file, seal=other)))[0]


async def test_another_checkpoint_of_the_same_number_is_told(book, owner):
    file = await book.kept(3)
    await forget(owner, after=2)
    await book.checkpoint()
    assert await book.compared(file) == ["checkpoint 3, kept elsewhere: the database has another one of that number"]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"format":"x","seal":"","timestamp":null,"heads":[]}', b"nul"]
)
def test_a_file_that_is_no_checkpoint_is_refused(content):
    with pytest.raises(CheckpointUnreadable):
        elsewhere.read(content)


async def test_a_file_with_a_digest_or_a_seal_that_is_none_is_refused(book):
    file = await book.kept(1)
    head = msgspec.json.decode(file)["heads"][0]
    for digest in ("", "zz", "00" * 31):
        with pytest.raises(CheckpointUnreadable, match="digest"):
            await book.compared(forged(file, heads=[head | {"digest": digest}]))
    receipt = jws.seal(book.seal.named("seal-1"), b"{}", typ=Kind.RECEIPT, at=book.clock.now())
    for seal in ("", "a.b.c", receipt):
        with pytest.raises(CheckpointUnreadable, match="no seal on a checkpoint"):
            await book.compared(forged(file, seal=seal))


async def test_each_checkpoint_names_the_seal_before_it_so_none_can_be_left_out(book):
    async with book.database.transaction(book.realm) as tx:
        line = await checkpoints.oldest(tx, after=0, count=10)
    said = [msgspec.json.decode(jws.unseal(one.seal, typ=Kind.CHECKPOINT).payload) for one in line]
    before = [None, *(hashlib.sha256(one.seal.encode()).hexdigest() for one in line)]
    assert [one["previous"] for one in said] == before[:-1]


async def test_what_a_compromised_key_sealed_is_in_doubt_until_the_new_key_has_sealed_what_follows(book):
    file = await book.kept(3)
    until = book.clock.now() - timedelta(hours=1)
    book.clock.advance(hours=1)
    said = {"fate": Fate.COMPROMISED, "trusted_until": until}
    await a_seal(book.database, book.seal, book.clock, "seal-2", **said)
    doubt = "its seal is in doubt: it was sealed with certificate 1 when somebody else may have had its key"
    assert await breaks(book.database, book.realm) == [f"checkpoint {number}: {doubt}" for number in (1, 2, 3)]
    await book.checkpoint()
    assert await breaks(book.database, book.realm) == []
    assert await book.compared(file) == [f"checkpoint 3, kept elsewhere: {doubt}"]


async def test_a_kept_checkpoint_in_doubt_is_compared_all_the_same(book, owner):
    file = await book.kept(3)
    book.clock.advance(hours=1)
    said = {"fate": Fate.COMPROMISED, "trusted_until": book.clock.now() - timedelta(hours=2)}
    await a_seal(book.database, book.seal, book.clock, "seal-2", **said)
    await cut_with_its_head(owner, book.chain)
    assert [sentence.partition(":")[0] for sentence in await book.compared(file)] == [
        "checkpoint 3, kept elsewhere", f"chain {book.chain}",
    ]  # fmt: skip


async def test_what_a_compromised_key_sealed_in_the_place_of_another_is_vouched_for_by_none(book, owner):
    # The thief puts another seal in the place of the last one, on which the new key has sealed already.
    thief = book.seal.named("seal-1")
    book.clock.advance(hours=1)
    said = {"fate": Fate.COMPROMISED, "trusted_until": book.clock.now() - timedelta(hours=2)}
    await a_seal(book.database, book.seal, book.clock, "seal-2", **said)
    await book.checkpoint()
    true = verifying.claimed(await owner.fetchval("SELECT seal FROM journal_checkpoint WHERE number = 3"))
    forged = jws.seal(thief, canonical(true), typ=Kind.CHECKPOINT, at=true.at)
    await owner.execute("UPDATE journal_checkpoint SET seal = $1 WHERE number = 3", forged)
    assert [sentence.partition(": ")[::2][0] for sentence in await breaks(book.database, book.realm)] == [
        "checkpoint 4", "checkpoint 1", "checkpoint 2", "checkpoint 3",
    ]  # fmt: skip
