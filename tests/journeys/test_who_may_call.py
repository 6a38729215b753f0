"""No route is open by accident, and no key reaches what is not its own: walked over every route that there is."""

import re
import uuid
from typing import Any

import httpx
import pytest

from kanta_tenancy.agreements.model import Signatory
from kanta_tenancy.machinery.web.access import JSON, Access, accesses
from kanta_tenancy.machinery.x509 import requests
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from kanta_tenancy.promises import Owner, Wanted, page
from tests.agreements.conftest import signed_on_line
from tests.certificates.inventory.examples import der as a_certificate_of_a_server
from tests.certificates.orders.examples import a_request
from tests.certificates.warnings.examples import a_digest, found_amiss
from tests.journeys import breaches, follow_ups, papers, renewals
from tests.journeys.bodies import BODIES, CAMPAIGN, CONFORMITY, DISTURBANCE, ENDPOINT, ORDER, QUERIES, RELEASE, SYSTEM
from tests.journeys.conftest import Realm, client
from tests.journeys.test_from_draft_to_in_force import DOCX, hand_in, offered
from tests.parties.examples import a_key, a_tenant, named, owner_of
from tests.promises.examples import owed, promised
from tests.trust.examples import ROOT, der

PUBLIC = {
    "/health/live", "/health/ready", "/openapi.json", "/docs", "/problems/{slug}", "/v1/calendar/{address}",
    "/v1/report/{address}", "/v1/report/{address}/status", "/v1/report/{address}/sent/{number}",
}  # fmt: skip
SHARED = {"anchor_id"}  # parameters that name a thing of the main connector's that its tenants may see
ADDRESSES = {"slug", "address", "number", "addressee"}  # parameters that name no thing of anybody's by its id


def routes(application) -> list[Access]:
    return list(accesses(application.app))


def filled(access: Access, ids: dict[str, Any]) -> str:
    """Return a path with these ids in it; others are of nothing, and what is counted is 1."""
    unknown = {name: 1 if kind is int else uuid.uuid4() for name, kind in access.parameters.items()}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str((unknown | ids)[found[1]]), access.path)


async def call(http: httpx.AsyncClient, access: Access, path: str) -> httpx.Response:
    terms = access.terms
    headers = {"If-Match": '"1"'} if terms and terms.if_match else {}
    body: dict[str, Any] = {}
    path += QUERIES.get(access.handler.operation_id or "", "")
    if terms and terms.accepts != JSON:
        body = {"content": b"PK", "headers": headers | {"Content-Type": terms.accepts}}
    elif access.method in {"POST", "PUT", "PATCH"} and access.handler.parsed_data_field is not None:
        body = {"json": BODIES.get(access.handler.operation_id or "", {}), "headers": headers}
    else:
        body = {"headers": headers}
    return await http.request(access.method, path, **body)


async def test_a_neighbour_in_the_same_realm_is_as_far_as_a_stranger(database, clock, application, realm: Realm):
    ids = await ids_of(realm, database, clock)
    neighbour = await a_tenant(database, clock, realm.caller, 2900000)
    token = await a_key(database, clock, neighbour.caller, neighbour.organisation.id, permissions=TENANT_PERMISSIONS)
    walked = 0
    async with client(application, token.text) as http:
        for access in routes(application):
            own = access.terms and access.terms.permission in TENANT_PERMISSIONS
            if "_id" in access.path and own and not SHARED & parameters_of(access):
                answer = await call(http, access, filled(access, ids))
                assert answer.status_code == 404, (access.method, access.path, answer.status_code, answer.text)
                walked += 1
    assert walked > 15


async def test_a_neighbour_sees_what_is_for_the_whole_realm(database, clock, application, realm: Realm):
    ids = await ids_of(realm, database, clock)
    neighbour = await a_tenant(database, clock, realm.caller, 2900000)
    token = await a_key(database, clock, neighbour.caller, neighbour.organisation.id, permissions=TENANT_PERMISSIONS)
    walked = 0
    async with client(application, token.text) as http:
        for access in routes(application):
            if SHARED & parameters_of(access):
                answer = await call(http, access, filled(access, ids))
                seen = 200 if access.terms and access.terms.permission in TENANT_PERMISSIONS else 403
                assert answer.status_code == seen, (access.method, access.path, answer.text)
                walked += 1
    assert walked > 2


