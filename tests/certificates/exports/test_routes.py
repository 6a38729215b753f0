"""The inventory leaves over HTTP: as a table, as data, as figures, in calendars."""

import csv
import io

import pytest

from kanta_tenancy.parties import Permission
from tests.certificates.impact.examples import Inventory
from tests.journeys.conftest import client
from tests.parties.examples import a_key, named, owner_of
from tests.systems.examples import Register


@pytest.fixture
def there(both, database, clock, owner) -> Inventory:
    return Inventory(database, owner, both.caller, Register(database, clock, both.caller))


async def test_the_inventory_is_fetched_as_a_table_and_as_data(both, there):
    made = await there.certificate()
    await there.certificate("gone.example.org", state="retired")
    table = await both.main_connector.get("/v1/certificates/csv")
    assert (table.headers["content-type"], "certificates-2026-03-02.csv" in table.headers["content-disposition"]) == (
        "text/csv; charset=utf-8",
        True,
    )
    assert len(list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))) == 3
    data = await both.main_connector.get("/v1/certificates/json", params={"state": "in_use"})
    assert (data.headers["content-type"], [one["id"] for one in data.json()]) == ("application/json", [str(made)])
    assert (await both.main_connector.get("/v1/certificates/json", params={"state": "x"})).status_code == 422


async def test_people_are_named_only_to_who_may_read_parties(there, both, database, clock, application):
    own = await owner_of(database, both.caller)
    person = await named(database, clock, both.caller, own)
    await there.certificate(responsible_id=person.id)
    for permissions, told in (
        ({Permission.CERTIFICATES_READ}, None),
        ({Permission.CERTIFICATES_READ, Permission.PARTIES_READ}, "Aino Ahola"),
    ):
        token = await a_key(database, clock, both.caller, own, permissions=frozenset(permissions))
        async with client(application, token.text) as http:
            (row,) = (await http.get("/v1/certificates/json")).json()
            table = (await http.get("/v1/certificates/csv")).text
        assert (row["responsible"], "Aino Ahola" in table) == (told, told is not None)


async def test_prometheus_reads_the_figures_of_its_own_realm_with_an_access_key(both, there):
    made = await there.certificate()
    answer = await both.main_connector.get("/v1/certificates/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert f'certificate="{made}"' in answer.text
    assert str(made) not in (await both.of_tenant.get("/v1/certificates/metrics")).text


async def test_a_calendar_feed_shows_when_certificates_lapse(both, there):
    await there.certificate()
    feed = (await both.main_connector.post("/v1/calendar-feeds", json={"name": "Kanta", "language": "fi"})).json()
    shown = (await both.main_connector.get(feed["path"])).text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20270503" in shown
    assert "Varmenne vanhenee: kanta.example.org (palvelinvarmenne)" in shown
