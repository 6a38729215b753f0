"""The audit of the ledger: it finds nothing in a normal life, and whatever was forgotten."""

import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Reason


async def missing(practice) -> set[tuple[str, str]]:
    async with practice.database.transaction(practice.realm) as tx:
        found = await promises.audit(tx, practice.clock.now(), promised.EXPECTATIONS)
    return {(one.what.value, one.key.split("/")[0]) for one in found if one.key.startswith("renewal.")}


@pytest.fixture
async def owing(practice):
    """A practice that still owes a patient a word."""
    request = await practice.followed()
    await practice.answer(request, Move.REJECT, reason=Reason.CARE)
    return practice, request


async def test_it_finds_nothing_while_all_is_well(owing, clock):
    practice, request = owing
    assert await missing(practice) == set()
    for _ in range(3):
        clock.advance(hours=24)
        await practice.pay()
    assert await missing(practice) == set()
    await practice.tell_patient(request)
    await practice.pay()
    assert await missing(practice) == set()


async def test_it_finds_a_patient_of_whom_nobody_is_reminded(owing, owner):
    practice, _ = owing
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise WHERE kind = 'renewal.remind'")
    assert await missing(practice) == {("missing", "renewal.remind")}


async def test_it_finds_a_decision_that_nobody_owes_to_be_seen(practice, owner):
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise WHERE kind = 'renewal.see'")
    assert await missing(practice) == {("missing", "renewal.see")}
