from collections.abc import AsyncIterator

import pytest

from kanta_tenancy.machinery.web.bodies import read_json
from kanta_tenancy.machinery.web.errors import RequestInvalid, RequestMalformed
from tests.machinery.web.shelf import NewBook

LEND = "/v1/books/01975d3a-6f00-7000-8000-000000000001/lending"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"{}", "title"),
        (b'{"title": 3}', "title"),
        (b'{"title": ""}', "title"),
        (b'{"title": "a", "titel": "b"}', "titel"),
        (b'{"title": "a", "authors": [{"name": "b"}, {"name": "c", "email": "nowhere"}]}', "authors[1].email"),
        (b'{"title": "a", "authors": [{"name": "b", "born_on": "1999-02-30"}]}', "authors[0].born_on"),
        (b'{"title": "a", "authors": [{"name": "b", "born_on": "9999-12-31"}]}', "authors[0].born_on"),
        (b'{"title": "a", "authors": [{}]}', "authors[0].name"),
        (b'{"title": "a", "authors": [{"name": "b", "n\\u0000": 1}]}', "authors[0].n�"),
        (b'{"title": "a", "shelf": "131052-308T"}', "shelf"),
        (b'{"title": "a", "printed_at": "2026-03-02T09:00:00"}', "printed_at"),
        (b'{"title": "a", "printed_at": "0001-01-01T00:00:00+14:00"}', "printed_at"),
        (b'{"title": "a", "printed_at": "9999-12-31T23:59:59-12:00"}', "printed_at"),
        (b'{"title": "a\\u0000b"}', "title"),
        (b'{"title": "a", "notes": {"n": "\\u0000"}}', "notes.n"),
        (b'{"title": "a", "notes": {"n": 1}}', "notes[...]"),
        (b"null", ""),
        (b"[]", ""),
    ],
)
def test_what_is_wrong_is_named_by_its_field(raw: bytes, field: str):
    with pytest.raises(RequestInvalid) as refused:
        read_json(raw, NewBook)
    assert [flaw.field for flaw in refused.value.flaws] == [field]
    assert "131052-308T" not in refused.value.detail
    assert "`" not in refused.value.detail


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"title": "a"',
        b'{"title": "a",}',
        b'{"title": "a"} {}',
        b'{"title": NaN}',
        b'\xef\xbb\xbf{"title": "a"}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": ' + b"[" * 40_000,
        b'{"title": "a", "title": "b"}',
        b'{"title": "a", "authors": [{"name": "b", "name": "c"}]}',
    ],
)
def test_what_is_no_json_is_malformed(raw: bytes):
    with pytest.raises((RequestMalformed, RequestInvalid)) as refused:
        read_json(raw, NewBook)
    nested = raw.startswith(b'{"title": [')  # a list is refused as a title before its depth is seen
    assert isinstance(refused.value, RequestInvalid if nested else RequestMalformed)


def test_depth_is_refused_even_where_any_value_may_stand():
    for depth in (900, 40_000):
        with pytest.raises(RequestMalformed):
            read_json(b"[" * depth + b"]" * depth, object)


def test_a_good_body_is_read_as_it_was_sent():
    book = read_json(b'{"title": "Kalevala \\u00e4 & <b>", "printed_at": "2026-03-02T09:00:00+02:00"}', NewBook)
    assert book.title == "Kalevala ä & <b>"
    assert book.printed_at is not None
    assert book.printed_at.isoformat() == "2026-03-02T09:00:00+02:00"


@pytest.mark.parametrize("asked", [("POST", LEND), ("POST", "/v1/books/card"), ("GET", "/v1/books")])
@pytest.mark.parametrize("parts", [(b'{"nonsense": 1}',), (b"{}",), (b" ",), (b"x" * 600_000, b"x" * 600_000)])
@pytest.mark.parametrize("chunked", [False, True])
async def test_an_operation_without_a_body_refuses_one(dry_client, asked, parts, chunked):
    """Without a database behind it, so the refusal comes before anything is done."""
    content = chunks(*parts) if chunked else b"".join(parts)
    answer = await dry_client.request(*asked, content=content, headers={"If-Match": '"1"'})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/request-invalid"
    assert answer.json()["detail"] == "This operation takes no body."


async def test_a_body_of_no_length_is_none(client):
    assert (await client.post("/v1/books/card", content=b"")).status_code == 201
    assert (await client.post("/v1/books/card", content=chunks())).status_code == 201
    keyed = {"Idempotency-Key": "a", "Content-Type": "application/json"}
    made = await client.post("/v1/books/card", content=chunks(b""), headers=keyed)
    assert made.status_code == 201
    assert (await client.get("/v1/books", headers={"Content-Length": "0"})).status_code == 200


async def test_a_length_that_is_no_number_is_malformed_where_no_body_is_taken(dry_client):
    answer = await dry_client.post("/v1/books/card", headers={"Content-Length": "many"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/request-malformed")


async def test_whoever_may_not_call_learns_nothing_of_the_body(dry_client):
    answer = await dry_client.post(LEND, content=b"{}", headers={"Authorization": ""})
    assert answer.status_code == 401
