"""Watched servers over HTTP: repeated safely, changed from the version that was seen, refused with the reason."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.parties.access import LastUses
from tests.certificates.watching.examples import Watchman
from tests.journeys.conftest import Realm, a_whole_realm
from tests.machinery.probing.servers import openssl_server
from tests.machinery.probing.shown import HOST, NOW, self_signed

SERVER = {"place": "kanta.example.org:443"}


@pytest.fixture
async def both(database, clock) -> AsyncIterator[Realm]:
    application = build_application(read_settings({}), database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


async def watched(http: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await http.post("/v1/certificate-endpoints", json=SERVER | said)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/certificate-endpoints/{answer.json()['id']}"
    return answer.json()


def seen(endpoint: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{endpoint["version"]}"'}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_a_server_is_watched_asked_changed_and_watched_no_longer(both, database, clock, tmp_path: Path):
    http = both.main_connector
    watchman = Watchman(database, clock, both.caller)
    with openssl_server(tmp_path, self_signed(HOST)) as port:
        endpoint = await watched(http, place=f"127.0.0.1:{port}", server_name=HOST)
        path = f"/v1/certificate-endpoints/{endpoint['id']}"
        assert (endpoint["probe_every_hours"], endpoint["probed_at"]) == (6, None)
        await watchman.asks()
        assert (await http.get(path)).json()["served_at"] == NOW.isoformat().replace("+00:00", "Z")
        (observation,) = (await http.get(f"{path}/observations")).json()["items"]
        assert (observation["served"], observation["trouble"], len(observation["chain"])) == (1, None, 1)
        (finding,) = (await http.get("/v1/certificate-findings?family=probe&severity=error")).json()["items"]
        assert (finding["rule"], finding["certainty"]) == ("probe.self_signed", "read")
        assert (await http.get("/v1/certificate-findings?severity=warning")).json()["items"] == []
        asked = await http.post(f"{path}/probe", headers=seen(endpoint))
        assert asked.status_code == 202
        assert await watchman.asks() == 1
        changed = await http.put(path, json={"probe_every_hours": 24}, headers=seen(endpoint))
        assert (changed.status_code, changed.json()["version"]) == (200, 2)
        assert problem(await http.put(path, json={"probe_every_hours": 1}, headers=seen(endpoint))) == (
            412, "certificate-endpoint-changed",
        )  # fmt: skip
        ended = await http.post(f"{path}/end", json={"reason": "Switched off"}, headers=seen(changed.json()))
        assert (ended.status_code, ended.json()["ended_because"]) == (200, "Switched off")
    assert (await http.get("/v1/certificate-endpoints")).json()["items"] == []
    assert len((await http.get("/v1/certificate-endpoints?ended=true")).json()["items"]) == 1
    assert (await http.get("/v1/certificate-findings")).json()["items"] == []
    assert len((await http.get("/v1/certificate-findings?cleared=true")).json()["items"]) == 1
    over = await http.post(f"{path}/probe", headers=seen(ended.json()))
    assert problem(over) == (409, "certificate-endpoint-ended")


async def test_the_same_request_again_watches_once(both):
    http = both.main_connector
    headers = {"Idempotency-Key": "once"}
    first = await http.post("/v1/certificate-endpoints", json=SERVER, headers=headers)
    again = await http.post("/v1/certificate-endpoints", json=SERVER, headers=headers)
    assert first.json() == again.json()
    other = await http.post("/v1/certificate-endpoints", json=SERVER)
    assert problem(other) == (409, "certificate-endpoint-taken")
    named = await http.post("/v1/certificate-endpoints", json=SERVER | {"server_name": "other.example.org"})
    assert named.status_code == 201


@pytest.mark.parametrize(
    "said",
    [
        {"place": "kanta.example.org"},
        {"place": "kanta.example.org:0"},
        {"place": "a b:443"},
        {"server_name": "-"},
        {"expected_id": str(uuid.uuid4())},
        {"system_id": str(uuid.uuid4())},
    ],
    ids=lambda said: next(iter(said)),
)
async def test_what_cannot_be_watched_is_refused(both, said: dict[str, Any]):
    answer = await both.main_connector.post("/v1/certificate-endpoints", json=SERVER | said)
    assert problem(answer) == (422, "certificate-endpoint-refused")


async def test_pages_follow_each_other(both):
    http = both.main_connector
    made = [(await watched(http, place=f"kanta.example.org:{port}"))["id"] for port in range(1, 6)]
    found: list[str] = []
    path: str | None = "/v1/certificate-endpoints?limit=2"
    while path is not None:
        page = (await http.get(path)).json()
        found += [one["id"] for one in page["items"]]
        path = page["next"]
    assert found == made[::-1]


async def test_a_tenant_sees_no_server_and_changes_none(both):
    endpoint = await watched(both.main_connector)
    for path in ("/v1/certificate-endpoints", "/v1/certificate-findings"):
        assert (await both.of_tenant.get(path)).json()["items"] == []
    assert (await both.of_tenant.get(f"/v1/certificate-endpoints/{endpoint['id']}")).status_code == 404
    assert (await both.of_tenant.post("/v1/certificate-endpoints", json=SERVER)).status_code == 403
    assert (await both.of_tenant.get("/v1/certificate-watch")).json()["next_round_at"] is None


async def test_how_the_watch_stands_is_told_to_whoever_asks(both, clock):
    http = both.main_connector
    assert (await http.get("/v1/certificate-watch")).json() == {
        "next_round_at": None, "late_since": None, "overdue": [],
    }  # fmt: skip
    await watched(http)
    clock.advance(hours=2)
    told = (await http.get("/v1/certificate-watch")).json()
    assert told["late_since"] == told["next_round_at"] is not None
    assert [one["kind"] for one in told["overdue"]] == ["certificate_endpoint.probe"]


async def test_a_size_of_nothing_cannot_be_accepted(both):
    answer = await both.main_connector.post(
        f"/v1/certificate-sources/{uuid.uuid4()}/size", json={"certificates": 1, "reason": "x"}
    )
    assert problem(answer) == (404, "certificate-source-not-found")
