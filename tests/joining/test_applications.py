"""An application is taken on step by step, each on its day and shown by evidence, and says when it is in production."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from kanta_tenancy.joining import reading
from kanta_tenancy.joining.actions import applications as actions
from kanta_tenancy.joining.errors import ApplicationChanged, ApplicationNotFound, JoiningRefused, StepNotAllowed
from kanta_tenancy.joining.lifecycle import Move
from kanta_tenancy.joining.model import Application, Stage
from kanta_tenancy.joining.store import applications as store
from kanta_tenancy.kernel.acting import Caller
from tests.joining.examples import MARCH_2

TO_PRODUCTION = (Move.APPLY, Move.SEND_COMMITMENT, Move.BEGIN_TEST, Move.REPORT, Move.ENTER_PRODUCTION)


async def drafted(database, clock, realm: Caller, *services: str) -> Application:
    async with database.transaction(realm) as tx:
        return await actions.draft(tx, clock, name="Kanta 2026", services=services or ("prescription",))


async def stepped(
    database, clock, realm: Caller, application: Application, move: Move, *, on: date = MARCH_2, evidence: str = "Seen"
) -> Application:
    async with database.transaction(realm) as tx:
        return await actions.take_step(
            tx, clock, application.id, move, version=application.version, on=on, reference="K-1", evidence=evidence
        )


async def in_production(database, clock, realm: Caller, *services: str, on: date = MARCH_2) -> Application:
    application = await drafted(database, clock, realm, *services)
    for move in TO_PRODUCTION:
        application = await stepped(database, clock, realm, application, move, on=on)
    return application


async def test_it_goes_from_draft_to_production_and_keeps_every_step(database, clock, realm):
    application = await drafted(database, clock, realm, "imaging", "prescription")
    assert application.services == ("prescription", "imaging")  # as the catalogue has them
    for number, move in enumerate(TO_PRODUCTION):
        on = MARCH_2 - timedelta(days=30 - number)
        application = await stepped(database, clock, realm, application, move, on=on, evidence=f"Step {number}\nseen")
    async with database.transaction(realm) as tx:
        assert await reading.application(tx, application.id) == application
    assert (application.stage, application.version) == (Stage.IN_PRODUCTION, 6)
    assert application.in_production_on == MARCH_2 - timedelta(days=26)
    assert [(one.move, one.reference, one.evidence, one.recorded_by) for one in application.steps] == [
        (move.value, "K-1", f"Step {number}\nseen", "a test") for number, move in enumerate(TO_PRODUCTION)
    ]


async def test_a_failed_test_is_begun_again(database, clock, realm):
    application = await drafted(database, clock, realm)
    for move in (*TO_PRODUCTION[:3], Move.FAIL_TEST, *TO_PRODUCTION[2:]):
        application = await stepped(database, clock, realm, application, move)
    assert (application.stage, len(application.steps)) == (Stage.IN_PRODUCTION, 7)


async def test_which_are_in_production_on_a_day_is_known_for_any_day(database, clock, realm):
    over = await in_production(database, clock, realm, "prescription", on=date(2026, 1, 10))
    over = await stepped(database, clock, realm, over, Move.END, on=date(2026, 2, 1))
    now = await in_production(database, clock, realm, "imaging", on=date(2026, 1, 20))
    await drafted(database, clock, realm, "will")
    expected = {
        date(2026, 1, 9): set(),
        date(2026, 1, 10): {over.id},
        date(2026, 1, 20): {over.id, now.id},
        date(2026, 1, 31): {over.id, now.id},
        date(2026, 2, 1): {now.id},
        date(2036, 1, 1): {now.id},
    }
    async with database.transaction(realm) as tx:
        for day, ids in expected.items():
            assert {one.id for one in await store.in_production(tx, day)} == ids, day


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x\n"}, "name"),
        ({"services": ("nonsense",)}, "services[0]"),
        ({"services": ("will", "will")}, "services"),
    ],
)
async def test_a_draft_that_cannot_be_is_refused_with_its_field(database, clock, realm, said, field):
    with pytest.raises(JoiningRefused) as refusal:
        async with database.transaction(realm) as tx:
            await actions.draft(tx, clock, **{"name": "x", "services": ()} | said)
    assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_a_step_needs_evidence_a_day_that_was_and_the_newest_version(database, clock, realm):
    application = await drafted(database, clock, realm)
    for said, field in (
        ({"evidence": " "}, "evidence"),
        ({"on": date(2026, 3, 3)}, "on"),
        ({"on": date(9, 1, 1)}, "on"),
    ):
        with pytest.raises(JoiningRefused) as refusal:
            await stepped(database, clock, realm, application, Move.APPLY, **said)
        assert [flaw.field for flaw in refusal.value.flaws] == [field]
    await stepped(database, clock, realm, application, Move.APPLY)
    with pytest.raises(ApplicationChanged, match="at version 2, not 1"):
        await stepped(database, clock, realm, application, Move.WITHDRAW)
    with pytest.raises(ApplicationNotFound):
        async with database.transaction(realm) as tx:
            await reading.application(tx, UUID(int=7))


async def test_only_a_draft_is_written_anew(database, clock, realm, owner):
    application = await drafted(database, clock, realm)
    async with database.transaction(realm) as tx:
        amended = await actions.amend(tx, clock, application.id, version=1, name="Other", services=("will",))
    assert (amended.name, amended.services, amended.version) == ("Other", ("will",), 2)
    applied = await stepped(database, clock, realm, amended, Move.APPLY)
    with pytest.raises(StepNotAllowed):
        async with database.transaction(realm) as tx:
            await actions.amend(tx, clock, application.id, version=applied.version, name="X", services=())
    with pytest.raises(asyncpg.RaiseError, match="what Kela was told of does not change"):
        await owner.execute("UPDATE joining_application SET services = '{imaging}' WHERE id = $1", application.id)


async def test_of_two_people_who_take_a_step_at_once_one_does(database, clock, realm):
    application = await drafted(database, clock, realm)
    done = await asyncio.gather(
        *(stepped(database, clock, realm, application, move) for move in (Move.APPLY, Move.WITHDRAW)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Application", "ApplicationChanged"]


async def test_applications_are_listed_newest_first_page_by_page(database, clock, realm):
    made = [await drafted(database, clock, realm) for _ in range(7)]
    seen: list[Application] = []
    async with database.transaction(realm) as tx:
        while page := await reading.newest_applications(tx, before=seen[-1].id if seen else None, count=3):
            seen += page
    assert [one.id for one in seen] == [one.id for one in reversed(made)]


async def test_each_step_is_journalled_and_told_of(database, clock, realm, owner):
    await in_production(database, clock, realm)
    acts = await owner.fetch(
        "SELECT entry::jsonb ->> 'action' AS action, tenancy_id FROM journal_entry"
        " WHERE entry LIKE '%joining_application%' ORDER BY sequence"
    )
    assert [one["action"] for one in acts] == ["joining_application.drafted", *["joining_application.moved"] * 5]
    assert {one["tenancy_id"] for one in acts} == {None}
    stages = await owner.fetch("SELECT body ->> 'stage' AS stage FROM outbox WHERE kind = 'joining_application.moved'")
    assert {one["stage"] for one in stages} == {"applied", "committed", "in_test", "reported", "in_production"}
