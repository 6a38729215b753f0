"""What is found is put down once, seen again, and cleared when it is gone."""

import asyncio
import json
from collections.abc import Collection, Sequence

import pytest

from kanta_tenancy.certificates.findings import Finding, KeptFinding, Noted, count_open, note, open_ones
from kanta_tenancy.certificates.findings.reading import every_one
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.severity import Severity
from tests.certificates.findings.examples import OTHER, SERVER, a_finding
from tests.conftest import someone
from tests.parties.examples import a_realm


@pytest.fixture
async def realm(database, clock) -> Caller:
    return await a_realm(database, clock)


class Look:
    def __init__(self, database, clock, caller: Caller) -> None:
        self.database, self.clock, self.caller = database, clock, caller

    async def noted(self, *found: Finding, subjects: Collection[str] = (SERVER,), family: str = "probe") -> Noted:
        async with self.database.transaction(self.caller) as tx:
            return await note(tx, self.clock.now(), subjects, found, family=family)

    async def open(self) -> Sequence[KeptFinding]:
        async with self.database.transaction(self.caller) as tx:
            return await open_ones(tx, after=None, count=100)

    async def every(self) -> Sequence[KeptFinding]:
        async with self.database.transaction(self.caller) as tx:
            return await every_one(tx, after=None, count=100)


@pytest.fixture
def look(database, clock, realm) -> Look:
    return Look(database, clock, realm)


async def test_a_finding_is_opened_once_and_seen_again(look, clock):
    assert await look.noted(a_finding()) == Noted(opened=1, seen_again=0, cleared=0)
    since = clock.now()
    clock.advance(hours=1)
    changed = Sentence(fi="Yhä.", sv="Ännu.", en="Still.")
    again = a_finding(sentence=changed, severity=Severity.WARNING, facts={"days": 3})
    assert await look.noted(again) == Noted(opened=0, seen_again=1, cleared=0)
    (found,) = await look.open()
    assert (found.first_at, found.last_at, found.cleared_at) == (since, clock.now(), None)
    assert (found.sentence, found.severity, found.facts) == (changed, Severity.WARNING, {"days": 3})


async def test_what_is_seen_no_more_is_cleared_and_opened_anew_when_it_returns(look, clock):
    await look.noted(a_finding(), a_finding(rule="probe.name_mismatch"))
    assert await look.noted(a_finding()) == Noted(opened=0, seen_again=1, cleared=1)
    assert [one.rule for one in await look.open()] == ["probe.expired"]
    assert await look.noted(a_finding(), a_finding(rule="probe.name_mismatch")) == Noted(
        opened=1, seen_again=1, cleared=0
    )
    assert sorted(one.rule for one in await look.every()) == [
        "probe.expired", "probe.name_mismatch", "probe.name_mismatch",
    ]  # fmt: skip


async def test_who_looks_clears_nothing_of_what_it_did_not_look_at_or_another_looks_for(look):
    await look.noted(a_finding(rule="lint.key"), family="lint")
    await look.noted(a_finding(subject=OTHER), subjects=(OTHER,))
    assert await look.noted() == Noted(opened=0, seen_again=0, cleared=0)
    assert {one.rule for one in await look.open()} == {"lint.key", "probe.expired"}


async def test_of_two_of_the_same_rule_and_subject_the_first_counts(look):
    first = a_finding(facts={"position": 1})
    assert await look.noted(first, a_finding(facts={"position": 2})) == Noted(opened=1, seen_again=0, cleared=0)
    assert [one.facts for one in await look.open()] == [{"position": 1}]


@pytest.mark.parametrize("found", [a_finding(rule="lint.key"), a_finding(subject=OTHER), a_finding(rule="probed.x")])
async def test_a_finding_that_is_none_of_the_look_is_a_fault_of_the_program(look, found):
    with pytest.raises(ValueError, match="none of this look"):
        await look.noted(found)


async def test_the_journal_tells_what_changed_and_nothing_when_nothing_did(look, owner):
    await look.noted(a_finding())
    await look.noted(a_finding())
    await look.noted()
    entries = [
        json.loads(row["entry"]) for row in await owner.fetch("SELECT entry FROM journal_entry ORDER BY sequence")
    ]
    told = [(one["subject"], one["facts"]) for one in entries if one["action"] == "certificate_findings.changed"]
    assert told == [
        (SERVER, {"opened": 1, "opened_rules": "probe.expired", "cleared": 0, "cleared_rules": None}),
        (SERVER, {"opened": 0, "opened_rules": None, "cleared": 1, "cleared_rules": "probe.expired"}),
    ]


async def test_two_looks_at_once_open_one_finding(look):
    noted = await asyncio.gather(*(look.noted(a_finding(), a_finding(rule="probe.x")) for _ in range(6)))
    assert sum(one.opened for one in noted) == 2
    assert len(await look.every()) == 2


async def test_many_are_noted_in_one_go_and_counted(look, database, realm):
    subjects = [f"certificate/{number}" for number in range(2_000)]
    found = [a_finding(subject=one, rule="lint.key", severity=Severity.WARNING) for one in subjects]
    assert await look.noted(*found, subjects=subjects, family="lint") == Noted(opened=2_000, seen_again=0, cleared=0)
    assert await look.noted(*found[:500], subjects=subjects, family="lint") == Noted(
        opened=0, seen_again=500, cleared=1_500
    )
    async with database.transaction(realm) as tx:
        (counted,) = await count_open(tx)
    assert (counted.severity, counted.rule, counted.findings) == (Severity.WARNING, "lint.key", 500)


async def test_another_realm_and_a_tenant_see_none(look, database, clock, realm):
    await look.noted(a_finding())
    other = await a_realm(database, clock, 3000000)
    for stranger in (other, someone(realm.scope.main_connector_id, other.scope.main_connector_id)):
        assert await Look(database, clock, stranger).every() == []
    assert await Look(database, clock, other).noted() == Noted(opened=0, seen_again=0, cleared=0)
    assert len(await look.open()) == 1
