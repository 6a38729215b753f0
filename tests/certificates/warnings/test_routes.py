"""Warnings and digests over HTTP: read page by page, acknowledged once, refused with the reason."""

import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.parties import Function
from kanta_tenancy.parties.access import LastUses
from tests.certificates.findings.examples import a_finding
from tests.certificates.warnings.examples import DAY, MARCH_2, Watch
from tests.certificates.warnings.test_findings_passed_on import noted
from tests.journeys.conftest import a_whole_realm
from tests.systems.test_routes import problem

LAST_DAY = MARCH_2 + 40 * DAY


@pytest.fixture
async def both(database, clock):
    """A realm over HTTP: a client of the main connector and one of its tenant."""
    application = build_application(read_settings({}), database, clock, LastUses())
    made = await a_whole_realm(database, clock, application, 2000000)
    async with made.main_connector, made.of_tenant:
        yield made


@pytest.fixture
async def watch(both, database, owner, clock) -> Watch:
    watch = Watch(database, owner, clock, both.caller)
    await watch.person("Tekla", Function.TECHNICAL)
    await watch.person("Ada", Function.ADMINISTRATOR)
    return watch


async def test_what_is_open_is_listed_by_the_end_of_the_certificates_page_by_page(both, watch):
    later = await watch.certificate(LAST_DAY, "later.example.org")
    sooner = await watch.certificate(MARCH_2 + 3 * DAY, "sooner.example.org")
    await watch.hear()
    first = (await both.main_connector.get("/v1/certificate-warnings?limit=1")).json()
    (shown,) = first["items"]
    assert shown == {
        "certificate_id": str(sooner),
        "sha256": shown["sha256"],
        "common_name": "sooner.example.org",
        "subject": "CN=sooner.example.org",
        "kind": "server",
        "responsible_id": None,
        "level": "3",
        "due_on": "2026-03-02",
        "ends_on": "2026-03-05",
        "days_left": 3,
        "up_to": None,
        "told_at": None,
        "next_at": None,
    }
    second = (await both.main_connector.get(first["next"])).json()
    assert [one["certificate_id"] for one in second["items"]] == [str(later)]
    assert second["next"] is None
    narrowed = (await both.main_connector.get("/v1/certificate-warnings?ends_before=2026-03-06")).json()
    assert [one["certificate_id"] for one in narrowed["items"]] == [str(sooner)]


async def test_those_that_people_were_told_of_stand_among_the_others(both, watch):
    told = [await watch.certificate(MARCH_2 + days * DAY, f"told{days}.example.org") for days in (20, 40)]
    await watch.live(MARCH_2 + DAY)
    untold = [await watch.certificate(MARCH_2 + days * DAY, f"untold{days}.example.org") for days in (10, 30, 50)]
    await watch.hear()
    listed, path = [], "/v1/certificate-warnings?limit=2"
    while path:
        page = (await both.main_connector.get(path)).json()
        listed += [(one["certificate_id"], one["told_at"] is not None) for one in page["items"]]
        path = page["next"]
    a, b, c, d, e = untold[0], told[0], untold[1], told[1], untold[2]
    assert listed == [(str(a), False), (str(b), True), (str(c), False), (str(d), True), (str(e), False)]


async def test_what_happened_to_a_certificate_and_what_is_to_come(both, watch):
    certificate = await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + DAY)
    told = (await both.main_connector.get(f"/v1/certificates/{certificate}/warnings")).json()
    assert [(one["level"], one["state"], one["up_to"]) for one in told["items"]] == [
        ("third", "superseded", None), ("90", "superseded", None), ("60", "open", "responsible"),
    ]  # fmt: skip
    assert told["items"][-1]["next_at"] == "2026-03-10T04:15:00Z"
    assert [(one["level"], one["due_on"]) for one in told["coming"]][:2] == [("30", "2026-03-12"), ("14", "2026-03-28")]
    assert told["coming"][-1] == {"level": "-1", "due_on": "2026-04-12"}


async def test_a_warning_is_acknowledged_once_and_the_answer_repeated(both, watch):
    certificate = await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + DAY)
    address = f"/v1/certificates/{certificate}/warnings/acknowledgement"
    http, key = both.main_connector, {"Idempotency-Key": "seen"}
    assert problem(await http.post(address, json={"level": "90"})) == (409, "certificate-warning-not-open")
    first = await http.post(address, json={"level": "60"}, headers=key)
    again = await http.post(address, json={"level": "60"}, headers=key)
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert first.json()["items"][-1]["state"] == "acknowledged"
    assert problem(await http.post(address, json={"level": "60"})) == (409, "certificate-warning-not-open")
    for level in ("soon", "--1", "99999"):
        assert (await http.post(address, json={"level": level})).status_code == 422
    entries = (await http.get("/v1/journal")).json()["items"]
    assert "certificate_warning.acknowledged" in {one["action"] for one in entries}


