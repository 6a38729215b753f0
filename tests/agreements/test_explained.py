"""Every date of an agreement's life says how it came about: rule, source, inputs and steps, in three languages."""

from datetime import date

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.promises import Wanted, page
from tests.agreements.endings import test_rescinding
from tests.agreements.endings.test_notices import a_notice, given
from tests.agreements.endings.test_rescinding import a_person, confirmed, proposed

noted = test_rescinding.TestCircumstances().noted


async def test_every_promise_explains_its_day_by_the_rule_that_it_names(desk, database):
    agreement = await desk.in_force()
    await given(desk, agreement, a_notice(Party.TENANT))
    await noted(desk)
    await outbox.carry_on(database, desk.clock, SUBSCRIBERS)
    aino, eino = await a_person(desk, "aino@example.org"), await a_person(desk, "eino@example.org")
    await confirmed(desk, await proposed(desk, agreement, aino), eino)
    async with database.transaction(desk.main_connector) as tx:
        found = await page(tx, Wanted(), after=None, count=100)
    explained = {one.kind: one for one in found if one.explanation is not None}
    assert {one.kind for one in found} == set(explained)
    assert {(kind, one.rule) for kind, one in explained.items()} == {
        ("agreement.end", "K20.1"),
        ("agreement.checklist", "K20.5"),
        ("circumstance.decide", "K20.1"),
        ("rescission.tell", "K20.4"),
        ("soteri.look", "K1.2"),
    }
    for one in found:
        assert one.explanation.rule == one.rule
        assert one.explanation.sources
        assert one.explanation.inputs
        assert one.explanation.result
        for step in one.explanation.steps:
            assert len({step.fi, step.sv, step.en}) == 3


async def test_a_decision_says_whether_its_day_was_proposed_or_named(desk, database):
    await noted(desk)
    await noted(desk, decide_by=date(2026, 4, 1))
    async with database.transaction(desk.main_connector) as tx:
        found = await page(tx, Wanted(kind="circumstance.decide"), after=None, count=9)
    said = [one.explanation.steps[-1].en for one in found]
    assert "this service proposes 14 days" in said[0]
    assert said[1] == "The main connector itself has set 1 April 2026 for the decision."
