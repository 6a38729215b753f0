"""Trust over HTTP: loaded and removed by the main connector, seen by its tenants, judged by for both."""

import httpx
import pytest
from cryptography import x509

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.sample_authority import Signer, issue
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from kanta_tenancy.trust import watch
from tests.machinery.x509.authorities import NOW, authority
from tests.trust.examples import ISSUING, NOON, OTHER, ROOT, SIGNER, an_authority, der, fingerprints, pem
from tests.trust.test_refreshing import PATH, Authorities, pay

ANY_FILE = {"Content-Type": "application/octet-stream"}
AUTHORITY = {"name": "Aikaleima Oy", "url": "https://tsa.example.org/"}
WISH = {"level": "LT", "obligation": "required", "authorities": [AUTHORITY], "fresh_for_hours": 24}


async def load(http: httpx.AsyncClient, content: bytes, kind: str = "signatures", **headers: str) -> httpx.Response:
    return await http.post(f"/v1/trust/anchors?kind={kind}", content=content, headers=ANY_FILE | headers)


async def listed(http: httpx.AsyncClient, **asked: str) -> list[dict]:
    return (await http.get("/v1/trust/anchors", params=asked)).json()["items"]


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_certificates_are_loaded_read_and_fetched_again(both):
    http = both.main_connector
    made = await load(http, pem(ROOT, ISSUING))
    assert made.status_code == 201, made.text
    assert [(one["new"], one["anchor"]["sha256"]) for one in made.json()["items"]] == [
        (True, digits) for digits in fingerprints([ROOT, ISSUING])
    ]
    root = made.json()["items"][0]["anchor"]
    assert (root["kind"], root["standing"], root["doubts"], root["authority"]) == ("signatures", "kept", [], True)
    assert "certificate" not in root
    read = await http.get(f"/v1/trust/anchors/{root['id']}")
    assert (read.json(), read.headers["etag"]) == (root, '"1"')
    assert (await http.get(f"/v1/trust/anchors/{root['id']}", headers={"If-None-Match": '"1"'})).status_code == 304
    fetched = await http.get(f"/v1/trust/anchors/{root['id']}/certificate")
    assert fetched.headers["content-type"] == "application/pkix-cert"
    assert x509.load_der_x509_certificate(fetched.content) == ROOT
    assert [one["new"] for one in (await load(http, der(ROOT))).json()["items"]] == [False]


async def test_a_repeated_request_loads_once_and_gets_the_same_answer(both):
    key = {"Idempotency-Key": "once"}
    first, again = [await load(both.main_connector, der(ROOT), **key) for _ in range(2)]
    assert first.json() == again.json()
    assert first.json()["items"][0]["new"] is True


async def test_what_is_refused_is_refused_with_its_reason(both):
    http = both.main_connector
    assert problem(await load(http, sample_authority.key_pem(SIGNER))) == (422, "key-material-refused")
    assert problem(await load(http, sample_authority.pkcs12_file(SIGNER))) == (422, "key-material-refused")
    assert problem(await load(http, b"hello")) == (400, "certificate-unreadable")
    assert problem(await load(http, b"x" * 65_537)) == (413, "body-too-large")
    refused = await load(http, pem(ROOT, SIGNER.certificate))
    assert problem(refused) == (422, "trust-anchor-refused")
    assert refused.json()["errors"][0] | {"detail": ""} == {"field": "certificates[1]", "detail": "", "rule": "R11"}
    assert (await http.post("/v1/trust/anchors", content=der(ROOT), headers=ANY_FILE)).status_code == 422
    assert (await load(http, der(ROOT), kind="everything")).status_code == 422
    assert await listed(http) == []


async def test_one_is_removed_with_a_reason_from_the_version_that_was_seen(both):
    http = both.main_connector
    root = (await load(http, der(ROOT))).json()["items"][0]["anchor"]
    address = f"/v1/trust/anchors/{root['id']}/removal"
    reason = {"reason": "The authority was compromised"}
    assert problem(await http.post(address, json=reason)) == (428, "version-not-named")
    assert problem(await http.post(address, json=reason, headers={"If-Match": '"9"'})) == (412, "trust-anchor-changed")
    key = {"If-Match": '"1"', "Idempotency-Key": "once"}
    gone, again = [await http.post(address, json=reason, headers=key) for _ in range(2)]
    assert (gone.status_code, gone.json(), gone.headers["etag"]) == (200, again.json(), '"2"')
    assert (gone.json()["standing"], gone.json()["removed_because"]) == ("removed", reason["reason"])
    assert problem(await http.post(address, json=reason, headers={"If-Match": '"2"'})) == (409, "trust-anchor-removed")
    assert (await http.get(f"/v1/trust/anchors/{root['id']}")).json() == gone.json()
    assert await listed(http) == []
    assert [one["id"] for one in await listed(http, removed="true")] == [root["id"]]


async def test_the_list_is_of_now_or_of_a_day_and_goes_page_by_page(both, clock):
    http = both.main_connector
    await load(http, pem(ROOT, OTHER.root))
    await load(http, der(ISSUING), kind="intermediate")
    clock.advance(days=1)
    for one in await listed(http, kind="signatures"):
        reason = {"json": {"reason": "x"}, "headers": {"If-Match": '"1"'}}
        await http.post(f"/v1/trust/anchors/{one['id']}/removal", **reason)
    await load(http, der(an_authority(name="Late")))
    assert {one["name"] for one in await listed(http)} == {"Luottamus Issuing", "Late"}
    of_days = {day: {one["name"] for one in await listed(http, day=day)} for day in ("2026-03-01", "2026-03-02")}
    assert of_days == {"2026-03-01": set(), "2026-03-02": {"Luottamus Root", "Toinen Root", "Luottamus Issuing"}}
    seen, following = [], "/v1/trust/anchors?limit=1&removed=true"
    while following:
        page = (await http.get(following)).json()
        seen += [one["id"] for one in page["items"]]
        following = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4