async def test_a_digest_is_read_with_what_it_tells_of_and_acknowledged(both, watch):
    certificate = await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + DAY)
    http = both.main_connector
    (digest,) = (await http.get("/v1/certificate-digests")).json()["items"]
    address = f"/v1/certificate-digests/{digest['id']}"
    read = await http.get(address)
    assert (read.json(), read.headers["etag"]) == (digest, '"1"')
    assert (digest["certificates"], digest["findings"], digest["urgent"]) == (1, 0, False)
    told = (await http.get(f"{address}/warnings")).json()
    assert told["items"] == [
        {
            "certificate_id": str(certificate),
            "level": "60",
            "due_on": "2026-02-10",
            "ends_on": "2026-04-11",
            "state": "open",
        }
    ]
    assert (await http.post(f"{address}/acknowledgement")).status_code == 428
    done = await http.post(f"{address}/acknowledgement", headers={"If-Match": '"1"'})
    assert (done.status_code, done.headers["etag"], done.json()["version"]) == (200, '"2"', 2)
    stale = await http.post(f"{address}/acknowledgement", headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "certificate-digest-changed")
    twice = await http.post(f"{address}/acknowledgement", headers={"If-Match": '"2"'})
    assert problem(twice) == (409, "certificate-digest-acknowledged")
    assert (await http.get(f"{address}/warnings")).json()["items"][0]["state"] == "acknowledged"
    assert (await http.get("/v1/certificate-warnings")).json()["items"] == []


async def test_what_a_digest_says_is_amiss_is_read_page_by_page_with_what_became_of_it(both, watch):
    rules = ("probe.expired", "probe.name", "probe.unreachable")
    await noted(watch, *(a_finding(rule=rule) for rule in rules))
    await watch.live(MARCH_2)
    watch.clock.advance(minutes=15)
    await watch.work()
    await noted(watch, *(a_finding(rule=rule) for rule in rules[:2]))  # the third is cleared
    await noted(watch, a_finding(subject="certificate_endpoint/later"), about="certificate_endpoint/later")
    http = both.main_connector
    (digest,) = (await http.get("/v1/certificate-digests")).json()["items"]
    assert digest["findings"] == 3
    seen: list[dict] = []
    following: str | None = f"/v1/certificate-digests/{digest['id']}/findings?limit=2"
    while following:
        page = (await http.get(following)).json()
        assert len(page["items"]) <= 2
        seen += page["items"]
        following = page["next"]
    assert [one["id"] for one in seen] == sorted(one["id"] for one in seen)
    assert {one["rule"]: one["cleared_at"] is None for one in seen} == {rules[0]: True, rules[1]: True, rules[2]: False}
    assert {one["told_at"] for one in seen} == {digest["told_at"]}
    await http.post(f"/v1/certificate-digests/{digest['id']}/acknowledgement", headers={"If-Match": '"1"'})
    after = (await http.get(f"/v1/certificate-digests/{digest['id']}/findings")).json()["items"]
    assert {one["rule"]: one["acknowledged_by"] is None for one in after} == {
        rules[0]: False,
        rules[1]: False,
        rules[2]: True,
    }


async def test_a_finding_is_acknowledged_once_however_often_it_is_asked_for(both, watch):
    await noted(watch, a_finding())
    http, key = both.main_connector, {"Idempotency-Key": "seen"}
    (found,) = (await http.get("/v1/certificate-findings")).json()["items"]
    assert [found[name] for name in ("up_to", "told_at", "next_at", "acknowledged_at", "acknowledged_by")] == [None] * 5
    await watch.live(MARCH_2)
    watch.clock.advance(minutes=15)
    await watch.work()
    (told,) = (await http.get("/v1/certificate-findings")).json()["items"]
    assert (told["up_to"], told["told_at"], told["next_at"]) == (
        "responsible", "2026-03-02T12:15:00Z", "2026-03-03T12:30:00Z",
    )  # fmt: skip
    address = f"/v1/certificate-findings/{found['id']}/acknowledgement"
    assert (await both.of_tenant.post(address)).status_code == 403
    first, again = [await http.post(address, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert first.json()["acknowledged_at"] == "2026-03-02T12:15:00Z"
    assert (first.json()["up_to"], first.json()["next_at"]) == ("responsible", None)
    assert problem(await http.post(address)) == (409, "certificate-finding-not-open")
    nowhere = address.replace(found["id"], "019a0000-0000-7000-8000-000000000009")
    assert problem(await http.post(nowhere)) == (404, "certificate-finding-not-found")
    actions = {one["action"] for one in (await http.get("/v1/journal")).json()["items"]}
    assert "certificate_finding.acknowledged" in actions


async def test_a_tenant_is_told_what_its_own_certificates_come_to_and_nothing_of_whom_was_told(both, watch):
    own = await watch.certificate(LAST_DAY, "own.example.org", tenancy_id=both.tenant.tenancy.id)
    others = await watch.certificate(LAST_DAY, "others.example.org")
    await watch.live(MARCH_2 + DAY)
    http = both.of_tenant
    told = (await http.get(f"/v1/certificates/{own}/warnings")).json()
    assert told["items"] == []
    assert told["coming"][0] == {"level": "30", "due_on": "2026-03-12"}
    assert problem(await http.get(f"/v1/certificates/{others}/warnings")) == (404, "certificate-not-found")
    for path in ("/v1/certificate-warnings", "/v1/certificate-digests"):
        assert (await http.get(path)).json()["items"] == []
    (digest,) = (await both.main_connector.get("/v1/certificate-digests")).json()["items"]
    for path in ("", "/warnings", "/findings"):
        read = await http.get(f"/v1/certificate-digests/{digest['id']}{path}")
        assert problem(read) == (404, "certificate-digest-not-found")
    refused = await http.post(f"/v1/certificates/{own}/warnings/acknowledgement", json={"level": "60"})
    assert refused.status_code == 403
