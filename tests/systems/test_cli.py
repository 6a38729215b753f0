"""The register at the command line."""

import json

import pytest

from tests.desk import ADesk
from tests.joining.conftest import has_services
from tests.parties.examples import a_realm, business_id
from tests.systems.examples import MARCH_2

ROWS = [
    {
        "name": "Saaristo Care",
        "class": "A3",
        "producer": "Ohjelmistotalo Oy",
        "services": "prescription patient_data",
        "tenant": business_id(1234567),
        "since": "2026-01-01",
    }
]


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_list_and_show_tell_what_is_there(desk, register, tenant):
    system = await register.certified(await register.released(await register.in_use()))
    await register.system(name="Archive")
    await register.deployed(system, tenant.tenancy.id)
    await register.deployed(system, None, service="log_store")
    ended = await desk.type("systems", "list")
    assert [line.split("\t")[:5] for line in ended.output.splitlines()] == [
        ["planned", "A3", "-", "Archive", "Ohjelmistotalo Oy"],
        ["in_use", "A3", "2026-12-31", "Saaristo Care", "Ohjelmistotalo Oy"],
    ]
    for asked in ("saaristo care", system.id):
        shown = await desk.type("systems", "show", asked)
        assert [line.split("\t")[0] for line in shown.output.splitlines()] == [
            "system", "release", "certificate", "finding", "deployment", "deployment",
        ]  # fmt: skip
    lines = [line.split("\t") for line in shown.output.splitlines()]
    assert lines[2] == ["certificate", "security", "stands", "2026-12-31", "2026-117", "Arviointilaitos Oy"]
    assert sorted(line[1:3] for line in lines[-2:]) == [
        ["log_store", "main connector"],
        ["prescription", f"{tenant.organisation.name} ({tenant.organisation.business_id})"],
    ]
    whole = json.loads((await desk.type("systems", "show", "Saaristo Care", "--day", "2025-01-01", "--json")).output)
    assert (whole["day"], whole["deployments"], whole["system"]["name"]) == ("2025-01-01", [], "Saaristo Care")
    assert len(json.loads((await desk.type("systems", "list", "--json")).output)) == 2
    assert (await desk.type("systems", "show", "Nothing")).code == 5


async def test_a_file_is_tried_taken_and_taken_again(desk, tenant, tmp_path):
    file = tmp_path / "systems.json"
    file.write_text(json.dumps(ROWS))
    tried = await desk.type("systems", "import", file, "--dry-run")
    assert (tried.code, tried.output) == (
        0,
        "Would be taken: 1 systems, 0 versions, 0 certificates, 2 deployments; 0 were there already.\n",
    )
    assert (await desk.type("systems", "list")).output == ""
    assert (await desk.type("systems", "import", file)).output.startswith("Taken: 1 systems")
    again = await desk.type("systems", "import", file, "--json")
    assert (json.loads(again.output)["already_there"], again.code) == (3, 0)
    file.write_text(json.dumps([ROWS[0] | {"name": "Another", "class": "Z"}]))
    bad = await desk.type("systems", "import", file)
    assert (bad.code, bad.output.splitlines()) == (
        5,
        [
            "line 1, class: bad: one of A, A1, A2, A3, B is expected",
            "Nothing was changed. Good rows: 0 systems, 0 versions, 0 certificates, 0 deployments;"
            " 0 were there already.",
        ],
    )
    from_stdin = await desk.type("systems", "import", "-", "--dry-run", stdin=json.dumps(ROWS).encode())
    assert from_stdin.code == 0


async def test_check_tells_what_is_amiss_and_where_annex_1_and_what_runs_differ(desk, register, owner, realm, tenant):
    assert (await desk.type("systems", "check")).code == 0
    system = await register.in_use(system_class="B")
    await register.deployed(system, tenant.tenancy.id, service="patient_data")
    await has_services(owner, realm, (tenant.tenancy.id, ["prescription"], MARCH_2, None))
    ended = await desk.type("systems", "check")
    assert (ended.code, [line.split("\t")[:3] for line in ended.output.splitlines()]) == (
        3,
        [
            ["finding", "release_missing", "Saaristo Care"],
            ["not_in_annex", "patient_data", tenant.organisation.name],
            ["without_system", "prescription", tenant.organisation.name],
        ],
    )
    as_json = json.loads((await desk.type("systems", "check", "--json", "--day", "2026-03-02")).output)
    assert as_json["mismatches"][0]["without_system"] == ["prescription"]
    assert as_json["findings"][0]["findings"][0]["what"] == "release_missing"


async def test_of_several_main_connectors_one_is_named(desk, database, clock, realm):
    await a_realm(database, clock, 2100000)
    assert "say which main connector" in (await desk.type("systems", "list")).errors
    assert (await desk.type("systems", "check", "--main-connector", "2000000-8")).code == 0
