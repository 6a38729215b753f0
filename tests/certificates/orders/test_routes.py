"""Orders over HTTP: repeated safely, changed from the version that was seen, refused with the reason."""

from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kanta_tenancy.assembly.feeds import entries
from kanta_tenancy.machinery.x509 import requests
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.certificates.orders.examples import Orders, a_key, a_request, issued
from tests.parties.examples import a_key as an_access_key
from tests.parties.examples import owner_of

ORDERS = "/v1/certificate-orders"
ORDER = {
    "profile": "dvv-server",
    "ordered_on": "2026-03-02",
    "purpose": "Reseptikeskus",
    "reference": "D-117",
    "request": requests.pem(a_request()).decode(),
}


@pytest.fixture
def kept(database, clock, both) -> Orders:
    """The same realm's inventory and orders, without HTTP."""
    return Orders(database, clock, both.caller)


async def ordered(http: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await http.post(ORDERS, json=ORDER | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(http: httpx.AsyncClient, order: dict[str, Any], what: str, **body: Any) -> httpx.Response:
    """Do something with an order, from the version in hand."""
    return await http.post(f"{ORDERS}/{order['id']}/{what}", json=body, headers={"If-Match": f'"{order["version"]}"'})


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_an_order_goes_its_whole_way(both, kept):
    http = both.main_connector
    old = await kept.read_certificate((await kept.taken(issued("old"))).new[0])
    made = await http.post(ORDERS, json=ORDER | {"replaces_id": str(old.id)})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    address, order = made.headers["location"], made.json()
    assert (order["state"], order["old"]["serial"], order["findings"]) == ("ordered", old.serial, [])
    assert order["next_moves"] == ["amend", "revoke", "cancel"]
    first = order["checklist"][0]
    assert (first["item"], first["standing"], first["due_on"], first["certainty"]) == (
        "arrive", "open", "2026-03-09", "excerpt",
    )  # fmt: skip
    new = (await kept.came(issued())).new[0]
    read = await http.get(address)
    assert (read.json()["state"], read.json()["certificate_id"]) == ("arrived", str(new))
    assert (await http.get(address, headers={"If-None-Match": read.headers["etag"]})).status_code == 304
    deployed = await done(http, read.json(), "deployment", on="2026-03-02")
    assert (deployed.status_code, deployed.json()["state"]) == (200, "deployed")
    assert problem(await done(http, deployed.json(), "closing")) == (409, "old-certificate-not-revoked")
    another = await done(http, deployed.json(), "revocation", serial="01", reason="no_longer_needed", on="2026-03-02")
    assert problem(another) == (422, "certificate-order-refused")
    said = {"serial": old.serial, "reason": "no_longer_needed", "on": "2026-03-02"}
    revoked = await done(http, deployed.json(), "revocation", **said)
    assert (revoked.json()["state"], revoked.json()["revocation"]["reason"]) == ("old_revoked", "no_longer_needed")
    closed = await done(http, revoked.json(), "closing")
    assert (closed.json()["state"], closed.json()["next_moves"], closed.headers["etag"]) == ("closed", [], '"5"')
    assert problem(await done(http, closed.json(), "cancellation", reason="x")) == (
        409,
        "certificate-order-move-not-allowed",
    )


async def test_the_request_is_given_back_as_it_came(both):
    order = await ordered(both.main_connector)
    answer = await both.main_connector.get(f"{ORDERS}/{order['id']}/request")
    assert (answer.text, answer.headers["content-type"]) == (ORDER["request"], "application/x-pem-file")
    assert f'filename="{order["id"]}.csr"' in answer.headers["content-disposition"]


async def test_an_order_is_repeated_safely(both):
    answers = [await both.main_connector.post(ORDERS, json=ORDER, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert problem(await both.main_connector.post(ORDERS, json=ORDER)) == (409, "certificate-order-exists")


async def test_an_order_is_said_anew_from_the_version_that_was_seen(both):
    http, order = both.main_connector, await ordered(both.main_connector)
    said = {"profile": "dvv-server", "ordered_on": "2026-03-01", "reference": "D-118"}
    seen = {"If-Match": '"1"'}
    amended = await http.put(f"{ORDERS}/{order['id']}", json=said, headers=seen)
    assert (amended.json()["reference"], amended.json()["purpose"]) == ("D-118", None)
    again = await http.put(f"{ORDERS}/{order['id']}", json=said, headers=seen)
    assert problem(again) == (412, "certificate-order-changed")
    assert problem(await http.put(f"{ORDERS}/{order['id']}", json=said)) == (428, "version-not-named")


async def test_orders_are_listed_by_day_page_by_page(both):
    http = both.main_connector
    made = [await ordered(http, request=requests.pem(a_request(name)).decode()) for name in ("one", "two", "three")]
    await done(http, made[1], "cancellation", reason="Ordered twice")
    page = (await http.get(ORDERS, params={"limit": 2})).json()
    assert [one["id"] for one in page["items"]] == [made[2]["id"], made[1]["id"]]
    rest = (await http.get(page["next"])).json()
    assert [one["id"] for one in rest["items"]] == [made[0]["id"]]
    (cancelled,) = (await http.get(ORDERS, params={"state": "cancelled"})).json()["items"]
    assert (cancelled["id"], cancelled["subject"]) == (made[1]["id"], made[1]["request"]["subject"])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("nothing", (400, "certificate-request-unreadable")),
        (
            a_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            (422, "private-key-not-taken"),
        ),
    ],
)
async def test_what_is_no_request_is_refused_by_name(both, content, refusal):
    assert problem(await both.main_connector.post(ORDERS, json=ORDER | {"request": content})) == refusal


async def test_what_is_larger_than_a_request_can_be_is_refused_with_the_size(both):
    answer = await both.main_connector.post(ORDERS, json=ORDER | {"request": "x" * 65537})
    assert (answer.status_code, "65536" in answer.json()["errors"][0]["detail"]) == (422, True)


async def test_a_tenant_sees_no_orders_and_makes_none(both):
    order = await ordered(both.main_connector)
    assert Permission.CERTIFICATES_READ in TENANT_PERMISSIONS
    assert (await both.of_tenant.get(ORDERS)).json()["items"] == []
    for path in (f"{ORDERS}/{order['id']}", f"{ORDERS}/{order['id']}/request"):
        assert problem(await both.of_tenant.get(path)) == (404, "certificate-order-not-found")
    assert problem(await both.of_tenant.post(ORDERS, json=ORDER)) == (403, "permission-missing")


async def test_whoever_may_only_read_orders_nothing(both, database, clock):
    own = await owner_of(database, both.caller)
    token = await an_access_key(database, clock, both.caller, own, permissions={Permission.CERTIFICATES_READ})
    headers = {"Authorization": f"Bearer {token.text}"}
    answer = await both.main_connector.post(ORDERS, json=ORDER, headers=headers)
    assert problem(answer) == (403, "permission-missing")


async def test_what_an_order_waits_for_stands_in_the_forecast_and_in_calendars(both, database, clock):
    await ordered(both.main_connector)
    (due,) = (await both.main_connector.get("/v1/forecast", params={"until": "2026-03-10"})).json()["items"]
    assert (due["kind"], "CN=palvelin.example.org" in due["title"]["sv"]) == ("certificate_order.arrive", True)
    assert (await both.of_tenant.get("/v1/forecast", params={"until": "2026-03-10"})).json()["items"] == []
    async with database.transaction(both.caller) as tx:
        (entry,) = await entries(tx, clock)
    assert "not verified with the issuer" in entry.description.en
