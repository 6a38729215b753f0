"""The inventory as a table and as data: everything once, however long, nothing that can be computed."""

import csv
import io
import json
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

import pytest

from kanta_tenancy.certificates.exports import reading, store
from kanta_tenancy.certificates.exports.model import ExportedCertificate
from kanta_tenancy.certificates.exports.tables import COLUMNS, AsCsv, AsJson, Form
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.acting import Caller
from tests.certificates.impact.examples import Inventory
from tests.conftest import someone
from tests.parties.examples import a_tenant, named, owner_of

TODAY = date(2026, 3, 2)


async def written(
    inventory: Inventory, form: Form, *states: State, people: bool = True, caller: Caller | None = None
) -> bytes:
    transactions = partial(inventory.database.transaction, caller or inventory.caller)
    pieces = reading.table(transactions, form, states or tuple(State), TODAY, people=people)
    return b"".join([piece async for piece in pieces])


async def as_rows(inventory: Inventory, *states: State) -> list[dict[str, str]]:
    text = (await written(inventory, AsCsv(), *states)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_an_empty_inventory_is_a_heading_and_an_empty_array(inventory):
    assert await as_rows(inventory) == []
    assert (await written(inventory, AsCsv())).decode("utf-8-sig").startswith('"id","name","kind","state",')
    assert json.loads(await written(inventory, AsJson())) == []


async def test_all_that_is_known_of_a_certificate_is_told(inventory, tenant, database, clock):
    caller = inventory.caller
    person = await named(database, clock, caller, await owner_of(database, caller))
    certificate = await inventory.certificate(
        responsible_id=person.id, tenancy_id=tenant.tenancy.id, snoozed_until=date(2026, 4, 1)
    )
    for name, said in (("Zeta", {}), ("Alpha", {"host": "a.example.org:443"}), ("Over", {"until": TODAY})):
        await inventory.used(certificate, (await inventory.system(name=name)).id, **said)
    await inventory.found_in(certificate, "/etc/ssl/one.pem")
    await inventory.asked_of(certificate, "good")
    (told,) = json.loads(await written(inventory, AsJson()))
    assert list(told) == list(COLUMNS) == list(ExportedCertificate.__struct_fields__)
    assert (told["systems"], told["hosts"]) == (["Alpha", "Zeta"], ["a.example.org:443"])
    assert (told["responsible"], told["deputy"]) == ("Aino Ahola", None)
    assert (told["places"], told["revocation"]) == (["folder: /etc/ssl/one.pem"], "good")
    assert (told["not_after"], told["snoozed_until"]) == ("2027-05-03T09:00:00Z", "2026-04-01")
    (row,) = await as_rows(inventory)
    assert (row["systems"], row["not_after"], row["authority"]) == ("Alpha | Zeta", "2027-05-03T09:00:00Z", "no")
    (hidden,) = json.loads(await written(inventory, AsJson(), people=False))
    assert (hidden["responsible"], hidden["responsible_id"]) == (None, str(person.id))


async def test_what_cannot_be_read_and_what_was_replaced_is_in_it_too(inventory):
    odd = await inventory.certificate("odd", not_after=None)
    old, new = await inventory.certificate("old.example.org"), await inventory.certificate("new.example.org")
    await inventory.replaced(old, new)
    rows = {row["id"]: row for row in await as_rows(inventory)}
    assert (rows[str(odd)]["unreadable"], rows[str(odd)]["not_after"]) == ("no certificate", "")
    assert (rows[str(old)]["state"], rows[str(old)]["replaced_by"]) == ("replaced", str(new))
    assert [row["id"] for row in await as_rows(inventory, State.REPLACED)] == [str(old)]


async def test_what_a_stranger_wrote_into_a_certificate_is_computed_nowhere(inventory):
    await inventory.certificate('=HYPERLINK("http://x.example";"x")')
    await inventory.certificate("\u202e+1+1")
    text = (await written(inventory, AsCsv())).decode("utf-8-sig")
    names = {row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert names == {'\'=HYPERLINK("http://x.example";"x")', "'+1+1"}


@pytest.mark.parametrize("form", [AsCsv(), AsJson()], ids=["csv", "json"])
async def test_more_than_a_page_is_told_whole_in_order_and_once(inventory, monkeypatch, form):
    monkeypatch.setattr(reading, "_PAGE", 2)
    made = [str(await inventory.certificate(f"server{number}.example.org")) for number in range(5)]
    whole = (await written(inventory, form)).decode("utf-8-sig")
    rows = json.loads(whole) if isinstance(form, AsJson) else list(csv.DictReader(io.StringIO(whole, newline="")))
    assert [row["id"] for row in rows] == made


async def test_a_tenant_gets_its_own_and_nothing_of_whom_else_it_concerns(inventory, tenant, database, clock):
    neighbour = await a_tenant(database, clock, inventory.caller, 2900000)
    own = await inventory.certificate(tenancy_id=tenant.tenancy.id)
    for tenancy_id in (None, neighbour.tenancy.id):
        await inventory.certificate("other.example.org", tenancy_id=tenancy_id)
    system = await inventory.system(neighbour.tenancy.id)
    await inventory.used(own, system.id, host="a.example.org")
    await inventory.found_in(own, "/etc/ssl/one.pem")
    (told,) = json.loads(await written(inventory, AsJson(), caller=someone(inventory.realm, tenant.tenancy.id)))
    # It is told where its own is used, not what the register says of systems that do not serve it.
    assert (told["id"], told["systems"], told["hosts"], told["places"]) == (str(own), [], ["a.example.org"], [])


async def test_a_page_is_of_whole_certificates_in_the_order_in_which_they_came(inventory):
    made = [
        await inventory.certificate(f"s{number}", at=datetime(2026, 1, 3 - number, tzinfo=UTC)) for number in range(3)
    ]
    async with inventory.database.transaction(inventory.caller) as tx:
        first = await store.page(tx, tuple(State), TODAY, after=None, count=2)
        second = await store.page(tx, tuple(State), TODAY, after=first[-1].id, count=2)
    assert [one.id for one in [*first, *second]] == made
    assert all(isinstance(one.id, UUID) for one in first)