async def test_one_that_has_expired_is_loaded_with_a_doubt(both, clock):
    expired = an_authority(lasts=NOON - ROOT.not_valid_before_utc)
    clock.advance(seconds=1)
    made = await load(both.main_connector, der(expired))
    assert (made.status_code, made.json()["items"][0]["anchor"]["doubts"]) == (201, ["expired"])


async def test_the_policy_is_read_decided_and_known_version_by_version(both):
    http = both.main_connector
    read = await http.get("/v1/trust/policy")
    assert read.headers["etag"] == '"0"'
    assert read.json() == {
        "version": 0, "level": "B", "obligation": "best_effort", "authorities": [], "fresh_for_hours": None,
        "since": None, "decided_by": None,
    }  # fmt: skip
    assert (await http.get("/v1/trust/policy", headers={"If-None-Match": '"0"'})).status_code == 304
    decided = await http.put("/v1/trust/policy", json=WISH, headers={"If-Match": '"0"'})
    assert (decided.status_code, decided.headers["etag"]) == (200, '"1"')
    assert decided.json() == WISH | {"version": 1, "since": "2026-03-02T12:00:00Z", "decided_by": "billing"}
    assert problem(await http.put("/v1/trust/policy", json=WISH, headers={"If-Match": '"0"'})) == (
        412,
        "trust-policy-changed",
    )
    plain = {"level": "B", "obligation": "best_effort"}
    assert (await http.put("/v1/trust/policy", json=plain, headers={"If-Match": '"1"'})).json()["version"] == 2
    nobody = {"level": "T", "obligation": "required"}
    assert problem(await http.put("/v1/trust/policy", json=nobody, headers={"If-Match": '"2"'})) == (
        422,
        "trust-policy-refused",
    )
    first = (await http.get("/v1/trust/policy/versions", params={"limit": 1})).json()
    rest = (await http.get(first["next"])).json()
    assert [one["version"] for one in (*first["items"], *rest["items"])] == [2, 1]
    assert rest["next"] is None


async def test_a_tenant_sees_what_its_main_connector_trusts_and_changes_none_of_it(both):
    root = (await load(both.main_connector, der(ROOT))).json()["items"][0]["anchor"]
    await both.main_connector.put("/v1/trust/policy", json=WISH, headers={"If-Match": '"0"'})
    http = both.of_tenant
    assert await listed(http) == [root]
    assert (await http.get(f"/v1/trust/anchors/{root['id']}/certificate")).content == der(ROOT)
    assert (await http.get("/v1/trust/policy")).json()["level"] == "LT"
    assert len((await http.get("/v1/trust/policy/versions")).json()["items"]) == 1
    seen = {"If-Match": '"1"'}
    for answer in (
        await load(http, der(OTHER.root)),
        await http.post(f"/v1/trust/anchors/{root['id']}/removal", json={"reason": "x"}, headers=seen),
        await http.put("/v1/trust/policy", json=WISH, headers=seen),
    ):
        assert problem(answer) == (403, "permission-missing")


async def test_kept_revocation_data_and_for_whom_it_is_kept_fresh_go_page_by_page(both, database, clock):
    clock.at = NOW
    eino = issue(authority(), Signer(name="Eino", organisation="x"), at=NOW)
    async with database.transaction(both.caller) as tx:
        for path in (PATH, (eino.certificate, *PATH[1:])):
            await watch(tx, path, at=NOW)
    await pay(database, clock, Authorities(clock))
    http = both.main_connector
    assert await walked(http, "/v1/trust/revocation-data") == ["Test Issuing"] * 2 + ["Test Root"] * 2
    assert await walked(http, "/v1/trust/watched-certificates") == ["Aino", "Eino"]
    assert await walked(both.of_tenant, "/v1/trust/watched-certificates") == []
    kept = (await http.get("/v1/trust/revocation-data")).json()["items"][0]
    assert (kept["kind"], kept["about"], kept["overdue"], kept["bytes"] > 100) == ("crl", "", False, True)
    watched = (await http.get("/v1/trust/watched-certificates")).json()["items"][0]
    assert (watched["standing"], watched["asked_at"]) == ("good", "2026-06-01T12:00:00Z")
    clock.advance(days=8)
    assert (await http.get("/v1/trust/revocation-data")).json()["items"][0]["overdue"] is True


async def walked(http: httpx.AsyncClient, address: str) -> list[str]:
    seen, following = [], f"{address}?limit=1"
    while following:
        page = (await http.get(following)).json()
        seen += [one.get("authority") or one["name"] for one in page["items"]]
        following = page["next"]
    return sorted(seen)


@pytest.mark.parametrize(("permission", "for_tenants"), [("trust.read", True), ("trust.manage", False)])
def test_a_tenants_key_can_look_and_not_change(permission, for_tenants):
    assert (Permission(permission) in TENANT_PERMISSIONS) is for_tenants
