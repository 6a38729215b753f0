"""`keys` and `organisations` at the command line."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanta_tenancy.kernel.acting import Actor, ActorKind
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.cli import keys, organisations
from kanta_tenancy.parties.model import TENANT_PERMISSIONS, Permission
from tests.parties.examples import a_realm, business_id

EXAMPLE = str(folder("examples") / "organisations.csv")
CONTENT = Path(EXAMPLE).read_bytes()
MAIN_CONNECTOR, TENANT = business_id(9000100), business_id(9000200)


class TestDesk:
    __test__ = False

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.operator = Actor(kind=ActorKind.OPERATOR, name="eero")
        self._url = url

    def database(self) -> AbstractAsyncContextManager[Database]:
        return connect(self._url, size=2)


@pytest.fixture
def run(database_url, clock):
    desk = TestDesk(database_url.replace("postgres@", "kanta_service@"), clock)

    async def run(group, *arguments: str, **options) -> Result:
        """Run a command in a thread of its own: it has an event loop of its own."""
        return await asyncio.to_thread(CliRunner().invoke, group, arguments, obj=desk, **options)

    return run


@pytest.fixture
async def imported(run) -> None:
    assert (await run(organisations, "import", EXAMPLE)).exit_code == 0


async def test_the_first_key_of_a_realm_comes_from_the_command_line(run, imported, database, clock, owner):
    made = await run(keys, "create", "--contact", "AINO.ahola@example.org", "--every-permission")
    assert made.exit_code == 0, made.output
    caller = await authenticate(database, clock, made.stdout.strip())
    assert caller is not None
    assert (caller.scope.tenancy_id, caller.permissions) == (None, frozenset(Permission))
    assert made.stdout.strip() not in made.stderr
    entry = json.loads(await owner.fetchval("SELECT entry FROM journal_entry ORDER BY at DESC, sequence DESC LIMIT 1"))
    assert (entry["action"], entry["actor"]["kind"], entry["actor"]["name"]) == (
        "access_key.created",
        "operator",
        "eero",
    )


async def test_main_connectors_are_listed_by_the_id_that_their_keys_are_filed_under(run, imported, owner):
    listed = await run(organisations, "main-connectors")
    row = await owner.fetchrow("SELECT main_connector_id, business_id FROM main_connector")
    assert listed.stdout.split("\t")[:2] == [str(row["main_connector_id"]), row["business_id"]]
    as_json = json.loads((await run(organisations, "main-connectors", "--json")).stdout)
    assert [one["id"] for one in as_json] == [str(row["main_connector_id"])]


async def test_a_tenants_key_is_a_tenants(run, imported, database, clock):
    made = await run(keys, "create", "--organisation", TENANT, "--system", "records", "--every-permission", "--json")
    shown = json.loads(made.stdout)
    caller = await authenticate(database, clock, shown["token"])
    assert caller is not None
    assert caller.permissions == TENANT_PERMISSIONS
    assert str(caller.scope.tenancy_id) == shown["tenancy_id"]
    wide = await run(keys, "create", "--organisation", TENANT, "--system", "x", "--permission", "models.write")
    assert isinstance(wide.exception, DomainError)
    assert wide.exception.slug == "access-key-permissions-too-wide"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "whose key"),
        (("--system", "x"), "what it allows"),
        (("--system", "x", "--contact", "a@b.fi", "--every-permission"), "whose key"),
        (("--system", "x", "--every-permission", "--permission", "parties.read"), "what it allows"),
        (("--system", "x", "--permission", "everything"), "everything"),
        (("--system", "x", "--every-permission", "--days", "732"), "732"),
        (("--system", "x", "--every-permission", "--days", "0"), "0"),
    ],
)
async def test_wrong_usage_is_told_with_exit_code_2(run, arguments, why):
    refused = await run(keys, "create", *arguments)
    assert refused.exit_code == 2
    assert why in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("--main-connector", "1234567-8"), "organisation-not-found"),
        (("--main-connector", TENANT), "organisation-not-found"),
        (("--organisation", business_id(1000000)), "organisation-not-found"),
        (("--contact", "nobody@example.org"), "contact-not-found"),
    ],
)
async def test_who_is_not_there_gets_no_key(run, imported, arguments, slug):
    holder = () if "--contact" in arguments else ("--system", "x")
    refused = await run(keys, "create", *arguments, *holder, "--every-permission")
    assert isinstance(refused.exception, DomainError)
    assert refused.exception.slug == slug


async def test_of_several_main_connectors_one_must_be_named(run, imported, database, clock):
    await a_realm(database, clock, 2000000)
    refused = await run(keys, "list")
    assert isinstance(refused.exception, DomainError)
    assert MAIN_CONNECTOR in refused.exception.detail
    assert (await run(keys, "list", "--main-connector", MAIN_CONNECTOR)).exit_code == 0


async def test_keys_are_listed_without_their_secrets_and_revoked_by_id_or_by_themselves(run, imported, database, clock):
    tokens = []
    for days in ("1", "365", "365"):
        made = await run(keys, "create", "--system", f"s{days}", "--every-permission", "--days", days)
        tokens.append(made.stdout.strip())
    clock.advance(days=2)
    ids = [line.split("\t")[0] for line in (await run(keys, "list")).stdout.splitlines()]
    assert (await run(keys, "revoke", ids[1])).exit_code == 0
    assert (await run(keys, "revoke", tokens[2])).exit_code == 0
    listed = (await run(keys, "list")).stdout
    assert [line.split("\t")[1] for line in listed.splitlines()] == ["expired", "revoked", "revoked"]
    assert {line.split("\t")[4] for line in listed.splitlines()} == {MAIN_CONNECTOR}
    assert [line.split("\t")[5] for line in listed.splitlines()] == ["system s1", "system s365", "system s365"]
    assert not any(token[30:] in listed for token in tokens)
    assert [one["id"] for one in json.loads((await run(keys, "list", "--json")).stdout)] == ids
    for token in tokens:
        assert await authenticate(database, clock, token) is None
    for wrong, slug in (
        (tokens[1], "access-key-revoked"),
        ("x", "access-key-not-found"),
        ("0" * 32, "access-key-not-found"),
    ):
        refused = await run(keys, "revoke", wrong)
        assert refused.exception.slug == slug


async def test_a_dry_run_and_bad_rows_are_told_in_lines(run, tmp_path, owner):
    file = tmp_path / "organisations.csv"
    spoilt = CONTENT.replace(b"15.1.2026", b"30.2.2026").replace(b"90002009", b"90002008")
    file.write_bytes(spoilt)
    dry = await run(organisations, "import", EXAMPLE, "--dry-run")
    assert dry.exit_code == 0
    assert dry.stdout.startswith("Would be taken: 3 organisations, 2 tenancies, 5 contacts, 3 Soteri entries")
    bad = await run(organisations, "import", str(file), "--main-connector", MAIN_CONNECTOR)
    assert bad.exit_code == 5
    assert "line 2, soteri_checked_on: bad: the calendar has no such day" in bad.stdout.splitlines()
    assert "line 4, oid: odd: its number 90002008 is not this party's own, 90002009" in bad.stdout.splitlines()
    assert await owner.fetchval("SELECT count(*) FROM organisation") == 0
    as_json = await run(
        organisations, "import", "-", "--json", "--main-connector", MAIN_CONNECTOR, input=file.read_bytes()
    )
    assert as_json.exit_code == 5
    assert json.loads(as_json.stdout)["bad_rows"][0] == {
        "line": 2,
        "row": 2,
        "field": "soteri_checked_on",
        "reason": "the calendar has no such day",
    }


async def test_good_rows_are_taken_when_that_is_said(run, imported, tmp_path, owner):
    file = tmp_path / "more.json"
    good = {"business_id": business_id(1000000), "name": "Praktik", "language": "sv"}
    file.write_text(json.dumps([good, {**good, "business_id": "x"}]))
    done = await run(organisations, "import", str(file), "--accept-good-rows")
    assert done.exit_code == 5
    assert "line 1, organisation 2, business_id: bad: a business id is seven digits" in done.stdout
    assert "Taken: 1 organisations" in done.stdout
    assert await owner.fetchval("SELECT count(*) FROM organisation WHERE name = 'Praktik'") == 1


async def test_a_file_that_is_not_there_is_wrong_usage(run):
    refused = await run(organisations, "import", "/nowhere/at/all.csv")
    assert refused.exit_code == 2


async def test_of_a_persons_contacts_the_one_of_today_holds_the_key(run, imported, database, clock, owner):
    await owner.execute(
        "UPDATE contact SET valid_until = '2026-02-01' WHERE email LIKE 'edvin%' AND function = 'agreements'"
    )
    made = await run(
        keys,
        "create",
        "--organisation",
        business_id(9000300),
        "--contact",
        "edvin.ek@example.net",
        "--every-permission",
    )
    caller = await authenticate(database, clock, made.stdout.strip())
    assert caller is not None
    function = await owner.fetchval("SELECT function FROM contact WHERE id::text = $1", caller.actor.name)
    assert function == "signatory"


@pytest.mark.parametrize("group", [keys, organisations])
def test_help_needs_no_database(group):
    for name in group.commands:
        shown = CliRunner().invoke(group, [name, "--help"])
        assert shown.exit_code == 0
        assert len(shown.output.splitlines()) > 5
