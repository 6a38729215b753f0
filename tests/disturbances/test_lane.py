"""The lane of plain reports: it answers as the route does, and leaves to the route whatever is not plain."""

from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from kanta_tenancy.disturbances.actions.storm import Storm
from tests.disturbances.test_routes import REPORT
from tests.systems.test_routes import problem

TWICE = b'{"what": "x", "what": "y", "since": "2026-03-02T06:00:00Z", "ongoing": true}'
BY_THE_ROUTE = {"Idempotency-Key": "by-the-route"}


@pytest.fixture
def taken_by_the_lane(monkeypatch):
    """Count what went into the storm: by the lane, since every request of these tests that is not plain has a key."""
    taken: list[Any] = []
    take_in = Storm.take_in

    async def counted(storm, report):
        taken.append(report)
        return await take_in(storm, report)

    monkeypatch.setattr(Storm, "take_in", counted)
    return taken


async def posted(http: httpx.AsyncClient, content: str | bytes | None = None, **sent: Any) -> httpx.Response:
    headers = {"Content-Type": "application/json"} | sent.pop("headers", {})
    if content is not None:
        return await http.post("/v1/disturbances", content=content, headers=headers)
    return await http.post("/v1/disturbances", json=REPORT | sent, headers=headers)


async def test_it_answers_as_the_route_does(both):
    assert (await posted(both.of_tenant, what="So that the key is known")).status_code == 201
    by_route = await posted(both.of_tenant, what="One", service="prescription", headers=BY_THE_ROUTE)
    by_lane = await posted(both.of_tenant, what="Another", service="prescription")
    assert (by_lane.status_code, by_lane.headers.keys()) == (201, by_route.headers.keys())
    assert by_lane.headers["content-type"] == by_route.headers["content-type"]
    assert by_lane.headers["location"] == f"/v1/disturbances/{by_lane.json()['disturbance_id']}"
    assert by_lane.json().keys() == by_route.json().keys()
    assert [one["id"] for one in by_lane.json()["similar"]] == [by_route.json()["disturbance_id"]]
    again = (await posted(both.of_tenant, what="One", service="prescription")).json()
    assert (again["report_id"], again["repeated"]) == (by_route.json()["report_id"], True)


async def test_what_it_takes_in_stands_in_the_log_and_the_journal_as_what_the_route_does(both, owner):
    await posted(both.of_tenant, what="So that the key is known")
    lines = []
    for headers in ({}, BY_THE_ROUTE):
        with capture_logs() as log:
            made = await posted(both.of_tenant, what=f"With {len(headers)} header", headers=headers)
        (line,) = [one for one in log if one["event"] == "request"]
        lines.append({name: value for name, value in line.items() if name != "duration_ms"})
        (entry,) = await owner.fetch(
            "SELECT entry::jsonb -> 'actor' ->> 'name' AS actor, entry::jsonb ->> 'subject' AS subject"
            "  FROM journal_entry WHERE entry::jsonb ->> 'request_id' = $1",
            made.headers["x-request-id"],
        )
        assert tuple(entry) == ("billing", f"disturbance/{made.json()['disturbance_id']}")
    assert lines[0] == lines[1]
    assert lines[0]["route"] == "/v1/disturbances"


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"what": ""}, (422, "request-invalid")),
        ({"what": "131052-308T does not open"}, (422, "disturbance-refused")),
        ({"since": "yesterday"}, (422, "request-invalid")),
        ({"content": b'{"what": "x"'}, (400, "request-malformed")),
        ({"content": TWICE}, (400, "request-malformed")),
        ({"content": b"\xff"}, (400, "request-malformed")),
        ({"content": b""}, (400, "request-malformed")),
        ({"headers": {"Content-Type": "text/plain"}}, (415, "media-type-unsupported")),
        ({"system_id": "0197ad3a-6f00-7000-8000-00000000000f"}, (404, "information-system-not-found")),
        ({"join": "0197ad3a-6f00-7000-8000-00000000000f"}, (404, "disturbance-not-found")),
    ],
)
async def test_what_is_wrong_says_the_route(both, sent, refused):
    unknown = problem(await posted(both.of_tenant, **sent))  # the key was never seen: the route looks at it
    await posted(both.of_tenant, what="So that the key is known")
    assert (unknown, problem(await posted(both.of_tenant, **sent))) == (refused, refused)


