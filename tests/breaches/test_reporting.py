"""A breach is reported once, and stands at once in the register of everybody whose data it is."""

from datetime import timedelta

import pytest

from kanta_tenancy.breaches import case as cases
from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.actions import reporting
from kanta_tenancy.breaches.errors import BreachRefused
from kanta_tenancy.breaches.model import (
    AwareGround,
    Concerned,
    Damage,
    Item,
    Part,
    Party,
    PartyKind,
    RegisterKind,
    State,
)
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.kernel.identifiers import new_id
from tests.breaches.desk import a_new_report, of_main_connector, of_tenant
from tests.breaches.examples import NOON
from tests.disturbances.examples import Desk
from tests.parties.examples import a_realm, a_tenant

FOUND = NOON - timedelta(hours=1)
HOURS = timedelta(hours=72)


def of(producer: Party) -> Concerned:
    return Concerned(register=RegisterKind.WILL, producer=producer)


OTHER = Party(kind=PartyKind.OTHER, name="Toinen Oy")


async def test_a_tenant_that_finds_one_in_its_own_data_has_72_hours_from_the_finding(theirs, tenant):
    done = await theirs.reported(of_tenant(tenant.tenancy.id))
    (breach,) = done.breaches
    assert (breach.tenancy_id, breach.part, breach.state) == (tenant.tenancy.id, Part.CONTROLLER, State.SUSPECTED)
    assert (breach.aware_at, breach.authority_due_at) == (FOUND, FOUND + HOURS)
    whole = await theirs.whole(breach.id)
    case = cases.read(whole.entries)
    assert (case.awareness.ground, case.awareness.reason) == (
        AwareGround.FOUND_ITSELF,
        f"breach_report/{done.report.id}",
    )
    assert case.content == {Item.NATURE: "A summary was posted to a neighbour."}
    assert await theirs.owing() == {"notify_authority": "owed"}
    assert await theirs.amiss() == []


async def test_the_main_connector_tells_the_tenant_whose_hours_begin_then(ours, theirs, tenant, neighbour):
    done = await ours.reported(of_tenant(tenant.tenancy.id), of_tenant(neighbour.tenancy.id), suspected=False)
    assert {one.tenancy_id for one in done.breaches} == {tenant.tenancy.id, neighbour.tenancy.id}
    (own,) = await theirs.listed()
    assert (own.aware_at, own.authority_due_at, own.state) == (NOON, NOON + HOURS, State.CONFIRMED)
    case = cases.read((await theirs.whole(own.id)).entries)
    assert case.awareness.ground is AwareGround.TOLD_BY_PROCESSOR
    assert len(case.controllerships) == 1  # what is the neighbour's is not told
    assert {one.tenancy_id for one in await ours.owed("breach.notify_authority")} == {
        tenant.tenancy.id,
        neighbour.tenancy.id,
    }
    assert await ours.amiss() == []


async def test_what_a_tenant_finds_in_the_main_connectors_data_comes_into_its_register_too(ours, theirs, tenant):
    done = await theirs.reported(of_tenant(tenant.tenancy.id), of_main_connector())
    assert [one.tenancy_id for one in done.breaches] == [tenant.tenancy.id]
    await ours.carry_on()
    await ours.carry_on()
    by_holder = {one.tenancy_id: one for one in await ours.listed()}
    assert by_holder.keys() == {tenant.tenancy.id, None}
    own = by_holder[None]
    assert (own.aware_at, own.part) == (NOON, Part.CONTROLLER)
    case = cases.read((await ours.whole(own.id)).entries)
    assert (case.awareness.ground, (await ours.whole(own.id)).entries[0].said_by) == (
        AwareGround.TOLD_BY_OTHER,
        "a test",
    )
    assert [one.id for one in await theirs.listed()] == [done.breaches[0].id]
    assert await ours.amiss() == []


async def test_of_joint_registers_kela_is_told_too(theirs, tenant):
    done = await theirs.reported(of_tenant(tenant.tenancy.id, RegisterKind.WILL))
    assert done.breaches[0].part is Part.JOINT_CONTROLLER
    assert await theirs.owing() == {"notify_authority": "owed", "tell_kela": "owed"}
    (kela,) = await theirs.owed("breach.tell_kela")
    assert (kela.due_at, kela.facts["stated"]) == (NOON + timedelta(hours=4), "no")


async def test_whoever_finds_one_in_the_data_of_somebody_outside_tells_them(theirs, tenant):
    outside = Concerned(register=RegisterKind.CLIENT_DOCUMENTS, producer=OTHER)
    record = of_tenant(tenant.tenancy.id, RegisterKind.PERSONAL_HEALTH_RECORD)
    done = await theirs.reported(outside, record)
    (breach,) = done.breaches
    assert (breach.part, breach.aware_at, breach.authority_due_at) == (Part.FINDER, None, None)
    assert await theirs.owing() == {"tell_kela": "owed", "tell_controller": "owed"}
    assert await theirs.amiss() == []


async def test_on_whose_behalf_the_service_is_produced_decides_whose_it_is(ours, tenant, neighbour):
    concerned = Concerned(
        register=RegisterKind.CLIENT_DOCUMENTS,
        producer=Party(kind=PartyKind.TENANT, tenancy_id=tenant.tenancy.id),
        on_behalf_of=Party(kind=PartyKind.TENANT, tenancy_id=neighbour.tenancy.id),
    )
    done = await ours.reported(concerned)
    assert [one.tenancy_id for one in done.breaches] == [neighbour.tenancy.id]


