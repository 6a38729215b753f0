"""Disturbances at the command line."""

import json

import pytest

from tests.desk import ADesk
from tests.disturbances.examples import Desk


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
