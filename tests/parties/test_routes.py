"""The parties over HTTP, each route by a key that may use it."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from kanta_tenancy.machinery.postgres.journal import Kept, beginning, seal
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.parties.examples import EVERYTHING, a_key, a_realm, a_tenant, business_id, looked, named, owner_of

ORGANISATION = {"business_id": business_id(3000000), "name": "Vårdpraktik Ab", "language": "sv"}
CONTACT = {"name": "Aino", "email": "aino@example.org", "function": "disturbances", "valid_from": "2026-01-01"}
LOOK = {"entry_reference": "S-7", "checked_on": "2026-03-01", "checked_by": "Eino"}


@pytest.fixture
async def main_connector(database, clock, realm, client):
    token = await a_key(database, clock, realm, await owner_of(database, realm), permissions=EVERYTHING)
    async with client(token) as http:
        yield http


@pytest.fixture
async def tenant(database, clock, realm):
    return await a_tenant(database, clock, realm)


@pytest.fixture
async def tenants_own(database, clock, tenant, client):
    token = await a_key(database, clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS)
    async with client(token) as http:
        yield http


async def test_an_organisation_is_registered_read_and_changed(main_connector):
    oid = "1.2.246.10.1.10.0"
    made = await main_connector.post("/organisations", json={**ORGANISATION, "oid": oid})
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == '"1"'
    assert [flaw["field"] for flaw in made.json()["warnings"]] == ["oid"]
    path = made.headers["location"].removeprefix("/v1")
    assert (await main_connector.get(path)).json() == made.json()
    change = {"name": "Vårdpraktik Syd Ab", "language": "fi", "parallel_names": {"fi": "Hoito Oy"}}
    changed = await main_connector.put(path, json=change, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json() | {"warnings": [], "oid": None, **change, "version": 2} == changed.json()
    stale = await main_connector.put(path, json=change, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/party-changed")
    unconditional = await main_connector.put(path, json=change)
    assert unconditional.status_code == 428
    renumbered = await main_connector.put(path, json={**ORGANISATION}, headers={"If-Match": '"2"'})
    assert (renumbered.status_code, renumbered.json()["errors"][0]["field"]) == (422, "business_id")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"business_id": "1234567-8"}, "business_id"),
        ({"name": "A\u202eB"}, "name"),
        ({"name": "A\tB"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"parallel_names": {"fi": "\u2066"}}, "parallel_names.fi"),
        ({"oid": "1.2.3"}, "oid"),
        ({"language": "de"}, "language"),
        ({"color": "red"}, "color"),
    ],
)
async def test_what_is_wrong_with_an_organisation_is_named_by_its_field(main_connector, owner, said, field):
    refused = await main_connector.post("/organisations", json={**ORGANISATION, **said})
    assert refused.status_code == 422, refused.text
    assert [flaw["field"] for flaw in refused.json()["errors"]] == [field]
    assert await owner.fetchval("SELECT count(*) FROM organisation WHERE name LIKE 'V%'") == 0


async def test_text_of_a_party_stays_text(main_connector):
    name = "'; drop table organisation; -- {{ name }} <w:p>&\"%_$1:: =1+1"
    made = await main_connector.post("/organisations", json={**ORGANISATION, "name": name})
    assert made.json()["name"] == name


async def test_a_second_registration_is_a_conflict_unless_it_is_the_same_request_again(main_connector):
    first = await main_connector.post("/organisations", json=ORGANISATION, headers={"Idempotency-Key": "one"})
    again = await main_connector.post("/organisations", json=ORGANISATION, headers={"Idempotency-Key": "one"})
    other = await main_connector.post("/organisations", json=ORGANISATION)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["type"]) == (409, "/problems/organisation-exists")


async def test_a_list_is_walked_page_by_page_and_finds_by_business_id(main_connector):
    for serial in range(3000000, 3000005):
        said = {**ORGANISATION, "business_id": business_id(serial * 2)}
        assert (await main_connector.post("/organisations", json=said)).status_code == 201
    seen, path = [], "/organisations?limit=2"
    while path:
        page = (await main_connector.get(path)).json()
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        path = page["next"] and page["next"].removeprefix("/v1")
    assert len(set(seen)) == len(seen) == 6
    assert seen == sorted(seen)
    found = await main_connector.get("/organisations", params={"business_id": business_id(6000004)})
    assert [one["business_id"] for one in found.json()["items"]] == [business_id(6000004)]
    wrong = await main_connector.get("/organisations", params={"business_id": "1234567-8"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "business_id")


async def test_a_contact_is_named_changed_and_ended(main_connector, tenant):
    path = f"/organisations/{tenant.organisation.id}/contacts"
    made = await main_connector.post(path, json=CONTACT)
    assert made.status_code == 201, made.text
    twice = await main_connector.post(path, json={**CONTACT, "email": "AINO@example.org"})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/contact-overlaps")
    one = made.headers["location"].removeprefix("/v1")
    assert (await main_connector.get(one)).headers["etag"] == '"1"'
    changed = await main_connector.put(one, json={**CONTACT, "phone": "112"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["phone"], changed.json()["version"]) == (200, "112", 2)
    backwards = {**CONTACT, "valid_until": "2025-12-31"}
    refused = await main_connector.put(one, json=backwards, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "valid_until")
    ended = await main_connector.delete(one, headers={"If-Match": '"2"'})
    assert (ended.status_code, ended.json()["valid_until"]) == (200, "2026-03-02")
    again = await main_connector.delete(one, headers={"If-Match": '"3"'})
    assert (again.status_code, again.json()["version"]) == (200, 3)
    assert (await main_connector.post(path, json={**CONTACT, "valid_from": "2026-03-02"})).status_code == 201
    assert (await main_connector.get(path)).json()["items"][0]["id"] == made.json()["id"]


async def test_an_organisation_becomes_a_tenant_once(main_connector):
    made = (await main_connector.post("/organisations", json=ORGANISATION)).json()
    opened = await main_connector.post("/tenancies", json={"organisation_id": made["id"]})
    assert (opened.status_code, opened.json()["reference"]) == (201, ORGANISATION["business_id"])
    read = await main_connector.get(opened.headers["location"].removeprefix("/v1"))
    assert read.json()["tenant"]["name"] == ORGANISATION["name"]
    assert [flaw["rule"] for flaw in read.json()["main_connector"]["warnings"]] == ["K1.2"]
    again = await main_connector.post("/tenancies", json={"organisation_id": made["id"]})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/tenancy-exists")
    listed = (await main_connector.get("/tenancies")).json()["items"]
    assert [line["business_id"] for line in listed] == [ORGANISATION["business_id"]]


async def test_a_main_connector_is_not_its_own_tenant(main_connector, database, realm):
    owner = await owner_of(database, realm)
    refused = await main_connector.post("/tenancies", json={"organisation_id": str(owner)})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/tenancy-with-oneself")


async def test_soteri_evidence_is_recorded_and_a_mistake_withdrawn(main_connector, tenant):
    path = f"/organisations/{tenant.organisation.id}/soteri-evidence"
    made = await main_connector.post(path, json=LOOK)
    assert (made.status_code, made.json()["recheck_due"]) == (201, "2027-03-31")
    party = f"/tenancies/{tenant.tenancy.id}"
    assert (await main_connector.get(party)).json()["tenant"]["warnings"] == []
    withdrawal = f"{path}/{made.json()['id']}/withdrawal"
    said, version = {"json": {"reason": "another firm"}}, {"If-Match": made.headers["etag"]}
    assert version == {"If-Match": '"1"'}
    unconditional = await main_connector.post(withdrawal, **said)
    assert (unconditional.status_code, unconditional.json()["type"]) == (428, "/problems/version-not-named")
    never = await main_connector.post(withdrawal, **said, headers={"If-Match": '"2"'})
    assert (never.status_code, never.json()["type"]) == (412, "/problems/party-changed")
    assert [one["version"] for one in (await main_connector.get(path)).json()["items"]] == [1]
    withdrawn = await main_connector.post(withdrawal, **said, headers=version)
    assert (withdrawn.status_code, withdrawn.json()["withdrawal_reason"]) == (200, "another firm")
    assert (withdrawn.headers["etag"], withdrawn.json()["version"]) == ('"2"', 2)
    again = await main_connector.post(withdrawal, **said, headers=version)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/soteri-evidence-withdrawn")
    assert (await main_connector.get(party)).json()["tenant"]["warnings"][0]["rule"] == "K1.2"
    assert len((await main_connector.get(path)).json()["items"]) == 1
    early = await main_connector.post(path, json={**LOOK, "checked_on": "2026-03-03"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "checked_on")
    digest = {"document_sha256": "ab" * 32}
    nameless = await main_connector.post(path, json={**LOOK, **digest})
    assert (nameless.status_code, nameless.json()["errors"][0]["field"]) == (422, "document_name")
    kept = await main_connector.post(path, json={**LOOK, **digest, "document_name": "Ote.pdf"})
    assert (kept.status_code, kept.json()["document_sha256"]) == (201, "ab" * 32)


async def test_every_list_is_walked_from_page_to_page(main_connector, tenant, database, clock, realm):
    mine = f"/organisations/{tenant.organisation.id}"
    for number in range(3):
        await named(database, clock, realm, tenant.organisation.id, email=f"a{number}@example.org")
        await looked(database, clock, realm, tenant.organisation.id)
        await a_key(database, clock, realm, tenant.organisation.id)
        await a_tenant(database, clock, realm, 6000000 + 100 * number)
    for path in (f"{mine}/contacts", f"{mine}/soteri-evidence", "/keys", "/tenancies"):
        whole = [item["id"] for item in (await main_connector.get(path)).json()["items"]]
        seen, at = [], f"{path}?limit=1"
        while at:
            page = (await main_connector.get(at)).json()
            seen += [item["id"] for item in page["items"]]
            at = page["next"] and page["next"].removeprefix("/v1")
        assert seen == whole
        assert len(seen) >= 3


async def test_a_key_is_made_shown_once_used_and_revoked(main_connector, tenant):
    said = {
        "organisation_id": str(tenant.organisation.id),
        "system_name": "records",
        "permissions": ["parties.read", "agreements.read"],
    }
    made = await main_connector.post("/keys", json=said, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.text
    again = await main_connector.post("/keys", json=said, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-shown-once")
    token = made.json()["token"]
    path = made.headers["location"].removeprefix("/v1")
    read = await main_connector.get(path)
    assert token not in read.text
    assert read.json()["permissions"] == ["agreements.read", "parties.read"]
    assert read.json()["expires_at"] == "2027-03-02T09:00:00Z"
    header = {"Authorization": f"Bearer {token}"}
    listed = await main_connector.get("/organisations", headers=header)
    assert [one["id"] for one in listed.json()["items"]] == [str(tenant.organisation.id)]
    revoked = await main_connector.delete(path, headers={"If-Match": '"1"'})
    assert (revoked.status_code, revoked.json()["revoked_at"]) == (200, "2026-03-02T09:00:00Z")
    assert (await main_connector.get("/organisations", headers=header)).status_code == 401
    twice = await main_connector.delete(path, headers={"If-Match": '"2"'})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/access-key-revoked")
    assert len((await main_connector.get("/keys")).json()["items"]) == 2


@pytest.mark.parametrize(
    ("said", "status", "slug"),
    [
        ({"permissions": ["models.write"]}, 403, "access-key-permissions-too-wide"),
        ({"permissions": []}, 422, "request-invalid"),
        ({"system_name": None}, 422, "access-key-holder-unfit"),
        ({"contact_id": "01975d3a-6f00-7000-8000-000000000001"}, 422, "access-key-holder-unfit"),
        ({"expires_at": "2026-03-02T09:00:00Z"}, 422, "party-unfit"),
        ({"expires_at": "2028-03-03T09:00:01Z"}, 422, "party-unfit"),
        ({"organisation_id": "01975d3a-6f00-7000-8000-000000000001"}, 404, "organisation-not-found"),
    ],
)
async def test_a_key_that_must_not_be_is_refused(main_connector, tenant, said, status, slug):
    good = {"organisation_id": str(tenant.organisation.id), "system_name": "x", "permissions": ["parties.read"]}
    refused = await main_connector.post("/keys", json=good | said)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{slug}")


async def test_who_makes_a_key_gives_no_more_than_they_have(database, clock, tenant, client):
    few = frozenset({Permission.KEYS_MANAGE, Permission.PARTIES_READ})
    token = await a_key(database, clock, tenant.caller, tenant.organisation.id, permissions=few)
    said = {"organisation_id": str(tenant.organisation.id), "system_name": "x"}
    async with client(token) as http:
        wide = await http.post("/keys", json={**said, "permissions": ["parties.read", "agreements.sign"]})
        fine = await http.post("/keys", json={**said, "permissions": ["parties.read", "keys.manage"]})
    assert (wide.status_code, wide.json()["errors"][0]["detail"][:15]) == (403, "agreements.sign")
    assert fine.status_code == 201


async def test_a_key_made_by_a_key_ends_no_later_than_that_one(database, clock, realm, client):
    own, until = await owner_of(database, realm), clock.now() + timedelta(days=1)
    giver = await a_key(database, clock, realm, own, permissions=EVERYTHING, expires_at=until)
    said = {"organisation_id": str(own), "system_name": "x", "permissions": ["keys.manage"]}
    async with client(giver) as http:
        longer = await http.post("/keys", json={**said, "expires_at": "2026-03-03T09:00:01Z"})
        as_long = await http.post("/keys", json={**said, "expires_at": "2026-03-03T09:00:00Z"})
        unsaid = await http.post("/keys", json=said)
    assert (longer.status_code, longer.json()["type"]) == (422, "/problems/party-unfit")
    (flaw,) = longer.json()["errors"]
    ends = "a key ends no later than the key that makes it: 2026-03-03T09:00:00Z"
    assert (flaw["field"], flaw["detail"]) == ("expires_at", ends)
    assert (as_long.status_code, unsaid.status_code) == (201, 201)
    assert as_long.json()["expires_at"] == unsaid.json()["expires_at"] == "2026-03-03T09:00:00Z"


async def test_a_tenants_key_makes_no_longer_one_either(database, clock, tenant, client):
    until = clock.now() + timedelta(days=1)
    giver = await a_key(
        database, clock, tenant.caller, tenant.organisation.id, permissions=TENANT_PERMISSIONS, expires_at=until
    )
    said = {"organisation_id": str(tenant.organisation.id), "system_name": "x", "permissions": ["parties.read"]}
    async with client(giver) as http:
        longer = await http.post("/keys", json={**said, "expires_at": "2027-03-02T09:00:00Z"})
        unsaid = await http.post("/keys", json=said)
    assert (longer.status_code, longer.json()["errors"][0]["field"]) == (422, "expires_at")
    assert unsaid.json()["expires_at"] == "2026-03-03T09:00:00Z"


async def test_a_tenant_looks_after_its_own_contacts_and_nothing_else(tenants_own, tenant, database, realm):
    mine = f"/organisations/{tenant.organisation.id}"
    assert (await tenants_own.post(f"{mine}/contacts", json=CONTACT)).status_code == 201
    change = {"name": "X", "language": "fi"}
    for answer in (
        await tenants_own.post("/organisations", json=ORGANISATION),
        await tenants_own.put(mine, json=change, headers={"If-Match": '"2"'}),
        await tenants_own.post("/tenancies", json={"organisation_id": str(tenant.organisation.id)}),
        await tenants_own.post(f"{mine}/soteri-evidence", json=LOOK),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/main-connectors-own")
    both = (await tenants_own.get(f"/tenancies/{tenant.tenancy.id}")).json()
    assert both["main_connector"]["organisation_id"] == str(await owner_of(database, realm))


async def test_what_belongs_to_others_is_not_there(tenants_own, main_connector, database, clock, realm):
    neighbour = await a_tenant(database, clock, realm, 4000000)
    stranger = await a_realm(database, clock, 5000000)
    strangers = await a_tenant(database, clock, stranger, 4000000)
    for http, other, caller in ((tenants_own, neighbour, realm), (main_connector, strangers, stranger)):
        contact = await named(database, clock, other.caller, other.organisation.id)
        look = await looked(database, clock, caller, other.organisation.id)
        key = await a_key(database, clock, other.caller, other.organisation.id)
        theirs = f"/organisations/{other.organisation.id}"
        version = {"If-Match": '"1"'}
        withdrawal = f"{theirs}/soteri-evidence/{look.id}/withdrawal"
        new_key = {"organisation_id": str(other.organisation.id), "system_name": "x", "permissions": ["parties.read"]}
        answers = [
            await http.get(theirs),
            await http.put(theirs, json={"name": "X", "language": "fi"}, headers=version),
            await http.get(f"{theirs}/contacts"),
            await http.post(f"{theirs}/contacts", json=CONTACT),
            await http.get(f"{theirs}/contacts/{contact.id}"),
            await http.put(f"{theirs}/contacts/{contact.id}", json=CONTACT, headers=version),
            await http.delete(f"{theirs}/contacts/{contact.id}", headers=version),
            await http.get(f"{theirs}/soteri-evidence"),
            await http.post(f"{theirs}/soteri-evidence", json=LOOK),
            await http.post(withdrawal, json={"reason": "x"}, headers=version),
            await http.get(f"/tenancies/{other.tenancy.id}"),
            await http.post("/tenancies", json={"organisation_id": str(other.organisation.id)}),
            await http.get(f"/keys/{key.key_id}"),
            await http.delete(f"/keys/{key.key_id}", headers=version),
            await http.post("/keys", json=new_key),
            await http.get("/journal", params={"tenancy_id": str(other.tenancy.id)}),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        for path in ("/organisations", "/tenancies", "/keys", "/journal"):
            assert str(other.organisation.id) not in (await http.get(path)).text


async def test_the_journal_is_read_and_checked_from_outside(main_connector, tenants_own, tenant):
    path = f"/organisations/{tenant.organisation.id}/contacts"
    await asyncio.gather(*(tenants_own.post(path, json={**CONTACT, "email": f"a{n}@example.org"}) for n in range(5)))
    entries, at = [], f"/journal?tenancy_id={tenant.tenancy.id}&limit=2"
    while at:
        page = (await main_connector.get(at)).json()
        entries += page["items"]
        at = page["next"] and page["next"].removeprefix("/v1")
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["action"] for entry in entries][-5:] == ["contact.named"] * 5
    assert "aino" not in str(entries).lower()
    assert "example.org" not in str(entries)
    digest = beginning(tenant.tenancy.id)
    for entry in entries:
        kept = Kept(chain=tenant.tenancy.id, sequence=entry["sequence"], entry=entry["text"], digest=b"")
        digest = seal(digest, kept.sequence, kept.entry)
        assert digest.hex() == entry["digest"]
        assert msgspec.json.decode(entry["text"])["action"] == entry["action"]
    own = (await tenants_own.get("/journal?limit=200")).json()["items"]
    assert own == entries
    assert {entry["action"] for entry in (await main_connector.get("/journal")).json()["items"]} >= {
        "organisation.registered",
        "access_key.created",
    }
