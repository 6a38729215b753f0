"""A tenancy as of any day, and the forecast of one tenancy and of all."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from msgspec.structs import replace

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.agreements.timeline.foreseeing import Due
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.parties import TenancyNotFound
from kanta_tenancy.parties.actions import organisations
from kanta_tenancy.parties.model import OrganisationChange
from kanta_tenancy.parties.store import organisations as organisation_store
from kanta_tenancy.promises import Owner, Position
from tests.agreements.annex.test_amending import amended
from tests.agreements.conftest import Desk
from tests.agreements.endings.test_life import recorded
from tests.agreements.endings.test_notices import a_notice, agreed, given
from tests.agreements.endings.test_rescinding import TestCircumstances
from tests.desk import ADesk
from tests.parties.examples import owner_of

noted = TestCircumstances().noted
CHECKLIST = "agreement.checklist"  # what has to be done before an end is told of in test_endings
TODAY = date(2026, 3, 2)


async def as_of(desk: Desk, day: date) -> timeline.AsOf:
    async with desk.database.transaction(desk.tenant.caller) as tx:
        return await timeline.as_of(tx, desk.tenant.tenancy.id, day)


async def forecast(desk: Desk, until: date, *, all_of_it: bool = False, count: int = 50) -> list[Due]:
    seen: list[Due] = []
    after = None
    while True:
        async with desk.database.transaction(desk.main_connector) as tx:
            asked = timeline.Asked(
                tenancy_id=None if all_of_it else desk.tenant.tenancy.id,
                now=desk.clock.now(),
                until=until,
                after=after,
                count=count,
            )
            page = await timeline.forecast(tx, asked)
        seen += page
        if len(page) < count:
            return [one for one in seen if one.kind != CHECKLIST]
        after = Position(due_at=page[-1].due_at, id=page[-1].id)


async def test_each_day_shows_what_held_as_it_ended(desk):
    await recorded(desk, since=date(2026, 3, 10), last_day=date(2027, 1, 1))
    first = await desk.in_force()
    amendment = await amended(desk, first, "imaging", on=date(2026, 3, 20))
    notice = await given(desk, first, a_notice())
    before, today, later, over = [
        await as_of(desk, day) for day in (date(2026, 3, 1), TODAY, date(2026, 3, 20), date(2026, 4, 3))
    ]
    assert (before.agreement, before.notices, over.agreement) == (None, (), None)
    assert (today.agreement.id, today.annex.said_by, today.notices) == (first.id, first.id, (notice,))
    assert (later.agreement.id, later.annex.said_by, later.annex.services) == (first.id, amendment.id, ("imaging",))
    assert [len(one.service_agreements) for one in (today, later)] == [0, 1]


async def test_each_day_calls_the_parties_what_they_were_called_then(desk, database):
    first, own = desk.tenant.organisation, await owner_of(database, desk.main_connector)
    desk.clock.at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    for organisation_id, name in ((first.id, "Uusi Oy"), (own, "Iso Oy")):
        async with database.transaction(desk.main_connector) as tx:
            version = (await organisation_store.find(tx, organisation_id)).version
            change = OrganisationChange(name=name, language=Language.FINNISH)
            await organisations.change_organisation(tx, desk.clock, organisation_id, change, version=version)
    days = [date(2020, 1, 1), date(2026, 3, 19), date(2026, 3, 20), date(2030, 1, 1)]
    found = [(await as_of(desk, day)).parties for day in days]
    assert [both.tenant.name for both in found] == [first.name, first.name, "Uusi Oy", "Uusi Oy"]
    assert [both.main_connector.name for both in found][1:3] == ["Praktik 2000000", "Iso Oy"]


async def test_a_notice_stands_until_the_day_on_which_both_let_it_go(desk):
    agreement = await desk.in_force()
    notice = await given(desk, agreement, a_notice())
    desk.clock.advance(days=3)
    await agreed(desk, await agreed(desk, notice, Party.TENANT), Party.MAIN_CONNECTOR)
    stood = [len((await as_of(desk, date(2026, 3, day))).notices) for day in (1, 2, 4, 5, 6)]
    assert stood == [0, 1, 1, 0, 0]


async def test_the_forecast_holds_promises_and_dated_facts_in_order(desk):
    agreement = await desk.in_force()
    await amended(desk, agreement, "imaging", on=date(2026, 3, 20))
    await given(desk, agreement, a_notice())
    await noted(desk)
    await outbox.carry_on(desk.database, desk.clock, SUBSCRIBERS)
    found = await forecast(desk, date(2027, 12, 31))
    assert [(one.kind, one.rule, one.due_at.date()) for one in found] == [
        ("annex.changes", "K1.3", date(2026, 3, 19)),
        ("agreement.end", "K20.1", date(2026, 4, 2)),
        ("soteri.look", "K1.2", date(2027, 3, 31)),
    ]
    assert [one.owner for one in found] == [Owner.SYSTEM, Owner.SYSTEM, Owner.MAIN_CONNECTOR]
    assert all(one.sources and not one.overdue for one in found)
    everything = await forecast(desk, date(2027, 12, 31), all_of_it=True)
    kinds = ["circumstance.decide", "annex.changes", "agreement.end", "soteri.look", "soteri.look"]  # both parties
    assert [one.kind for one in everything] == kinds
    assert await forecast(desk, date(2027, 12, 31), count=1) == found


async def test_the_last_day_counts_and_what_is_overdue_stays_in_sight(desk):
    await given(desk, await desk.in_force(), a_notice())
    assert [one.kind for one in await forecast(desk, date(2026, 4, 1))] == []
    assert [one.kind for one in await forecast(desk, date(2026, 4, 2))] == ["agreement.end"]
    desk.clock.at = datetime(2026, 5, 1, tzinfo=UTC)
    assert [one.overdue for one in await forecast(desk, date(2026, 5, 1))] == [True]


async def test_many_changes_of_one_day_are_each_told_once(desk):
    tenants = [
        Desk(desk.database, desk.clock, desk.main_connector, await desk.another_tenant(1100000 + 10 * n))
        for n in range(3)
    ]
    for one in tenants:
        await amended(one, await one.in_force(), "imaging", on=date(2026, 3, 20))
    found = await forecast(desk, date(2026, 12, 31), all_of_it=True, count=1)
    assert sorted(one.tenancy_id for one in found) == sorted(one.tenant.tenancy.id for one in tenants)


async def test_a_tenant_sees_its_own_forecast_and_no_neighbours(desk, database):
    await given(desk, await desk.in_force(), a_notice())
    await noted(desk)
    neighbour = await desk.another_tenant(1100000)
    for caller, kinds in ((desk.tenant.caller, ["agreement.end"]), (neighbour.caller, [])):
        async with database.transaction(caller) as tx:
            asked = timeline.Asked(now=desk.clock.now(), until=date(2026, 12, 31), count=50)
            found = await timeline.forecast(tx, asked)
        assert [one.kind for one in found if one.kind != CHECKLIST] == kinds
    async with database.transaction(neighbour.caller) as tx:
        with pytest.raises(TenancyNotFound):
            await timeline.as_of(tx, desk.tenant.tenancy.id, TODAY)
        with pytest.raises(TenancyNotFound):
            await timeline.forecast(tx, replace(asked, tenancy_id=desk.tenant.tenancy.id))


async def test_the_command_lists_it_in_a_language(desk, database_url):
    await given(desk, await desk.in_force(), a_notice())
    await noted(desk)
    typist = ADesk(database_url, desk.clock)
    told = await typist.type("agreements", "forecast", "--until", "2026-12-31", "--language", "sv")
    lines = [line.split("\t") for line in told.output.splitlines()]
    lines = [line for line in lines if line[4] != CHECKLIST]
    assert [line[:5] for line in lines] == [
        ["2026-03-16T22:00Z", "due", "main_connector", "K20.1", "circumstance.decide"],
        ["2026-04-02T21:00Z", "due", "system", "K20.1", "agreement.end"],
    ]
    assert lines[1][6].endswith("är 2.4.2026.")
    found = await typist.type("agreements", "forecast", "--until", "2026-03-31", "--json")
    kinds = [one["kind"] for one in msgspec.json.decode(found.output)]
    assert [kind for kind in kinds if kind != CHECKLIST] == ["circumstance.decide"]


async def test_the_command_tells_how_a_tenancy_was_on_a_day(desk, database_url):
    agreement = await desk.in_force()
    await given(desk, agreement, a_notice())
    typist, tenant = ADesk(database_url, desk.clock), desk.tenant.organisation
    told = await typist.type("agreements", "as-of", tenant.business_id, "--day", "2026-03-10", "--language", "sv")
    lines = [tuple(line.split("\t")) for line in told.output.splitlines()]
    assert lines[0] == ("day", "2026-03-10")
    assert lines[2] == ("tenant", f"{tenant.name} ({tenant.business_id})")
    assert ("agreement", agreement.reference) in lines
    assert ("in_force_until", "2026-04-02T21:00Z") in lines
    assert [value.partition(":")[0] for name, value in lines if name == "service"] == ["prescription", "patient_data"]
    assert ("notice", "tenant, given 2026-03-02, delivered 2026-03-02") in lines
    before = await typist.type("agreements", "as-of", tenant.business_id, "--day", "2026-03-01", "--json")
    assert (before.code, msgspec.json.decode(before.output)["agreement"]) == (0, None)
    assert (await typist.type("agreements", "as-of", "0246246-0")).code == 5
