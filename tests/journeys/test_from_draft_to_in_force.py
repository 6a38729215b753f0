"""A tenant's agreement from a draft to in force, as clients of the API see it."""

from typing import Any

import httpx

from kanta_tenancy.agreements.model import Party, Signatory
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.agreements.conftest import AUTHORITY, LISTS, signed_on_line
from tests.journeys.conftest import Realm, put_own_key

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def a_draft(realm: Realm, **said: Any) -> dict[str, Any]:
    who = {"name": "Aino & Eino <Oy>", "title": "Verkställande direktör", "mandate": "Handelsregistret"}
    return {
        "tenancy_id": str(realm.tenant.tenancy.id),
        "language": "sv",
        "services": ["prescription", "patient_data"],
        "registers": ["patient_register", "log_register"],
        "signatories": [{"party": party.value, **who} for party in Party],
    } | said


async def drafted(realm: Realm, **said: Any) -> dict[str, Any]:
    made = await realm.main_connector.post("/v1/agreements", json=a_draft(realm, **said))
    assert made.status_code == 201, made.text
    return made.json()


async def offered(realm: Realm, **said: Any) -> dict[str, Any]:
    draft = await drafted(realm, **said)
    made = await realm.main_connector.post(f"/v1/agreements/{draft['id']}/offer", headers={"If-Match": '"1"'})
    assert made.status_code == 200, made.text
    return made.json()


async def hand_in(http: httpx.AsyncClient, agreement: dict[str, Any], docx: bytes, **headers: str) -> httpx.Response:
    return await http.post(
        f"/v1/agreements/{agreement['id']}/signatures",
        content=docx,
        headers={"Content-Type": DOCX, "If-Match": f'"{agreement["version"]}"'} | headers,
    )


async def test_from_draft_to_in_force(realm: Realm, clock, signing_keys):
    put_own_key(signing_keys, realm)
    agreement = await offered(realm)
    path = f"/v1/agreements/{agreement['id']}"
    document = await realm.of_tenant.get(f"{path}/document")
    assert (document.headers["content-type"], document.headers["etag"]) == (DOCX, '"2"')
    assert agreement["reference"] in document.headers["content-disposition"]
    seen = await realm.of_tenant.get(f"{path}/document", headers={"If-None-Match": '"2"'})
    assert (seen.status_code, seen.content) == (304, b"")
    who = next(Signatory(**one) for one in agreement["signatories"] if one["party"] == "tenant")
    signed = await hand_in(realm.of_tenant, agreement, signed_on_line(document.content, who, clock.now()))
    assert (signed.status_code, signed.json()["status"]) == (200, "partly_signed"), signed.text
    headers = {"If-Match": signed.headers["etag"]}
    done = await realm.main_connector.post(f"{path}/signatures/own-key", json={}, headers=headers)
    assert (done.status_code, done.json()["status"], done.json()["in_force_on"]) == (200, "in_force", "2026-03-02")
    receipts = (await realm.of_tenant.get(f"{path}/receipts")).json()["items"]
    original = (await realm.main_connector.get(f"{path}/document")).content
    assert len({receipt["sha256"] for receipt in receipts}) == 1
    assert {receipt["party"] for receipt in receipts} == {"main_connector", "tenant"}
    assert verify(original, at=clock.now(), anchors=[AUTHORITY.root], revocation=LISTS).verdict is Verdict.VALID
    told = (await realm.of_tenant.get(f"{path}/verification")).json()
    assert (told["verdict"], len(told["signatures"])) == ("indeterminate", 2)
    journal = (await realm.of_tenant.get("/v1/journal")).json()["items"]
    actions = [entry["action"] for entry in journal]
    assert {"agreement.offered", "agreement.signed", "agreement.in_force"} <= set(actions)


