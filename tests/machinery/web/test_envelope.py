import json
import logging
import uuid

import pytest

from kanta_tenancy.machinery.web.envelope import request_id_of
from tests.machinery.web import shelf
from tests.machinery.web.conftest import SCRAPER, client_of

HETU = "131052-308T"


async def test_every_answer_has_an_id_of_its_own_and_safe_headers(client):
    answers = [await client.get(path) for path in ("/v1/books", "/v1/books", "/nowhere", "/docs", "/health/live")]
    ids = [uuid.UUID(answer.headers["x-request-id"]) for answer in answers]
    assert len(set(ids)) == len(ids)
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert len(answer.headers.get_list("cache-control")) == 1
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)
    assert answers[0].headers["cache-control"] == "no-store"


async def test_the_answer_to_another_origin_invites_nobody(client):
    answer = await client.get("/v1/books", headers={"Origin": "https://elsewhere.example"})
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("given", ["0197AD3A-6f00-7000-8000-00000000000f", "0197ad3a6f0070008000" + "00000000000f"])
async def test_a_uuid_that_the_caller_gives_is_the_id(client, given):
    answer = await client.get("/nowhere", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == "0197ad3a-6f00-7000-8000-00000000000f"
    assert answer.json()["instance"] == "urn:uuid:0197ad3a-6f00-7000-8000-00000000000f"


@pytest.mark.parametrize(
    "given", [[b""], [b"mine"], [HETU.encode()], [b"x" * 36], [b"\xff" * 32], [b"0" * 32, b"1" * 32], []]
)
def test_anything_else_is_no_id(given):
    made = request_id_of([(b"x-request-id", value) for value in given])
    assert uuid.UUID(made).version == 7


async def test_a_request_leaves_one_line_without_anything_of_its_content(client, log, keys):
    book = (await client.post("/v1/books", json={"title": "Kalevala"})).json()["id"]
    log.truncate(0)
    log.seek(0)
    answer = await client.get(f"/v1/books/{book}")
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    caller = next(iter(keys.known.values()))
    assert line.pop("duration_ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/v1/books/{book_id}",
        "status": 200,
        "request_id": answer.headers["x-request-id"],
        "key_id": str(caller.actor.key_id),
    }


async def test_no_canary_comes_out_in_logs_metrics_or_problems(app, keys, realm, log):
    """A personal identity code, an access key and a name, in every place a client can put them."""
    token, name = keys.make(*shelf.PERMISSIONS, realm=realm), "Väinämöinen"
    told = []
    async with client_of(app, token) as client:
        for text in (HETU, token, name):
            headers = {"X-Request-Id": text.encode(), "User-Agent": text.encode(), "Cookie": text.encode()}
            for method, path, body in (
                ("POST", "/v1/books", {"title": text * 90}),
                ("POST", "/v1/books", {"title": text, "shelf": text, "notes": {"a": text}}),
                ("POST", "/v1/books", {"title": text, "authors": [{"name": text, "email": text, "born_on": text}]}),
                ("GET", f"/v1/books?shelf={text}", None),
                ("GET", f"/v1/books?after={text}", None),
                ("GET", f"/v1/books/{text}", None),
                ("GET", f"/{text}", None),
                ("DELETE", f"/v1/books/{text}", None),
                ("PUT", f"/v1/books/{uuid.uuid4()}/title", {"title": text}),
            ):
                answer = await client.request(method, path, json=body, headers={**headers, "If-Match": text.encode()})
                assert 400 <= answer.status_code < 500, (method, path, answer.text)
                told.append(answer.text)
        client.headers["Authorization"] = f"Bearer {SCRAPER}"
        told.append((await client.get("/metrics")).text)
    for canary in (HETU, token, name):
        assert canary not in log.getvalue()
        assert canary not in "".join(told)
    assert len(log.getvalue().splitlines()) == 28


async def test_metrics_count_by_route_and_never_by_path(app, keys, realm):
    async with client_of(app, keys.make(*shelf.PERMISSIONS, realm=realm)) as client:
        for _ in range(3):
            await client.get(f"/v1/books/{uuid.uuid4()}")
        await client.get("/somewhere/else")
        refused = await client.get("/metrics")
        client.headers["Authorization"] = f"Bearer {SCRAPER}"
        answer = await client.get("/metrics")
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-authenticated")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    figures = answer.text
    assert 'duration_seconds_count{method="GET",route="/v1/books/{book_id}",status="404"} 3.0' in figures
    assert 'duration_seconds_count{method="GET",route="(none)",status="404"} 1.0' in figures
    assert "http_requests_in_flight 1.0" in figures
    assert "somewhere" not in figures


async def test_without_a_token_in_the_settings_there_are_no_metrics(dry_client):
    assert (await dry_client.get("/metrics")).status_code == 404


async def test_headers_of_a_proxy_change_nothing(client, log):
    spoofed = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for title in ("a", "b"):
        await client.post("/v1/books", json={"title": title}, headers=spoofed)
    answer = await client.get("/v1/books?limit=1", headers={**spoofed, "Host": "evil.example"})
    assert answer.json()["next"].startswith("/v1/books?")
    assert "evil" not in answer.text + str(answer.headers) + log.getvalue()
    assert "10.0.0.1" not in log.getvalue()


def test_what_other_libraries_log_is_redacted_too_and_their_errors_lose_their_words(log):
    logger = logging.getLogger("another.room")
    logger.warning("refused kt_0123456789_secret of %s, Authorization: Bearer abc.def", HETU)
    logger.warning("opened /v1/calendar/kf_0123456789_secret.ics, signed with whsec_MDEyMzQ1Njc4OWFiY2RlZg==")
    try:
        {}[HETU]
    except KeyError:
        logger.exception("it failed for %s", HETU)
    first, opened, second = map(json.loads, log.getvalue().splitlines())
    assert opened["event"] == "opened /v1/calendar/[redacted].ics, signed with [redacted]"
    assert first["event"] == "refused [redacted] of [redacted], Authorization: [redacted]"
    assert (second["event"], second["error"], second["logger"]) == (
        "an error",
        "builtins.KeyError",
        "another.room",
    )
    assert HETU not in log.getvalue()


@pytest.mark.parametrize("code", ["131052-308T", "131052+308T", "010203A123N", "010594Y9021", "a 131052-308t."])
def test_identity_codes_are_seen_with_every_sign_of_their_century(log, code):
    logging.getLogger("x").warning({"nested": [code]})
    event = json.loads(log.getvalue())["event"]
    assert "[redacted]" in event
    assert "308" not in event


@pytest.mark.parametrize("harmless", ["0197ad3a-6f00-7000-8000-131052308000", "2026-03-02T09:00:00Z", "1310521308000"])
def test_identifiers_and_times_are_left_alone(log, harmless):
    logging.getLogger("x").warning(harmless)
    assert harmless in log.getvalue()
