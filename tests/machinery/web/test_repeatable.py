import asyncio
import uuid
from datetime import timedelta

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.exceptions import LitestarException

from kanta_tenancy.machinery.web.repeatable import KEPT_FOR, Asked, forget_answers
from tests.machinery.web import shelf
from tests.machinery.web.conftest import client_of

KEY = {"Idempotency-Key": "an order of 2 March"}


async def titles(client: httpx.AsyncClient) -> list[str]:
    return [book["title"] for book in (await client.get("/v1/books")).json()["items"]]


def told(answer: httpx.Response) -> tuple:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, headers, answer.content


async def test_a_repeated_request_gets_the_same_answer_and_no_second_effect(client):
    first = await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)
    again = await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)
    assert first.status_code == 201
    assert first.headers["location"] == f"/v1/books/{first.json()['id']}"
    assert told(again) == told(first)
    assert await titles(client) == ["Kalevala"]


async def test_without_a_key_the_same_request_is_another_one(client):
    for _ in range(2):
        assert (await client.post("/v1/books", json={"title": "Kalevala"})).status_code == 201
    assert await titles(client) == ["Kalevala", "Kalevala"]


async def test_a_key_with_another_body_or_another_thing_is_refused(client):
    one = (await client.post("/v1/books", json={"title": "One"}, headers=KEY)).json()["id"]
    two = (await client.post("/v1/books", json={"title": "Two"})).json()["id"]
    other_body = await client.post("/v1/books", json={"title": "Other"}, headers=KEY)
    lent = await client.post(f"/v1/books/{one}/lending", headers={"If-Match": '"1"', **KEY})
    other_thing = await client.post(f"/v1/books/{two}/lending", headers={"If-Match": '"1"', **KEY})
    assert lent.status_code == 201  # another route: the key begins anew
    for refused in (other_body, other_thing):
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await titles(client) == ["One, lent", "Two"]


async def test_two_access_keys_never_meet(client, app, keys, realm):
    async with client_of(app, keys.make(*shelf.PERMISSIONS, realm=realm)) as other:
        first = await client.post("/v1/books", json={"title": "Mine"}, headers=KEY)
        second = await other.post("/v1/books", json={"title": "Yours"}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)


async def test_a_tenants_key_works_in_its_own_scope(app, keys, realm):
    async with client_of(app, keys.make(*shelf.PERMISSIONS, realm=realm, tenancy=uuid.uuid4())) as tenant:
        first = await tenant.post("/v1/books", json={"title": "A"}, headers=KEY)
        again = await tenant.post("/v1/books", json={"title": "A"}, headers=KEY)
    assert told(again) == told(first)


@pytest.mark.parametrize("key", [b"", b"x" * 101, "ä".encode(), b"a\tb"])
async def test_a_key_that_is_none_is_refused(client, key):
    answer = await client.post("/v1/books", json={"title": "A"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert await titles(client) == []


async def test_of_thirty_equal_requests_at_once_one_has_an_effect(client):
    answers = await asyncio.gather(
        *(client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY) for _ in range(30))
    )
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) >= 1
    assert len(done) + len(waiting) == 30
    assert len({answer.content for answer in done}) == 1
    assert {answer.json()["type"] for answer in waiting} <= {"/problems/request-in-flight"}
    assert await titles(client) == ["Kalevala"]


async def test_while_the_first_is_worked_on_the_second_is_told_to_wait(client, owner):
    await owner.execute("BEGIN; LOCK TABLE book")
    first = asyncio.create_task(client.post("/v1/books", json={"title": "Slow"}, headers=KEY))
    async with asyncio.timeout(5):
        while await owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0:  # noqa: ASYNC110 (PostgreSQL tells no event)
            await asyncio.sleep(0.01)
    second = await client.post("/v1/books", json={"title": "Slow"}, headers=KEY)
    await owner.execute("COMMIT")
    assert (second.status_code, second.json()["type"]) == (409, "/problems/request-in-flight")
    assert (await first).status_code == 201
    assert await titles(client) == ["Slow"]


async def test_when_the_connection_dies_before_the_commit_nothing_is_there_and_a_retry_does_it(client, owner):
    await owner.execute(
        """
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END';
        CREATE TRIGGER die AFTER INSERT ON idempotent_answer FOR EACH ROW EXECUTE FUNCTION die();
        """
    )
    lost = await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)
    assert (lost.status_code, lost.json()["type"]) == (503, "/problems/database-unavailable")
    assert lost.headers["retry-after"] == "2"
    assert await owner.fetchval("SELECT count(*) FROM book") == 0
    await owner.execute("DROP TRIGGER die ON idempotent_answer")
    assert (await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)).status_code == 201
    assert await titles(client) == ["Kalevala"]


async def test_when_the_answer_is_lost_on_its_way_a_retry_finds_it(app, keys, realm, owner):
    """The service dies between the commit and the answer: what the client sees is a broken connection."""
    token = keys.make(*shelf.PERMISSIONS, realm=realm)

    async def drops_answers(scope, receive, _):
        async def lose(_: object) -> None:
            raise ConnectionResetError

        await app(scope, receive, lose)

    transport = httpx.ASGITransport(drops_answers)
    headers = {"Authorization": f"Bearer {token}", **KEY}
    async with httpx.AsyncClient(transport=transport, base_url="http://shelf", headers=headers) as broken:
        with pytest.raises(LitestarException, match="after response started"):
            await broken.post("/v1/books", json={"title": "Kalevala"})
    assert await owner.fetchval("SELECT count(*) FROM book") == 1
    async with client_of(app, token) as client:
        found = await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)
        assert found.status_code == 201
        assert found.json()["id"] == str(await owner.fetchval("SELECT id FROM book"))


