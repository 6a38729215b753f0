"""The watch looks after itself: sources that are not read, or shrink, and a service that stood still."""

import asyncio
from datetime import timedelta

import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.assembly.promised import CERTIFICATE_KINDS, KEEPERS
from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory.actions import sources as inventory_sources
from kanta_tenancy.certificates.inventory.model import Arrival, SourceKind, SourceNamed
from kanta_tenancy.certificates.watching import accepting, reading, rounds
from kanta_tenancy.certificates.watching.errors import SizeAcceptable
from kanta_tenancy.certificates.watching.owing import ROUND
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.promises import audit, pay_due
from tests.certificates.inventory.examples import many
from tests.promises.examples import owed

DERS = many(20)
FOLDER = SourceNamed(kind=SourceKind.IMPORT, name="folder", read_every_hours=24)


class Rounds:
    def __init__(self, watchman) -> None:
        self.watchman, self.database, self.clock = watchman, watchman.database, watchman.clock

    async def made(self) -> int:
        return await pay_due(self.database, self.clock, {ROUND: rounds.keeper(CERTIFICATE_KINDS)})

    async def heard(self) -> None:
        while await outbox.carry_on(self.database, self.clock, SUBSCRIBERS):
            pass

    async def imports(self, count: int, source: SourceNamed = FOLDER, *, heard: bool = True):
        arrivals = [Arrival(der=one, place=str(number)) for number, one in enumerate(DERS[:count])]
        async with self.database.transaction(self.watchman.caller) as tx:
            taken = await intake.take_in(tx, self.clock, source, arrivals)
        if heard:
            await self.heard()
        return taken.source

    async def fails(self, why: str = "permission denied") -> None:
        async with self.database.transaction(self.watchman.caller) as tx:
            await intake.source_failed(tx, self.clock, FOLDER, why)
        await self.heard()

    async def accepts(self, source, certificates: int):
        async with self.database.transaction(self.watchman.caller) as tx:
            return await accepting.accept_size(
                tx, self.clock, source.id, certificates=certificates, because="Half of it moved"
            )

    async def standing(self):
        async with self.database.transaction(self.watchman.caller) as tx:
            return await reading.watch(tx, CERTIFICATE_KINDS, self.clock.now())


@pytest.fixture
def watch(watchman) -> Rounds:
    return Rounds(watchman)


async def test_a_source_that_could_not_be_read_is_told_of_at_once_and_until_it_can_be(watch, watchman):
    await watch.imports(20)
    assert await watchman.rules() == []
    await watch.fails()
    (found,) = await watchman.findings()
    assert (found.rule, found.facts) == ("source.unread", {"name": "folder", "trouble": "permission denied"})
    await watch.imports(20)
    assert await watchman.rules() == []


async def test_a_source_that_was_not_read_when_it_was_promised_is_told_of_by_the_next_round(watch, watchman, clock):
    await watch.imports(20)
    clock.advance(hours=26)
    await watch.made()
    assert "source.late" not in await watchman.rules()
    clock.advance(minutes=16)
    await watch.made()
    assert "source.late" in await watchman.rules()
    await watch.imports(20)
    clock.advance(minutes=15)
    await watch.made()
    assert "source.late" not in await watchman.rules()


async def test_nothing_is_amiss_any_more_with_a_source_that_nobody_reads(watch, watchman, clock):
    source = await watch.imports(20)
    await watch.imports(10)
    async with watchman.database.transaction(watchman.caller) as tx:
        await inventory_sources.end(tx, clock, source.id, version=source.version)
    assert await watchman.rules() == ["source.shrank"]
    clock.advance(minutes=15)
    await watch.made()
    assert await watchman.rules() == []


async def test_a_source_that_nobody_promised_to_read_again_is_never_late(watch, watchman, clock):
    await watch.imports(20, SourceNamed(kind=SourceKind.IMPORT, name="once"))
    clock.advance(days=400)
    await watch.made()
    assert "source.late" not in await watchman.rules()


@pytest.mark.parametrize(("count", "rules"), [(18, []), (17, ["source.shrank"]), (0, ["source.shrank"])])
async def test_an_import_that_shrank_by_more_than_a_tenth_is_told_of(watch, watchman, count: int, rules: list[str]):
    await watch.imports(20)
    await watch.imports(count)
    assert await watchman.rules() == rules


