"""A monitoring system reports by what it sends anyway: an event is one disturbance, however often it is sent."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.disturbances import alerts, checking, reading
from kanta_tenancy.disturbances.actions import alerting, assessing
from kanta_tenancy.disturbances.alerts import Alert, AlertGroup, AlertState
from kanta_tenancy.disturbances.case import State
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.parties import Function, wording
from tests.disturbances.examples import NOON, Desk
from tests.disturbances.test_assessing import Person
from tests.parties.examples import named, owner_of


def an_alert(**said: Any) -> Alert:
    given = {
        "status": AlertState.FIRING,
        "labels": {"alertname": "PrescriptionsDown", "instance": "app1"},
        "annotations": {"summary": "The prescription service answers with errors"},
        "starts_at": NOON - timedelta(minutes=2),
        "fingerprint": "a1",
    }
    return Alert(**given | said)


def a_group(*of: Alert, key: str = '{}:{alertname="PrescriptionsDown"}') -> AlertGroup:
    return AlertGroup(key=key, alerts=of or (an_alert(),))


async def sent(desk: Desk, group: AlertGroup, by: Caller | None = None) -> alerting.TakenAlert:
    async with desk.database.transaction(by or desk.caller) as tx:
        return await alerting.take_in(tx, desk.clock, group)


async def whole(desk: Desk, found: alerting.TakenAlert) -> reading.Whole:
    assert found.taken is not None
    async with desk.database.transaction(desk.caller) as tx:
        return await reading.whole(tx, found.taken.disturbance_id)


async def test_an_alert_is_a_report_and_the_named_person_is_called(desk, owner):
    own = await owner_of(desk.database, desk.caller)
    await named(desk.database, desk.clock, desk.caller, own, function=Function.DISTURBANCES, email="named@example.org")
    found = await whole(
        desk, await sent(desk, a_group(an_alert(labels={"alertname": "X", "kanta_service": "imaging"})))
    )
    (report,) = found.reports
    assert (report.what, report.since, report.ongoing) == (
        "X: The prescription service answers with errors",
        NOON - timedelta(minutes=2),
        True,
    )
    assert (report.service, report.symptom) == ("imaging", "alertname=X")
    await desk.carry_on()
    await desk.pay()
    assert await owner.fetchval("SELECT email FROM notice WHERE topic = 'disturbance.reported'") == "named@example.org"
    assert await desk.amiss() == []


async def test_sent_again_it_is_the_same_report_also_the_next_day_and_when_it_is_over(desk):
    first = await sent(desk, a_group())
    desk.clock.advance(hours=30)
    assert await sent(desk, a_group()) == alerting.TakenAlert(taken=first.taken, repeated=True)
    person = Person(desk, first.taken.disturbance_id)
    await person.acknowledges()
    await person.ends()
    assert (await sent(desk, a_group())).repeated


async def test_more_of_the_group_belongs_to_it_while_it_is_open(desk):
    first = await sent(desk, a_group())
    more = await sent(desk, a_group(an_alert(), an_alert(fingerprint="b2", labels={"alertname": "Also"})))
    assert more.taken.disturbance_id == first.taken.disturbance_id
    assert len((await whole(desk, more)).reports) == 2
    await desk.carry_on()
    assert len(await desk.owed("disturbance.call")) == 1


async def test_more_of_one_that_was_joined_belongs_to_the_one_that_goes_on(desk):
    person = Person(desk, (await sent(desk, a_group())).taken.disturbance_id)
    await person.acknowledges()
    other = (await desk.reported(what="Nothing opens")).disturbance_id
    await person._act(assessing.join, to=other)  # noqa: SLF001 -- the same person
    more = await sent(desk, a_group(an_alert(), an_alert(fingerprint="b2")))
    assert more.taken.disturbance_id == other


async def test_that_it_is_resolved_is_said_and_a_person_ends_it(desk):
    first = await sent(desk, a_group())
    over = await sent(desk, a_group(an_alert(status=AlertState.RESOLVED)))
    found = await whole(desk, over)
    assert (found.disturbance.id, found.disturbance.state) == (first.taken.disturbance_id, State.REPORTED)
    assert [one.ongoing for one in found.reports] == [True, False]


async def test_what_comes_after_it_was_over_is_another_event(desk):
    first = await sent(desk, a_group())
    person = Person(desk, first.taken.disturbance_id)
    await person.acknowledges()
    await person.ends()
    resolved = a_group(an_alert(status=AlertState.RESOLVED))
    assert await sent(desk, resolved) == alerting.TakenAlert(taken=None, repeated=False)
    again = await sent(desk, a_group(an_alert(starts_at=desk.clock.now())))
    assert again.taken.disturbance_id != first.taken.disturbance_id


async def test_sent_on_several_connections_at_once_it_is_one(desk):
    found = await asyncio.gather(*(sent(desk, a_group()) for _ in range(4)))
    assert len({one.taken for one in found}) == 1
    assert sorted(one.repeated for one in found) == [False, True, True, True]


async def test_the_same_group_of_another_party_is_another_event(desk, tenant):
    ours, theirs = await sent(desk, a_group()), await sent(desk, a_group(), tenant.caller)
    assert ours.taken.disturbance_id != theirs.taken.disturbance_id


async def test_a_service_that_is_none_is_refused_with_its_place(desk):
    with pytest.raises(DisturbanceRefused, match="service: this is no service"):
        await sent(desk, a_group(an_alert(labels={"kanta_service": "teleportation"})))


def test_a_line_with_a_personal_identity_code_is_left_out_and_the_alert_taken_in_all_the_same():
    said = alerts.report_of(a_group(an_alert(annotations={"summary": "Failed for 131052-308T"}), an_alert()))
    assert "131052" not in said.what
    assert said.what.splitlines() == [
        "(A line was left out: it held a personal identity code.)",
        "PrescriptionsDown: The prescription service answers with errors",
    ]


@given(
    st.lists(
        st.builds(
            an_alert,
            labels=st.dictionaries(st.sampled_from(["alertname", "job", "é\n"]), st.text(max_size=900), max_size=3),
            annotations=st.dictionaries(st.sampled_from(["summary", "message"]), st.text(max_size=5000), max_size=2),
            status=st.sampled_from(AlertState),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_whatever_a_machine_says_can_be_kept(found):
    look = wording.Examination()
    checking.report(alerts.report_of(a_group(*found)), NOON, look)
    assert look.flaws == []


async def test_the_webhook_of_alertmanager_is_taken_as_it_is_sent(both):
    body = {
        "version": "4",
        "groupKey": '{}:{alertname="Down"}',
        "status": "firing",
        "receiver": "kanta",
        "truncatedAlerts": 0,
        "externalURL": "https://alerts.example.org",
        "commonLabels": {"alertname": "Down"},
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "Down", "severity": "critical"},
                "annotations": {"description": "Nothing answers"},
                "startsAt": "2026-03-02T11:58:00.123456789Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://prometheus.example.org/graph",
                "fingerprint": "c0ffee",
            }
        ],
    }
    first = await both.of_tenant.post("/v1/disturbances/alerts", json=body)
    assert first.status_code == 200
    assert first.json()["reference"]
    again = (await both.of_tenant.post("/v1/disturbances/alerts", json=body)).json()
    assert again == first.json() | {"repeated": True}
    body["alerts"][0]["status"] = "resolved"
    body["groupKey"] = "another"
    nothing = (await both.of_tenant.post("/v1/disturbances/alerts", json=body)).json()
    assert nothing == {"disturbance_id": None, "reference": None, "report_id": None, "repeated": False}