def parameters_of(access: Access) -> set[str]:
    return set(re.findall(r"\{(\w+)", access.path))


@pytest.mark.parametrize("token", [None, "kt_nonsense", f"kt_{'a' * 26}_{'a' * 52}"])
async def test_without_a_valid_key_only_what_is_public_answers(application, token):
    async with client(application, token) as http:
        for access in routes(application):
            if access.path not in PUBLIC:
                answer = await call(http, access, filled(access, {}))
                assert answer.status_code == 401, (access.method, access.path)
                assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_public_routes_are_exactly_these(application):
    open_ones = {access.path for access in routes(application) if access.terms and access.terms.permission is None}
    assert {re.sub(r":\w+", "", path) for path in open_ones} == PUBLIC


def test_every_permission_that_a_route_needs_is_one_that_a_key_can_have(application):
    needed = {access.terms.permission for access in routes(application) if access.terms and access.terms.permission}
    assert needed <= {permission.value for permission in Permission}


async def test_a_key_without_the_permission_is_told_so(database, clock, application, realm: Realm):
    own = await owner_of(database, realm.caller)
    for access in routes(application):
        needed = access.terms.permission if access.terms else None
        if needed is None:
            continue
        others = frozenset(Permission) - {Permission(needed)}
        token = await a_key(database, clock, realm.caller, own, permissions=others)
        async with client(application, token.text) as http:
            answer = await call(http, access, filled(access, {}))
        assert answer.status_code == 403, (access.method, access.path, answer.text)


async def ids_of(realm: Realm, database, clock) -> dict[str, Any]:
    agreement = await offered(realm)
    lived = await happened(realm, agreement, database, clock)
    contact = await named(database, clock, realm.caller, realm.tenant.organisation.id)
    evidence = (
        await realm.main_connector.get(f"/v1/organisations/{realm.tenant.organisation.id}/soteri-evidence")
    ).json()["items"][0]
    keys = (await realm.of_tenant.get("/v1/keys")).json()["items"]
    endpoint = (await realm.of_tenant.post("/v1/webhooks", json=ENDPOINT)).json()["id"]
    message = (await realm.of_tenant.post(f"/v1/webhooks/{endpoint}/test")).json()["id"]
    feed = (await realm.of_tenant.post("/v1/calendar-feeds", json={"name": "Kanta", "language": "fi"})).json()["id"]
    form_link = (await realm.of_tenant.post("/v1/disturbances/form-links", json={"name": "Ward 3"})).json()["id"]
    disturbance, breach = await disturbance_of(realm), await breaches.ids_of(realm)
    drawn_up = {"duty_id": disturbance["duty_id"], "breach_id": breach["breach_id"]}
    of_kela = {
        "application_id": ("applications", "draftJoiningApplication"),
        "change_notice_id": ("change-notices", "planChangeNotice"),
    }
    return {
        **{
            name: (await realm.main_connector.post(f"/v1/joining/{path}", json=BODIES[operation])).json()["id"]
            for name, (path, operation) in of_kela.items()
        },
        "agreement_id": agreement["id"],
        **lived,
        **await systems_of(realm),
        **disturbance,
        "order_id": await order_of(realm),
        **await kept_of(realm),
        **breach,
        **await papers.ids_of(realm, database, clock, **drawn_up),
        **await follow_ups.ids_of(realm),
        **await renewals.ids_of(realm),
        "organisation_id": realm.tenant.organisation.id,
        "contact_id": contact.id,
        "evidence_id": evidence["id"],
        "tenancy_id": realm.tenant.tenancy.id,
        "key_id": keys[0]["id"],
        "promise_id": await promise_of(realm, database),
        "endpoint_id": endpoint,
        "message_id": message,
        "feed_id": feed,
        "form_link_id": form_link,
        "campaign_id": (await realm.main_connector.post("/v1/campaigns", json=CAMPAIGN)).json()["id"],
        "anchor_id": await anchor_of(realm),
        "watched_id": await watched_by(realm),
        "finding_id": await found_amiss(database, clock, realm.caller),
        "digest_id": (await a_digest(database, clock, realm.caller)).id,
    }


