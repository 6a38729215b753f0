"""A paper is sealed and kept once for what it says; nobody changes one, and nobody else sees it."""

import asyncio
import hashlib

import asyncpg
import pytest
from msgspec.structs import replace

from kanta_tenancy import papers
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.papers import PaperNotFound
from kanta_tenancy.seals import SealKeyUnusable, SealNotSetUp, judge_document
from tests.conftest import someone
from tests.papers.examples import a_paper
from tests.parties.examples import a_realm, a_tenant
from tests.seals.examples import a_folder, every_certificate


async def drawn(database, clock, keys, caller, **said):
    async with database.transaction(caller) as tx:
        return await papers.draw_up(tx, clock, keys, a_paper(**said))


async def content(database, caller, made):
    async with database.transaction(caller) as tx:
        return (await papers.one(tx, made.about, made.id)).content


async def test_it_is_sealed_natively_and_journalled_with_its_digest(database, clock, realm, keys):
    made = await drawn(database, clock, keys, realm)
    docx = await content(database, realm, made)
    assert (made.sha256, made.size) == (hashlib.sha256(docx).hexdigest(), len(docx))
    line = await every_certificate(database)
    judged = judge_document(docx, line, known=frozenset({line[0].sha256}), now=clock.now())
    assert (judged.outcome, judged.detail.startswith("Sealed 2026-03-02 12:00:00 UTC")) == (Outcome.PASSED, True)
    async with database.transaction(realm) as tx:
        (kept,) = [
            one
            for one in await journal.ENTRIES.all(tx, chain=realm.scope.main_connector_id, after=0, batch=1000)
            if '"action":"paper.drawn_up"' in one.entry
        ]
    assert f'"document":"{made.sha256}"' in kept.entry


async def test_what_says_the_same_is_the_same_paper_and_what_says_something_else_another(database, clock, realm, keys):
    first = await drawn(database, clock, keys, realm)
    clock.advance(hours=3)
    assert await drawn(database, clock, keys, realm) == first
    assert await drawn(database, clock, None, realm) == first  # where the seal's keys are not
    in_finnish = await drawn(database, clock, keys, realm, language=Language.FINNISH)
    changed = await drawn(database, clock, keys, realm, title="Change of an earlier notice")
    async with database.transaction(realm) as tx:
        found = await papers.page(tx, "thing/1", before=None, count=10)
        older = await papers.page(tx, "thing/1", before=changed.id, count=10)
        every = await papers.every(tx, ["thing/1", "thing/2"])
    assert found == [changed, in_finnish, first]
    assert older == [in_finnish, first]
    assert [one.id for one in every] == [first.id, in_finnish.id, changed.id]


async def test_of_two_who_draw_up_the_same_at_once_both_get_the_first_ones(database, clock, realm, keys):
    made = await asyncio.gather(*(drawn(database, clock, keys, realm) for _ in range(4)))
    assert len({one.id for one in made}) == 1
    async with database.transaction(realm) as tx:
        entries = await journal.ENTRIES.all(tx, chain=realm.scope.main_connector_id, after=0, batch=1000)
    assert sum('"action":"paper.drawn_up"' in one.entry for one in entries) == 1


async def test_without_a_key_of_the_seal_none_is_made(database, clock, realm, tmp_path):
    with pytest.raises(SealNotSetUp):
        await drawn(database, clock, None, realm)
    empty = a_folder(tmp_path, "empty")
    with pytest.raises(SealNotSetUp):
        await drawn(database, clock, empty, realm)


async def test_a_key_that_does_not_lie_here_seals_none(database, clock, realm, keys, tmp_path):
    with pytest.raises(SealKeyUnusable):
        await drawn(database, clock, a_folder(tmp_path, "elsewhere"), realm)


async def test_a_document_that_was_changed_or_sealed_by_somebody_else_has_not_our_seal(
    database, clock, realm, keys, tmp_path
):
    docx = await content(database, realm, await drawn(database, clock, keys, realm))
    line = await every_certificate(database)
    known = frozenset({line[0].sha256})
    at = docx.index(b"word/document.xml") + 60
    changed = docx[:at] + bytes([docx[at] ^ 1]) + docx[at + 1 :]
    assert judge_document(changed, line, known=known, now=clock.now()).outcome is Outcome.FAILED
    assert judge_document(b"nothing", line, known=known, now=clock.now()).outcome is Outcome.FAILED
    assert judge_document(docx, (), known=known, now=clock.now()).outcome is Outcome.FAILED
    assert judge_document(docx, line, known=frozenset(), now=clock.now()).outcome is Outcome.UNKNOWN
    later = [replace(line[0], takes_over_at=clock.now().replace(hour=13))]
    assert judge_document(docx, later, known=known, now=clock.now()).outcome is Outcome.FAILED


async def test_a_tenants_paper_is_its_own_and_the_main_connectors(database, clock, realm, keys):
    tenant, neighbour = await a_tenant(database, clock, realm, 1000000), await a_tenant(database, clock, realm, 1100000)
    stranger = await a_realm(database, clock, 2100000)
    made = await drawn(database, clock, keys, tenant.caller, tenancy_id=tenant.tenancy.id)
    ours = await drawn(database, clock, keys, realm, about="thing/2")
    assert await content(database, realm, made) == await content(database, tenant.caller, made)
    impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
    for caller, one in ((tenant.caller, ours), (neighbour.caller, made), (stranger, made), (impostor, made)):
        with pytest.raises(PaperNotFound):
            await content(database, caller, one)
        async with database.transaction(caller) as tx:
            assert await papers.page(tx, one.about, before=None, count=10) == []
            assert await papers.kept(tx, one.id) is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await drawn(database, clock, keys, neighbour.caller, about="thing/3", tenancy_id=tenant.tenancy.id)


async def test_nothing_changes_or_deletes_a_paper(database, clock, realm, keys):
    await drawn(database, clock, keys, realm)
    for sql in ("UPDATE paper SET title = 'x'", "DELETE FROM paper", "TRUNCATE paper"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(realm) as tx:
                await tx.connection.execute(sql)
