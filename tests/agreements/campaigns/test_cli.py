import json

import msgspec
import pytest

from kanta_tenancy.agreements.campaigns.running import work
from tests.agreements.campaigns.test_routes import SAID
from tests.desk import ADesk


@pytest.fixture
async def operator(office, database_url) -> ADesk:
    return ADesk(database_url, office.clock)


async def created(operator: ADesk, **said: object) -> str:
    ended = await operator.type("campaigns", "create", "-", stdin=json.dumps(SAID | said).encode())
    assert ended.code == 0, ended.errors
    return ended.output.split("\t")[0]


async def test_from_dry_run_to_done_at_the_command_line(database, clock, office, operator, tmp_path):
    tenancies = await office.tenants(5)
    await office.owner.execute("DELETE FROM soteri_evidence WHERE tenancy_id = $1", tenancies[1])
    campaign = await created(operator)
    page = tmp_path / "redline.html"
    dry = await operator.type("campaigns", "dry-run", campaign, "--redline", "text", "--page", page)
    lines = dry.output.splitlines()
    assert lines[1] == f"{tenancies[1]}\t1\t2026-03-02\tskipped\tevidence_missing"
    assert lines[5:7] == ["4\toffered", "1\tevidence_missing"]
    assert "== sv: kanta 1.3 (2)" in lines
    assert page.read_text().startswith("<!DOCTYPE html>")
    as_json = await operator.type("campaigns", "dry-run", campaign, "--json")
    assert [json.loads(line)["outcome"] for line in as_json.output.splitlines()].count("offered") == 4
    assert await office.offers() == []

    assert (await operator.type("campaigns", "start", campaign)).output == "Model 2 is running.\n"
    assert (await operator.type("campaigns", "pause", campaign)).output == "Model 2 is paused.\n"
    assert await work(database, clock) == 0
    assert (await operator.type("campaigns", "resume", campaign)).output == "Model 2 is running.\n"
    assert await work(database, clock) == 5
    shown = await operator.type("campaigns", "show", campaign, "--laggards", "0", "--failures")
    told = shown.output.splitlines()
    assert told[:2] == ["Model 2: done, main-connector-tenant 1", "5 of 5 rows settled, 5 in the last minute, 0 s left"
                        " for those whose day has come"]  # fmt: skip
    assert "4\toffered" in told
    assert "1\tskipped\tevidence_missing" in told
    assert "cohort 1\t5 of 5\tfrom 2026-03-02" in told
    assert [line.split("\t")[-1] for line in told if line.startswith("laggard")] == ["tenant"] * 4
    assert told[-1].startswith(f"skipped\t{tenancies[1]}\tevidence_missing\t")
    lines = (await operator.type("campaigns", "show", campaign, "--json", "--failures")).output.splitlines()
    assert [msgspec.json.decode(line).get("state") for line in lines] == [None, None, "skipped"]
    assert (await operator.type("campaigns", "retry", campaign)).code == 5
    assert (await operator.type("campaigns", "retry", campaign, "--skipped")).output == "Model 2 is running.\n"
    assert (await operator.type("campaigns", "cancel", campaign)).output == "Model 2 is cancelled.\n"
    listed = await operator.type("campaigns", "list")
    assert listed.output == f"{campaign}\tcancelled\tmain-connector-tenant\t1\tModel 2\n"
    assert json.loads((await operator.type("campaigns", "list", "--json")).output)["status"] == "cancelled"


async def test_a_draft_is_written_anew_from_a_file(operator):
    campaign = await created(operator)
    ended = await operator.type("campaigns", "amend", campaign, "-", stdin=json.dumps(SAID | {"name": "M 3"}).encode())
    assert (ended.code, ended.output) == (0, "M 3 is draft.\n")
    assert (await operator.type("campaigns", "amend", campaign, "-", stdin=b"{}")).code == 5


async def test_what_is_refused_ends_with_5(operator):
    campaign = await created(operator)
    assert (await operator.type("campaigns", "resume", campaign)).code == 5
    assert (await operator.type("campaigns", "start", campaign)).code == 5
    ended = await operator.type("campaigns", "create", "-", stdin=b'{"name": 7}')
    assert (ended.code, "the file is no campaign" in ended.errors) == (5, True)


async def test_who_started_it_stands_in_the_journal(office, operator):
    await office.tenants(1)
    campaign = await created(operator)
    await operator.type("campaigns", "start", campaign)
    entries = await office.owner.fetch(
        "SELECT entry FROM journal_entry WHERE entry LIKE '%campaign/%' ORDER BY sequence"
    )
    assert [(one["action"], one["actor"]["name"]) for one in (json.loads(row["entry"]) for row in entries)] == [
        ("campaign.created", "tester"),
        ("campaign.started", "tester"),
    ]
