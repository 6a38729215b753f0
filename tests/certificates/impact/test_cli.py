"""Impact at the command line."""

import io
import json

import pytest
from docx import Document

from kanta_tenancy.parties import Function
from tests.desk import ADesk
from tests.parties.examples import named, registered


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_an_impact_is_told_in_lines_by_id_or_fingerprint(desk, inventory, tenant, clock):
    certificate = await inventory.certificate()
    system = await inventory.system(tenant.tenancy.id)
    await inventory.used(certificate, system.id)
    await named(inventory.database, clock, inventory.caller, tenant.organisation.id, function=Function.TECHNICAL)
    sha256 = await inventory.owner.fetchval("SELECT sha256 FROM certificate WHERE id = $1", certificate)
    by_id = await desk.type("certificates", "impact", certificate)
    colons = ":".join(sha256[at : at + 2] for at in range(0, 64, 2)).upper()
    assert by_id.output == (await desk.type("certificates", "impact", colons)).output
    assert [line.split("\t") for line in by_id.output.splitlines()] == [
        ["told", "If this certificate does not hold on 3 May 2027, 1 tenant loses services: Prescription service."],
        ["system", "Saaristo Care", "1", "prescription", "0", str(system.id)],
        ["tenant", tenant.organisation.name, tenant.organisation.business_id, "prescription", str(tenant.tenancy.id)],
        ["person", "Aino Ahola", "technical", "-", "aino@example.org"],
    ]
    assert (await desk.type("certificates", "impact", "ab" * 32)).code == 5


async def test_the_main_connectors_own_services_are_told_apart_from_those_of_tenants(desk, inventory, tenant):
    certificate = await inventory.certificate()
    await inventory.used(certificate, (await inventory.system(tenant.tenancy.id, None)).id)
    lines = [line.split("\t") for line in (await desk.type("certificates", "impact", certificate)).output.splitlines()]
    assert [line[0] for line in lines] == ["told", "told", "system", "own", "tenant"]


async def test_an_impact_is_written_in_the_form_that_is_asked_for(desk, inventory, tenant, tmp_path):
    certificate = await inventory.certificate()
    await inventory.used(certificate, (await inventory.system(tenant.tenancy.id)).id)
    asked = ("certificates", "impact", certificate, "--day", "2026-06-01", "--language", "fi")
    whole = json.loads((await desk.type(*asked, "--format", "json")).output)
    assert (whole["impact"]["day"], whole["impact"]["tenants"], len(whole["tenants"])) == ("2026-06-01", 1, 1)
    file = tmp_path / "impact.docx"
    assert (await desk.type(*asked, "--format", "docx", "--out", file)).code == 0
    assert Document(io.BytesIO(file.read_bytes())).core_properties.language == "fi-FI"
    table = await desk.type(*asked, "--format", "csv", "--out", tmp_path / "impact.csv")
    assert (table.code, "Resepti-palvelu" in (tmp_path / "impact.csv").read_text("utf-8-sig")) == (0, True)


async def test_what_a_tenant_or_the_main_connector_depends_on_is_listed(desk, inventory, tenant, clock):
    certificate = await inventory.certificate()
    await inventory.used(certificate, (await inventory.system(tenant.tenancy.id, name="Care")).id)
    odd = await inventory.certificate("odd", not_after=None)
    await inventory.used(odd, (await inventory.system(None, name="Own")).id)
    asked = ("certificates", "dependencies")
    of_tenant = await desk.type(*asked, tenant.organisation.business_id)
    assert of_tenant.output.rstrip("\n").split("\t") == [
        "2027-05-03T09:00Z", "in_use", "server", "kanta.example.org", "Care", "prescription", str(certificate),
    ]  # fmt: skip
    assert (await desk.type(*asked)).output.startswith("-\tin_use\tserver\todd\tOwn\t")
    assert json.loads((await desk.type(*asked, "--json", "--day", "2025-01-01")).output) == []
    firm = await registered(inventory.database, clock, inventory.caller, 1100000)
    refused = [(await desk.type(*asked, number)).code for number in (firm.business_id, "1000000-1", "x")]
    assert refused == [5, 5, 5]
