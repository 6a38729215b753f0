import asyncio
import uuid
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.journal import Act, Head, Kept, Walk, beginning, breaks, seal
from tests.conftest import someone

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_chain(texts: list[str]) -> tuple[uuid.UUID, list[Kept], Head]:
    chain = uuid.uuid4()
    digest, kept = beginning(chain), []
    for number, text in enumerate(texts, 1):
        digest = seal(digest, number, text)
        kept.append(Kept(chain=chain, sequence=number, entry=text, digest=digest))
    return chain, kept, Head(chain=chain, sequence=len(texts), digest=digest)


def an_act(tenancy_id: uuid.UUID | None = None) -> Act:
    return Act(
        action="thing.done",
        subject="thing/1",
        at=NOON,
        tenancy_id=None if tenancy_id is None else TenancyId(tenancy_id),
    )


async def whole(database, caller) -> list[str]:
    async with database.transaction(caller) as tx:
        chains = await journal.chains(tx, after=uuid.UUID(int=0))
        return [sentence for chain in chains async for sentence in journal.verify_chain(tx, Walk(chain))]


async def test_the_program_and_the_database_seal_alike(database):
    realm, tenancy = uuid.uuid4(), uuid.uuid4()
    for number in range(1, 4):
        async with database.transaction(someone(realm)) as tx:
            assert await journal.record(tx, an_act(tenancy)) == number
            assert await journal.record(tx, an_act()) == number
    assert await whole(database, someone(realm)) == []


async def test_writers_of_one_chain_stand_in_line_and_none_is_lost(database):
    realm, tenancy = uuid.uuid4(), uuid.uuid4()

    async def write() -> int:
        async with database.transaction(someone(realm)) as tx:
            return await journal.record(tx, an_act(tenancy))

    assert sorted(await asyncio.gather(*(write() for _ in range(20)))) == list(range(1, 21))
    assert await whole(database, someone(realm)) == []


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE journal_entry SET entry = 'x'",
        "DELETE FROM journal_entry",
        "UPDATE journal_head SET sequence = 0",
        "INSERT INTO outbox (id, main_connector_id, kind, body, at, next_at) VALUES"
        " (gen_random_uuid(), gen_random_uuid(), 'x', '{}', now(), now())",
        "UPDATE outbox SET body = '{}'",
        "TRUNCATE journal_entry",
    ],
)
async def test_the_service_cannot_rewrite_what_happened(database, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(someone(uuid.uuid4())) as tx:
            await tx.connection.execute(mischief)


async def test_a_tenant_cannot_write_into_another_chain(database):
    realm, mine, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    for chain in (other, None):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(someone(realm, mine)) as tx:
                await journal.record(tx, an_act(chain))


async def test_an_act_and_its_message_are_kept_together_or_not_at_all(database, owner):
    class Told(msgspec.Struct, frozen=True, kw_only=True, tag="thing.told"):
        what: str

    realm = uuid.uuid4()
    async with database.transaction(someone(realm)) as tx:
        await journal.record(tx, an_act(), announce=Told(what="it"))

    async def interrupted() -> None:
        async with database.transaction(someone(realm)) as tx:
            await journal.record(tx, an_act(), announce=Told(what="not"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await interrupted()
    rows = await owner.fetch("SELECT kind, body::text, state FROM outbox")
    assert [tuple(row) for row in rows] == [("thing.told", '{"type": "thing.told", "what": "it"}', "due")]
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == 1


async def test_a_scope_sees_its_own_chains_only(database):
    realm, mine, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    async with database.transaction(someone(realm)) as tx:
        for chain in (mine, other, None):
            await journal.record(tx, an_act(chain))

    async def chains(caller) -> set[uuid.UUID]:
        async with database.transaction(caller) as tx:
            return set(await journal.chains(tx, after=uuid.UUID(int=0)))

    assert await chains(someone(realm)) == {realm, mine, other}
    assert await chains(someone(realm, mine)) == {mine}
    assert await chains(someone(uuid.uuid4())) == set()
    async with database.unscoped() as connection:
        assert await connection.fetch("SELECT FROM journal_head") == []


@given(st.lists(st.text(max_size=20), max_size=6))
def test_an_untouched_chain_is_whole(texts):
    chain, kept, head = a_chain(texts)
    assert breaks(chain, kept, head) == []


@given(st.lists(st.text(max_size=20), min_size=2, max_size=6, unique=True), st.data())
def test_every_way_of_tampering_is_found(texts, data):
    chain, kept, head = a_chain(texts)
    place = data.draw(st.integers(0, len(kept) - 1))
    other = data.draw(st.integers(0, len(kept) - 1).filter(lambda n: n != place))
    changed = msgspec.structs.replace(kept[place], entry=kept[place].entry + "!")
    swapped = list(kept)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    again = [*kept[: place + 1], kept[place], *kept[place + 1 :]]
    for tampered in (
        [*kept[:place], changed, *kept[place + 1 :]],
        [*kept[:place], *kept[place + 1 :]],
        kept[:-1],
        swapped,
        again,
    ):
        assert breaks(chain, tampered, head)
    assert breaks(chain, kept, None)
    assert breaks(uuid.uuid4(), kept, head)
