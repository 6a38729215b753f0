"""Certificates of conformity: never edited; the one that stands owes its warnings, and no other does."""

import asyncio
import hashlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from kanta_tenancy import promises
from kanta_tenancy.assembly.promised import EXPECTATIONS
from kanta_tenancy.systems import reading
from kanta_tenancy.systems.actions import certificates as actions
from kanta_tenancy.systems.errors import (
    CertificateExists,
    CertificateNotFound,
    CertificateSettled,
    DocumentNotFound,
    SystemRefused,
)
from kanta_tenancy.systems.model import Certificate, CertificateKind, InformationSystem
from tests.systems.examples import MARCH_2, Register

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n...\n%%EOF\n"
OCTOBER_2 = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)  # six in the morning in Finland, 90 days before the last day


async def ledger(register: Register) -> list[promises.Promise]:
    async with register.database.transaction(register.caller) as tx:
        return await promises.page(tx, promises.Wanted(kind="conformity_certificate.warn"), after=None, count=99)


async def amiss(register: Register) -> list[promises.Finding]:
    async with register.database.transaction(register.caller) as tx:
        return [
            one for one in await promises.audit(tx, register.clock.now(), EXPECTATIONS) if one.what in promises.AMISS
        ]


def that_stands(system: InformationSystem) -> Certificate:
    (found,) = [one for one in system.certificates if one.stands_since is not None]
    return found


async def test_it_is_kept_as_it_says_and_owes_its_first_warning(register):
    system = await register.certified(await register.system())
    assert await register.read(system.id) == system
    (certificate,) = system.certificates
    assert (certificate.number, certificate.last_day, certificate.turns) == ("2026-117", date(2026, 12, 31), 1)
    (promise,) = await ledger(register)
    assert (promise.key, promise.owner, promise.state, promise.due_at, promise.tenancy_id) == (
        f"conformity_certificate.warn/{certificate.id}/1",
        promises.Owner.SYSTEM,
        promises.State.OWED,
        OCTOBER_2,
        None,
    )
    assert (
        promise.title.en == "The last day of the security certificate of the system Saaristo Care is 31 December 2026."
    )
    assert promise.facts == {"system": "Saaristo Care", "last_day": "2026-12-31"}
    assert await amiss(register) == []


async def test_an_extension_takes_its_place_and_is_warned_of_instead(register):
    system = await register.certified(await register.system())
    system = await register.certified(system, granted_on=MARCH_2, last_day=date(2029, 3, 1))
    assert await register.read(system.id) == system
    assert [one.stands_since is not None for one in system.certificates] == [False, True]
    first, second = await ledger(register)
    assert (first.state, first.result) == (
        promises.State.RELEASED,
        {"because": "Another certificate has taken its place"},
    )
    assert second.facts["last_day"] == "2029-03-01"
    assert await amiss(register) == []


async def test_one_that_ends_earlier_than_what_stands_owes_nothing(register):
    system = await register.certified(await register.system())
    system = await register.certified(system, number="old", last_day=date(2026, 6, 30))
    assert that_stands(system).number == "2026-117"
    assert len(await ledger(register)) == 1


async def test_when_a_mistake_is_withdrawn_the_one_before_stands_and_owes_again(register):
    system = await register.certified(await register.system())
    system = await register.certified(system, number="mistake", last_day=date(2028, 12, 31))
    register.clock.advance(days=1)
    system = await register.decertified(system, that_stands(system).id)
    assert await register.read(system.id) == system
    stands = that_stands(system)
    assert (stands.number, stands.turns, stands.stands_since) == ("2026-117", 2, register.clock.now())
    gone = system.certificates[1]
    assert (gone.withdrawn_because, gone.withdrawn_at) == ("A slip of the pen", register.clock.now())
    assert [(one.key.rpartition("/")[2], one.state) for one in await ledger(register)] == [
        ("1", promises.State.RELEASED),
        ("2", promises.State.OWED),
        ("1", promises.State.RELEASED),
    ]
    assert await amiss(register) == []
    with pytest.raises(CertificateSettled):
        await register.decertified(system, gone.id)


async def test_each_kind_stands_for_itself_and_what_does_not_end_owes_nothing(register):
    system = await register.certified(await register.system())
    system = await register.certified(system, kind=CertificateKind.INTEROPERABILITY, issuer="Kela", last_day=None)
    assert [one.stands_since is not None for one in system.certificates] == [True, True]
    assert len(await ledger(register)) == 1
    assert await amiss(register) == []


async def test_a_system_that_is_withdrawn_is_warned_of_no_longer(register):
    system = await register.certified(await register.system())
    await register.withdrawn(system)
    (promise,) = await ledger(register)
    assert (promise.state, promise.result) == (promises.State.RELEASED, {"because": "The system was withdrawn"})
    assert await amiss(register) == []


async def test_what_is_owed_tells_of_a_system_by_the_name_that_it_has_now(register):
    system = await register.certified(await register.system())
    await register.amended(system, name="Saaristo Care 2")
    (promise,) = await ledger(register)
    assert (promise.facts["system"], promise.due_at) == ("Saaristo Care 2", OCTOBER_2)
    assert "Saaristo Care 2" in promise.title.fi
    assert await amiss(register) == []