async def test_a_repeated_draft_is_made_once(realm: Realm):
    headers = {"Idempotency-Key": "draft-1"}
    first = await realm.main_connector.post("/v1/agreements", json=a_draft(realm), headers=headers)
    again = await realm.main_connector.post("/v1/agreements", json=a_draft(realm), headers=headers)
    other = await realm.main_connector.post("/v1/agreements", json=a_draft(realm, language="fi"), headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.content == again.content
    assert len((await realm.main_connector.get("/v1/agreements")).json()["items"]) == 1


async def test_a_repeated_signature_is_answered_alike_and_added_once(realm: Realm, clock):
    agreement = await offered(realm)
    document = await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}/document")
    who = next(Signatory(**one) for one in agreement["signatories"] if one["party"] == "tenant")
    docx = signed_on_line(document.content, who, clock.now())
    answers = [await hand_in(realm.of_tenant, agreement, docx, **{"Idempotency-Key": "sign"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    stale = await hand_in(realm.of_tenant, agreement, docx)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/agreement-changed")


async def test_changes_name_the_version_that_they_were_made_from(realm: Realm):
    draft = await drafted(realm)
    path = f"/v1/agreements/{draft['id']}"
    said = {name: value for name, value in a_draft(realm, language="fi").items() if name != "tenancy_id"}
    assert (await realm.main_connector.put(path, json=said)).status_code == 428
    changed = await realm.main_connector.put(path, json=said, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["language"]) == (200, "fi")
    assert (await realm.main_connector.put(path, json=said, headers={"If-Match": '"1"'})).status_code == 412
    seen = await realm.main_connector.get(path, headers={"If-None-Match": changed.headers["etag"]})
    assert seen.status_code == 304


async def test_a_tenant_cannot_do_what_is_the_main_connectors(realm: Realm):
    agreement = await offered(realm)
    path = f"/v1/agreements/{agreement['id']}"
    version = {"If-Match": '"2"'}
    refused = [
        await realm.of_tenant.post("/v1/agreements", json=a_draft(realm)),
        await realm.of_tenant.post(f"{path}/withdrawal", json={"reason": "No"}, headers=version),
    ]
    assert [answer.status_code for answer in refused] == [403, 403]
    own_key = await realm.of_tenant.post(f"{path}/signatures/own-key", json={}, headers=version)
    assert (own_key.status_code, own_key.json()["type"]) == (409, "/problems/agreement-signing-key-missing")


async def test_a_key_beside_the_service_that_cannot_be_used_is_as_good_as_none(realm: Realm, signing_keys):
    put_own_key(signing_keys, realm)
    next(signing_keys.iterdir()).chmod(0o644)
    path = f"/v1/agreements/{(await offered(realm))['id']}/signatures/own-key"
    answer = await realm.main_connector.post(path, json={}, headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/agreement-signing-key-missing")


async def test_a_withdrawn_agreement_says_why_to_both_and_where_its_signatures_stand(realm: Realm, clock):
    agreement = await offered(realm)
    path = f"/v1/agreements/{agreement['id']}"
    document = await realm.of_tenant.get(f"{path}/document")
    who = next(Signatory(**one) for one in agreement["signatories"] if one["party"] == "tenant")
    signed = await hand_in(realm.of_tenant, agreement, signed_on_line(document.content, who, clock.now()))
    version = {"If-Match": signed.headers["etag"]}
    silent = await realm.main_connector.post(f"{path}/withdrawal", json={"reason": " "}, headers=version)
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (422, "reason")
    said = {"reason": "The wrong services were ticked"}
    assert (await realm.main_connector.post(f"{path}/withdrawal", json=said, headers=version)).status_code == 200
    seen = (await realm.of_tenant.get(path)).json()
    assert (seen["status"], seen["withdrawn_because"]) == ("withdrawn", said["reason"])
    assert (await realm.of_tenant.get(f"{path}/verification")).json()["status"] == "withdrawn"


async def test_lists_go_from_page_to_page_without_loss(realm: Realm):
    made = [(await drafted(realm))["id"] for _ in range(5)]
    seen, path = [], "/v1/agreements?limit=2"
    while path:
        page = (await realm.main_connector.get(path)).json()
        seen += [item["id"] for item in page["items"]]
        path = page["next"]
    assert seen == made[::-1]


async def test_the_services_are_called_what_they_were_called_on_a_day(realm: Realm):
    then = await realm.of_tenant.get("/v1/services", params={"on": "2024-04-30", "language": "sv"})
    assert {"key": "patient_data", "name": "Patientdataarkivet"} in then.json()["items"]
    no_day = await realm.of_tenant.get("/v1/services", params={"on": "2026-02-30"})
    assert (no_day.status_code, no_day.json()["errors"][0]["field"]) == (422, "on")


async def test_models_show_their_clauses(realm: Realm):
    models = (await realm.main_connector.get("/v1/models")).json()["items"]
    assert {model["language"] for model in models} == {"fi", "sv", "en"}
    for model in models:
        numbers = [clause["number"] for clause in model["clauses"] if clause["number"]]
        assert [number for number in numbers if "." not in number] == [str(number) for number in range(1, 22)]


async def test_the_service_says_that_it_can_work(realm: Realm, application):
    ready = await realm.main_connector.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]) == (
        200,
        {"database": "ok", "migrations": "ok", "signing": "ok", "sealing": "ok"},
    )
