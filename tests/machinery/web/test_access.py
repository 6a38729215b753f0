import uuid

import pytest
from litestar import Router, get, post, put

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import FORM, OpenByAccident, accesses, needs, public
from kanta_tenancy.machinery.web.repeatable import once_by_itself
from tests.conftest import someone
from tests.machinery.web import shelf
from tests.machinery.web.conftest import application, client_of

GOOD = "a good key, whatever it is"


def filled(path: str) -> str:
    return path.replace("{book_id}", str(uuid.uuid4())).replace("{slug}", "x")


@pytest.mark.parametrize(
    "authorization",
    [
        [],
        [""],
        ["Bearer"],
        ["Bearer "],
        ["Bearer kt_unknown_unknown"],
        ["Bearer " + "x" * 10_000],
        ["Bearer kt_with space"],
        ["Bearer kt_ä"],
        [f"Basic {GOOD}"],
        [f"Token {GOOD}"],
        [GOOD],
        [f"Bearer {GOOD}", f"Bearer {GOOD}"],
        [f"Bearer {GOOD}, Bearer {GOOD}"],
    ],
)
async def test_whoever_does_not_name_one_good_key_gets_the_same_answer(dry, keys, realm, authorization):
    token = keys.make(*shelf.PERMISSIONS, realm=realm)
    headers = [("Authorization", given.replace(GOOD, token).encode()) for given in authorization]
    async with client_of(dry) as client:
        answer = await client.get("/v1/books", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
    problem = answer.json()
    assert problem.pop("instance") == f"urn:uuid:{answer.headers['x-request-id']}"
    assert problem == {
        "type": "/problems/not-authenticated",
        "title": "The request names no access key that is valid now",
        "status": 401,
        "detail": "Send `Authorization: Bearer <access key>` with a key that is valid now.",
    }


async def test_every_route_but_the_public_ones_asks_for_its_permission(app, keys, realm):
    """Walks the routes, so that a new one is walked as well."""
    walked = 0
    for access in accesses(app.app):
        if access.terms is not None and access.terms.permission is None:
            continue
        others = [permission for permission in shelf.PERMISSIONS if permission != access.terms.permission]
        for token, status in ((None, 401), (keys.make(*others, realm=realm), 403)):
            async with client_of(app, token) as client:
                answer = await client.request(access.method, filled(access.path))
            assert answer.status_code == status, (access.path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        walked += 1
    assert walked == len(shelf.HANDLERS)


async def test_public_routes_are_these_and_no_others(app):
    assert {access.path for access in accesses(app.app) if access.terms.permission is None} == {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/problems/{slug}",
    }


async def test_another_realms_key_finds_nothing(client, app, keys):
    placed = (await client.post("/v1/books", json={"title": "Ours"})).json()
    async with client_of(app, keys.make(*shelf.PERMISSIONS, realm=uuid.uuid4())) as other:
        assert (await other.get("/v1/books")).json() == {"items": [], "next": None}
        for path in (f"/v1/books/{placed['id']}", f"/v1/books/{placed['id']}/text"):
            assert (await other.get(path)).status_code == 404
        lent = await other.post(f"/v1/books/{placed['id']}/lending", headers={"If-Match": '"1"'})
        assert lent.status_code == 404
    assert (await client.get(f"/v1/books/{placed['id']}")).json()["version"] == 1


@get("/open")
async def without_terms() -> None: ...


@post("/open", opt=public())
async def public_change() -> None: ...


@put("/open", opt=needs("books.write"))
async def blind_change() -> None: ...


@get("/open", opt=needs("all"))
async def nameless() -> None: ...


@pytest.mark.parametrize(
    ("route", "flaw"),
    [
        (without_terms, "GET /v1/open: declares neither"),
        (public_change, "POST /v1/open: is public and no GET"),
        (blind_change, "PUT /v1/open: changes a thing without if_match"),
        (nameless, "GET /v1/open: `all` is no name of a permission"),
    ],
)
def test_a_route_that_is_open_by_accident_is_not_built(clock, keys, route, flaw):
    with pytest.raises(OpenByAccident, match=flaw):
        application(None, clock, keys, routers=(Router("/", route_handlers=[route]),))


async def test_a_post_that_is_not_answered_once_is_found_by_its_first_test(database, clock, keys, realm, log):
    @post("/twice", opt=needs("books.write"))
    async def answered_twice(call: shelf.NamedDependency[shelf.Call]) -> None:
        async with call.transaction():
            pass

    app = application(database, clock, keys, routers=(Router("/", route_handlers=[answered_twice]),))
    async with client_of(app, keys.make("books.write", realm=realm)) as client:
        assert (await client.post("/v1/twice")).status_code == 500
    assert "LookupError" in log.getvalue()


async def test_the_options_of_a_route_need_no_key_and_tell_no_more_than_the_document(dry):
    async with client_of(dry) as client:
        answer = await client.options("/v1/books")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, OPTIONS, POST"


async def test_a_form_that_is_open_on_purpose_is_taken_once_and_only_as_a_form(database, clock, keys, realm):
    @post("/form", opt=public(accepts=FORM))
    async def taken(call: shelf.NamedDependency[shelf.Call]) -> str:
        async def said(tx: Transaction) -> str:
            return f"{tx.actor.name}: {(await call.request.body()).decode()}"

        return await once_by_itself(call, someone(realm), said)

    app = application(database, clock, keys, routers=(Router("/", route_handlers=[taken]),))
    async with client_of(app) as client:
        answer = await client.post("/v1/form", data={"a": "1"})
        assert (answer.status_code, answer.text) == (201, f"{someone(realm).actor.name}: a=1")
        assert (await client.post("/v1/form", json={"a": 1})).status_code == 415