async def kept_of(realm: Realm) -> dict[str, str]:
    """Hand in a certificate and say where it is used; return the identifiers."""
    http, octets = realm.main_connector, {"Content-Type": "application/octet-stream"}
    certificate = (await http.post("/v1/certificates", content=a_certificate_of_a_server(), headers=octets)).json()
    address = f"/v1/certificates/{certificate['items'][0]['id']}/uses"
    used = await http.post(address, json=BODIES["addCertificateUse"], headers={"If-Match": '"1"'})
    sources = (await http.get("/v1/certificate-sources")).json()["items"]
    return {
        "certificate_id": used.json()["id"],
        "use_id": used.json()["uses"][0]["id"],
        "source_id": sources[0]["id"],
    }


async def order_of(realm: Realm) -> str:
    """Put down that a certificate was ordered."""
    request = ORDER | {"request": requests.pem(a_request()).decode()}
    return (await realm.main_connector.post("/v1/certificate-orders", json=request)).json()["id"]


async def disturbance_of(realm: Realm) -> dict[str, str]:
    """Have the tenant report a disturbance with a file; return the identifiers, of its duty too."""
    octets = {"content": b"Error 504", "headers": {"Content-Type": "application/octet-stream"}}
    taken = (await realm.of_tenant.post("/v1/disturbances", json=DISTURBANCE)).json()
    path = f"/v1/disturbances/reports/{taken['report_id']}/attachments?name=log.txt"
    file = (await realm.of_tenant.post(path, **octets)).json()
    whole = (await realm.of_tenant.get(f"/v1/disturbances/{taken['disturbance_id']}")).json()
    return {
        "disturbance_id": taken["disturbance_id"],
        "report_id": taken["report_id"],
        "attachment_id": file["id"],
        "duty_id": whole["duties"][0]["id"],
    }


async def systems_of(realm: Realm) -> dict[str, str]:
    """Register a system with a version and a certificate that serves the tenant; return the identifiers."""
    http = realm.main_connector
    system = (await http.post("/v1/systems", json=SYSTEM)).json()
    for version, (what, body) in enumerate((("releases", RELEASE), ("certificates", CONFORMITY)), start=1):
        seen = {"If-Match": f'"{version}"'}
        system = (await http.post(f"/v1/systems/{system['id']}/{what}", json=body, headers=seen)).json()
    serving = {"system_id": system["id"], "service": "prescription", "since": "2026-01-01"}
    deployed = await http.post("/v1/deployments", json=serving | {"tenancy_id": str(realm.tenant.tenancy.id)})
    return {
        "system_id": system["id"],
        "release_id": system["releases"][0]["id"],
        "conformity_certificate_id": system["certificates"][0]["id"],
        "deployment_id": deployed.json()["id"],
    }


async def happened(realm: Realm, agreement: dict[str, Any], database, clock) -> dict[str, str]:
    """Put an agreement in force and something of each kind into its life; return the identifiers."""
    path, first = f"/v1/agreements/{agreement['id']}/signatures/prepared", {"If-Match": f'"{agreement["version"]}"'}
    prepared = await realm.of_tenant.post(path, json=BODIES["prepareSignature"], headers=first)
    for one in agreement["signatories"]:
        who = Signatory(**one)
        http = realm.of_tenant if who.party == "tenant" else realm.main_connector
        document = await http.get(f"/v1/agreements/{agreement['id']}/document")
        signed = await hand_in(http, agreement, signed_on_line(document.content, who, clock.now()))
        agreement = signed.json()
    tenancy, contract = f"/v1/tenancies/{agreement['tenancy_id']}", BODIES["recordServiceAgreement"]
    octets = {"content": b"We leave", "headers": {"Content-Type": "application/octet-stream"}}
    made = {
        "prepared_signature_id": prepared,
        "exhibit_id": await realm.of_tenant.post(f"{tenancy}/exhibits?name=letter.txt", **octets),
        "notice_id": await realm.of_tenant.post(f"/v1/agreements/{agreement['id']}/notices", json=BODIES["giveNotice"]),
        "mandate_id": await realm.of_tenant.post(
            "/v1/mandates", json=BODIES["recordMandate"] | {"party": "tenant", "tenancy_id": agreement["tenancy_id"]}
        ),
        "circumstance_id": await realm.main_connector.post(f"{tenancy}/circumstances", json=BODIES["noteCircumstance"]),
        "rescission_id": await rescission_of(realm, agreement, database, clock),
        "service_agreement_id": await realm.main_connector.post(f"{tenancy}/service-agreements", json=contract),
    }
    assert {name: answer.status_code for name, answer in made.items()} == dict.fromkeys(made, 201)
    return {name: answer.json()["id"] for name, answer in made.items()}


