"""Files brought into a realm."""

import asyncio
import json
from datetime import date

import pytest

from kanta_tenancy.kernel.acting import Actor, ActorKind
from kanta_tenancy.kernel.identifiers import OrganisationId, new_id
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties import the_parties
from kanta_tenancy.parties.actions.acts import journal
from kanta_tenancy.parties.errors import ImportRefused, MainConnectorExists
from kanta_tenancy.parties.imports.importing import Imported, import_parties
from kanta_tenancy.parties.store import organisations
from tests.conftest import someone
from tests.parties.examples import a_realm, an_organisation, business_id

EXAMPLE = (folder("examples") / "organisations.csv").read_bytes()
OPERATOR = Actor(kind=ActorKind.OPERATOR, name="operator")
OWNER = {"role": "main_connector", "business_id": business_id(9000000), "name": "Kanta Oy", "language": "fi"}
PERSON = {"name": "Aino", "email": "aino@example.org", "function": "agreements", "valid_from": "2026-01-01"}
LOOK = {"entry_reference": "S-1", "checked_on": "2026-02-01", "checked_by": "Eino"}
SOMEBODY_WAITS = """
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
    END $$"""
TABLES = ("main_connector", "organisation", "tenancy", "contact", "soteri_evidence")


def a_firm(serial: int, **said: object) -> dict[str, object]:
    return {"business_id": business_id(serial), "name": f"Praktik {serial}", "language": "sv"} | said


@pytest.fixture
def bring(database, clock):
    async def bring(said: object, **options: object) -> Imported:
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        return await import_parties(database, clock, OPERATOR, content, **options)

    return bring


