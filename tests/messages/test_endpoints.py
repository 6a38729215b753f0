"""Endpoints over HTTP: made, changed, renewed, closed and opened by who owns them."""

import base64

import pytest

from kanta_tenancy.messages.actions.endpoints import MOST_OPEN, Rules
from kanta_tenancy.messages.errors import WebhooksNotSetUp
from kanta_tenancy.messages.model import SaidEndpoint
from tests.messages.examples import KINDS

URL = "https://hooks.example.org/in?token=secret"
SAID = {"url": URL, "kinds": ["thing.told"]}


async def made(http, **said) -> dict:
    answer = await http.post("/webhooks", json=SAID | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


def if_match(endpoint: dict) -> dict:
    return {"If-Match": f'"{endpoint["version"]}"'}


async def test_a_secret_is_shown_once_and_kept_nowhere(client, owner):
    http = await client()
    answer = await http.post("/webhooks", json=SAID, headers={"Idempotency-Key": "one"})
    shown = answer.json()
    secret = shown.pop("secret")
    assert secret.startswith("whsec_")
    assert (await http.get(answer.headers["location"].removeprefix("/v1"))).json() == shown
    again = await http.post("/webhooks", json=SAID, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-shown-once")
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    for table in ("webhook_endpoint", "idempotent_answer", "journal_entry"):
        rows = await owner.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} AS t")  # noqa: S608 -- three constants
        text = " ".join(row["row"] for row in rows)
        assert text
        assert secret.removeprefix("whsec_") not in text
        assert raw.hex() not in text


async def test_an_address_is_in_no_journal(client, owner):
    http = await client()
    endpoint = await made(http)
    await http.put(f"/webhooks/{endpoint['id']}", json=SAID | {"url": f"{URL}2"}, headers=if_match(endpoint))
    rows = await owner.fetch("SELECT entry FROM journal_entry WHERE entry LIKE '%webhook_endpoint.%'")
    assert len(rows) == 2
    assert not [row for row in rows if "hooks.example.org" in row["entry"]]


REFUSED = [
    "http://hooks.example.org/", "https://localhost/", "https://127.0.0.1/", "https://10.0.0.8/", "https://[::1]/",
    "https://2130706433/", "https://user@hooks.example.org/", "ftp://hooks.example.org/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_leads_inwards_is_refused_when_it_is_said(client, tenant, url):
    answer = await (await client(tenant)).post("/webhooks", json=SAID | {"url": url})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/webhook-endpoint-refused")
    assert [flaw["field"] for flaw in answer.json()["errors"]] == ["url"]


async def test_what_the_operator_allows_inside_only_a_main_connector_may_name(client, tenant):
    inside = SAID | {"url": "http://127.0.0.1:9000/in"}
    assert (await (await client()).post("/webhooks", json=inside)).status_code == 201
    assert (await (await client(tenant)).post("/webhooks", json=inside)).status_code == 422


async def test_everything_wrong_is_told_at_once(client):
    said = {"url": "https://localhost/", "kinds": ["thing.told", "thing.unknown"], "description": "a\u202eb"}
    answer = await (await client()).post("/webhooks", json=said)
    assert [flaw["field"] for flaw in answer.json()["errors"]] == ["url", "kinds[1]", "description"]


async def test_a_tenant_is_offered_and_can_have_only_the_kinds_that_are_for_it(client, tenant):
    main_connector, of_tenant = await client(), await client(tenant)
    every = [kind["kind"] for kind in (await main_connector.get("/event-kinds")).json()["items"]]
    assert every == list(KINDS)
    assert [kind["kind"] for kind in (await of_tenant.get("/event-kinds")).json()["items"]] == every[:2]
    refused = await of_tenant.post("/webhooks", json=SAID | {"kinds": ["thing.hidden"]})
    assert refused.status_code == 422
    assert (await main_connector.post("/webhooks", json=SAID | {"kinds": ["thing.hidden"]})).status_code == 201


async def test_an_owner_has_twenty_open_endpoints_at_most(client, tenant):
    http = await client()
    endpoints = [await made(http) for _ in range(MOST_OPEN)]
    answer = await http.post("/webhooks", json=SAID)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/webhook-endpoints-too-many")
    assert (await (await client(tenant)).post("/webhooks", json=SAID)).status_code == 201
    closed = await http.delete(f"/webhooks/{endpoints[0]['id']}", headers=if_match(endpoints[0]))
    await made(http)
    refused = await http.post(f"/webhooks/{endpoints[0]['id']}/opening", headers=if_match(closed.json()))
    assert refused.status_code == 409


async def test_an_endpoint_lives_through_changes_and_each_needs_its_version(client):
    http = await client()
    endpoint = await made(http)
    path = f"/webhooks/{endpoint['id']}"
    said = {"url": "https://other.example.org/", "kinds": ["thing.kept", "thing.told"], "description": "Billing"}
    changed = (await http.put(path, json=said, headers=if_match(endpoint))).json()
    assert {name: changed[name] for name in said} == said
    assert (await http.put(path, json=said, headers=if_match(endpoint))).status_code == 412
    assert (await http.put(path, json=said)).status_code == 428
    renewed = (await http.post(f"{path}/secret", headers=if_match(changed))).json()
    assert renewed["secret"] != endpoint["secret"]
    assert renewed["previous_secret_until"] == "2026-03-03T09:00:00Z"  # noqa: S105 -- an instant
    closed = (await http.delete(path, headers=if_match(renewed))).json()
    assert (closed["closed_because"], closed["version"]) == ("asked", 4)
    assert (await http.delete(path, headers=if_match(closed))).json()["type"] == "/problems/webhook-endpoint-closed"
    assert (await http.post(f"{path}/test")).json()["type"] == "/problems/webhook-endpoint-closed"
    opened = (await http.post(f"{path}/opening", headers=if_match(closed))).json()
    assert (opened["closed_at"], opened["version"]) == (None, 5)
    assert (await http.post(f"{path}/opening", headers=if_match(opened))).status_code == 409
    unseen = await http.get(path, headers={"If-None-Match": '"5"'})
    assert unseen.status_code == 304


async def test_where_a_tenant_is_told_is_not_for_its_main_connector_to_say(client, tenant):
    endpoint = await made(await client(tenant))
    path, http = f"/webhooks/{endpoint['id']}", await client()
    assert (await http.get(path)).status_code == 200
    for request in (
        http.put(path, json=SAID, headers=if_match(endpoint)),
        http.post(f"{path}/secret", headers=if_match(endpoint)),
    ):
        answer = await request
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/webhook-endpoint-of-another")
    closed = (await http.delete(path, headers=if_match(endpoint))).json()
    assert closed["closed_because"] == "asked"
    assert (await http.post(f"{path}/opening", headers=if_match(closed))).status_code == 403


async def test_a_list_holds_ones_own_and_of_a_main_connector_its_tenants_too(client, tenant):
    of_tenant, http = await client(tenant), await client()
    theirs, ours = await made(of_tenant), await made(http)
    assert [one["id"] for one in (await of_tenant.get("/webhooks")).json()["items"]] == [theirs["id"]]
    page = (await http.get("/webhooks?limit=1")).json()
    rest = (await http.get(page["next"].removeprefix("/v1"))).json()
    assert [one["id"] for one in (*page["items"], *rest["items"])] == [theirs["id"], ours["id"]]
    assert "secret" not in page["items"][0]


async def test_a_test_event_is_due_at_once_whatever_was_subscribed_to(client):
    http = await client()
    endpoint = await made(http)
    answer = await http.post(f"/webhooks/{endpoint['id']}/test")
    assert answer.status_code == 202
    (delivery,) = (await http.get(f"/webhooks/{endpoint['id']}/deliveries")).json()["items"]
    assert (delivery["kind"], delivery["state"], delivery["id"]) == ("webhook.test", "due", answer.json()["id"])


def test_without_a_key_there_are_no_webhooks():
    with pytest.raises(WebhooksNotSetUp):
        Rules(KINDS, None).own_keys()
    assert Rules(KINDS, None).examined(SaidEndpoint(url=URL, kinds=("thing.told",)), tenant=True).url == URL
