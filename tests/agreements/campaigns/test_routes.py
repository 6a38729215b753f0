from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from kanta_tenancy.agreements.campaigns.running import work
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.parties.access import LastUses
from tests.agreements.campaigns.conftest import TARGET, Office
from tests.agreements.campaigns.many import tenancy
from tests.agreements.campaigns.newer import newer
from tests.journeys.conftest import client
from tests.parties.examples import EVERYTHING, a_key, owner_of

DIRECTOR = {"party": "main_connector", "name": "Aino Ahola", "title": "Director", "mandate": "Trade register"}
SAID = {
    "name": "Model 2",
    **TARGET,
    "signatories": [DIRECTOR],
    "cohorts": [{"name": "All", "starts_on": "2026-03-02"}],
}


@pytest.fixture
async def http(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    application = build_application(read_settings({}), office.database, office.clock, LastUses())
    own = await owner_of(office.database, office.realm)
    key = await a_key(office.database, office.clock, office.realm, own, permissions=EVERYTHING)
    async with client(application, key.text) as http:
        yield http


async def made(http: httpx.AsyncClient, **said) -> dict:
    answer = await http.post("/v1/campaigns", json=SAID | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def moved(http: httpx.AsyncClient, campaign: dict, how: str, **body) -> dict:
    path = f"/v1/campaigns/{campaign['id']}"
    headers = {"If-Match": (await http.get(path)).headers["etag"]}
    sent = {"json": body} if how == "retry" else {}
    answer = await http.post(f"{path}/{how}", headers=headers, **sent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(http: httpx.AsyncClient, campaign: dict, what: str, **asked) -> dict:
    answer = await http.get(f"/v1/campaigns/{campaign['id']}/{what}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_campaign_from_its_dry_run_to_its_end(database, clock, office, http):
    tenancies = await office.tenants(6)
    await office.owner.execute("DELETE FROM soteri_evidence WHERE tenancy_id = $1", tenancies[2])
    campaign = await made(http)
    assert (campaign["status"], campaign["remind_after"]) == ("draft", [7, 14])
    first = await read(http, campaign, "dry-run", limit=4)
    rest = (await http.get(first["next"])).json()
    foreseen = first["items"] + rest["items"]
    assert [one["tenancy_id"] for one in foreseen] == [str(one) for one in tenancies]
    assert [one["outcome"] for one in foreseen] == ["offered"] * 2 + ["skipped"] + ["offered"] * 3
    assert [one["reason"] for one in foreseen[2]["obstacles"]] == ["evidence_missing"]
    assert (foreseen[0]["services"], foreseen[0]["model_version"]) == (["prescription", "patient_data"], "1.3")
    assert await office.offers() == []

    assert (await moved(http, campaign, "start"))["status"] == "running"
    assert await work(database, clock) == 6
    progress = await read(http, campaign, "progress")
    assert (progress["status"], progress["rows"], progress["settled"], progress["settled_in_last_minute"]) == (
        "done",
        6,
        6,
        6,
    )
    assert [(one["state"], one["reason"], one["rows"]) for one in progress["states"]] == [
        ("offered", None, 5),
        ("skipped", "evidence_missing", 1),
    ]
    assert progress["offers"] == [{"status": "offered", "rows": 5}]
    skipped = (await read(http, campaign, "rows", state="skipped"))["items"]
    assert [(one["tenancy_id"], one["reason"]) for one in skipped] == [(str(tenancy(3)), "evidence_missing")]
    assert "no look into the Soteri register" in skipped[0]["detail"]
    assert len((await read(http, campaign, "rows"))["items"]) == 6

    clock.advance(days=14)
    page = await read(http, campaign, "laggards", days=14, limit=3)
    late = page["items"] + (await http.get(page["next"])).json()["items"]
    assert len({one["tenancy_id"] for one in late}) == 5
    assert (await moved(http, campaign, "retry", skipped=True))["status"] == "running"
    assert [one["name"] for one in (await http.get("/v1/campaigns")).json()["items"]] == ["Model 2"]


async def test_a_draft_is_written_anew_and_what_was_started_is_not(office, http):
    await office.tenants(2)
    campaign = await made(http)
    path = f"/v1/campaigns/{campaign['id']}"
    later = {"cohorts": [{"name": "All", "starts_on": "2026-03-09"}], "remind_after": [3], "name": "Model 2, later"}
    answer = await http.put(path, json=SAID | later, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    read_again = (await http.get(path)).json()
    assert {name: read_again[name] for name in ("id", "name", "status", "version", "remind_after", "created_at")} == {
        "id": campaign["id"],
        "name": "Model 2, later",
        "status": "draft",
        "version": 2,
        "remind_after": [3],
        "created_at": campaign["created_at"],
    }
    assert [one["starts_on"] for one in read_again["cohorts"]] == ["2026-03-09"]
    strange = await http.put(path, json=SAID | {"services": ["none"]}, headers={"If-Match": '"2"'})
    assert (strange.status_code, strange.json()["type"]) == (422, "/problems/campaign-refused")
    old = await http.put(path, json=SAID, headers={"If-Match": '"1"'})
    assert (old.status_code, old.json()["type"]) == (412, "/problems/campaign-changed")
    await moved(http, campaign, "start")
    late = await http.put(path, json=SAID, headers={"If-Match": '"3"'})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/campaign-move-not-allowed")


async def test_the_database_refuses_to_change_what_a_started_campaign_says(office, owner):
    await office.tenants(1)
    await office.started()
    with pytest.raises(asyncpg.RaiseError, match="does not change once it was started"):
        await owner.execute("UPDATE campaign SET remind_after = '{1}'")
    await owner.execute("UPDATE campaign SET status = 'paused', version = version + 1")


async def test_pause_resume_and_cancel_name_the_version_that_they_saw(office, http):
    await office.tenants(2)
    campaign = await made(http)
    await moved(http, campaign, "start")
    old = await http.post(f"/v1/campaigns/{campaign['id']}/pause", headers={"If-Match": '"1"'})
    assert (old.status_code, old.json()["type"]) == (412, "/problems/campaign-changed")
    states = [(await moved(http, campaign, how))["status"] for how in ("pause", "resume", "cancel")]
    assert states == ["paused", "running", "cancelled"]
    again = await http.post(f"/v1/campaigns/{campaign['id']}/resume", headers={"If-Match": '"5"'})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/campaign-move-not-allowed")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "a\u202eb"}, "name"),
        ({"model": "no such"}, "model"),
        ({"signatories": [DIRECTOR | {"party": "tenant"}]}, "signatories"),
        ({"signatories": [DIRECTOR | {"position": 2}]}, "signatories"),
        ({"services": ["nonsense"]}, "services[0]"),
        ({"cohorts": [{"name": "x", "starts_on": "2026-03-02", "services": ["nonsense"]}]}, "cohorts[0].services[0]"),
        ({"cohorts": [{"name": "x", "starts_on": "2126-03-02"}]}, "cohorts[0].starts_on"),
        (
            {"cohorts": [{"name": "x", "starts_on": "2026-03-02", "tenancies": [str(tenancy(99))]}]},
            "cohorts[0].tenancies",
        ),
    ],
)
async def test_what_cannot_be_done_is_refused_by_field_and_nothing_is_kept(office, http, said, field):
    answer = await http.post("/v1/campaigns", json=SAID | said)
    assert answer.status_code == 422, answer.text
    assert [flaw["field"] for flaw in answer.json()["errors"]] == [field]
    assert (await http.get("/v1/campaigns")).json()["items"] == []


async def test_a_campaign_that_takes_nobody_is_not_started(office, http):
    campaign = await made(http)
    answer = await http.post(f"/v1/campaigns/{campaign['id']}/start", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/campaign-refused")


async def test_the_redline_shows_what_changes_for_each_text_that_is_in_use(desk, owner):
    await desk.in_force()
    office = Office(desk.database, desk.clock, owner, desk.main_connector)
    await office.tenants(3)  # on a text that this service does not have
    async with desk.database.transaction(desk.main_connector) as tx:
        await models.freeze(tx, desk.clock, name="official", version="2", language=Language.SWEDISH, docx=newer())
    application = build_application(read_settings({}), desk.database, desk.clock, LastUses())
    own = await owner_of(desk.database, desk.main_connector)
    key = await a_key(desk.database, desk.clock, desk.main_connector, own, permissions=EVERYTHING)
    async with client(application, key.text) as http:
        campaign = await made(http, model="official", model_version="2")
        every = (await read(http, campaign, "redline"))["items"]
        assert sorted((one["language"], one["model"], one["tenants"], one["clauses"] is None) for one in every) == [
            ("en", "kanta", 1, True),
            ("fi", "kanta", 1, True),
            ("sv", "kanta", 1, True),
            ("sv", "main-connector-tenant", 1, False),
        ]
        assert len((await read(http, campaign, "redline", language="sv"))["items"]) == 2
        (ours,) = [one for one in every if one["clauses"]]
        changed = [clause for clause in ours["clauses"] if clause["change"] != "same"]
        assert [(one["change"], one["moved"]) for one in changed] == [("changed", False)]
        marks = [(one["kind"], one["text"]) for one in changed[0]["body"] if one["kind"] != "kept"]
        assert marks == [
            ("deleted", "huvudanslutaren"),
            ("inserted", "hyresgästen själv"),
            ("deleted", "hyresgästen och"),
        ]
        page = await http.get(f"/v1/campaigns/{campaign['id']}/redline/page")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<ins>" in page.text
    assert "<del>" in page.text
    assert "<script" not in page.text
