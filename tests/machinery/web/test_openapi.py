import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest

from kanta_tenancy.machinery.web.access import accesses
from kanta_tenancy.machinery.web.examples import example_of
from tests.machinery.web import shelf
from tests.machinery.web.conftest import client_of


@pytest.fixture
async def document(dry) -> dict:
    async with client_of(dry) as client:
        answer = await client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def operations(document: dict) -> dict[str, dict]:
    return {o["operationId"]: o for methods in document["paths"].values() for o in methods.values()}


def test_every_route_of_the_rooms_is_described_once(document, dry):
    routes = [access for access in accesses(dry.app) if access.handler.resolve_include_in_schema()]
    assert len(operations(document)) == len(routes) > len(shelf.HANDLERS)


def test_whoever_needs_no_key_is_told_so_and_others_are_told_the_permission(document):
    known = operations(document)
    assert known["isAlive"]["security"] == []
    assert known["placeBook"]["security"] == [{"accessKey": []}]
    assert known["placeBook"]["description"] == "Needs the permission `books.write`."
    assert document["components"]["securitySchemes"]["accessKey"]["scheme"] == "bearer"


def test_a_change_without_a_body_is_said_to_take_none(document):
    known = operations(document)
    assert {name for name in known if "Takes no body" in known[name].get("description", "")} == {"lendBook", "makeCard"}
    assert not {"lendBook", "makeCard"} & {name for name in known if "requestBody" in known[name]}


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("isAlive", "200 400"),
        ("isReady", "200 400 503"),
        ("listBooks", "200 400 401 403 422 503"),
        ("placeBook", "201 400 401 403 409 413 415 422 503"),
        ("readBook", "200 304 400 401 403 404 422 503"),
        ("renameBook", "200 400 401 403 404 412 413 415 422 428 503"),
        ("lendBook", "201 400 401 403 404 409 412 422 428 503"),
        ("readText", "200 400 401 403 404 422 503"),
    ],
)
def test_every_status_that_a_route_can_answer_with_is_documented(document, operation, statuses):
    assert sorted(operations(document)[operation]["responses"]) == statuses.split()


def test_every_refusal_is_a_problem_with_a_request_id(document):
    for operation in operations(document).values():
        for status, response in operation["responses"].items():
            assert "X-Request-Id" in response["headers"]
            if int(status) >= 400:
                assert response["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
    refused = operations(document)["readBook"]["responses"]
    assert "`book-not-found`: There is no such book" in refused["404"]["description"]
    assert "WWW-Authenticate" in refused["401"]["headers"]
    assert "Retry-After" in refused["503"]["headers"]


def test_headers_are_parameters_where_they_count(document):
    def headers(operation: str) -> dict[str, bool]:
        parameters = operations(document)[operation].get("parameters", [])
        return {parameter["name"]: parameter["required"] for parameter in parameters if parameter["in"] == "header"}

    assert headers("placeBook") == {"Idempotency-Key": False}
    assert headers("renameBook") == {"If-Match": True}
    assert headers("lendBook") == {"Idempotency-Key": False, "If-Match": True}
    assert headers("readBook") == {"If-None-Match": False}
    assert headers("recogniseBook") == {}
    assert "409" not in operations(document)["recogniseBook"]["responses"]
    assert "Link" in operations(document)["listBooks"]["responses"]["200"]["headers"]
    assert "ETag" in operations(document)["renameBook"]["responses"]["200"]["headers"]
    assert "Location" in operations(document)["placeBook"]["responses"]["201"]["headers"]


def test_query_parameters_are_those_of_the_struct_with_their_limits(document):
    parameters = {parameter["name"]: parameter for parameter in operations(document)["listBooks"]["parameters"]}
    assert set(parameters) == {"limit", "after", "shelf"}
    limit = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50, "description": "How many items at most"}
    assert parameters["limit"]["schema"] == limit
    assert parameters["shelf"]["schema"] == {"$ref": "#/components/schemas/Shelf"}
    assert not parameters["after"]["required"]


def test_bodies_refuse_unknown_fields_and_carry_their_limits(document):
    schemas = document["components"]["schemas"]
    for name in ("NewBook", "Author", "ShownBook"):
        assert schemas[name]["additionalProperties"] is False
    assert schemas["NewBook"]["properties"]["title"]["maxLength"] == 200
    assert schemas["NewBook"]["required"] == ["title"]
    assert "Books" not in schemas  # a query, described as parameters


def test_files_are_bytes_of_their_own_kind(document):
    known = operations(document)
    assert known["storeText"]["requestBody"]["content"] == {shelf.DOCX: {}}
    assert known["storeText"]["requestBody"]["description"] == "At most 2,000,000 bytes"
    assert known["readText"]["responses"]["200"]["content"] == {shelf.DOCX: {}}


def test_every_reference_leads_somewhere(document):
    def walk(part: object):
        if isinstance(part, dict):
            if "$ref" in part:
                yield part["$ref"]
            for inner in part.values():
                yield from walk(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from walk(inner)

    references = set(walk(document))
    assert len(references) > 8
    for reference in references:
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind]


def test_examples_fit_their_schemas(document):
    components = document["components"]["schemas"]
    for name, schema in components.items():
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER).validate(
            example_of(schema, components)
        )
        assert json.dumps(example_of(schema, components)), name


class Page(HTMLParser):
    """What a browser would find on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [value for name, value in attrs if name in {"href", "src", "action"}]
        assert "style" not in given
        assert not any(name.startswith("on") for name in given)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


@pytest.fixture
async def page(dry) -> str:
    async with client_of(dry) as client:
        answer = await client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; frame-ancestors 'none'",
        answer.headers["content-security-policy"],
    )
    return answer.text


def test_the_page_needs_neither_scripts_nor_the_network(page):
    seen = Page(page)
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(seen.tags)
    assert all(link.startswith("#") for link in seen.links)
    assert not seen.open


def test_the_page_shows_every_operation_type_and_problem_and_its_links_work(page, document):
    seen = Page(page)
    assert len(seen.ids) == len(set(seen.ids))
    assert {link.removeprefix("#") for link in seen.links} <= set(seen.ids)
    assert set(operations(document)) <= set(seen.ids)
    assert {f"type-{name}" for name in document["components"]["schemas"]} <= set(seen.ids)
    assert {"problem-book-not-found", "problem-not-authenticated", "problem-unexpected"} <= set(seen.ids)
    assert "<h1>Shelf 1</h1>" in page
    assert "<code>else</code>" in page


def test_the_page_shows_how_to_call_an_operation(page):
    expected = """curl -X PUT "$URL/v1/books/{book_id}/title" \\
  -H "Authorization: Bearer $KEY" \\
  -H 'If-Match: "3"' \\
  -H 'Content-Type: application/json' \\
  -d '{"title": "…"}'"""
    assert expected.replace('"', "&quot;") in page or expected in page


async def test_the_type_of_a_problem_leads_to_what_is_said_about_it(dry):
    async with client_of(dry) as client:
        answer = await client.get("/problems/book-not-found")
        odd = await client.get("/problems/%0d%0aSet-Cookie:%20a=b")
    assert (answer.status_code, answer.headers["location"]) == (302, "/docs#problem-book-not-found")
    assert "set-cookie" not in odd.headers