@pytest.fixture
def counts(owner):
    async def counts() -> dict[str, int]:
        return {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608

    return counts


def numbers(done: Imported) -> tuple[int, ...]:
    return done.organisations, done.tenancies, done.contacts, done.evidence, done.already_there


def told(done: Imported) -> list[tuple[int, str]]:
    return [(row.row, row.field) for row in done.bad_rows]


async def test_the_example_makes_a_realm_with_its_tenants(bring, counts, database, owner):
    done = await bring(EXAMPLE)
    assert (done.changed, numbers(done), done.bad_rows, done.warnings) == (True, (3, 2, 5, 3, 0), (), ())
    assert await counts() == dict(zip(TABLES, (1, 3, 2, 5, 3), strict=True))
    row = await owner.fetchrow("SELECT main_connector_id, tenancy_id FROM tenancy WHERE reference = 'K-002'")
    async with database.transaction(someone(row["main_connector_id"])) as tx:
        both = await the_parties(tx, row["tenancy_id"], on_day=date(2026, 3, 2))
    assert (both.main_connector.name, both.main_connector.contact.name) == ("Saariston Terveys Oy", "Aino Ahola")
    assert (both.tenant.contact.name, both.tenant.soteri[0].entry_reference) == ("Edvin Ek", "SOT-202")
    actors = await owner.fetch("SELECT DISTINCT entry::jsonb -> 'actor' ->> 'kind' AS kind FROM journal_entry")
    assert [actor["kind"] for actor in actors] == ["operator"]
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == 15


async def test_bringing_a_file_in_again_changes_nothing(bring, owner):
    await bring(EXAMPLE)
    before = await owner.fetchval("SELECT count(*) FROM journal_entry")
    again = await bring(EXAMPLE)
    assert numbers(again) == (0, 0, 0, 0, 11)
    assert again.bad_rows == ()
    assert await owner.fetchval("SELECT count(*) FROM journal_entry") == before


async def test_a_dry_run_tells_what_would_be_done_and_changes_nothing(bring, counts):
    told_before = await bring(EXAMPLE, dry_run=True)
    assert (told_before.changed, numbers(told_before)) == (False, (3, 2, 5, 3, 0))
    assert set((await counts()).values()) == {0}
    assert numbers(await bring(EXAMPLE)) == numbers(told_before)


async def test_one_bad_row_keeps_all_others_out_unless_they_are_accepted(bring, counts):
    said = [OWNER, a_firm(1000000, contacts=[PERSON]), a_firm(1100000, name="")]
    refused = await bring(said)
    assert (refused.changed, told(refused)) == (False, [(3, "name")])
    assert set((await counts()).values()) == {0}
    accepted = await bring(said, accept_good_rows=True)
    assert (accepted.changed, told(accepted), numbers(accepted)) == (True, [(3, "name")], (2, 1, 1, 0, 0))
    assert (await counts())["organisation"] == 2
    dry = await bring(said, accept_good_rows=True, dry_run=True)
    assert dry.changed is False


async def test_a_file_never_changes_what_the_realm_knows(bring, owner):
    firm = a_firm(
        1000000, oid="1.2.246.10.10000007", tenancy_reference="K-1", name_fi="Hoito", contacts=[PERSON], soteri=[LOOK]
    )
    await bring([OWNER, firm])
    other = {
        **firm,
        "name": "Another",
        "language": "en",
        "oid": "1.2.246.10.1",
        "name_fi": "Toinen",
        "tenancy_reference": "K-2",
        "contacts": [{**PERSON, "phone": "112"}],
    }
    refused = await bring([OWNER, other])
    assert [field for _, field in told(refused)] == [
        "contacts[0].email", "language", "name", "name_fi", "oid", "tenancy_reference",
    ]  # fmt: skip
    less = {"business_id": firm["business_id"], "name": firm["name"], "language": "sv"}
    more = {**less, "contacts": [{**PERSON, "function": "fees"}], "soteri": [{**LOOK, "checked_on": "2026-03-01"}]}
    assert numbers(await bring([less, more][1:])) == (0, 0, 1, 1, 1)
    assert (
        await owner.fetchval("SELECT name FROM organisation WHERE business_id = $1", firm["business_id"])
        == firm["name"]
    )


async def test_without_a_first_day_a_contact_is_one_from_today_and_is_known_again_tomorrow(bring, clock, owner):
    person = {field: value for field, value in PERSON.items() if field != "valid_from"}
    await bring([OWNER, a_firm(1000000, contacts=[person])])
    assert await owner.fetchval("SELECT valid_from FROM contact") == date(2026, 3, 2)
    clock.advance(days=1)
    again = await bring([OWNER, a_firm(1000000, contacts=[person])])
    assert (again.bad_rows, again.already_there) == ((), 3)


async def test_evidence_that_was_withdrawn_does_not_come_back(bring, owner):
    await bring([{**OWNER, "soteri": [LOOK]}])
    await owner.execute("UPDATE soteri_evidence SET withdrawn_at = now(), withdrawal_reason = 'x'")
    assert numbers(await bring([{**OWNER, "soteri": [LOOK]}])) == (0, 0, 0, 0, 2)


async def test_what_a_file_says_twice_is_told(bring):
    said = [
        OWNER,
        a_firm(1000000, tenancy_reference="K-1", contacts=[PERSON, {**PERSON, "email": "AINO@example.org"}]),
        a_firm(1100000, tenancy_reference="K-1"),
        a_firm(1200000, soteri=[LOOK, LOOK]),
        a_firm(1300000, tenancy_reference=business_id(1400000)),
        a_firm(1400000),
    ]
    refused = await bring(said)
    assert told(refused) == [
        (2, "contacts[1].email"),
        (3, "tenancy_reference"),
        (4, "soteri[1].entry_reference"),
        (6, "tenancy_reference"),
    ]


async def test_a_reference_that_another_tenancy_has_is_told(bring):
    await bring([OWNER, a_firm(1000000, tenancy_reference="K-1")])
    assert told(await bring([a_firm(1100000, tenancy_reference="K-1")])) == [(1, "tenancy_reference")]


async def test_roles_are_relations_to_this_main_connector(bring):
    await bring([OWNER, a_firm(1000000, role="none")])
    wrong = await bring(
        [
            {**OWNER, "role": "tenant"},
            a_firm(1000000, role="main_connector"),
            a_firm(1100000, role="none", tenancy_reference="K"),
        ],
        main_connector=str(OWNER["business_id"]),
    )
    assert told(wrong) == [(1, "role"), (2, "role"), (3, "tenancy_reference")]
    later = await bring([a_firm(1000000)])
    assert numbers(later) == (0, 1, 0, 0, 1)


async def test_an_import_is_for_one_main_connector(bring, database, clock):
    with pytest.raises(ImportRefused, match="none is there"):
        await bring([a_firm(1000000)])
    with pytest.raises(ImportRefused, match="none is there") as refused:
        await bring([{**OWNER, "name": ""}, a_firm(1000000)])
    assert [(flaw.field, flaw.detail) for flaw in refused.value.flaws] == [("line 1: name", "it is empty")]
    with pytest.raises(ImportRefused, match="several"):
        await bring([OWNER, {**a_firm(1000000), "role": "main_connector"}])
    with pytest.raises(ImportRefused, match="check digit"):
        await bring([OWNER], main_connector="1234567-8")
    with pytest.raises(ImportRefused, match="has no realm yet"):
        await bring([a_firm(1000000)], main_connector=str(OWNER["business_id"]))
    await bring([OWNER])
    await a_realm(database, clock, 2000000)
    with pytest.raises(ImportRefused, match="several"):
        await bring([a_firm(1000000)])
    done = await bring([a_firm(1000000)], main_connector=str(OWNER["business_id"]))
    assert (done.main_connector, done.organisations) == (OWNER["business_id"], 1)


async def test_the_main_connector_may_stand_anywhere_in_the_file(bring, counts):
    done = await bring([a_firm(1000000), a_firm(1100000), OWNER])
    assert (done.changed, (await counts())["tenancy"]) == (True, 2)


async def test_a_bad_contact_keeps_its_own_row_out_and_no_more(bring, counts):
    columns = ("business_id;name;language", "contact_name;contact_email;contact_function", "soteri_entry_reference",
               "soteri_checked_on;soteri_checked_by")  # fmt: skip
    firm = business_id(1000000)
    lines = [
        f"{firm};Praktik;sv;Aino;aino@example.org;fees;;;",
        f"{firm};;;Aino;aino@example.org;fees;S-1;2026-02-01;Eino",
        f"{firm};;;Aino;aino@example.org;technical;S-2;2026-02-01;Eino",
    ]
    await bring([OWNER])
    done = await bring("\n".join([";".join(columns), *lines]).encode(), accept_good_rows=True)
    assert told(done) == [(3, "contact_email")]
    assert numbers(done) == (1, 1, 2, 1, 0)
    assert ((await counts())["contact"], (await counts())["soteri_evidence"]) == (2, 1)


async def test_without_its_organisation_no_row_is_taken(bring, counts):
    await bring([OWNER, a_firm(1000000, name="Praktik", role="none")])
    columns = "role;business_id;name;language;contact_name;contact_email;contact_function"
    firm = business_id(1000000)
    text = f"{columns}\n;{firm};Other;sv;A;a@example.org;fees\n;{firm};;;B;b@example.org;fees\n"
    done = await bring(text.encode(), accept_good_rows=True)
    assert told(done) == [(2, "name"), (3, "business_id")]
    assert (await counts())["contact"] == 0


async def test_two_imports_of_one_file_at_once_leave_one_of_everything(bring, counts):
    results = await asyncio.gather(*(bring(EXAMPLE) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Imported) and one.organisations == 3 for one in results) == 1
    assert await counts() == dict(zip(TABLES, (1, 3, 2, 5, 3), strict=True))
    assert all(isinstance(one, Imported | MainConnectorExists) for one in results)


async def test_imports_into_one_realm_wait_for_one_another(bring, counts):
    await bring([OWNER])
    many = [a_firm(1000000 + 100 * n) for n in range(20)]
    results = await asyncio.gather(bring(many), bring(many[::-1]), bring(many))
    assert sorted(one.organisations for one in results) == [0, 0, 20]
    assert (await counts())["tenancy"] == 20


async def test_an_import_that_meets_the_api_in_a_deadlock_tries_again(bring, counts, database_url, clock, owner):
    await bring([OWNER])
    realm = someone(await owner.fetchval("SELECT main_connector_id FROM main_connector"))
    firm, at = an_organisation(1100000, name="Praktik 1100000"), clock.now()
    async with connect(database_url, size=1) as api, api.transaction(realm) as tx:
        # Whoever looks for a deadlock first is the one to give way: that is the import, however busy the machine is.
        await tx.connection.execute("SET LOCAL deadlock_timeout = '1min'")
        kept = await organisations.insert(tx, OrganisationId(new_id()), firm, at)
        importing = asyncio.create_task(bring([a_firm(1000000), a_firm(1100000)]))
        await owner.execute(SOMEBODY_WAITS)
        # The import holds the end of the journal and waits for our organisation: now we wait for the import.
        await journal(tx, "registered", None, kept, at=at)
    done = await importing
    assert (done.bad_rows, numbers(done)) == ((), (1, 2, 0, 0, 1))
    assert ((await counts())["organisation"], (await counts())["tenancy"]) == (3, 2)


async def test_what_somebody_registers_over_the_api_meanwhile_is_found_there(bring, counts, database, clock, owner):
    await bring([OWNER])
    realm = someone(await owner.fetchval("SELECT main_connector_id FROM main_connector"))
    async with database.transaction(realm) as tx:
        firm = an_organisation(1100000, name="Praktik 1100000")
        kept = await organisations.insert(tx, OrganisationId(new_id()), firm, clock.now())
        await journal(tx, "registered", None, kept, at=clock.now())
        importing = asyncio.create_task(bring([a_firm(1100000)]))
        await owner.execute(SOMEBODY_WAITS)
    done = await importing
    assert (done.bad_rows, numbers(done)) == ((), (0, 1, 0, 0, 1))
    assert ((await counts())["organisation"], (await counts())["tenancy"]) == (2, 1)


async def test_an_odd_oid_is_told_and_taken(bring):
    done = await bring([OWNER, a_firm(1000000, oid="1.2.246.10.1.10.0")])
    assert [(row.row, row.field) for row in done.warnings] == [(2, "oid")]
    assert done.changed


async def test_an_organisation_that_stands_there_twice_is_taken_once(bring, counts):
    twice = [OWNER, a_firm(1), a_firm(1, name="Other", contacts=[PERSON])]
    done = await bring(twice, accept_good_rows=True)
    assert [(row.row, row.field, row.reason) for row in done.bad_rows] == [
        (3, "business_id", "the organisation stands on line 1 already")
    ]
    assert numbers(done) == (2, 1, 0, 0, 0)


async def test_the_first_good_row_of_an_organisation_counts(bring):
    head = "role;business_id;name;language\n"
    rows = [("main_connector", OWNER["business_id"], "Kanta Oy", "fi")]
    rows += [("tenant", business_id(1), name, language) for name, language in (("", "sv"), ("B", "xx"), ("C", "sv"))]
    done = await bring((head + "".join(";".join(row) + "\n" for row in rows)).encode(), accept_good_rows=True)
    assert told(done) == [(3, "name"), (4, "language")]
    assert numbers(done) == (2, 1, 0, 0, 0)
