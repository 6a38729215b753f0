"""The register of breaches goes out as it is read: each breach once, in bounded memory, however many there are."""

import csv
import io
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import partial

import msgspec
import pytest

from kanta_tenancy.breaches import checking, reading
from kanta_tenancy.breaches.bodies.register import COLUMNS, as_csv
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.web.files import array_by_pages
from kanta_tenancy.parties import TenancyNotFound
from tests.breaches.examples import NOON, a_concerned, an_awareness, concerning, stated
from tests.disturbances.test_routes import problem
from tests.machinery.test_spreadsheets import HARMFUL, could_be_computed

MARCH = checking.period(date(2026, 3, 1), date(2026, 3, 31))
MANY = 4_000
PAGE = 200
# Breaches of the main connector's own register; of each minute seven, so that pages end among those of one instant.
FILL = """
INSERT INTO breach (id, main_connector_id, tenancy_id, report_id, title, found_at, recorded_at, state, part, version)
SELECT lpad(to_hex(n), 32, '0')::uuid, $1, NULL, lpad(to_hex(n), 32, '0')::uuid,
       ($3::text[])[n % cardinality($3::text[]) + 1],
       timestamptz '2026-03-02 00:00Z' + (n / 7) * interval '1 minute', now(), 'suspected', 'controller', 1
  FROM generate_series(1, $2::integer) AS n
"""
SAID = """
INSERT INTO breach_entry (main_connector_id, breach_id, number, holder, said, said_by, said_at)
SELECT main_connector_id, breach.id, one.number, breach.holder, one.said, 'x', timestamptz '2026-03-02 12:00Z'
  FROM breach, unnest($2::jsonb[]) WITH ORDINALITY AS one (said, number)
 WHERE main_connector_id = $1
"""


NEW = """
INSERT INTO breach (id, main_connector_id, report_id, title, found_at, recorded_at, state, part, version)
VALUES ($1, $2, $1, 'new', $3, now(), 'suspected', 'controller', 1)
"""


async def filled(owner, realm: Caller, count: int, titles: list[str]) -> None:
    """Put so many breaches into the main connector's register, each with a few thousand letters of text."""
    said = [concerning(a_concerned()), an_awareness(), *stated()]
    said += [msgspec.structs.replace(one, text=one.text + " and so on" * 40) for one in stated()]
    await owner.execute("SET session_replication_role = replica")  # their reports are not asked for here
    of = realm.scope.main_connector_id
    await owner.execute(FILL, of, count, titles)
    await owner.execute(SAID, of, [msgspec.json.encode(one).decode() for one in said])
    await owner.execute("SET session_replication_role = origin")
    await owner.execute("ANALYZE breach, breach_entry")


def pages(database, caller: Caller, tenancy_id: TenancyId | None = None) -> AsyncIterator:
    return reading.register(partial(database.transaction, caller), tenancy_id, MARCH)


async def test_thousands_go_out_piece_by_piece_each_once_and_in_the_order_of_finding(database, owner, realm):
    await filled(owner, realm, MANY, HARMFUL)
    pieces = [piece async for piece in as_csv(pages(database, realm))]
    assert len(pieces) == MANY // PAGE + 1  # the last page is empty: nobody knows before
    assert max(map(len, pieces)) < 2 * len(pieces[0])
    rows = list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    found = [(row[COLUMNS.index("found_at")], row[0]) for row in rows[1:]]
    assert (len(set(found)), found == sorted(found)) == (MANY, True)
    assert [cell for row in rows[1 : 2 * PAGE] for cell in row if could_be_computed(cell)] == []
    assert sum("=1+1" in row[2] for row in rows[1:]) > MANY // 10


async def test_as_json_it_is_one_array_that_was_never_whole_in_memory(database, owner, realm):
    await filled(owner, realm, 2 * PAGE, ["x"])  # a whole number of pages
    pieces = [piece async for piece in array_by_pages(pages(database, realm))]
    assert len(json.loads(b"".join(pieces))) == 2 * PAGE
    assert [len(json.loads(b"[" + piece.strip(b"[,\n") + b"]")) for piece in pieces[:2]] == [PAGE, PAGE]


async def test_ten_times_as_many_take_no_more_memory(database, owner, realm):
    async def peak() -> int:
        tracemalloc.start()
        try:
            async for piece in as_csv(pages(database, realm)):
                del piece
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await filled(owner, realm, MANY // 10, ["x"])
    await peak()  # what is made once and kept is made now
    few = await peak()
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("TRUNCATE breach_entry, breach CASCADE")
    await filled(owner, realm, MANY, ["x"])
    many = await peak()
    assert many < 1.25 * few


async def test_no_connection_is_held_while_a_piece_is_on_its_way(database, owner, realm):
    await filled(owner, realm, 3 * PAGE, ["x"])
    open_now = []

    @asynccontextmanager
    async def begin():
        async with database.transaction(realm) as tx:
            open_now.append(tx)
            yield tx
            open_now.remove(tx)

    counted = [len(open_now) async for _ in as_csv(reading.register(begin, None, MARCH))]
    assert counted == [0, 0, 0, 0]


async def test_what_is_put_in_meanwhile_moves_nothing_that_was_there(database, owner, realm):
    await filled(owner, realm, 3 * PAGE, ["x"])
    await owner.execute("SET session_replication_role = replica")
    seen: list[str] = []
    register = pages(database, realm)
    for _ in range(6):  # each time one is found that comes before what was read, and one that comes after
        page = await anext(register)
        seen += [one.id.hex for one in page]
        for found_at in (NOON - timedelta(days=1), page[-1].found_at):
            await owner.execute(NEW, new_id(), realm.scope.main_connector_id, found_at)
        if len(page) < PAGE:
            break
    assert len(seen) == len(set(seen)) < 4 * PAGE
    assert {f"{number:032x}" for number in range(1, 3 * PAGE + 1)} <= set(seen)


async def test_another_tenants_register_is_refused_before_anything_is_sent(database, both):
    period = {"since": "2026-03-01", "until": "2026-03-31", "tenancy_id": str(new_id())}
    assert problem(await both.main_connector.get("/v1/breach-register/csv", params=period)) == (
        404,
        "tenancy-not-found",
    )
    with pytest.raises(TenancyNotFound):
        await anext(as_csv(pages(database, both.caller, TenancyId(new_id()))))
