"""A calendar's address: opens to whoever knows it, to nobody else, and not for ever."""

import uuid
from datetime import date

import httpx
import icalendar
import pytest

from kanta_tenancy.messages import addresses
from kanta_tenancy.messages.model import FeedId
from kanta_tenancy.parties.actions import contacts
from tests.messages.examples import an_entry
from tests.parties.examples import EVERYTHING, named, owner_of


async def made(http: httpx.AsyncClient, **said) -> dict:
    answer = await http.post("/calendar-feeds", json={"name": "Kanta", "language": "en"} | said)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def anyone(app):
    """Somebody without a key."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://messages") as http:
        yield http


def uids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    calendar = icalendar.Calendar.from_ical(answer.content)
    return sorted(str(event["uid"]).partition("@")[0] for event in calendar.walk("VEVENT"))


async def test_an_address_opens_the_calendar_without_a_key(client, anyone, calendar, realm):
    calendar.entries = [an_entry(1), an_entry(2, on=date(2026, 4, 1))]
    feed = await made(await client())
    answer = await anyone.get(feed["path"])
    assert uids(answer) == sorted(entry.uid for entry in calendar.entries)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert calendar.asked[-1].scope == realm.scope


async def test_a_tenants_feed_shows_its_own_and_the_main_connectors_all(client, anyone, calendar, tenant):
    own = an_entry(1, uid=f"agreement.end/{tenant.tenancy.id}")
    calendar.entries = [own, an_entry(2)]
    theirs, all_of_it = await made(await client(tenant)), await made(await client())
    assert uids(await anyone.get(theirs["path"])) == [own.uid]
    assert len(uids(await anyone.get(all_of_it["path"]))) == 2
    assert calendar.asked[0].scope == tenant.caller.scope


async def test_reading_again_costs_nothing_until_something_changes(client, anyone, calendar):
    calendar.entries = [an_entry(1)]
    feed = await made(await client())
    etag = (await anyone.get(feed["path"])).headers["etag"]
    unchanged = await anyone.get(feed["path"], headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    calendar.entries.append(an_entry(2))
    changed = await anyone.get(feed["path"], headers={"If-None-Match": f"W/{etag}"})
    assert (changed.status_code, changed.headers["etag"] != etag) == (200, True)


async def test_an_address_is_shown_once_and_kept_nowhere(client, owner):
    http = await client()
    feed = await made(http)
    secret = addresses.read(feed["path"].rpartition("/")[2]).secret
    assert "path" not in (await http.get(f"/calendar-feeds/{feed['id']}")).json()
    for table in ("calendar_feed", "journal_entry", "idempotent_answer"):
        rows = await owner.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} AS t")  # noqa: S608 -- three constants
        assert not [row for row in rows if secret in row["row"]]


async def test_a_closed_feed_opens_nothing_from_the_next_request_on(client, anyone):
    http = await client()
    feed = await made(http)
    assert (await anyone.get(feed["path"])).status_code == 200
    path = f"/calendar-feeds/{feed['id']}"
    assert (await http.delete(path, headers={"If-Match": '"2"'})).status_code == 412
    closed = await http.delete(path, headers={"If-Match": '"1"'})
    assert (closed.status_code, closed.json()["version"]) == (200, 2)
    assert (await http.delete(path, headers={"If-Match": '"2"'})).json()["closed_at"] == closed.json()["closed_at"]
    gone = await anyone.get(feed["path"])
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/calendar-feed-not-found")


async def test_a_persons_feed_ends_with_the_person(client, anyone, database, clock, realm):
    own = await owner_of(database, realm)
    person = await named(database, clock, realm, own)
    feed = await made(await client(contact_id=person.id, system_name=None, permissions=EVERYTHING))
    assert feed["contact_id"] == str(person.id)
    assert (await anyone.get(feed["path"])).status_code == 200
    async with database.transaction(realm) as tx:
        await contacts.end_contact(tx, clock, own, person.id, version=person.version)
    assert (await anyone.get(feed["path"])).status_code == 404


async def test_every_wrong_address_gets_the_same_answer(client, anyone):
    feed = await made(await client())
    name = feed["path"].rpartition("/")[2]
    other = addresses.draw(FeedId(addresses.read(name).feed_id)).name  # the right feed, another secret
    unknown = addresses.draw(FeedId(uuid.uuid4())).name
    answers = [await anyone.get(f"/v1/calendar/{wrong}") for wrong in (other, unknown, "x", name[:-4], name.upper())]
    told = {(one.status_code, one.json()["type"], one.json()["detail"]) for one in answers}
    assert told == {(404, "/problems/calendar-feed-not-found", "This address opens no calendar.")}


async def test_a_list_holds_the_feeds_of_the_scope(client, tenant):
    of_tenant, http = await client(tenant), await client()
    theirs, ours = await made(of_tenant), await made(http, name="Ours", language="sv")
    assert [one["id"] for one in (await of_tenant.get("/calendar-feeds")).json()["items"]] == [theirs["id"]]
    shown = (await http.get("/calendar-feeds")).json()["items"]
    assert [one["id"] for one in shown] == [theirs["id"], ours["id"]]
    assert (shown[1]["name"], shown[1]["language"], shown[1]["system_name"]) == ("Ours", "sv", "billing")


async def test_a_name_that_breaks_a_line_is_refused(client):
    answer = await (await client()).post("/calendar-feeds", json={"name": "a\nb", "language": "en"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/calendar-feed-refused")
