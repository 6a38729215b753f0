"""An addressee that takes reports by webhook is set up and told over the API; it is the main connector's to say."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.messages.signatures import Keys
from kanta_tenancy.parties.access import LastUses
from tests.disturbances.test_routes import done, reported
from tests.journeys.conftest import Realm, a_whole_realm
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.messages.examples import a_post
from tests.messages.webhooks import worked
from tests.systems.examples import Register
from tests.systems.test_routes import problem

KEY = "k" * 40
SETTINGS = {"KANTA_WEBHOOK_KEY": KEY, "KANTA_OUTGOING_ALLOWED": "127.0.0.0/8"}


@pytest.fixture
def application(database, clock):
    return build_application(read_settings(SETTINGS), database, clock, LastUses())


@pytest.fixture
async def both(database, clock, application) -> AsyncIterator[Realm]:
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


@pytest.fixture
async def system(both, database, clock):
    return await Register(database, clock, both.caller).in_use()


async def an_endpoint(http: httpx.AsyncClient, url: str = "https://hooks.example.org/in", *kinds: str) -> str:
    made = await http.post("/v1/webhooks", json={"url": url, "kinds": kinds or ["disturbance.notice"]})
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    return made.json()["id"]


async def put(http: httpx.AsyncClient, path: str, version: int, **said: Any) -> httpx.Response:
    return await http.put(f"/v1/disturbances/{path}", json=said, headers={"If-Match": f'"{version}"'})


async def a_duty(http: httpx.AsyncClient, system_id: str, rule: str) -> str:
    """Report a deviation and return the path of a duty that it brings."""
    taken = await reported(http, system_id=system_id)
    path = f"/v1/disturbances/{taken['disturbance_id']}"
    one = await done(http, f"{path}/acknowledgement", 1)
    await done(http, f"{path}/answers", one["version"], answers=[{"fact": "deviation", "answer": "yes"}])
    open_ones = (await http.get("/v1/disturbances/duties")).json()["items"]
    (duty,) = [one["id"] for one in open_ones if one["rule"] == rule]
    return f"/v1/disturbances/duties/{duty}"


async def test_a_producer_is_set_up_and_told_with_the_deliveries_to_look_at(both, system, database, clock):
    http, firms = both.main_connector, f"systems/{system.id}/firms"
    path = await a_duty(http, str(system.id), "section_90_producer")
    assert problem(await http.post(f"{path}/webhook", json={}, headers={"If-Match": '"1"'})) == (
        409,
        "disturbance-duty-unaddressed",
    )
    async with Receiver(answer(200)).listening() as receiver:
        endpoint = await an_endpoint(http, receiver.url())
        said = await put(http, f"{firms}/producer", 0, webhook={"endpoint_id": endpoint, "language": "sv"}, phone="112")
        assert (said.status_code, said.headers["etag"], said.json()["phone"]) == (200, '"1"', "112")
        assert problem(await put(http, f"{firms}/producer", 0)) == (412, "disturbance-own-word-changed")
        (firm,) = (await http.get(f"/v1/disturbances/{firms}")).json()["items"]
        assert (firm["addressee"], firm["name"], firm["version"]) == ("producer", "Ohjelmistotalo Oy", 1)
        assert firm["webhook"] == {"endpoint_id": endpoint, "language": "sv"}
        assert (await http.get(path)).json()["addressee"]["webhook"]["endpoint_id"] == endpoint
        headers = {"If-Match": '"1"', "Idempotency-Key": "once"}
        for _ in range(2):
            sent = await http.post(f"{path}/webhook", json={"language": "en"}, headers=headers)
            assert (sent.status_code, sent.json()["channel"], sent.json()["version"]) == (200, "webhook", 2)
        await worked(database, clock, a_post(keys=Keys([KEY])))
    (request,) = receiver.received
    assert json.loads(request.body)["data"]["language"] == "en"
    (delivery,) = (await http.get(f"/v1/webhooks/{endpoint}/deliveries")).json()["items"]
    assert (delivery["state"], delivery["kind"]) == ("sent", "disturbance.notice")
    assert sent.json()["note"].endswith(delivery["id"])
    withdrawn = await put(http, f"{firms}/producer", 1)
    assert (withdrawn.json()["webhook"], withdrawn.json()["version"]) == (None, 2)


async def test_an_authority_is_set_up_and_what_cannot_be_is_refused_at_its_field(both, system):
    http = both.main_connector
    events = await an_endpoint(http, "https://ours.example.org", "disturbance.moved")
    for path in ("authorities/kela", f"systems/{system.id}/firms/producer"):
        refused = await put(http, path, 0, webhook={"endpoint_id": events})
        assert problem(refused) == (422, "disturbance-refused")
        assert [flaw["field"] for flaw in refused.json()["errors"]] == ["webhook.endpoint_id"]
    said = await put(http, "authorities/kela", 0, webhook={"endpoint_id": await an_endpoint(http)})
    assert said.json()["webhook"]["language"] == "fi"
    assert (said.json()["email"], said.json()["contact_certainty"]) == ("tekninentuki@kanta.fi", "excerpt")
    kela = (await http.get("/v1/disturbances/authorities")).json()["items"][0]
    assert (kela["key"], kela["webhook"], kela["version"]) == ("kela", said.json()["webhook"], 1)
    nobody = await put(http, f"systems/{system.id}/firms/kela", 0)
    assert problem(nobody) == (422, "disturbance-refused")


async def test_an_address_inside_is_refused_where_the_operator_allows_none(database, clock):
    settings = read_settings({"KANTA_WEBHOOK_KEY": KEY})
    made = await a_whole_realm(database, clock, build_application(settings, database, clock, LastUses()), 2200000)
    async with made.main_connector as http, made.of_tenant:
        body = {"url": "https://127.0.0.1/in", "kinds": ["disturbance.notice"]}
        assert problem(await http.post("/v1/webhooks", json=body)) == (422, "webhook-endpoint-refused")


async def test_a_tenant_sets_nothing_up_and_sees_none(both, system, database, clock):
    http, tenant = both.main_connector, both.of_tenant
    register = Register(database, clock, both.caller)
    await register.deployed(system, both.tenant.tenancy.id)
    firms = f"systems/{system.id}/firms"
    await put(http, f"{firms}/producer", 0, webhook={"endpoint_id": await an_endpoint(http)})
    (firm,) = (await tenant.get(f"/v1/disturbances/{firms}")).json()["items"]
    assert (firm["webhook"], firm["version"], firm["email"]) == (None, 0, "poikkeamat@example.org")
    assert problem(await put(tenant, f"{firms}/producer", 0)) == (403, "permission-missing")
    body = {"url": "https://hooks.example.org/in", "kinds": ["disturbance.notice"]}
    assert problem(await tenant.post("/v1/webhooks", json=body)) == (422, "webhook-endpoint-refused")
    path = await a_duty(http, str(system.id), "section_90_producer")
    refused = await tenant.post(f"{path}/webhook", json={}, headers={"If-Match": '"1"'})
    assert problem(refused) == (403, "permission-missing")


async def test_another_realm_finds_neither_system_nor_duty_nor_endpoint(both, system, application, database, clock):
    stranger = await a_whole_realm(database, clock, application, 2300000)
    path = await a_duty(both.main_connector, str(system.id), "section_90_producer")
    endpoint = await an_endpoint(both.main_connector)
    async with stranger.main_connector as http, stranger.of_tenant:
        firms = f"systems/{system.id}/firms"
        assert problem(await http.get(f"/v1/disturbances/{firms}")) == (404, "information-system-not-found")
        assert problem(await put(http, f"{firms}/producer", 0)) == (404, "information-system-not-found")
        posted = await http.post(f"{path}/webhook", json={}, headers={"If-Match": '"1"'})
        assert problem(posted) == (404, "disturbance-duty-not-found")
        said = await put(http, "authorities/kela", 0, webhook={"endpoint_id": endpoint})
        assert problem(said) == (422, "disturbance-refused")


async def test_a_closed_endpoint_says_so(both, system):
    http = both.main_connector
    path = await a_duty(http, str(system.id), "section_90_producer")
    endpoint = await an_endpoint(http)
    await put(http, f"systems/{system.id}/firms/producer", 0, webhook={"endpoint_id": endpoint})
    await http.delete(f"/v1/webhooks/{endpoint}", headers={"If-Match": '"1"'})
    refused = await http.post(f"{path}/webhook", json={}, headers={"If-Match": '"1"'})
    assert problem(refused) == (409, "webhook-endpoint-closed")
    assert (await http.get(path)).json()["duty"]["state"] == "pending"