async def rescission_of(realm: Realm, agreement: dict[str, Any], database, clock) -> httpx.Response:
    own = await owner_of(database, realm.caller)
    person = await named(database, clock, realm.caller, own, email="person@example.org")
    proposes = {"permissions": frozenset({Permission.AGREEMENTS_RESCIND}), "system_name": None}
    token = await a_key(database, clock, realm.caller, own, contact_id=person.id, **proposes)
    octets = {"content": b"Log", "headers": {"Content-Type": "application/octet-stream"}}
    tenancy = f"/v1/tenancies/{agreement['tenancy_id']}"
    exhibit = (await realm.main_connector.post(f"{tenancy}/exhibits?name=log.txt", **octets)).json()
    application = realm.main_connector._transport.app  # noqa: SLF001 -- the same service, as another person
    async with client(application, token.text) as http:
        said = BODIES["proposeRescission"] | {"exhibit_id": exhibit["id"]}
        return await http.post(f"/v1/agreements/{agreement['id']}/rescissions", json=said)


async def anchor_of(realm: Realm) -> str:
    octets = {"content": der(ROOT), "headers": {"Content-Type": "application/octet-stream"}}
    made = await realm.main_connector.post("/v1/trust/anchors?kind=signatures", **octets)
    return made.json()["items"][0]["anchor"]["id"]


async def watched_by(realm: Realm) -> str:
    made = await realm.main_connector.post("/v1/certificate-endpoints", json={"place": "kanta.example.org:443"})
    return made.json()["id"]


async def promise_of(realm: Realm, database) -> uuid.UUID:
    promise = owed(owner=Owner.TENANT, tenancy_id=realm.tenant.tenancy.id)
    await promised(database, realm.caller, promise)
    async with database.transaction(realm.caller) as tx:
        return (await page(tx, Wanted(subject=promise.subject), after=None, count=1))[0].id


async def test_what_belongs_to_another_is_not_there(database, clock, application, realm: Realm, other_realm: Realm):
    ids = await ids_of(other_realm, database, clock)
    named_ones = {name for access in routes(application) for name in re.findall(r"\{(\w+)", access.path)}
    assert named_ones - ADDRESSES == set(ids)
    walked = 0
    for access in routes(application):
        if "_id" not in access.path:
            continue
        for http in (realm.main_connector, realm.of_tenant):
            answer = await call(http, access, filled(access, ids))
            allowed = {404} if http is realm.main_connector else {403, 404}
            assert answer.status_code in allowed, (access.method, access.path, answer.status_code, answer.text)
            walked += 1
    assert walked > 30


async def test_a_list_never_holds_another_realms_or_tenants_rows(database, clock, application, realm, other_realm):
    await ids_of(other_realm, database, clock)
    foreign = [str(other_realm.tenant.organisation.id), str(other_realm.tenant.tenancy.id)]
    for access in routes(application):
        if access.method == "GET" and "{" not in access.path and access.path not in PUBLIC:
            for http in (realm.main_connector, realm.of_tenant):
                answer = await call(http, access, access.path)
                assert answer.status_code in {200, 403}, (access.path, answer.text)
                assert not [one for one in foreign if one in answer.text], access.path


async def test_a_query_for_another_tenancys_agreements_finds_none(database, clock, realm, other_realm):
    await ids_of(other_realm, database, clock)
    answer = await realm.main_connector.get("/v1/agreements", params={"tenancy_id": str(other_realm.tenant.tenancy.id)})
    assert answer.json()["items"] == []


async def test_the_signature_of_one_tenants_agreement_is_nothing_for_another(clock, realm: Realm, other_realm: Realm):
    ours, theirs = await offered(realm), await offered(other_realm)
    document = await other_realm.of_tenant.get(f"/v1/agreements/{theirs['id']}/document")
    who = next(Signatory(**one) for one in theirs["signatories"] if one["party"] == "tenant")
    signed = signed_on_line(document.content, who, clock.now())
    headers = {"Content-Type": DOCX, "If-Match": '"2"'}
    answer = await realm.of_tenant.post(f"/v1/agreements/{ours['id']}/signatures", content=signed, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/agreement-signature-refused")
