"""Renewal requests at the command line."""

import json
from datetime import timedelta

import pytest

from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Reason
from tests.desk import ADesk


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_list_and_show_tell_what_is_open_and_why(desk, practice, clock):
    first = await practice.followed()
    clock.advance(hours=1)
    second = await practice.followed()
    listed = await desk.type("renewals", "list")
    assert [line.split("\t")[:4] for line in listed.output.splitlines()] == [
        ["191", "with_prescriber", "tenant", "original"],
        ["192", "with_prescriber", "tenant", "original"],
    ]
    business_id = practice.tenant.organisation.business_id
    assert len(json.loads((await desk.type("renewals", "list", "--tenant", business_id, "--json")).output)) == 2
    shown = await desk.type("renewals", "show", first.id)
    kinds = [line.split("\t")[0] for line in shown.output.splitlines()]
    assert kinds == ["request", "why", "why", "why", "step"]
    await practice.answer(second, Move.REJECT, reason=Reason.CARE)
    shown = await desk.type("renewals", "show", second.id)
    assert shown.output.splitlines()[-1].split("\t")[:2] == ["duty", "tenant"]
    assert json.loads((await desk.type("renewals", "show", second.id, "--json")).output)["state"] == "rejected"


async def test_what_has_lapsed_is_found(desk, practice, clock):
    request = await practice.followed()
    clock.advance(days=9)
    await practice.work()
    listed = await desk.type("renewals", "list", "--state", "lapsed")
    assert listed.output.split("\t")[0] == "-"
    assert str(request.id) in listed.output
    assert (await desk.type("renewals", "list")).output == ""


async def test_a_month_is_written_in_each_form(desk, practice, clock, tmp_path):
    request = await practice.followed()
    clock.advance(hours=30)
    await practice.answer(request)
    csv = await desk.type("renewals", "report", "--month", "2026-03")
    assert '"outcome","renewed","1","0"' in csv.output
    told = json.loads((await desk.type("renewals", "report", "--month", "2026-03", "--format", "json")).output)
    assert (told["requests"], told["median_hours"]) == (1, 30)
    file = tmp_path / "report.docx"
    done = await desk.type(
        "renewals", "report", "--month", "2026-03", "--format", "docx", "--out", file, "--language", "sv",
        "--tenant", practice.tenant.organisation.business_id,
    )  # fmt: skip
    assert (done.code, file.read_bytes()[:2]) == (0, b"PK")
    assert (await desk.type("renewals", "report", "--month", "March")).code == 2
    assert (await desk.type("renewals", "list", "--tenant", "0000000-0")).code == 5
    assert clock.now() - timedelta(hours=30) == request.arrived_at
