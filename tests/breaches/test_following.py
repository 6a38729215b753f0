"""A person who keeps a promise of a breach by hand has told somebody, and the register says so."""

from datetime import timedelta

import pytest

from kanta_tenancy import promises
from kanta_tenancy.breaches.model import Addressee, Decision, HelpState, Item, Move, RegisterKind, Risk
from kanta_tenancy.promises.actions import keep_by_hand
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.breaches.examples import NOON, a_telling


async def kept(register: Register, kind: str, evidence: str = "The form, D-77") -> None:
    (promise,) = [one for one in await register.owed(kind) if one.state is promises.State.OWED]
    async with register.database.transaction(register.caller) as tx:
        await keep_by_hand(tx, register.clock, promise_id=promise.id, version=promise.version, evidence=evidence)
    await register.carry_on()


async def test_the_authority_was_notified_and_what_it_was_told_is_to_be_completed(theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id
    await kept(theirs, "breach.notify_authority")
    whole = await theirs.whole(breach)
    said = whole.entries[-1].said
    assert (said.addressee, said.how, said.items, said.late_because) == (
        Addressee.AUTHORITY,
        "The form, D-77",
        (),
        None,
    )
    assert whole.entries[-1].said_by == "a test"
    assert await theirs.owing() == {"notify_authority": "kept", "supplement_notice": "owed"}
    await kept(theirs, "breach.supplement_notice", "The second form")
    assert (await theirs.whole(breach)).entries[-1].said.items == tuple(Item)
    assert await theirs.amiss() == []


async def test_kept_late_the_evidence_is_the_reason(theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id
    theirs.clock.advance(hours=73)
    await kept(theirs, "breach.notify_authority", "We were snowed in")
    assert (await theirs.whole(breach)).entries[-1].said.late_because == "We were snowed in"


@pytest.mark.parametrize(
    ("kind", "register", "addressee"),
    [
        ("tell_kela", RegisterKind.WILL, Addressee.KELA),
        ("tell_controller", RegisterKind.ENDED_PROVIDER_DOCUMENTS, Addressee.CONTROLLER),
    ],
)
async def test_kela_or_the_controller_was_told(theirs, tenant, kind, register, addressee):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id, register))).breaches[0].id
    await kept(theirs, f"breach.{kind}")
    assert (await theirs.whole(breach)).entries[-1].said.addressee is addressee
    assert (await theirs.owing())[kind] == "kept"


async def test_the_persons_were_told(theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id))).breaches[0].id
    await theirs.said(breach, Decision(risk=Risk.HIGH, ground="x"))
    await kept(theirs, "breach.tell_persons")
    assert (await theirs.whole(breach)).entries[-1].said.addressee is Addressee.PERSONS


async def test_no_code_of_a_person_comes_into_the_register_by_that_way(theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id))).breaches[0].id
    await kept(theirs, "breach.notify_authority", "Told of 131052-308T")
    assert (await theirs.whole(breach)).entries[-1].said.how.startswith("promise/")


async def test_what_was_put_down_here_as_well_is_put_down_once(theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=NOON)).breaches[0].id
    (promise,) = await theirs.owed("breach.notify_authority")
    async with theirs.database.transaction(theirs.caller) as tx:
        await keep_by_hand(tx, theirs.clock, promise_id=promise.id, version=promise.version, evidence="The form")
    await theirs.said(breach, a_telling(items=(Item.NATURE,)))
    before = (await theirs.whole(breach)).breach
    await theirs.carry_on()
    assert (await theirs.whole(breach)).breach == before


async def test_help_was_given(ours, theirs, tenant):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id))).breaches[0].id
    asked = await theirs.asked(breach)
    await kept(ours, "breach.help", "The log is in the mail")
    whole = await theirs.whole(breach)
    assert [one.state for one in whole.help] == [HelpState.ANSWERED]
    assert asked.id == whole.help[0].id
    await ours.carry_on()


async def test_of_a_promise_of_another_room_nothing_is_put_down(ours, theirs):
    breach = (await ours.reported(of_main_connector())).breaches[0].id
    await ours.moved(breach, Move.DISMISS)
    before = (await ours.whole(breach)).breach
    async with ours.database.transaction(ours.caller) as tx:
        await promises.owe(
            tx,
            promises.Owed(
                key="change_notice.send/1",
                kind="change_notice.other",
                subject="change_notice/1",
                owner=promises.Owner.MAIN_CONNECTOR,
                due_at=NOON + timedelta(days=1),
                rule="K2.1",
                title=(await promises.page(tx, promises.Wanted(), after=None, count=1))[0].title,
                made_at=NOON,
            ),
        )
        (promise,) = await promises.page(tx, promises.Wanted(kind="change_notice.other"), after=None, count=1)
        await keep_by_hand(tx, ours.clock, promise_id=promise.id, version=1, evidence="x")
    await ours.carry_on()
    assert (await ours.whole(breach)).breach == before
