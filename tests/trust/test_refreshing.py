"""Revocation data is asked for in time, what was had is kept, and whoever must know of trouble is told."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.assembly.promised import EXPECTATIONS
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.revocation import RevocationData, Standing, judge_path
from kanta_tenancy.machinery.x509.sample_authority import Revoked, Signer, issue, revocation_list
from kanta_tenancy.parties import Function
from kanta_tenancy.trust import owing, reading, watch
from kanta_tenancy.trust.actions import policies
from kanta_tenancy.trust.model import Wish
from kanta_tenancy.trust.refreshing import refresh
from kanta_tenancy.trust.store import revocation
from tests.machinery.x509.authorities import DAY, ISSUED, NOW, aino, answered, authority
from tests.parties.examples import named, owner_of

HOUR = timedelta(hours=1)
PATH = (aino().certificate, authority().issuing.certificate, authority().root)
EINO = issue(authority(), Signer(name="Eino Eerola", organisation="Hoivakoti"), at=ISSUED)
OF_EINO = (EINO.certificate, *PATH[1:])
TOLD = "SELECT topic, urgent, key, facts::text AS facts FROM notice ORDER BY told_at, key"


class Authorities:
    """Publish lists that last a week, dated as they are asked for; or do not answer."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self.revoked: tuple[Revoked, ...] = ()
        self.silent: set[x509.Certificate] = set()
        self.asked = 0

    async def __call__(self, _: Sequence[x509.Certificate]) -> RevocationData:
        self.asked += 1
        await asyncio.sleep(0)
        return RevocationData(crls=tuple(self._lists()))

    def _lists(self):
        for one in (authority().issuing, authority().top):
            if one.certificate not in self.silent:
                yield self._list(one).public_bytes(Encoding.DER)

    def _list(self, issuer: Credential) -> x509.CertificateRevocationList:
        revoked = self.revoked if issuer == authority().issuing else ()
        return revocation_list(issuer, at=self._clock.now(), lasts=7 * DAY, revoked=revoked)


@pytest.fixture
def clock(clock):
    clock.at = NOW
    return clock


@pytest.fixture
def authorities(clock) -> Authorities:
    return Authorities(clock)


@pytest.fixture
async def watched(database, clock, realm) -> None:
    async with database.transaction(realm) as tx:
        assert await watch(tx, PATH, at=clock.now())


@pytest.fixture
async def administrator(database, clock, realm) -> None:
    own = await owner_of(database, realm)
    await named(
        database,
        clock,
        realm,
        own,
        email="it@example.org",
        function=Function.ADMINISTRATOR,
        valid_from=date(2020, 1, 1),
    )


async def pay(database, clock, authorities) -> int:
    return await promises.pay_due(database, clock, {owing.REFRESH: refresh(authorities)})


async def pay_until(database, clock, authorities, until) -> None:
    while clock.now() < until:
        clock.advance(hours=1)
        await pay(database, clock, authorities)


async def chains(database, caller):
    async with database.transaction(caller) as tx:
        return await reading.watched_chains(tx, after=None, count=9)


async def promised(database, caller) -> list[promises.Promise]:
    async with database.transaction(caller) as tx:
        return await promises.page(tx, promises.Wanted(kind=owing.REFRESH), after=None, count=9)


@pytest.mark.usefixtures("watched")
async def test_what_was_had_is_kept_and_judges_in_the_tenants_scope_too(database, clock, realm, tenant, authorities):
    assert await pay(database, clock, authorities) == 1
    for caller in (realm, tenant.caller):
        async with database.transaction(caller) as tx:
            judging = await reading.judging(tx, realm.scope.main_connector_id, clock.now())
        assert len(judging.revocation.crls) == 2
        found = judge_path(PATH, judging.revocation, at=clock.now(), freshness=judging.freshness)
        assert [one.standing for one in found] == [Standing.GOOD, Standing.GOOD]
    (chain,) = await chains(database, realm)
    assert (chain.standing, chain.asked_at, chain.name) == ("good", clock.now(), "Aino")
    (promise,) = await promised(database, realm)
    assert promise.due_at == clock.now() + DAY  # half of a week is more than a day
    assert await chains(database, tenant.caller) == []