async def test_the_audit_finds_a_warning_that_is_not_owed(register, owner):
    await register.certified(await register.system())
    await owner.execute("DELETE FROM promise_work; DELETE FROM promise")
    (found,) = await amiss(register)
    assert found.what is promises.What.MISSING
    await register.certified(await register.system(name="Another"), number="other")
    await owner.execute("UPDATE promise SET due_at = due_at + interval '1 day'")
    assert {one.what for one in await amiss(register)} == {promises.What.MISSING, promises.What.MISDATED}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"last_day": None}, "last_day"),
        ({"last_day": date(2025, 12, 31)}, "last_day"),
        ({"granted_on": MARCH_2 + DAY}, "granted_on"),
        ({"issuer": ""}, "issuer"),
        ({"number": " "}, "number"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(register, said, field):
    with pytest.raises(SystemRefused) as refusal:
        await register.certified(await register.system(), **said)
    assert [flaw.field for flaw in refusal.value.flaws] == [field]


async def test_the_same_one_is_recorded_once(register):
    system = await register.certified(await register.system(), number="A-1")
    with pytest.raises(CertificateExists):
        await register.certified(system, number="a-1")
    system = await register.decertified(system, system.certificates[0].id)
    assert len((await register.certified(system, number="A-1")).certificates) == 2


async def test_of_two_extensions_at_once_one_stands(register):
    system = await register.certified(await register.system())
    ended = await asyncio.gather(
        *(register.certified(system, number=f"n{year}", last_day=date(year, 1, 1)) for year in (2028, 2029)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in ended) == ["InformationSystem", "SystemChanged"]
    assert that_stands(await register.read(system.id)).number.startswith("n")


async def test_whatever_the_program_says_one_of_a_kind_stands_and_what_was_withdrawn_stays(register, owner):
    system = await register.certified(await register.system())
    system = await register.certified(system, number="longer", last_day=date(2028, 12, 31))
    with pytest.raises(asyncpg.UniqueViolationError, match="conformity_certificate_one_stands"):
        await owner.execute("UPDATE conformity_certificate SET stands_since = now()")
    await register.decertified(system, system.certificates[0].id)
    with pytest.raises(asyncpg.RaiseError, match="does not change"):
        await owner.execute("UPDATE conformity_certificate SET number = 'x' WHERE withdrawn_at IS NOT NULL")


class TestTheDocument:
    async def shown(self, register: Register, system: InformationSystem, content: bytes = PDF) -> InformationSystem:
        async with register.database.transaction(register.caller) as tx:
            return await actions.show_certificate(
                tx,
                register.clock,
                system.id,
                system.certificates[0].id,
                version=system.version,
                name="certificate.pdf",
                content=content,
            )

    async def test_it_is_kept_as_it_came_and_once(self, register):
        system = await self.shown(register, await register.certified(await register.system()))
        certificate = system.certificates[0]
        assert await register.read(system.id) == system
        assert (certificate.document_name, certificate.document_sha256) == (
            "certificate.pdf",
            hashlib.sha256(PDF).hexdigest(),
        )
        async with register.database.transaction(register.caller) as tx:
            document, content = await reading.document(tx, system.id, certificate.id)
        assert (document.media_type, document.size, content) == ("application/pdf", len(PDF), PDF)
        with pytest.raises(CertificateSettled):
            await self.shown(register, system)

    async def test_what_shows_nothing_is_refused(self, register):
        system = await register.certified(await register.system())
        with pytest.raises(SystemRefused, match="a PDF, a picture, a Word document"):
            await self.shown(register, system, b"\x00\x01")

    async def test_where_there_is_none_none_is_read(self, register):
        system = await register.certified(await register.system())
        async with register.database.transaction(register.caller) as tx:
            with pytest.raises(DocumentNotFound):
                await reading.document(tx, system.id, system.certificates[0].id)
            with pytest.raises(CertificateNotFound):
                await reading.document(tx, system.id, UUID(int=7))
            with pytest.raises(CertificateNotFound):
                await actions.withdraw_certificate(
                    tx, register.clock, system.id, UUID(int=7), version=system.version, because="x"
                )


async def test_those_that_end_are_listed_by_last_day_without_what_was_replaced_or_withdrawn(register):
    made = {}
    for name, last_day in (("beta", date(2026, 5, 1)), ("alfa", date(2026, 4, 1)), ("gone", date(2026, 3, 15))):
        made[name] = await register.certified(await register.system(name=name), last_day=last_day)
    await register.withdrawn(made["gone"])
    await register.certified(made["beta"], number="longer", last_day=date(2026, 6, 1))
    seen, after = [], None
    async with register.database.transaction(register.caller) as tx:
        while page := await reading.certificates_ending(tx, date(2026, 6, 2), after=after, count=1):
            seen += page
            after = page[-1]
        sooner = await reading.certificates_ending(tx, date(2026, 6, 1), after=None, count=9)
    assert [(one.system, one.last_day) for one in seen] == [("alfa", date(2026, 4, 1)), ("beta", date(2026, 6, 1))]
    assert [one.system for one in sooner] == ["alfa"]
