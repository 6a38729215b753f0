"""What was sent, what waits and what was given up, over HTTP."""

import json

from kanta_tenancy.messages import mailing
from tests.machinery.outgoing.mail_servers import MailRoom
from tests.machinery.outgoing.receivers import Receiver, answer, in_turn
from tests.messages.examples import Said, a_mailer, a_notice, a_person, an_endpoint, happened, told
from tests.messages.webhooks import worked


async def mailed(database, clock, room: MailRoom) -> None:
    await mailing.gather(database, clock)
    for again in (False, True):
        await mailing.send(database, clock, a_mailer(room), again=again)


async def test_a_mail_that_was_given_up_is_on_the_list_with_the_reason_and_can_be_sent_again(
    client, database, clock, realm
):
    http = await client()
    await told(database, clock, realm, a_notice(1, urgent=True), a_notice(2, urgent=True))
    async with MailRoom().open() as room:
        room.refused["aino@example.org"] = "550 5.1.1 No such user"
        await mailed(database, clock, room)
        (dead,) = (await http.get("/messages?state=dead")).json()["items"]
        whole = (await http.get(f"/messages/{dead['id']}")).json()
        assert dead["to"] == {"name": "Aino Ahola", "email": "aino@example.org", "language": "sv"}
        assert (dead["last_error"], dead["next_at"]) == ("recipient: 5.1.1 No such user", None)
        assert [attempt["outcome"] for attempt in whole["log"]] == ["recipient_refused"]
        assert whole["log"][0]["status"] == 550
        assert [notice["subject"] for notice in whole["notices"]] == [
            "Thing 1 ends på svenska",
            "Thing 2 ends på svenska",
        ]
        assert whole["notices"][0]["facts"] == [["Day på svenska", "2026-03-31"]]
        room.refused.clear()
        again = await http.post(f"/messages/{dead['id']}/sending", headers={"Idempotency-Key": "a"})
        assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "due", 0)
        twice = await http.post(f"/messages/{dead['id']}/sending", headers={"Idempotency-Key": "b"})
        assert (twice.status_code, twice.json()["type"]) == (409, "/problems/message-under-way")
        await mailed(database, clock, room)
        assert (await http.get("/messages?state=dead")).json()["items"] == []
        (sent,) = (await http.get("/messages?state=sent&channel=mail")).json()["items"]
    assert (sent["id"], len(room.mails)) == (dead["id"], 1)


async def test_a_webhook_is_sent_again_with_the_id_that_it_had(client, database, clock, realm, owner):
    http = await client()
    async with Receiver(answer(200)).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        await worked(database, clock)
        (delivery,) = (await http.get(f"/webhooks/{endpoint.id}/deliveries?state=sent")).json()["items"]
        assert (await http.post(f"/messages/{delivery['id']}/sending")).status_code == 200
        clock.advance(hours=5)
        await worked(database, clock)
        whole = (await http.get(f"/messages/{delivery['id']}")).json()
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    assert len(receiver.received) == 2
    assert [attempt["status"] for attempt in whole["log"]] == [200, 200]
    assert json.loads(whole["payload"])["data"]["number"] == 1
    assert whole["notices"] == []
    entry = await owner.fetchval("SELECT entry FROM journal_entry WHERE entry LIKE '%message.sent_again%'")
    assert json.loads(entry)["subject"] == f"message/{delivery['id']}"


async def test_to_a_closed_endpoint_nothing_is_sent_again(client, database, clock, realm):
    http = await client()
    async with Receiver(answer(200)).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        await http.delete(f"/webhooks/{endpoint.id}", headers={"If-Match": '"1"'})
        (dead,) = (await http.get("/messages?state=dead&channel=webhook")).json()["items"]
        refused = await http.post(f"/messages/{dead['id']}/sending")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-endpoint-closed")
        await http.post(f"/webhooks/{endpoint.id}/opening", headers={"If-Match": '"2"'})
        assert (await http.post(f"/messages/{dead['id']}/sending")).status_code == 200
        assert await worked(database, clock) == 1


async def test_the_log_tells_of_every_attempt_newest_first(client, database, clock, realm):
    http = await client()
    async with Receiver(in_turn(answer(500, b"oops"), answer(429), answer(204))).listening() as receiver:
        endpoint, _ = await an_endpoint(database, clock, realm, receiver.url())
        await happened(database, clock, realm, Said(number=1))
        for _ in range(3):
            await worked(database, clock)
            clock.advance(hours=1)
        (delivery,) = (await http.get(f"/webhooks/{endpoint.id}/deliveries")).json()["items"]
        log = (await http.get(f"/messages/{delivery['id']}")).json()["log"]
    assert [(one["outcome"], one["status"], one["detail"]) for one in log] == [
        ("sent", 204, ""),
        ("too_many", 429, ""),
        ("wrong_status", 500, "oops"),
    ]


async def test_a_tenant_sees_the_webhooks_to_itself_and_no_mail(client, database, clock, realm, tenant):
    http, of_tenant = await client(), await client(tenant)
    await told(database, clock, realm, a_notice(1, urgent=True, tenancy_id=tenant.tenancy.id))
    async with MailRoom().open() as room, Receiver(answer(200)).listening() as receiver:
        await mailed(database, clock, room)
        for caller in (realm, tenant.caller):
            await an_endpoint(database, clock, caller, receiver.url())
        await happened(database, clock, realm, Said(number=1), tenancy_id=tenant.tenancy.id)
        await worked(database, clock)
    everything = (await http.get("/messages")).json()["items"]
    own = (await of_tenant.get("/messages")).json()["items"]
    assert [one["channel"] for one in own] == ["webhook"]
    assert sorted(one["channel"] for one in everything) == ["mail", "webhook", "webhook"]
    for one in everything:
        expected = 200 if one["id"] == own[0]["id"] else 404
        assert (await of_tenant.get(f"/messages/{one['id']}")).status_code == expected
        assert (await of_tenant.post(f"/messages/{one['id']}/sending")).status_code == expected


async def test_a_long_list_goes_on_where_its_page_ended(client, database, clock, realm):
    http = await client()
    people = [a_person(email=f"p{number}@example.org") for number in range(5)]
    await told(database, clock, realm, *(a_notice(n, to=to, urgent=True) for n, to in enumerate(people)))
    await mailing.gather(database, clock)
    path, seen = "/messages?limit=2&state=due", []
    while path:
        page = (await http.get(path)).json()
        seen += [one["id"] for one in page["items"]]
        path = (page["next"] or "").removeprefix("/v1")
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