@pytest.mark.usefixtures("watched")
async def test_it_is_asked_again_before_what_is_kept_grows_stale_until_the_certificate_ends(
    database, clock, owner, realm, authorities
):
    await pay_until(database, clock, authorities, NOW + 10 * DAY)
    assert authorities.asked == 10
    (promise,) = await promised(database, realm)
    assert promise.attempts == 0
    clock.at = PATH[0].not_valid_after_utc + HOUR
    assert await pay(database, clock, authorities) == 1
    assert authorities.asked == 10
    (promise,) = await promised(database, realm)
    assert promise.state is promises.State.RELEASED


async def test_how_fresh_it_must_be_says_the_policy(database, clock, realm, authorities):
    async with database.transaction(realm) as tx:
        await policies.decide(tx, clock, Wish(fresh_for_hours=8), version=0)
        await watch(tx, PATH, at=clock.now())
    await pay(database, clock, authorities)
    (promise,) = await promised(database, realm)
    assert promise.due_at == clock.now() + 4 * HOUR
    async with database.transaction(realm) as tx:
        judging = await reading.judging(tx, realm.scope.main_connector_id, clock.now())
    assert judging.freshness.at_most == 8 * HOUR


@pytest.mark.usefixtures("watched")
async def test_what_others_say_in_the_authoritys_name_is_not_kept(database, clock, realm):
    forged = issue(authority(), Signer(name="Forger", organisation="x"), at=ISSUED)
    theirs = replace(forged, chain=(authority().issuing.certificate,))

    async def forgers(_):
        return RevocationData(
            crls=(revocation_list(theirs, at=clock.now()).public_bytes(Encoding.DER), b"\0"), ocsp=(b"\0",)
        )

    await pay(database, clock, forgers)
    async with database.transaction(realm) as tx:
        assert await reading.newest_statements(tx, before=None, count=9) == []


@pytest.mark.usefixtures("watched", "administrator")
async def test_while_an_authority_is_silent_it_is_asked_each_hour_and_told_of_once_a_day(
    database, clock, owner, realm, authorities
):
    async with database.transaction(realm) as tx:
        await watch(tx, OF_EINO, at=clock.now())
    authorities.silent = {authority().issuing.certificate}
    await pay_until(database, clock, authorities, NOW + 5 * HOUR)
    assert await owner.fetch(TOLD) == []  # it may yet answer
    assert authorities.asked == 2 * 5
    await pay_until(database, clock, authorities, NOW + 30 * HOUR)
    told = await owner.fetch(TOLD)
    assert [row["topic"] for row in told] == ["trust.revocation_unknown"] * 2  # of both chains, on two days
    assert all("Test Issuing" in row["facts"] for row in told)
    assert {one.standing for one in await chains(database, realm)} == {"unknown"}
    authorities.silent = set()
    await pay_until(database, clock, authorities, NOW + 31 * HOUR)
    assert {one.standing for one in await chains(database, realm)} == {"good"}
    assert {promise.attempts for promise in await promised(database, realm)} == {0}


@pytest.mark.usefixtures("watched", "administrator")
async def test_what_was_kept_counts_until_its_end_while_the_authority_is_silent(
    database, clock, owner, realm, authorities
):
    await pay(database, clock, authorities)
    authorities.silent = {authority().issuing.certificate, authority().root}
    await pay_until(database, clock, authorities, NOW + 7 * DAY - HOUR)
    assert [one.standing for one in await chains(database, realm)] == ["good"]
    assert await owner.fetch(TOLD) == []
    await pay_until(database, clock, authorities, NOW + 7 * DAY + 2 * HOUR)
    assert [one.standing for one in await chains(database, realm)] == ["unknown"]
    assert [row["topic"] for row in await owner.fetch(TOLD)] == ["trust.revocation_unknown"]