async def test_a_report_is_told_with_what_came_of_it(ours, theirs, tenant):
    disturbance = (await Desk(ours.database, ours.clock, ours.caller).reported()).disturbance_id
    done = await ours.reported(
        of_tenant(tenant.tenancy.id),
        began_at=FOUND - timedelta(days=1),
        place="Reception",
        damage=(Damage.INTEGRITY, Damage.INTEGRITY),
        disturbance_id=disturbance,
    )
    async with ours.database.transaction(ours.caller) as tx:
        report, breaches = await reading.report(tx, done.report.id)
        (of_disturbance,) = await reading.newest_reports(tx, disturbance_id=disturbance, before=None, count=9)
        (newest,) = await reading.newest_reports(tx, before=None, count=9)
        assert await reading.newest_reports(tx, disturbance_id=new_id(), before=None, count=9) == []
    assert (report, tuple(breaches)) == (done.report, done.breaches)
    assert report == of_disturbance == newest
    assert (report.damage, report.place) == ((Damage.INTEGRITY,), "Reception")
    async with theirs.database.transaction(theirs.caller) as tx:
        assert await reading.newest_reports(tx, before=None, count=9) == []


async def test_a_tenant_names_no_disturbance_that_it_does_not_see(ours, theirs, tenant):
    disturbance = (await Desk(ours.database, ours.clock, ours.caller).reported()).disturbance_id
    for unseen in (disturbance, new_id()):
        with pytest.raises(DisturbanceNotFound):
            await theirs.reported(of_tenant(tenant.tenancy.id), disturbance_id=unseen)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("found_at", {"found_at": NOON + timedelta(minutes=6)}),
        ("found_at", {"found_at": NOON.replace(year=2017)}),
        ("began_at", {"began_at": NOON}),
        ("title", {"title": " "}),
        ("title", {"title": "A\nB"}),
        ("what", {"what": "x" * 4001}),
        ("what", {"what": "Seen: 131052-308T"}),
        ("title", {"title": "131052-308T"}),
        ("place", {"place": "131052-308T"}),
        ("damage", {"damage": ()}),
        ("concerned", {"concerned": ()}),
        ("concerned[0].producer.tenancy_id", {"concerned": (of_tenant(new_id()),)}),
        ("concerned[0].producer.name", {"concerned": (of(Party(kind=PartyKind.PHARMACY)),)}),
        ("concerned[0].producer.name", {"concerned": (of(Party(kind=PartyKind.KELA, name="K")),)}),
        ("concerned[0].producer.tenancy_id", {"concerned": (of(Party(kind=PartyKind.KELA, tenancy_id=new_id())),)}),
    ],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_with_its_place(theirs, owner, field, said):
    with pytest.raises(BreachRefused) as refused:
        await theirs.reported(**{"concerned": (of_main_connector(),)} | said)
    assert [flaw.field for flaw in refused.value.flaws] == [field]
    assert await owner.fetchval("SELECT count(*) FROM breach_report") == 0


async def test_a_tenant_names_no_other_tenant_and_learns_of_none(theirs, neighbour):
    messages = set()
    for tenancy_id in (neighbour.tenancy.id, new_id()):
        with pytest.raises(BreachRefused) as refused:
            await theirs.reported(of_tenant(tenancy_id))
        messages.add(refused.value.detail)
    assert len(messages) == 1


async def test_the_main_connector_says_which_tenant_and_one_that_is_there(ours, database, clock):
    nobody = of(Party(kind=PartyKind.TENANT))
    stranger = await a_tenant(database, clock, await a_realm(database, clock, 2100000), 1400000)
    for concerned in (nobody, of_tenant(new_id()), of_tenant(stranger.tenancy.id)):
        with pytest.raises(BreachRefused) as refused:
            await ours.reported(of_main_connector(), concerned)
        assert [flaw.field for flaw in refused.value.flaws] == ["concerned[1].producer.tenancy_id"]


async def test_the_same_report_handed_on_twice_opens_one_breach_only(ours, theirs):
    done = await theirs.reported(of_main_connector())
    found = reporting.ruled(done.report.concerned, at=NOON)
    for expected in (1, 0):
        async with ours.database.transaction(ours.caller) as tx:
            assert len(await reporting.open_breaches(tx, done.report, found, at=NOON)) == expected


async def test_it_is_journalled_and_announced_on_the_chain_of_whose_register_it_is(ours, tenant, owner):
    await ours.reported(of_tenant(tenant.tenancy.id), of_main_connector())
    kinds = await owner.fetch("SELECT kind, tenancy_id FROM outbox WHERE kind LIKE 'breach%' ORDER BY id")
    assert [(row["kind"], row["tenancy_id"]) for row in kinds] == [
        ("breach.recorded", tenant.tenancy.id),
        ("breach.recorded", None),
        ("breach.reported", None),
    ]
    entries = await owner.fetch("SELECT entry FROM journal_entry WHERE entry LIKE '%breach.%'")
    assert len(entries) == 3
    assert not any("neighbour" in row["entry"] for row in entries)  # the text stays in the register


def test_the_example_is_a_report():
    assert a_new_report(of_main_connector()).suspected
