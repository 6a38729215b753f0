"""Disturbances at the command line."""

import json

import pytest

from tests.desk import ADesk
from tests.disturbances.examples import Desk
from tests.disturbances.test_assessing import YES
from tests.disturbances.test_closing import Closer
from tests.disturbances.test_follow_ups import Office


@pytest.fixture
def at_desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_the_operator_reports_acknowledges_and_sees_what_is_to_be_told(at_desk, desk, clock):
    made = await at_desk.type(
        *("disturbances", "report", "Kanta answers 503", "--service", "prescription", "--place", "kanta"),
        *("--patient-safety", "--since", "2026-03-02 13:00", "--json"),
    )
    assert made.code == 0, made.output
    taken = json.loads(made.output)
    again = await at_desk.type(
        *("disturbances", "report", "Kanta answers 503", "--service", "prescription", "--place", "kanta"),
        *("--patient-safety", "--since", "2026-03-02 13:00"),
    )
    assert again.output.startswith(f"Came before: {taken['reference']}")
    listed = await at_desk.type("disturbances", "list")
    assert listed.code == 3
    assert listed.output.split("\t")[:5] == [
        taken["reference"],
        "reported",
        "disturbance",
        "2026-03-02 13:00",
        "Kanta answers 503",
    ]
    done = await at_desk.type("disturbances", "acknowledge", taken["reference"].lower())
    assert done.output == f"Acknowledged: {taken['reference']}\n"
    assert (await at_desk.type("disturbances", "list")).code == 0
    duties = await at_desk.type("disturbances", "duties")
    assert (duties.code, len(duties.output.splitlines())) == (0, 4)
    clock.advance(hours=2)
    duties = await at_desk.type("disturbances", "duties")
    assert duties.code == 3
    assert duties.output.splitlines()[0].split("\t")[:3] == ["2026-03-02 15:00", "overdue", "main connector"]
    shown = await at_desk.type("disturbances", "show", taken["disturbance_id"])
    kinds = [line.split("\t")[0] for line in shown.output.splitlines()]
    assert kinds[:2] == ["disturbance", "report"]
    assert set(kinds) == {"disturbance", "report", "answer", "duty", "possible"}
    whole = json.loads((await at_desk.type("disturbances", "show", taken["disturbance_id"], "--json")).output)
    assert whole["disturbance"]["state"] == "acknowledged"


async def test_what_a_rule_refuses_ends_with_5(at_desk, realm):
    refused = await at_desk.type("disturbances", "report", "Patient 131052-308T")
    assert refused.code == 5
    for asked in ("nonsense", "00000000"):
        assert (await at_desk.type("disturbances", "show", asked)).code == 5


async def test_one_that_is_the_same_is_offered(at_desk, desk: Desk, tenant):
    first = await desk.reported(tenant.caller, service="prescription")
    made = await at_desk.type("disturbances", "report", "Recipes fail", "--service", "prescription", "--over")
    assert f"Perhaps the same: {first.disturbance_id.hex[-8:].upper()}" in made.output


async def test_the_operator_closes_one_and_sees_what_is_missing_and_what_is_left(at_desk, desk, tenant, clock):
    office = Office(desk, tenant)
    person = Closer(desk, (await desk.reported(tenant.caller)).disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES)
    await person.ends()
    one = str(person.id)
    refused = await at_desk.type("disturbances", "close", one, "--remedy", "It was renewed")
    assert refused.code == 5
    assert "  cause: nobody has said what the cause was" in refused.errors
    assert "section_90_producer: the main connector has still to tell producer; it is pending" in refused.errors
    assert (await person.read()).findings == (), "what was said with it is not kept when it is refused"
    await person.tells_everybody()
    said = ("--cause", "certificate", "It had expired", "--remedy", "It was renewed")
    closed = await at_desk.type("disturbances", "close", one, *said)
    assert (closed.code, closed.output) == (0, f"Closed: {one[-8:].upper()}\n")
    shown = await at_desk.type("disturbances", "show", one)
    assert "finding\tcause/certificate\t" in shown.output
    await office.planned(person.id)
    await office.notified(tenant.caller)
    left = await at_desk.type("disturbances", "follow-ups")
    assert (left.code, left.output.split("\t")[:4]) == (
        0,
        ["2026-04-01", "-", "main_connector", "Watch the certificate"],
    )
    mine = ("--faults", "--tenant", tenant.organisation.business_id)
    assert len(json.loads((await at_desk.type("disturbances", "follow-ups", *mine, "--json")).output)) == 1
    assert (await at_desk.type("disturbances", "follow-ups", "--tenant", "0000000-0")).code == 5
    clock.advance(days=31)
    late = await at_desk.type("disturbances", "follow-ups", "--faults")
    assert (late.code, late.output.split("\t")[1]) == (3, "overdue")


async def test_the_operator_writes_a_month_in_three_forms(at_desk, desk, tenant, tmp_path):
    await desk.reported(tenant.caller)
    asked = ("disturbances", "summary", "--month", "2026-03")
    assert '"2026-03","events","","1"' in (await at_desk.type(*asked)).output
    assert json.loads((await at_desk.type(*asked, "--format", "json")).output)["events"] == 1
    file = tmp_path / "march.docx"
    made = await at_desk.type(*asked, "--format", "docx", "--language", "sv", "--out", str(file))
    assert (made.code, file.read_bytes()[:2]) == (0, b"PK")
