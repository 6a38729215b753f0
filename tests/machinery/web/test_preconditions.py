import asyncio
import uuid

import pytest

BOOK = {"title": "Kalevala"}


@pytest.fixture
async def book(client) -> str:
    answer = await client.post("/v1/books", json=BOOK)
    assert answer.headers["etag"] == '"1"'
    return f"/v1/books/{answer.json()['id']}"


async def test_a_change_from_the_version_that_is_there_is_made(client, book):
    read = await client.get(book)
    renamed = await client.put(f"{book}/title", json={"title": "Edda"}, headers={"If-Match": read.headers["etag"]})
    assert (renamed.status_code, renamed.headers["etag"], renamed.json()["title"]) == (200, '"2"', "Edda")


@pytest.mark.parametrize("given", [[], ["*"]])
async def test_a_change_from_no_version_is_asked_for_one(dry_client, given):
    answer = await dry_client.put(
        f"/v1/books/{uuid.uuid4()}/title", json=BOOK, headers=[("If-Match", value) for value in given]
    )
    assert (answer.status_code, answer.json()["type"]) == (428, "/problems/version-not-named")


@pytest.mark.parametrize(
    "given",
    [["3"], ['W/"1"'], ['"one"'], ['"1", "2"'], ['"1"', '"1"'], ['"' + "9" * 19 + '"'], ['"-1"'], [""], ['"²"']],
)
async def test_what_is_no_etag_of_ours_matches_nothing(dry_client, given):
    headers = [("If-Match", value.encode()) for value in given]
    answer = await dry_client.put(f"/v1/books/{uuid.uuid4()}/title", json=BOOK, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/version-not-ours")


async def test_of_two_changes_from_one_version_one_is_stale(client, book):
    answers = await asyncio.gather(
        *(client.put(f"{book}/title", json={"title": name}, headers={"If-Match": '"1"'}) for name in ("A", "B"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (stale,) = [answer.json() for answer in answers if answer.status_code == 412]
    assert (stale["type"], stale["facts"]["version"]) == ("/problems/book-changed", 2)


async def test_a_version_that_the_largest_number_names_is_only_stale(client, book):
    answer = await client.put(f"{book}/title", json=BOOK, headers={"If-Match": '"' + "9" * 18 + '"'})
    assert answer.status_code in {412, 422}


@pytest.mark.parametrize("seen", ['"1"', 'W/"1"', '"0", "1"', "*"])
async def test_who_has_the_version_already_is_not_sent_it_again(client, book, seen):
    answer = await client.get(book, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')


@pytest.mark.parametrize("seen", ['"2"', "1", "", '"11"', "nonsense"])
async def test_who_has_another_version_is_sent_this_one(client, book, seen):
    answer = await client.get(book, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.json()["title"]) == (200, "Kalevala")