@pytest.mark.usefixtures("watched", "administrator")
async def test_a_revoked_signer_is_told_of_at_once_and_once(database, clock, owner, realm, authorities):
    await pay(database, clock, authorities)
    authorities.revoked = (Revoked(certificate=PATH[0], at=NOW + HOUR),)
    await pay_until(database, clock, authorities, NOW + 3 * DAY)
    (told,) = await owner.fetch(TOLD)
    assert (told["topic"], told["urgent"]) == ("trust.certificate_revoked", True)
    assert "Aino" in told["facts"]
    (chain,) = await chains(database, realm)
    assert chain.standing == "revoked"


async def test_the_same_chain_is_watched_once_and_what_needs_no_watching_is_not(database, clock, realm):
    async def begin() -> bool:
        async with database.transaction(realm) as tx:
            return await watch(tx, PATH, at=clock.now())

    assert sorted(await asyncio.gather(*(begin() for _ in range(4)))) == [False, False, False, True]
    assert len(await promised(database, realm)) == 1
    async with database.transaction(realm) as tx:
        assert not await watch(tx, PATH[2:], at=clock.now())
        assert not await watch(tx, OF_EINO, at=EINO.certificate.not_valid_after_utc + HOUR)
    assert len(await chains(database, realm)) == 1


@pytest.mark.usefixtures("watched")
async def test_of_lists_that_were_replaced_long_ago_only_the_newer_stay(database, clock, owner, realm, authorities):
    await pay_until(database, clock, authorities, NOW + 33 * DAY)
    ages = await owner.fetch("SELECT $1 - fetched_at AS age FROM kept_revocation ORDER BY fetched_at", clock.now())
    assert len(ages) == 2 * 32  # of both authorities, one a day
    assert max(row["age"] for row in ages) < 32 * DAY


async def test_many_at_once_keep_the_same_list_once(database, clock, owner, realm):
    signers = [issue(authority(), Signer(name=f"S {n}", organisation="x"), at=ISSUED) for n in range(12)]
    async with database.transaction(realm) as tx:
        for one in signers:
            await watch(tx, (one.certificate, *PATH[1:]), at=clock.now())
    made = [revocation_list(one, at=NOW).public_bytes(Encoding.DER) for one in (authority().issuing, authority().top)]

    async def the_same(path):
        return RevocationData(crls=tuple(made), ocsp=answered(path[0]).ocsp)

    assert sum(await asyncio.gather(*(pay(database, clock, the_same) for _ in range(3)))) == len(signers)
    assert {promise.attempts for promise in await promised(database, realm)} == {0}
    kinds = await owner.fetch("SELECT kind, count(*) AS rows FROM kept_revocation GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("crl", 2), ("ocsp", 12)]
    assert await owner.fetchval("SELECT count(*) FROM watched_chain WHERE standing = 'good'") == len(signers)


@pytest.mark.usefixtures("watched")
async def test_what_judged_at_an_instant_is_what_was_there_then(database, clock, realm, authorities):
    await pay(database, clock, authorities)
    first = clock.now()
    clock.advance(days=1)
    await pay(database, clock, authorities)
    async with database.transaction(realm) as tx:
        own = realm.scope.main_connector_id
        before, then, now = [
            (await reading.judging(tx, own, at)).revocation for at in (first - HOUR, first, clock.now())
        ]
        newest = await revocation.at_instant(tx, own, clock.now())
    assert before == RevocationData()
    assert len(then.crls) == len(now.crls) == 2
    assert set(then.crls).isdisjoint(now.crls)
    assert {one.produced_at for one in newest} == {clock.now()}


@pytest.mark.usefixtures("watched")
async def test_the_audit_misses_a_refresh_that_is_not_owed(database, clock, owner, realm):
    async with database.transaction(realm) as tx:
        assert await promises.audit(tx, clock.now(), EXPECTATIONS) == []
    await owner.execute("DELETE FROM promise_work")
    await owner.execute("DELETE FROM promise")
    async with database.transaction(realm) as tx:
        (finding,) = await promises.audit(tx, clock.now(), EXPECTATIONS)
    assert (finding.what, finding.key.partition("/")[0]) == (promises.What.MISSING, owing.REFRESH)
    clock.at = PATH[0].not_valid_after_utc + HOUR
    async with database.transaction(realm) as tx:
        assert await promises.audit(tx, clock.now(), EXPECTATIONS) == []
