"""Impact over HTTP: told of any day, to whom it concerns, in the form that is asked for."""

import csv
import io
from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import msgspec
import pytest
from docx import Document

from kanta_tenancy.certificates.impact.report_csv import COLUMNS
from kanta_tenancy.parties import Function, Permission
from kanta_tenancy.parties.model import TENANT_PERMISSIONS
from tests.certificates.impact.examples import Inventory
from tests.journeys.conftest import Realm, client
from tests.parties.examples import a_key, named, owner_of
from tests.systems.examples import Register


@pytest.fixture
def there(both: Realm, database, clock, owner) -> Inventory:
    return Inventory(database, owner, both.caller, Register(database, clock, both.caller))


async def used(there: Inventory, both: Realm, *others: None, **said) -> UUID:
    """Make a certificate that a system of the tenant's uses."""
    certificate = await there.certificate(**said)
    system = await there.system(both.tenant.tenancy.id, *others)
    await there.used(certificate, system.id)
    return certificate


async def test_an_impact_tells_who_loses_what(both, there):
    certificate = await used(there, both)
    told = (await both.main_connector.get(f"/v1/certificates/{certificate}/impact")).json()
    assert (told["day"], told["name"], told["state"]) == ("2027-05-03", "kanta.example.org", "in_use")
    assert (told["tenants"], told["services"], told["unplaced"]) == (1, ["prescription"], 0)
    assert [one["en"] for one in told["told"]] == [
        "If this certificate does not hold on 3 May 2027, 1 tenant loses services: Prescription service."
    ]
    assert [(one["name"], one["others"], one["upkeep"]) for one in told["systems"]] == [("Saaristo Care", 0, None)]
    before = await both.main_connector.get(f"/v1/certificates/{certificate}/impact", params={"day": "2025-12-31"})
    assert (before.json()["uses"], before.json()["systems"]) == (0, [])
    assert (await both.main_connector.get(f"/v1/certificates/{uuid4()}/impact")).status_code == 404


async def test_whom_it_hits_is_listed_page_by_page(both, there, database, clock):
    certificate = await used(there, both, None)
    await named(database, clock, both.caller, both.tenant.organisation.id, function=Function.TECHNICAL)
    path, seen = f"/v1/certificates/{certificate}/impact/tenants?limit=1", []
    while path:
        page = (await both.main_connector.get(path)).json()
        seen += page["items"]
        path = page["next"]
    assert {one["tenancy_id"]: len(one["people"]) for one in seen} == {str(both.tenant.tenancy.id): 1, None: 0}
    assert (await both.main_connector.get(f"/v1/certificates/{uuid4()}/impact/tenants")).status_code == 404


async def test_people_are_told_only_to_who_may_read_parties(both, there, database, clock, application):
    certificate = await used(there, both)
    await named(database, clock, both.caller, both.tenant.organisation.id, function=Function.TECHNICAL)
    own = await owner_of(database, both.caller)
    for permissions, people in (
        ({Permission.CERTIFICATES_READ}, 0),
        ({Permission.CERTIFICATES_READ, Permission.PARTIES_READ}, 1),
    ):
        token = await a_key(database, clock, both.caller, own, permissions=frozenset(permissions))
        async with client(application, token.text) as http:
            (hit,) = (await http.get(f"/v1/certificates/{certificate}/impact/tenants")).json()["items"]
            report = (await http.get(f"/v1/certificates/{certificate}/impact/csv")).content
            document = (await http.get(f"/v1/certificates/{certificate}/impact/docx")).content
        assert len(hit["people"]) == people
        assert (b"aino@example.org" in report) == bool(people)
        text = "\n".join(cell.text for row in Document(io.BytesIO(document)).tables[1].rows for cell in row.cells)
        assert ("aino@example.org" in text) == bool(people)


async def test_it_is_fetched_for_a_spreadsheet_and_as_a_document(both, there):
    certificate = await used(there, both)
    address = f"/v1/certificates/{certificate}/impact"
    table = await both.main_connector.get(f"{address}/csv", params={"language": "fi", "day": "2026-06-01"})
    assert "impact-2026-06-01.csv" in table.headers["content-disposition"]
    heading, row = csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert tuple(heading) == COLUMNS
    told = dict(zip(heading, row, strict=True))
    assert (told["day"], told["tenant"], told["services"], told["systems"]) == (
        "2026-06-01", both.tenant.organisation.name, "Resepti-palvelu", "Saaristo Care",
    )  # fmt: skip
    document = await both.main_connector.get(f"{address}/docx", params={"language": "sv"})
    assert "impact-2027-05-03.docx" in document.headers["content-disposition"]
    assert Document(io.BytesIO(document.content)).core_properties.title == "Om certifikatet inte gäller"
    for form in ("csv", "docx"):
        assert (await both.main_connector.get(f"/v1/certificates/{uuid4()}/impact/{form}")).status_code == 404


async def test_what_a_tenant_depends_on_is_listed_by_the_end_of_each(both, there):
    late, system = await used(there, both), await there.system(None, name="Own")
    await there.used(late, system.id)
    unreadable = await there.certificate("odd", not_after=None)
    await there.used(unreadable, system.id)
    tenancy = both.tenant.tenancy.id
    (found,) = (await both.main_connector.get(f"/v1/tenancies/{tenancy}/certificates")).json()["items"]
    assert (found["id"], found["not_after"]) == (str(late), "2027-05-03T09:00:00Z")
    assert [(one["name"], one["services"]) for one in found["systems"]] == [("Saaristo Care", ["prescription"])]
    path, seen = "/v1/certificates/own?limit=1", []
    while path:
        page = (await both.main_connector.get(path)).json()
        seen += [one["id"] for one in page["items"]]
        path = page["next"]
    assert seen == [str(late), str(unreadable)]
    past = await both.main_connector.get(f"/v1/tenancies/{tenancy}/certificates", params={"day": "2025-01-01"})
    assert past.json()["items"] == []
    assert (await both.main_connector.get(f"/v1/tenancies/{uuid4()}/certificates")).status_code == 404
    beyond = msgspec.json.encode({"ends_s": 253_402_300_800, "id": str(late)})  # the year 10000
    forged = await both.main_connector.get(f"/v1/certificates/own?after={urlsafe_b64encode(beyond).decode()}")
    assert forged.status_code == 422


async def test_a_tenant_asks_about_its_own_certificates_and_is_told_of_itself(
    both, there, database, clock, application
):
    own = await used(there, both, None, tenancy_id=both.tenant.tenancy.id)
    shared = await there.certificate("shared.example.org")
    await there.used(shared, (await there.system(both.tenant.tenancy.id, name="Two")).id)
    token = await a_key(
        database, clock, both.tenant.caller, both.tenant.organisation.id, permissions=TENANT_PERMISSIONS
    )
    async with client(application, token.text) as http:
        told = (await http.get(f"/v1/certificates/{own}/impact")).json()
        assert (told["tenants"], told["own_services"]) == (1, [])
        for form in ("tenants", "csv", "docx"):
            assert (await http.get(f"/v1/certificates/{own}/impact/{form}")).status_code == 200
        assert (await http.get(f"/v1/certificates/{shared}/impact")).status_code == 404
        listed = (await http.get(f"/v1/tenancies/{both.tenant.tenancy.id}/certificates")).json()["items"]
        assert [one["id"] for one in listed] == [str(own)]
        assert (await http.get("/v1/certificates/own")).json()["items"] == []
