"""Checkpoints are stamped by the authorities of each realm, and `journal verify` says what that proves."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kanta_tenancy.assembly.stamping import stamp_all
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.x509 import timestamps
from kanta_tenancy.seals.store import checkpoints
from kanta_tenancy.trust import TimestampAuthority as Named
from kanta_tenancy.trust.actions import policies
from kanta_tenancy.trust.model import AnchorKind, Wish
from kanta_tenancy.trust.reading import watched_chains
from tests.desk import ADesk
from tests.machinery.outgoing.receivers import Receiver, answer
from tests.machinery.timestamping.authorities import stamping
from tests.parties.examples import a_realm
from tests.seals.examples import a_folder, a_seal, checkpointed
from tests.timestamp_authority import TimestampAuthority
from tests.trust.examples import loaded

OUTGOING = Outgoing(allowed=read_allowed("127.0.0.0/8"), without_tls=True)


@pytest.fixture
def clock(clock):
    clock.at = SystemClock().now()  # that of the authority, which has no other
    return clock


@pytest.fixture
async def realm(database, clock):
    return await a_realm(database, clock)


@pytest.fixture
async def seal(database, clock, tmp_path):
    keys = a_folder(tmp_path)
    await a_seal(database, keys, clock)
    return keys


@pytest.fixture(scope="module")
def stamps(tmp_path_factory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


async def wants(database, clock, realm, *urls: str) -> None:
    named = tuple(Named(name=f"Stamps {number}", url=url) for number, url in enumerate(urls))
    async with database.transaction(realm) as tx:
        await policies.decide(tx, clock, Wish(authorities=named), version=0)


async def token_of(database, realm) -> bytes | None:
    async with database.transaction(realm) as tx:
        return (await checkpoints.find(tx, 1)).token


def the_lists(stamps: TimestampAuthority, folder: Path) -> list[str]:
    options = []
    for number, der in enumerate(stamps.lists().crls):
        file = folder / f"{number}.crl"
        file.write_bytes(der)
        options += ["--crl", str(file)]
    return options


async def test_the_authorities_of_the_realm_are_asked_and_another_realm_asks_nobody(
    database, clock, realm, seal, stamps
):
    other = await a_realm(database, clock, 2100000)
    for one in (realm, other):
        await checkpointed(database, seal, clock, one)
    await loaded(database, clock, realm, stamps.root, kind=AnchorKind.TIMESTAMPS)
    await loaded(database, clock, realm, stamps.issuer, kind=AnchorKind.INTERMEDIATE)
    async with Receiver(stamping(stamps)).listening() as receiver:
        await wants(database, clock, realm, receiver.url("/tsa"))
        assert await stamp_all(database, clock, outgoing=OUTGOING) == 1
        assert await stamp_all(database, clock, outgoing=OUTGOING) == 0
        assert len(receiver.received) == 1
    token = await token_of(database, realm)
    async with database.transaction(realm) as tx:
        assert timestamps.read(token).covers((await checkpoints.find(tx, 1)).seal.encode())
        [watched] = await watched_chains(tx, after=None, count=10)
    assert "Stamps" in watched.name
    assert await token_of(database, other) is None


async def test_authorities_that_give_none_are_told_in_the_log_and_asked_again(database, clock, realm, seal, stamps):
    await checkpointed(database, seal, clock, realm)
    async with Receiver(answer(503)).listening() as away, Receiver(stamping(stamps)).listening() as there:
        await wants(database, clock, realm, away.url("/tsa"))
        with capture_logs() as lines:
            assert await stamp_all(database, clock, outgoing=OUTGOING) == 0
        assert [line["log_level"] for line in lines if line["event"] == "checkpoint not stamped"] == ["warning"]
        async with database.transaction(realm) as tx:
            named = (Named(name="Back", url=there.url("/tsa")),)
            await policies.decide(tx, clock, Wish(authorities=named), version=1)
        assert await stamp_all(database, clock, outgoing=OUTGOING) == 1


class Book:
    """A realm whose journal has a checkpoint, and the desk at which it is verified."""

    def __init__(self, database, database_url, clock, realm, seal) -> None:
        self.clock = clock
        self._database, self._realm, self._seal = database, realm, seal
        self._desk = ADesk(database_url, clock)

    async def checkpoint(self) -> bytes:
        """Make a checkpoint; return what is to be stamped."""
        return (await checkpointed(self._database, self._seal, self.clock, self._realm)).checkpoint.seal.encode()

    async def stamp(self, token: bytes) -> None:
        async with self._database.transaction(self._realm) as tx:
            await checkpoints.add_timestamp(tx, 1, token, self.clock.now())

    async def verify(self, *options: str):
        return await self._desk.type("journal", "verify", *options)


@pytest.fixture
def book(database, database_url, clock, realm, seal) -> Book:
    return Book(database, database_url, clock, realm, seal)


async def test_a_timestamp_proves_something_to_whoever_trusts_its_authority(book, stamps, tmp_path):
    sealed = await book.checkpoint()
    assert "Timestamps" not in (await book.verify()).output
    await book.stamp(await asyncio.to_thread(stamps.token, sealed))
    book.clock.at += timedelta(minutes=1)
    trusting = ["--timestamp-trust", str(stamps.trust)]
    ended = await book.verify(*trusting, *the_lists(stamps, tmp_path))
    assert (ended.code, ended.output.splitlines()[-1]) == (0, "Timestamps: 1 proved, 0 indeterminate, 0 to come.")
    ended = await book.verify()
    assert (ended.code, ended.output.splitlines()[-1]) == (0, "Timestamps: 0 proved, 1 indeterminate, 0 to come.")
    ended = await book.verify(*trusting)
    assert ended.code == 4
    assert "checkpoint 1: its timestamp is indeterminate: whether its authority's certificate is" in ended.output


async def test_a_timestamp_of_something_else_is_a_break(book, stamps):
    await book.checkpoint()
    await book.stamp(await asyncio.to_thread(stamps.token, b"something else"))
    ended = await book.verify()
    assert ended.code == 3
    assert "checkpoint 1: its timestamp does not hold: it is a timestamp of something else" in ended.output


async def test_what_is_no_timestamp_is_a_break(book):
    await book.checkpoint()
    await book.stamp(b"no token")
    ended = await book.verify()
    assert (ended.code, "its timestamp does not hold: it is no timestamp" in ended.output) == (3, True)


async def test_what_was_stamped_before_it_was_sealed_is_a_break(book, stamps):
    book.clock.at += timedelta(hours=1)
    await book.stamp(await asyncio.to_thread(stamps.token, await book.checkpoint()))
    ended = await book.verify()
    assert (ended.code, "it was stamped before it says it was made" in ended.output) == (3, True)
