"""The registers at the command line."""

import csv
import io
import json
from datetime import timedelta

import pytest

from kanta_tenancy.breaches.model import Decision, Item, RegisterKind, Risk
from tests.breaches.desk import of_main_connector, of_tenant
from tests.breaches.examples import NOON, a_telling
from tests.desk import ADesk


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_open_breaches_are_listed_and_what_is_overdue_is_told_by_the_exit_code(desk, ours, theirs, tenant):
    done = await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)
    own = await ours.reported(of_main_connector(), title="Staff list")
    await ours.said(own.breaches[0].id, Decision(risk=Risk.UNLIKELY, ground="x"))
    ended = await desk.type("breaches", "list")
    assert ended.code == 0
    assert [line.split("\t")[:5] for line in ended.output.splitlines()] == [
        ["suspected", "-", "unlikely", "main connector", "Staff list"],
        ["suspected", "2026-03-05T14:00+02:00", "-", tenant.organisation.name, "A letter to the wrong house"],
    ]
    desk.clock.at += timedelta(hours=73)
    assert (await desk.type("breaches", "list")).code == 3
    listed = json.loads((await desk.type("breaches", "list", "--all", "--json")).output)
    assert [one["id"] for one in listed] == [str(own.breaches[0].id), str(done.breaches[0].id)]


async def test_a_breach_is_shown_line_by_line_and_as_json(desk, theirs, tenant):
    done = await theirs.reported(of_tenant(tenant.tenancy.id, RegisterKind.WILL), found_at=NOON)
    breach = done.breaches[0].id
    await theirs.said(breach, a_telling(items=(Item.NATURE,)))
    ended = await desk.type("breaches", "show", breach)
    lines = [line.split("\t") for line in ended.output.splitlines()]
    assert [line for line in lines if line[0] != "item"] == [
        ["breach", "suspected", "joint_controller", "A letter to the wrong house"],
        ["controller", "will", "tenant, kela", "kela", "Act 703/2023, section 72(3)", "read"],
        ["clock", "2026-03-02T14:00+02:00", "2026-03-05T14:00+02:00", "2026-03-05T15:00+02:00", "found_itself"],
        ["duty", "decide_risk", "open", "-"],
        ["duty", "notify_authority", "done", "-"],
        ["duty", "supplement_notice", "open", "2026-03-09T14:00+02:00"],
        ["duty", "tell_kela", "open", "2026-03-02T18:00+02:00"],
        ["duty", "document", "open", "-"],
        *(
            ["entry", str(number), "2026-03-02T14:00+02:00", "a test", what]
            for number, what in enumerate(("concerning", "awareness", "statement", "telling"), start=1)
        ),
    ]
    assert ["item", "nature", "told", "A summary was posted to a neighbour."] in lines
    whole = json.loads((await desk.type("breaches", "show", breach, "--json")).output)
    assert (whole["id"], len(whole["entries"])) == (str(breach), 4)
    assert (await desk.type("breaches", "show", "01975d3a-6f00-7000-8000-000000000001")).code == 5
    assert (await desk.type("breaches", "show", "x")).code == 2


async def test_a_register_is_written_out_for_any_period(desk, ours, theirs, tenant):
    await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON - timedelta(days=400), title="=1+1")
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id
    await theirs.documented(breach)
    await theirs.said(breach, Decision(risk=Risk.RISK, ground="Health data"), a_telling(items=tuple(Item)))
    await ours.reported(of_main_connector())
    of = ("--tenant", tenant.organisation.business_id)
    ended = await desk.type("breaches", "export", "--from", "2026-01-01", *of)
    rows = list(csv.DictReader(io.StringIO(ended.output.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == [str(breach)]
    assert {name: rows[0][name] for name in ("facts", "effects", "remedies", "risk", "open_duties")} == {
        "facts": "About nature",
        "effects": "About consequences",
        "remedies": "About measures",
        "risk": "risk",
        "open_duties": "",
    }
    assert rows[0]["authority_told_at"] == "2026-03-02T12:00:00+00:00"
    every = await desk.type("breaches", "export", "--from", "2020-01-01", "--format", "json", *of)
    assert [one["title"] for one in json.loads(every.output)] == ["=1+1", "A letter to the wrong house"]
    own = await desk.type("breaches", "export", "--from", "2020-01-01", "--until", "2026-12-31", "--format", "json")
    assert len(json.loads(own.output)) == 1
    assert (await desk.type("breaches", "export", "--from", "2020-01-01", "--tenant", "0246246-0")).code == 5
    assert (await desk.type("breaches", "export", "--from", "2020-01-01", "--until", "2019-01-01")).code == 5
    assert (await desk.type("breaches", "export")).code == 2
