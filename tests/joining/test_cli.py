"""The roster and the standing with Kela at the command line."""

import csv
import io
import json

import pytest
from docx import Document

from kanta_tenancy.joining.actions import change_notices
from tests.desk import ADesk
from tests.joining.conftest import has_services
from tests.joining.examples import MARCH_2, a_change
from tests.joining.test_applications import drafted, in_production
from tests.parties.examples import a_realm


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_the_roster_is_written_as_csv_json_or_document(desk, owner, realm, tenant, tmp_path):
    await has_services(owner, realm, (tenant.tenancy.id, ["patient_data"], MARCH_2, None))
    ended = await desk.type("roster", "--day", "2026-03-02")
    assert (ended.code, ended.output[:1]) == (0, "\ufeff")
    (row,) = csv.DictReader(io.StringIO(ended.output[1:], newline=""))
    assert (row["service"], row["tenant"]) == ("Potilastietovaranto", tenant.organisation.name)
    assert ended.errors.startswith("Tenants that use the service “Potilastietovaranto”: 1. No joining application")
    whole = json.loads((await desk.type("roster", "--format", "json", "--language", "sv")).output)
    assert (whole["day"], whole["tenants"][0]["services"][0]["name"]) == ("2026-03-02", "Patientdatalagret")
    out = tmp_path / "roster.docx"
    ended = await desk.type("roster", "--format", "docx", "--language", "en", "--out", out)
    assert (ended.code, ended.output) == (0, "")
    assert Document(str(out)).tables[1].rows[1].cells[0].text == "Patient Data Repository"


async def test_a_day_before_anything_and_a_service_that_is_not_there(desk, realm, tmp_path):
    out = tmp_path / "roster.csv"
    out.write_text("what was there")
    assert (await desk.type("roster", "--service", "nonsense", "--out", out)).code == 5
    assert (await desk.type("roster", "--day", "2.3.2026", "--out", out)).code == 2
    assert out.read_text() == "what was there"
    assert (await desk.type("roster", "--day", "2020-01-01", "--out", out)).code == 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 1


async def test_of_several_main_connectors_one_is_named(desk, database, clock, realm):
    other = await a_realm(database, clock, 2100000)
    assert other != realm
    assert "say which main connector" in (await desk.type("roster")).errors
    assert (await desk.type("roster", "--main-connector", "2100000-0")).code == 5
    assert (await desk.type("joining", "list", "--main-connector", "2000000-8")).code == 0


@pytest.fixture
async def uses_two_services(owner, realm, tenant) -> None:
    await has_services(owner, realm, (tenant.tenancy.id, ["prescription", "will"], MARCH_2, None))


@pytest.mark.usefixtures("uses_two_services")
async def test_list_shows_applications_notices_that_are_owed_and_what_nothing_covers(desk, database, clock, realm):
    joined = await in_production(database, clock, realm, "prescription")
    draft = await drafted(database, clock, realm, "will")
    async with database.transaction(realm) as tx:
        late = await change_notices.plan(tx, clock, a_change(effective_on=MARCH_2))
        done = await change_notices.plan(tx, clock, a_change())
        await change_notices.cancel(tx, clock, done.id, version=1, because="It does not come")
    ended = await desk.type("joining", "list")
    assert [line.split("\t") for line in ended.output.splitlines()] == [
        ["application", "drafted", "will", "Kanta 2026", str(draft.id)],
        ["application", "in_production", "prescription", "Kanta 2026", str(joined.id)],
        ["notice", "2026-02-09", "2026-03-02", "due_before_known,due_before_today", str(late.id)],
        ["service", "will", "1"],
    ]
    as_json = json.loads((await desk.type("joining", "list", "--json")).output)
    assert [one["key"] for one in as_json["services"] if one["warning"]] == ["will"]
    assert as_json["change_notices"][0]["conflicts"][0]["what"] == "due_before_known"