async def test_a_refused_request_is_judged_anew(client):
    missing = uuid.uuid4()
    for _ in range(2):
        refused = await client.post(f"/v1/books/{missing}/lending", headers={"If-Match": '"1"', **KEY})
        assert refused.json()["type"] == "/problems/book-not-found"


async def test_a_secret_is_shown_once_and_what_it_was_for_is_done_once(client, owner):
    first = await client.post("/v1/books/card", headers=KEY)
    again = await client.post("/v1/books/card", headers=KEY)
    assert first.status_code == 201
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-shown-once")
    assert await titles(client) == ["a card"]
    kept = await owner.fetchrow("SELECT * FROM idempotent_answer")
    assert kept["body"] is None
    assert first.json()["number"] not in str(dict(kept))


async def test_a_prepared_request_is_prepared_once(client):
    """Its second preparation would refuse: the book has moved on by then."""
    book = (await client.post("/v1/books", json={"title": "Kalevala"})).json()["id"]
    first = await client.post(f"/v1/books/{book}/lending", headers={"If-Match": '"1"', **KEY})
    again = await client.post(f"/v1/books/{book}/lending", headers={"If-Match": '"1"', **KEY})
    unkeyed = await client.post(f"/v1/books/{book}/lending", headers={"If-Match": '"1"'})
    assert first.json()["version"] == 2
    assert told(again) == told(first)
    assert unkeyed.status_code == 412


async def test_equal_prepared_requests_at_once_have_one_effect_and_no_false_refusal(client):
    book = (await client.post("/v1/books", json={"title": "Kalevala"})).json()["id"]
    headers = {"If-Match": '"1"', **KEY}
    answers = await asyncio.gather(*(client.post(f"/v1/books/{book}/lending", headers=headers) for _ in range(12)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert (await client.get(f"/v1/books/{book}")).json()["version"] == 2


async def test_a_deadlock_is_tried_again(client, owner):
    await owner.execute(
        """
        CREATE TABLE failures_left (n integer);
        CREATE SEQUENCE attempts;
        GRANT USAGE ON attempts TO kanta_service;
        CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN IF nextval(''attempts'') <= 3 THEN RAISE deadlock_detected; END IF; RETURN new; END';
        CREATE TRIGGER stumble BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION stumble();
        """
    )
    assert (await client.post("/v1/books", json={"title": "Kalevala"}, headers=KEY)).status_code == 201
    await owner.execute("ALTER SEQUENCE attempts RESTART")
    await owner.execute("ALTER FUNCTION stumble() RENAME TO stumbled")
    await owner.execute(
        """CREATE OR REPLACE FUNCTION stumbled() RETURNS trigger LANGUAGE plpgsql
               AS 'BEGIN RAISE deadlock_detected; END'"""
    )
    given_up = await client.post("/v1/books", json={"title": "Edda"})
    assert (given_up.status_code, given_up.json()["type"]) == (503, "/problems/database-busy")
    assert await titles(client) == ["Kalevala"]


async def test_answers_are_forgotten_after_seven_days(client, database, clock, owner):
    await client.post("/v1/books", json={"title": "Old"}, headers=KEY)
    clock.advance(days=4)
    await client.post("/v1/books", json={"title": "New"}, headers={"Idempotency-Key": "another"})
    clock.at += KEPT_FOR - timedelta(days=4)
    assert await forget_answers(database, clock) == 0
    clock.advance(seconds=1)
    assert await forget_answers(database, clock) == 1
    assert await owner.fetchval("SELECT key FROM idempotent_answer") == "another"


async def test_the_service_cannot_change_an_answer_that_it_gave(client, database, keys):
    await client.post("/v1/books", json={"title": "A"}, headers=KEY)
    caller = next(iter(keys.known.values()))
    for change in ("UPDATE idempotent_answer SET status = 500", "DELETE FROM idempotent_answer"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(caller) as tx:
                await tx.connection.execute(change)


identities = st.builds(
    Asked,
    main_connector_id=st.uuids(),
    access_key_id=st.uuids(),
    route=st.sampled_from(["POST /a", "POST /b"]),
    key=st.text(min_size=1, max_size=3),
    digest=st.just(b""),
)


@given(identities, identities)
def test_locks_are_equal_exactly_when_requests_are(one, other):
    assert (one.lock == other.lock) == (one == other)
    assert -(2**63) <= one.lock < 2**63


async def test_a_question_keeps_nothing_and_can_write_nothing(client, owner):
    await client.post("/v1/books", json={"title": "A"})
    docx = {"Content-Type": shelf.DOCX, **KEY}
    first, again = [await client.post("/v1/books/recognised", content=b"A", headers=docx) for _ in range(2)]
    assert (first.status_code, first.json()["title"], again.json()) == (200, "A", first.json())
    assert await owner.fetchval("SELECT count(*) FROM idempotent_answer") == 0
    written = await client.post("/v1/books/recognised", content=b"B", headers=docx)
    assert written.status_code == 500
    assert await owner.fetchval("SELECT count(*) FROM book") == 1
