import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.web.errors import RequestInvalid
from kanta_tenancy.machinery.web.pages import PageQuery


async def place(client, *titles: str) -> None:
    for title in titles:
        await client.post("/v1/books", json={"title": title})


async def test_following_next_shows_every_item_once_in_order(client):
    await place(client, *"gcafbde", "f")
    seen, path, pages = [], "/v1/books?limit=3&shelf=low", 0
    while path:
        answer = await client.get(path)
        page = answer.json()
        assert ("link" in answer.headers) == (page["next"] is not None)
        if page["next"]:
            assert answer.headers["link"] == f'<{page["next"]}>; rel="next"'
            assert "limit=3" in page["next"]
            assert "shelf=low" in page["next"]
        seen += [book["title"] for book in page["items"]]
        path, pages = page["next"], pages + 1
    assert (seen, pages) == (list("abcdeffg"), 3)


async def test_a_full_last_page_has_no_next(client):
    await place(client, "a", "b")
    answer = await client.get("/v1/books?limit=2")
    assert answer.json()["next"] is None
    assert "link" not in answer.headers


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1e2", "limit"),
        ("limit=2.0", "limit"),
        ("limit=%D9%A2", "limit"),
        ("shelf=null", "shelf"),
        ("limit=1&limit=2", "limit"),
        ("shelf=middle", "shelf"),
        ("shelves=low", "shelves"),
        ("after=", "after"),
        ("after=!!!", "after"),
        ("after=bnVsbA", "after"),
        ("after=WyJhIiwgImIiXQ", "after"),
        ("after=%C3%A4", "after"),
        ("after=" + "A" * 501, "after"),
        ("after=WyJcdTAwMDAiLCIwMTk3NWQzYS02ZjAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ", "after"),
        ("after=%00", "after"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
async def test_a_bad_parameter_is_named(dry_client, query, field):
    answer = await dry_client.get(f"/v1/books?{query}")
    assert answer.status_code == 422, answer.text
    assert [flaw["field"] for flaw in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("query", ["shelf=%ff", "shelf=%c3%28", "&".join(f"a{n}=1" for n in range(60))])
async def test_a_query_that_is_no_utf_8_or_endless_is_malformed(dry_client, query):
    answer = await dry_client.get(f"/v1/books?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/request-malformed")


async def test_a_route_without_parameters_takes_none(dry_client):
    answer = await dry_client.post("/v1/books?dry_run=true", json={"title": "a"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "dry_run")


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_whatever_stands_in_after_it_is_a_position_or_refused(after: str):
    try:
        position = PageQuery(after=after).position(tuple[str, int])
    except RequestInvalid as refused:
        position, fields = None, [flaw.field for flaw in refused.flaws]
    else:
        fields = []
    assert isinstance(position, tuple) != (fields == ["after"])
