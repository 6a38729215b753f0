"""The register of a period: every event once, with what it was in law and who was told; nothing a sheet computes."""

import csv
import io
import json
from datetime import date, timedelta
from functools import partial

import pytest

from kanta_tenancy.disturbances import checking, registering
from kanta_tenancy.disturbances.bodies.register import COLUMNS, as_csv
from kanta_tenancy.disturbances.case import DutyState
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.model import Answer, Channel, Fact
from kanta_tenancy.machinery.web.files import array_by_pages
from tests.disturbances.test_assessing import NO, YES, Person
from tests.parties.examples import a_realm, a_tenant

MARCH = checking.period(date(2026, 3, 1), date(2026, 3, 31))


async def lines_of(desk, caller=None, period=MARCH):
    async with desk.database.transaction(caller or desk.caller) as tx:
        return await registering.page(tx, period, after=None, count=100)


async def pieces(desk, form, caller=None, period=MARCH) -> bytes:
    transactions = partial(desk.database.transaction, caller or desk.caller)
    return b"".join([piece async for piece in form(registering.pages(transactions, period))])


@pytest.fixture
async def person(desk, tenant) -> Person:
    taken = await desk.reported(tenant.caller, service="prescription", users_hit=12)
    await desk.reported(tenant.caller, what="Still", join=taken.disturbance_id, users_hit=40)
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES, risk_to_safety=YES, breach=NO)
    await person.tells("contract_manufacturer")
    return person


async def test_a_line_tells_what_it_was_in_law_by_whose_answer_and_who_was_told_when(person, desk, clock):
    (line,) = await lines_of(desk)
    assert (line.deviation, line.breach, line.security_disturbance) == (Answer.YES, Answer.NO, None)
    assert (line.reports, line.reporters, line.users_hit) == (2, 1, 40)
    judged = {one.fact: (one.answered_by, one.answer) for one in line.answers}
    assert judged[Fact.DEVIATION] == ("a test", Answer.YES)
    told = {one.rule: one for one in line.duties}
    assert (told["contract_manufacturer"].state, told["contract_manufacturer"].channel) == (
        DutyState.SENT,
        Channel.PHONE,
    )
    assert told["contract_manufacturer"].state_at == clock.now()
    assert told["section_90_supervisor"].state is DutyState.PENDING
    assert line.acknowledged_by == "a test"


async def test_of_answers_that_changed_the_last_stands(person, desk):
    await person.answers(deviation=NO)
    (line,) = await lines_of(desk)
    assert line.deviation is Answer.NO


async def test_a_period_has_its_whole_days_in_finland_and_nothing_else(desk, clock):
    for hours in (-1, 0, 23, 24):
        clock.at = clock.at.replace(day=3, hour=22, minute=0) + timedelta(hours=hours)  # midnight in Finland
        await desk.reported(what=f"At {hours}", since=clock.now())
        clock.at = clock.at.replace(month=3, day=3, hour=22)
    day = checking.period(date(2026, 3, 4), date(2026, 3, 4))
    assert [one.reported_at.hour for one in await lines_of(desk, period=day)] == [22, 21]
    assert len(await lines_of(desk)) == 4


@pytest.mark.parametrize(
    ("since", "until"), [("2026-03-02", "2026-03-01"), ("2009-12-31", "2026-01-01"), ("2026-01-01", "2200-01-01")]
)
def test_a_period_that_is_none_is_refused(since, until):
    with pytest.raises(DisturbanceRefused):
        checking.period(date.fromisoformat(since), date.fromisoformat(until))


async def test_whole_it_is_read_by_pages_each_event_once(desk, clock, monkeypatch):
    monkeypatch.setattr(registering, "_PAGE", 2)
    for number in range(5):
        await desk.reported(what=f"Number {number}")
    rows = json.loads(await pieces(desk, array_by_pages))
    assert len({one["id"] for one in rows}) == len(rows) == 5
    table = list(csv.reader(io.StringIO((await pieces(desk, as_csv)).decode("utf-8-sig"), newline="")))
    assert tuple(table[0]) == COLUMNS
    assert [row[0] for row in table[1:]] == [one["id"] for one in rows]


async def test_an_empty_period_is_an_empty_array_and_a_heading(desk):
    assert json.loads(await pieces(desk, array_by_pages)) == []
    assert (await pieces(desk, as_csv)).count(b"\r\n") == 1


async def test_a_spreadsheet_computes_nothing_of_it(person, desk, owner):
    await owner.execute("UPDATE disturbance SET title = '=1+1', acknowledged_by = '@SUM(1)', because = '+cmd|x'")
    (row,) = list(csv.DictReader(io.StringIO((await pieces(desk, as_csv)).decode("utf-8-sig"), newline="")))
    assert [row[name][0] for name in ("title", "acknowledged_by", "because")] == ["'", "'", "'"]
    assert "contract_manufacturer 1 to manufacturer: sent by phone 2026-03-02T12:03:00Z" in row["duties"]
    assert "deviation=yes (person, a test, 2026-03-02T12:02:00Z)" in row["answers"]


async def test_a_tenant_has_what_it_reported_its_own_duties_and_no_answers(person, desk, tenant, realm):
    neighbour = await a_tenant(desk.database, desk.clock, realm, 1100000)
    stranger = await a_realm(desk.database, desk.clock, 2100000)
    await desk.reported(what="Of nobody's concern")
    (line,) = await lines_of(desk, tenant.caller)
    assert (line.answers, line.deviation) == ((), None)
    assert {one.owed_by for one in line.duties} == {tenant.tenancy.id}
    assert await lines_of(desk, neighbour.caller) == []
    assert await lines_of(desk, stranger) == []
    assert len(await lines_of(desk)) == 2
