import asyncio
import json
from pathlib import Path

import asyncpg
import pytest
from litestar import Router, get

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.web import errors
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.problems import PLAIN, STATUS, UNEXPECTED, from_domain
from kanta_tenancy.machinery.web.trouble import as_refusal
from tests.machinery.web import shelf
from tests.machinery.web.conftest import application, client_of

ROOT = Path(__file__).parents[3]
JSON = {"Content-Type": "application/json"}


def test_every_category_has_a_status():
    assert set(STATUS) == set(Category)


@pytest.mark.parametrize(
    "slug",
    sorted(
        {
            error.slug
            for error in vars(errors).values()
            if isinstance(error, type) and error is not DomainError and issubclass(error, DomainError)
        }
        | {plain.slug for plain in (*PLAIN.values(), UNEXPECTED)}
    ),
)
def test_every_problem_of_the_web_is_explained(slug):
    assert f"\n### {slug}\n" in (ROOT / "docs" / "problems.md").read_text("utf-8")


def test_a_refusal_says_all_that_it_knows():
    refusal = errors.RequestInvalid("No.", rule="K1.1", flaws=(Flaw(field="a", detail="b", rule="c"),), version=3)
    problem = from_domain(refusal, "urn:uuid:x")
    assert (problem.status, problem.rule, problem.facts, problem.instance) == (
        422,
        "K1.1",
        {"version": 3},
        "urn:uuid:x",
    )
    assert problem.errors == (Flaw(field="a", detail="b", rule="c"),)


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        (("GET", "/v2/books", b"", {}), 404, "address-unknown"),
        (("GET", "/v1/books/not-a-uuid", b"", {}), 404, "address-unknown"),
        (("GET", "/v1/books/%00", b"", {}), 404, "address-unknown"),
        (("DELETE", "/v1/books", b"", {}), 405, "method-not-allowed"),
        (("TRACE", "/v1/books", b"", {}), 405, "method-not-allowed"),
        (("GET", "/v1/books", b"", {"Host": "a b"}), 400, "request-malformed"),
        (("POST", "/v1/books", b'{"title": "a"}', {}), 415, "media-type-unsupported"),
        (("POST", "/v1/books", b'{"title": "a"}', {"Content-Type": "text/xml"}), 415, "media-type-unsupported"),
        (
            ("POST", "/v1/books", b"{}", {"Content-Type": "application/json; charset=latin-1"}),
            415,
            "media-type-unsupported",
        ),
        (("POST", "/v1/books", b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}), 415, "media-type-unsupported"),
        (("POST", "/v1/books", b"", JSON), 400, "request-malformed"),
        (("POST", "/v1/books", b"{}", {**JSON, "Content-Length": "131052-308T"}), 400, "request-malformed"),
        (("POST", "/v1/books", b"{", JSON), 400, "request-malformed"),
        (("POST", "/v1/books", b"[" * 40_000, JSON), 422, "request-invalid"),
        (("POST", "/v1/books", b'{"notes": ' + b"[" * 40_000, JSON), 422, "request-invalid"),
        (("POST", "/v1/books", b'{"title": "\xff"}', JSON), 400, "request-malformed"),
        (("POST", "/v1/books", b'{"title": "a\\u0000"}', JSON), 422, "request-invalid"),
        (("POST", "/v1/books", b"null", JSON), 422, "request-invalid"),
        (("POST", "/v1/books", b'{"title": "' + b"a" * 1_000_000 + b'"}', JSON), 413, "body-too-large"),
    ],
)
async def test_what_http_refuses_is_a_problem_like_any_other(dry_client, asked, status, slug):
    method, path, body, headers = asked
    answer = await dry_client.request(method, path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{slug}", status)
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert problem["title"]
    assert problem["detail"]
    assert "131052-308T" not in answer.text


async def test_a_method_that_is_not_allowed_comes_with_those_that_are(dry_client):
    assert set((await dry_client.delete("/v1/books")).headers["allow"].split(", ")) == {"GET", "POST", "OPTIONS"}


async def test_utf_8_may_be_named_and_json_may_be_large(client):
    for kind in ("application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'):
        body = json.dumps({"title": "a", "notes": {str(n): "x" * 900 for n in range(1_000)}}).encode()
        answer = await client.post("/v1/books", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 201, answer.text


async def test_a_route_may_take_larger_bodies_of_its_own_kind(client):
    book = (await client.post("/v1/books", json={"title": "a"})).json()["id"]
    headers = {"Content-Type": shelf.DOCX, "If-Match": '"1"'}
    path = f"/v1/books/{book}/text"
    assert (await client.put(path, content=b"x" * 2_000_001, headers=headers)).status_code == 413
    assert (await client.put(path, content=b"x", headers={**headers, **JSON})).status_code == 415
    stored = await client.put(path, content=b"x" * 2_000_000, headers=headers)
    assert stored.json()["title"] == "2000000 bytes"


async def test_a_body_that_breaks_off_is_no_error_of_ours(app, keys, realm, log):
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        sent.append(message)

    token = keys.make(*shelf.PERMISSIONS, realm=realm)
    headers = [
        (b"host", b"shelf"),
        (b"authorization", b"Bearer " + token.encode()),
        (b"content-type", b"application/json"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/v1/books", "query_string": b"", "headers": headers}
    await app({**scope, "raw_path": b"/v1/books", "client": ("127.0.0.1", 1), "scheme": "http"}, receive, send)
    assert sent[0]["status"] == 400
    assert "unexpected" not in log.getvalue()


async def test_an_unexpected_error_is_logged_where_it_was_without_what_it_said(database, clock, keys, realm, log):
    @get("/broken", opt=needs("books.read"))
    async def broken() -> None:
        raise KeyError("131052-308T")

    app = application(database, clock, keys, routers=(Router("/", route_handlers=[broken]),))
    async with client_of(app, keys.make("books.read", realm=realm)) as client:
        answer = await client.get("/v1/broken")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/unexpected")
    (line,) = [json.loads(line) for line in log.getvalue().splitlines() if "unexpected" in line]
    assert line["error"] == "builtins.KeyError"
    assert line["where"][-1].startswith("test_problems.py:")
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "131052" not in log.getvalue() + answer.text


async def test_a_database_that_is_not_there_is_said_to_be_unavailable(dry, keys, realm):
    async with client_of(dry, keys.make(*shelf.PERMISSIONS, realm=realm)) as client:
        answer = await client.get("/v1/books")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")
        assert answer.headers["retry-after"] == "2"
        assert (await client.get("/health/live")).status_code == 200


async def test_a_key_cannot_be_looked_up_while_the_database_is_away(clock):
    async with connect("postgresql://kanta_service@127.0.0.1:1/nothing") as nowhere:

        async def look_up(_: str) -> None:
            async with nowhere.unscoped():
                pass

        async with client_of(application(nowhere, clock, look_up), "kt_a_b") as client:
            answer = await client.get("/v1/books")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")


async def test_an_exhausted_pool_is_said_to_be_busy_within_three_seconds(database_url, owner, clock, keys, realm):
    await owner.execute(shelf.TABLE)
    token = keys.make(*shelf.PERMISSIONS, realm=realm)
    async with (
        connect(database_url.replace("postgres@", "kanta_service@"), size=1) as small,
        client_of(application(small, clock, keys), token) as client,
    ):
        async with small.unscoped():
            answer = await asyncio.wait_for(client.get("/v1/books"), 3)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-busy")
        assert (await client.get("/v1/books")).status_code == 200


async def test_a_lock_that_is_not_given_in_time_is_said_to_be_busy(client, owner):
    book = (await client.post("/v1/books", json={"title": "a"})).json()["id"]
    await owner.execute("BEGIN; SELECT FROM book FOR UPDATE")
    answer = await client.put(f"/v1/books/{book}/title", json={"title": "b"}, headers={"If-Match": '"1"'})
    await owner.execute("ROLLBACK")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-busy")
    assert (await client.get(f"/v1/books/{book}")).json()["title"] == "a"


async def test_a_server_that_restarts_is_found_again(client, owner):
    await client.get("/v1/books")
    await owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kanta_service'")
    answers = [await client.get("/v1/books") for _ in range(10)]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[-1].status_code == 200


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (asyncpg.SerializationError(""), errors.DatabaseBusy),
        (asyncpg.DeadlockDetectedError(""), errors.DatabaseBusy),
        (asyncpg.QueryCanceledError(""), errors.DatabaseBusy),
        (asyncpg.LockNotAvailableError(""), errors.DatabaseBusy),
        (asyncpg.TooManyConnectionsError(""), errors.DatabaseBusy),
        (TimeoutError(), errors.DatabaseBusy),
        (asyncpg.AdminShutdownError(""), errors.DatabaseUnavailable),
        (asyncpg.CannotConnectNowError(""), errors.DatabaseUnavailable),
        (asyncpg.ConnectionDoesNotExistError(""), errors.DatabaseUnavailable),
        (asyncpg.DiskFullError(""), errors.DatabaseUnavailable),
        (asyncpg.InterfaceError(""), errors.DatabaseUnavailable),
        (asyncpg.CharacterNotInRepertoireError(""), errors.RequestInvalid),
        (asyncpg.NumericValueOutOfRangeError(""), errors.RequestInvalid),
    ],
)
def test_trouble_of_the_database_is_told_from_errors_of_ours(error, refusal):
    assert type(as_refusal(error)) is refusal


@pytest.mark.parametrize(
    "error", [KeyError(), FileNotFoundError(), asyncpg.UniqueViolationError(""), asyncpg.UndefinedTableError("")]
)
def test_errors_of_ours_stay_unexpected(error):
    assert as_refusal(error) is None