async def test_a_report_that_comes_in_pieces_is_put_together_by_the_route(both):
    await posted(both.of_tenant, what="So that the key is known")

    async def pieces():
        yield b'{"what": "Nothing opens", "since": "2026-03-02T13:30:00+02:00", '
        yield b'"ongoing": true}'

    answer = await both.of_tenant.post(
        "/v1/disturbances", content=pieces(), headers={"Content-Type": "application/json", "Content-Length": "81"}
    )
    assert answer.status_code == 201, answer.text


async def test_a_long_report_is_left_to_the_route(both, taken_by_the_lane):
    await posted(both.of_tenant, what="So that the key is known")
    said = [f"{number:0190}" for number in range(50)]
    answer = await posted(both.of_tenant, what="å" * 4000, message_ids=said, headers=BY_THE_ROUTE)
    assert answer.status_code == 201
    assert len(taken_by_the_lane) == 1


async def test_a_key_that_was_closed_meanwhile_reports_nothing(both, owner, clock):
    await posted(both.of_tenant, what="So that the key is known")
    assert (await posted(both.of_tenant, what="One")).status_code == 201
    for change in ("revoked_at = now()", "revoked_at = NULL, expires_at = created_at + interval '1 second'"):
        write = f"UPDATE access_key SET {change} WHERE tenancy_id IS NOT NULL"  # noqa: S608 -- of this test
        await owner.execute(write)
        clock.advance(minutes=1)
        before = await owner.fetchval("SELECT count(*) FROM disturbance_report")
        for _ in range(2):
            refused = problem(await posted(both.of_tenant, what="Another", since="2026-03-02T06:00:00Z"))
            assert refused == (401, "not-authenticated")
        assert await owner.fetchval("SELECT count(*) FROM disturbance_report") == before
        await owner.execute("UPDATE access_key SET revoked_at = NULL, expires_at = created_at + interval '1 year'")
        assert (await posted(both.of_tenant, what=f"After {change}")).status_code == 201


async def test_a_key_that_may_not_report_any_more_reports_nothing(both, owner):
    await posted(both.of_tenant, what="So that the key is known")
    await owner.execute(
        "UPDATE access_key SET permissions = array_remove(permissions, 'disturbances.report')"
        " WHERE tenancy_id IS NOT NULL"
    )
    assert problem(await posted(both.of_tenant, what="One")) == (403, "permission-missing")


async def test_a_secret_that_is_not_the_keys_is_no_key(both):
    await posted(both.of_tenant, what="So that the key is known")
    token = both.of_tenant.headers["authorization"]
    other = token[:-1] + ("b" if token[-1] == "a" else "a")
    assert problem(await posted(both.of_tenant, what="One", headers={"Authorization": other})) == (
        401,
        "not-authenticated",
    )


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (OSError("gone"), (503, "database-unavailable")),
        (TimeoutError(), (503, "database-busy")),
        (asyncpg.ConnectionDoesNotExistError("gone"), (503, "database-unavailable")),
        (ValueError("131052-308T"), (500, "unexpected")),
    ],
)
async def test_trouble_is_told_by_the_route_and_not_tried_again(both, monkeypatch, trouble, told):
    await posted(both.of_tenant, what="So that the key is known")
    tried = []

    async def fails(_, report):
        tried.append(report)
        raise trouble

    monkeypatch.setattr(Storm, "take_in", fails)
    answer = await posted(both.of_tenant, what="One")
    assert (problem(answer), len(tried)) == (told, 1)
    assert "131052-308T" not in answer.text
