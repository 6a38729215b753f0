"""An agreement that is amended, given notice on, rescinded, replaced and imported, as clients of the API see it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx

from kanta_tenancy.agreements.model import Signatory
from kanta_tenancy.assembly import promised
from kanta_tenancy.parties.model import Permission
from tests.agreements.conftest import signed_on_line
from tests.journeys.conftest import Realm, client
from tests.journeys.test_from_draft_to_in_force import a_draft, hand_in, offered
from tests.parties.examples import a_key, named, owner_of

SIGN = {"party": "tenant", "name": "Aino", "title": "Physician", "mandate": "Self-employed"}
BOTH = [SIGN, SIGN | {"party": "main_connector"}]
OCTETS = {"Content-Type": "application/octet-stream"}


async def signed(realm: Realm, agreement: dict[str, Any], clock) -> dict[str, Any]:
    """Have everybody sign what is on offer."""
    for one in agreement["signatories"]:
        who = Signatory(**one)
        http = realm.of_tenant if who.party == "tenant" else realm.main_connector
        document = await http.get(f"/v1/agreements/{agreement['id']}/document")
        answer = await hand_in(http, agreement, signed_on_line(document.content, who, clock.now()))
        assert answer.status_code == 200, answer.text
        agreement = answer.json()
    return agreement


async def in_force(realm: Realm, clock) -> dict[str, Any]:
    return await signed(realm, await offered(realm), clock)


async def amendment(realm: Realm, agreement: dict[str, Any], clock, **said: Any) -> dict[str, Any]:
    body = {"services": ["imaging"], "effective_on": "2026-04-01", "signatories": BOTH} | said
    draft = await realm.main_connector.post(f"/v1/agreements/{agreement['id']}/amendments", json=body)
    assert draft.status_code == 201, draft.text
    path = draft.headers["location"]
    offer = await realm.main_connector.post(f"{path}/offer", headers={"If-Match": draft.headers["etag"]})
    return await signed(realm, offer.json(), clock)


async def services(http: httpx.AsyncClient, realm: Realm, day: str, language: str = "sv") -> list[str]:
    path = f"/v1/tenancies/{realm.tenant.tenancy.id}/services"
    return [one["name"] for one in (await http.get(path, params={"day": day, "language": language})).json()["items"]]


async def test_services_change_on_their_day_and_are_called_as_they_were(realm: Realm, clock):
    agreement = await in_force(realm, clock)
    amended = await amendment(realm, agreement, clock)
    assert (amended["status"], amended["amends"], amended["in_force_on"]) == ("agreed", agreement["id"], "2026-04-01")
    assert await services(realm.of_tenant, realm, "2026-03-31") == ["Recepttjänsten", "Patientdatalagret"]
    assert await services(realm.of_tenant, realm, "2026-04-01") == ["Datalagret för bildmaterial"]
    in_use = await realm.main_connector.get("/v1/services/in-use", params={"day": "2026-04-01", "language": "en"})
    (row,) = in_use.json()["items"]
    assert ([one["key"] for one in row["items"]], row["said_by"]) == (["imaging"], amended["id"])
    versions = (await realm.of_tenant.get(f"/v1/tenancies/{realm.tenant.tenancy.id}/annexes")).json()["items"]
    assert [(one["since"], one["until"]) for one in versions] == [("2026-03-02", "2026-04-01"), ("2026-04-01", None)]


async def test_a_notice_is_explained_and_the_agreement_ends_by_itself(realm: Realm, clock, database):
    agreement = await in_force(realm, clock)
    path = f"/v1/agreements/{agreement['id']}"
    letter = await realm.of_tenant.post(
        f"/v1/tenancies/{realm.tenant.tenancy.id}/exhibits?name=letter.pdf", content=b"%PDF-1.7\n%%EOF", headers=OCTETS
    )
    assert letter.status_code == 201, letter.text
    too_large = await realm.of_tenant.post(
        f"/v1/tenancies/{realm.tenant.tenancy.id}/exhibits?name=x.txt", content=b"x" * 20_000_001, headers=OCTETS
    )
    assert too_large.status_code == 413
    said = {"party": "tenant", "given_on": "2026-03-01", "exhibit_id": letter.json()["id"]}
    given = await realm.of_tenant.post(f"{path}/notices", json=said, headers={"Idempotency-Key": "notice"})
    again = await realm.of_tenant.post(f"{path}/notices", json=said, headers={"Idempotency-Key": "notice"})
    assert (given.status_code, given.content) == (201, again.content)
    end = (await realm.main_connector.get(f"{path}/end")).json()
    assert (end["status"], end["last_day"], end["ground"]) == ("in_force", "2026-04-02", "notice")
    assert end["in_force_until"] == "2026-04-02T21:00:00Z"
    assert (end["explanation"]["rule"], end["put_down_at"]) == ("K20.1", None)
    assert {tuple(step) for step in end["explanation"]["steps"]} == {("fi", "sv", "en")}
    content = await realm.main_connector.get(f"/v1/exhibits/{letter.json()['id']}/content")
    assert (content.content, content.headers["content-type"]) == (b"%PDF-1.7\n%%EOF", "application/octet-stream")
    assert content.headers["content-disposition"].startswith("attachment")
    forecast = await realm.of_tenant.get("/v1/forecast", params={"until": "2026-12-31"})
    kinds = [one["kind"] for one in forecast.json()["items"]]
    assert kinds.count("agreement.end") == 1
    clock.at = datetime(2026, 4, 3, 5, tzinfo=UTC)
    await promised.pay(database, clock)
    ended = (await realm.of_tenant.get(f"{path}/end")).json()
    assert (ended["status"], ended["put_down_at"]) == ("ended", "2026-04-03T05:00:00Z")
    journal = (await realm.of_tenant.get("/v1/journal")).json()["items"]
    assert {"notice.given", "agreement.ending", "agreement.ended"} <= {entry["action"] for entry in journal}


async def test_a_notice_that_both_let_go_ends_nothing(realm: Realm, clock):
    agreement = await in_force(realm, clock)
    path = f"/v1/agreements/{agreement['id']}"
    said = {"party": "main_connector", "given_on": "2026-03-02", "message": "We close"}
    given = await realm.main_connector.post(f"{path}/notices", json=said)
    notice = given.headers["location"]
    early = await realm.of_tenant.post(f"{notice}/withdrawal")
    assert early.status_code == 428
    told = await realm.of_tenant.post(
        f"{notice}/delivery", json={"delivered_on": "2026-03-02", "how": "read here"}, headers={"If-Match": '"1"'}
    )
    assert (told.status_code, (await realm.of_tenant.get(f"{path}/end")).json()["last_day"]) == (200, "2026-04-02")
    for http, version in ((realm.main_connector, '"2"'), (realm.of_tenant, '"3"')):
        answer = await http.post(f"{notice}/withdrawal", headers={"If-Match": version})
        assert answer.status_code == 200, answer.text
    assert answer.json()["withdrawn"] is True
    assert (await realm.of_tenant.get(f"{path}/end")).json()["last_day"] is None


async def test_two_persons_rescind(realm: Realm, clock, database, application):
    agreement = await in_force(realm, clock)
    own = await owner_of(database, realm.caller)
    tenancy = f"/v1/tenancies/{realm.tenant.tenancy.id}"
    log = await realm.main_connector.post(f"{tenancy}/exhibits?name=log.txt", content=b"10:00 login", headers=OCTETS)
    said = {"breach": "endangers_access", "description": "Shared passwords", "exhibit_id": log.json()["id"]}
    people = []
    for name in ("aino", "eino"):
        contact = await named(database, clock, realm.caller, own, email=f"{name}@example.org")
        may = {"permissions": frozenset({Permission.AGREEMENTS_RESCIND}), "system_name": None}
        key = await a_key(database, clock, realm.caller, own, contact_id=contact.id, **may)
        people.append(client(application, key.text))
    path = f"/v1/agreements/{agreement['id']}/rescissions"
    system = await realm.main_connector.post(path, json=said)
    assert (system.status_code, system.json()["type"]) == (409, "/problems/agreement-four-eyes")
    async with people[0] as aino, people[1] as eino:
        proposal = await aino.post(path, json=said)
        confirm = f"{proposal.headers['location']}/confirmation"
        alone = await aino.post(confirm, headers={"If-Match": '"1"'})
        assert (alone.status_code, alone.json()["rule"]) == (409, "K20.4")
        done = await eino.post(confirm, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["confirmed_at"]) == (200, "2026-03-02T09:00:00Z")
    end = (await realm.of_tenant.get(f"/v1/agreements/{agreement['id']}/end")).json()
    assert (end["status"], end["ground"]) == ("ended", "rescission")


async def test_an_agreement_on_paper_is_brought_in_and_replaced(realm: Realm, clock):
    paper = {
        "tenancy_id": str(realm.tenant.tenancy.id), "in_force_on": "2019-03-01", "version": "1.3", "form": "paper",
        "language": "fi", "services": ["patient_data"], "reference": "S-2019-7",
    }  # fmt: skip
    made = await realm.main_connector.post("/v1/agreements/imported", json=paper)
    assert (made.status_code, made.json()["origin"], made.json()["status"]) == (201, "imported", "in_force")
    again = await realm.main_connector.post("/v1/agreements/imported", json=paper | {"reference": "S-2"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/agreement-another-open")
    assert await services(realm.of_tenant, realm, "2020-01-01", "fi") == ["Potilastiedon arkisto"]
    later = await in_force(realm, clock)
    before, after = [
        (await realm.of_tenant.get(f"/v1/tenancies/{paper['tenancy_id']}/as-of", params={"day": day})).json()
        for day in ("2026-03-01", "2026-03-02")
    ]
    assert (before["agreement"]["id"], after["agreement"]["id"]) == (made.json()["id"], later["id"])
    assert before["agreement"]["in_force_until"] == later["in_force_from"]
    assert before["agreement"]["end_explanation"]["rule"] == "K20.3"


async def test_a_tenant_records_nothing_that_is_the_main_connectors(realm: Realm, clock):
    agreement = await in_force(realm, clock)
    tenancy = f"/v1/tenancies/{realm.tenant.tenancy.id}"
    refused = [
        await realm.of_tenant.post(f"/v1/agreements/{agreement['id']}/rescissions", json={}),
        await realm.of_tenant.post(f"{tenancy}/service-agreements", json={}),
        await realm.of_tenant.post(f"{tenancy}/circumstances", json={}),
        await realm.of_tenant.get(f"{tenancy}/circumstances"),
        await realm.of_tenant.post("/v1/agreements/imported", json=a_draft(realm)),
        await realm.of_tenant.post(f"/v1/agreements/{uuid.uuid4()}/amendments", json={}),
    ]
    assert {answer.status_code for answer in refused} == {403}
    others = await realm.of_tenant.post(
        f"/v1/agreements/{agreement['id']}/notices",
        json={"party": "main_connector", "given_on": "2026-03-02", "message": "x"},
    )
    assert (others.status_code, others.json()["errors"][0]["field"]) == (422, "party")
