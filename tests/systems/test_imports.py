"""Systems from a file: all of it or, when that is asked for, its good rows; every bad row is told with its reason."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties import ImportRefused
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.imports.examining import examine
from kanta_tenancy.systems.imports.importing import Imported, import_systems
from kanta_tenancy.systems.imports.reading import TABLE, read
from kanta_tenancy.systems.model import CertificateKind, SystemKind, SystemState
from tests.parties.examples import a_realm, a_tenant, business_id
from tests.systems.examples import MARCH_2, Register

EXAMPLE = (folder("examples") / "systems.csv").read_bytes()
GOOD = {"name": "Saaristo Care", "class": "A3", "producer": "Ohjelmistotalo Oy"}
TENANT = business_id(1234567)


async def imported(register: Register, rows: object, **how: bool) -> Imported:
    content = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    async with register.database.transaction(register.caller) as tx:
        return await import_systems(tx, register.clock, content, **{"dry_run": False, "accept_good_rows": False} | how)


async def everything(register: Register) -> dict[str, Any]:
    async with register.database.transaction(register.caller) as tx:
        listed = await reading.listed(tx, after=None, count=99)
        return {one.name: await reading.system(tx, one.id) for one in listed}


def told(done: Imported) -> list[tuple[int, str]]:
    return [(row.row, row.field) for row in done.bad_rows]


async def test_the_example_is_taken_whole_and_once(database, clock):
    realm = await a_realm(database, clock, 9000100)
    register = Register(database, clock, realm)
    tenants = [await a_tenant(database, clock, realm, serial) for serial in (9000200, 9000300)]
    tried = await imported(register, EXAMPLE, dry_run=True)
    assert (tried.changed, tried.systems, await everything(register)) == (False, 2, {})
    done = await imported(register, EXAMPLE)
    assert (done.changed, done.bad_rows, done.already_there) == (True, (), 0)
    assert (done.systems, done.releases, done.certificates, done.deployments) == (2, 1, 3, 7)
    found = await everything(register)
    care, intermediary = found["Saaristo Care"], found["Välityspalvelu Luoto"]
    assert (care.state, care.in_use_on, care.system_class) == (SystemState.IN_USE, date(2023, 9, 15), "A3")
    assert (care.producer.business_id, care.upkeep.keeper) == ("9000400-4", "Käyttöpalvelu Oy")
    assert care.register_entry.reference == "Astori 117"
    assert [one.kind for one in care.certificates] == [CertificateKind.SECURITY, CertificateKind.INTEROPERABILITY]
    assert (intermediary.kind, intermediary.certificates[0].last_day) == (SystemKind.INTERMEDIARY, date(2026, 12, 31))
    async with database.transaction(realm) as tx:
        own = await reading.dependencies_of(tx, None, MARCH_2)
        theirs = [await reading.dependencies_of(tx, tenant.tenancy.id, MARCH_2) for tenant in tenants]
    assert [one.service for one in own] == ["log_store", "patient_data", "prescription"]
    assert [(one.service, one.name) for one in theirs[0]] == [
        ("patient_data", "Saaristo Care"),
        ("prescription", "Saaristo Care"),
        ("prescription", "Välityspalvelu Luoto"),
    ]
    again = await imported(register, EXAMPLE)
    assert (again.systems, again.releases, again.certificates, again.deployments) == (0, 0, 0, 0)
    assert (again.already_there, again.bad_rows) == (2 + 1 + 3 + 7, ())
    assert await everything(register) == found


async def test_what_a_system_lacks_is_added_and_what_is_there_is_left_as_it_is(register, tenant):
    before = await register.certified(await register.system(), number="kept")
    more = GOOD | {
        "name": "SAARISTO CARE",
        "class": "B",
        "version": "2026.2",
        "version_since": "2026-02-01",
        "services": ["prescription"],
        "tenant": TENANT,
        "since": "2026-01-01",
    }
    done = await imported(register, [more])
    assert (done.systems, done.releases, done.deployments, done.already_there) == (0, 1, 1, 1)
    after = (await everything(register))["Saaristo Care"]
    assert (after.system_class, after.certificates) == ("A3", before.certificates)
    assert [one.number for one in after.releases] == ["2026.2"]


OF_CERTIFICATE = {
    "certificate_issuer": "x",
    "certificate_number": "1",
    "certificate_granted_on": "2026-01-01",
    "certificate_last_day": "2027-01-01",
}
OF_DEPLOYMENT = {"services": "prescription", "tenant": TENANT, "since": "2026-01-01"}


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"class": "Z"}, ["class"]),
        ({"producer": " "}, ["producer"]),
        ({"producer_email": "nowhere", "producer_business_id": "1"}, ["producer_business_id", "producer_email"]),
        ({"manufacturer_phone": "+358 40 1234567"}, ["manufacturer"]),
        ({"support_phone": "+358 40 1234567"}, ["keeper"]),
        ({"kind": "gadget"}, ["kind"]),
        ({"register_reference": "1"}, ["register_checked_on"]),
        ({"in_use_on": "2026-03-03"}, ["in_use_on"]),
        ({"in_use_on": "32.1.2026"}, ["in_use_on"]),
        ({"version": "1"}, ["version_since"]),
        ({"version_since": "2026-01-01"}, ["version"]),
        ({"version": "1", "version_since": "2026-01-01", "version_until": "2025-01-01"}, ["version_until"]),
        (OF_CERTIFICATE | {"certificate_last_day": ""}, ["certificate_last_day"]),
        (
            OF_CERTIFICATE | {"certificate_kind": "x", "certificate_issuer": ""},
            ["certificate_issuer", "certificate_kind"],
        ),
        ({"certificate_number": "1"}, ["certificate_granted_on", "certificate_issuer", "certificate_last_day"]),
        (OF_DEPLOYMENT | {"services": ""}, ["services"]),
        (OF_DEPLOYMENT | {"services": "prescription nonsense"}, ["services"]),
        (OF_DEPLOYMENT | {"services": "will will"}, ["services"]),
        (OF_DEPLOYMENT | {"tenant": ""}, ["tenant"]),
        (OF_DEPLOYMENT | {"tenant": "9000200-9"}, ["tenant"]),
        (OF_DEPLOYMENT | {"since": "tomorrow"}, ["since"]),
        (OF_DEPLOYMENT | {"until": "2025-12-31"}, ["until"]),
        ({"nonsense": "x"}, ["nonsense"]),
    ],
)
async def test_each_bad_row_is_told_with_its_field_and_nothing_is_taken(register, said, fields):
    done = await imported(register, [GOOD | {"name": "Good"}, GOOD | said])
    assert (done.changed, sorted(told(done))) == (False, [(2, field) for field in fields])
    assert await everything(register) == {}


async def test_the_good_rows_are_taken_where_that_is_asked_for(register, tenant):
    rows = [
        GOOD | OF_DEPLOYMENT,
        {"name": "Saaristo Care", "services": "will", "tenant": "9000200-9", "since": "2026-01-01"},
        GOOD | {"name": "Bad", "class": "Z"},
        {"name": "Bad", **OF_DEPLOYMENT},
        {"class": "A3"},
    ]
    done = await imported(register, rows, accept_good_rows=True)
    assert told(done) == [(2, "tenant"), (3, "class"), (4, "name"), (5, "name")]
    assert (done.changed, done.systems, done.deployments) == (True, 1, 1)
    assert list(await everything(register)) == ["Saaristo Care"]


async def test_rows_of_one_system_do_not_contradict_one_another(register):
    done = await imported(
        register, [GOOD, {"name": "saaristo care", "class": "B"}, {"name": "Saaristo Care", "class": "A3"}]
    )
    assert told(done) == [(2, "class")]


async def test_periods_that_overlap_are_told_whether_in_the_register_or_in_the_file(register, tenant):
    system = await register.released(await register.system(), number="1", since=date(2026, 1, 1))
    await register.deployed(system, tenant.tenancy.id)
    rows = [
        GOOD | OF_DEPLOYMENT | {"since": "2026-02-01"},
        {"name": "Saaristo Care", "version": "1", "version_since": "2026-02-01"},
        {"name": "Saaristo Care", **OF_DEPLOYMENT, "services": "will", "until": "2026-03-01"},
        {"name": "Saaristo Care", **OF_DEPLOYMENT, "services": "will", "since": "2026-02-28"},
        {"name": "Saaristo Care", **OF_DEPLOYMENT, "services": "will", "since": "2026-03-01"},
    ]
    done = await imported(register, rows)
    assert told(done) == [(1, "services"), (2, "version"), (4, "services")]


@pytest.mark.parametrize("content", [b"", b"name;nonsense\nx;y\n", b"class\nA3\n", b"[{}", b"\xff", b'name\nx;y\n"z'])
async def test_what_is_no_such_file_is_refused(register, content):
    with pytest.raises(ImportRefused):
        await imported(register, content)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(TABLE.fields),
            st.text(max_size=12) | st.sampled_from(["A3", "x", "2026-01-01", "will", TENANT]),
            max_size=9,
        ),
        max_size=6,
    )
)
def test_whatever_a_file_says_it_is_judged_row_by_row(rows):
    found, unread = read(json.dumps(rows).encode())
    entries, bad = examine(found, MARCH_2)
    known = {row.row for row in found} | {row.row for row in unread}
    assert known == set(range(1, len(rows) + 1))
    assert {row.row for row in bad} <= known
    for entry in entries:
        assert entry.said.name == entry.said.name.strip() != ""
        assert entry.said.producer.name