async def test_that_a_source_shrank_stays_told_after_the_next_import_until_it_grows_or_somebody_accepts_it(
    watch, watchman, clock, owner
):
    await watch.imports(20)
    source = await watch.imports(10)
    await watch.imports(10)
    clock.advance(hours=1)
    await watch.made()
    assert "source.shrank" in await watchman.rules()
    await watch.imports(19)
    assert "source.shrank" not in await watchman.rules()
    await watch.imports(10)
    assert "source.shrank" in await watchman.rules()
    accepted = await watch.accepts(source, 10)
    assert (accepted.most, accepted.certificates) == (10, 10)
    assert "source.shrank" not in await watchman.rules()
    told = await owner.fetchval("SELECT entry FROM journal_entry WHERE entry LIKE '%certificate_source.size_accepted%'")
    assert "Half of it moved" in told
    await watch.imports(8)
    assert "source.shrank" in await watchman.rules()


async def test_that_a_source_shrank_is_told_though_nobody_looked_before_it_did(watch, watchman):
    await watch.imports(20, heard=False)
    await watch.imports(10)
    assert await watchman.rules() == ["source.shrank"]


async def test_only_the_size_that_was_seen_is_accepted(watch):
    source = await watch.imports(20)
    with pytest.raises(SizeAcceptable):
        await watch.accepts(source, 20)
    await watch.imports(10)
    with pytest.raises(SizeAcceptable):
        await watch.accepts(source, 11)


async def test_that_the_service_stood_still_is_told_for_a_day(watch, watchman, clock):
    await watch.imports(20, SourceNamed(kind=SourceKind.IMPORT, name="once"))
    due = clock.now() + timedelta(minutes=15)
    clock.advance(days=7)
    await watch.made()
    (found,) = await watchman.findings()
    assert found.rule == "watch.stood_still"
    assert found.facts == {"from": due.isoformat(), "until": clock.now().isoformat()}
    for _ in range(23):
        clock.advance(minutes=60)
        await watch.made()
    assert "watch.stood_still" in await watchman.rules()
    clock.advance(minutes=60)
    await watch.made()
    assert "watch.stood_still" not in await watchman.rules()


async def test_what_the_service_owes_the_watch_and_has_not_done_is_told_of(watch, watchman, clock):
    endpoint = await watchman.watches(443)
    clock.advance(minutes=30)
    await watch.made()
    assert await watchman.rules() == []
    clock.advance(minutes=45)
    await watch.made()
    (found,) = await watchman.findings()
    assert (found.rule, found.facts["kind"]) == ("watch.overdue", "certificate_endpoint.probe")
    await watchman.no_longer(endpoint)
    clock.advance(minutes=15)
    await watch.made()
    assert await watchman.rules() == []


async def test_what_the_service_gave_up_is_told_of(watch, watchman, clock, owner):
    await watchman.watches(443)
    await owner.execute("UPDATE promise SET state = 'broken' WHERE kind = 'certificate_endpoint.probe'")
    clock.advance(minutes=15)
    await watch.made()
    assert await watchman.rules() == ["watch.given_up"]


def test_the_watch_knows_of_everything_by_which_certificates_are_watched():
    assert {kind for kind in KEEPERS if kind.startswith("certificate") and kind != ROUND} <= set(CERTIFICATE_KINDS)


async def test_a_sweep_that_has_not_run_is_told_of(watch, watchman, clock):
    await watchman.watches(443)
    async with watchman.database.transaction(watchman.caller) as tx:
        await promises.owe(tx, owed(key="certificate.sweep/1", kind="certificate.sweep", due_at=clock.now()))
    for _ in range(5):
        clock.advance(minutes=15)
        await watch.made()
    assert "certificate.sweep" in {one.facts.get("kind") for one in await watchman.findings()}


async def test_whoever_asks_is_told_that_the_watch_is_late_though_nothing_works_but_the_asking(watch, clock):
    assert (await watch.standing()).next_round_at is None
    await watch.imports(1)
    due = clock.now() + timedelta(minutes=15)
    standing = await watch.standing()
    assert (standing.next_round_at, standing.late_since, standing.overdue) == (due, None, ())
    clock.advance(hours=2)
    assert (await watch.standing()).late_since == due


async def test_two_instances_make_one_round(watch, owner, clock):
    await watch.imports(1)
    clock.advance(minutes=15)
    assert sum(await asyncio.gather(*(watch.made() for _ in range(4)))) == 1


async def test_the_audit_misses_a_probe_or_a_round_that_is_not_owed(watch, watchman, owner, clock):
    expected = {"probes": rounds.probes_expected, "rounds": rounds.rounds_expected}
    endpoint = await watchman.watches(443)

    async def missing() -> set[str]:
        async with watchman.database.transaction(watchman.caller) as tx:
            return {one.key for one in await audit(tx, clock.now(), expected)}

    assert await missing() == set()
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise")
    assert await missing() == {
        f"certificate_endpoint.probe/{endpoint.id}",
        f"{ROUND}/{watchman.caller.scope.main_connector_id}",
    }
