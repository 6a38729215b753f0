"""The inventory at the command line."""

import json

from tests.desk import ADesk


async def test_it_is_written_in_the_form_that_is_asked_for(inventory, database_url, clock, tmp_path):
    desk = ADesk(database_url, clock)
    made = str(await inventory.certificate())
    retired = str(await inventory.certificate("gone.example.org", state="retired"))
    table = await desk.type("certificates", "export", "--out", tmp_path / "all.csv")
    assert (table.code, (tmp_path / "all.csv").read_text("utf-8-sig").count("\n")) == (0, 3)
    data = await desk.type("certificates", "export", "--format", "json", "--state", "retired")
    assert [one["id"] for one in json.loads(data.output)] == [retired]
    figures = await desk.type("certificates", "export", "--format", "prometheus")
    assert (made in figures.output, retired in figures.output) == (True, False)
