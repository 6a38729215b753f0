"""Draws papers up: filled, sealed, kept and journalled; the same facts are one paper.

`draw_up` does all of it in one transaction. Where no transaction may wait for the seal's key, `begin` looks in one,
`seal` needs none, and `keep` writes in another.
"""

import asyncio
import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.papers import layout, store
from kanta_tenancy.papers.model import KeptPaper, Paper, PaperWithContent
from kanta_tenancy.seals import SealKeys, SealNotSetUp, in_charge, seal_document_with

DRAWN_UP: Final = "paper.drawn_up"


class Unsealed(Record, frozen=True, kw_only=True):
    """A paper that is to be made, and with what: all that sealing needs, without a database."""

    paper: Paper
    keys: SealKeys
    certificate: str  # SHA-256 of the one in charge
    by: str
    at: datetime


async def draw_up(tx: Transaction, clock: Clock, keys: SealKeys | None, paper: Paper) -> KeptPaper:
    """Fill a paper, seal and keep it; one that says the same already is answered with as it is.

    Raises:
        SealNotSetUp, SealKeyUnusable: it cannot be sealed here.
    """
    begun = await begin(tx, clock, keys, paper)
    return begun if isinstance(begun, KeptPaper) else await keep(tx, await seal(begun))


async def begin(tx: Transaction, clock: Clock, keys: SealKeys | None, paper: Paper) -> KeptPaper | Unsealed:
    """Find the paper that says the same already, or else with which certificate a new one is to be sealed.

    Raises:
        SealNotSetUp: there is none yet, and none can be sealed here.
    """
    before = await store.same(tx, paper)
    if before is not None:
        return before
    if keys is None:
        raise SealNotSetUp("this instance has no keys of the seal: ask one that has, or set KANTA_SEAL_KEYS")
    at = clock.now()
    certificate = await in_charge(tx, at)
    return Unsealed(paper=paper, keys=keys, certificate=certificate.sha256, by=tx.actor.name, at=at)


async def seal(begun: Unsealed) -> PaperWithContent:
    """Fill and seal a paper; no transaction is needed. Nothing is kept yet.

    Raises:
        SealKeyUnusable: it cannot be sealed here.
    """
    paper = begun.paper
    filled = await asyncio.to_thread(layout.as_docx, paper, begun.at)
    sealed = await seal_document_with(begun.keys, begun.certificate, filled, at=begun.at)
    return PaperWithContent(
        id=new_id(),
        tenancy_id=paper.tenancy_id,
        about=paper.about,
        language=paper.language,
        title=paper.title,
        said_sha256=paper.said,
        sha256=hashlib.sha256(sealed.content).hexdigest(),
        size=len(sealed.content),
        certificate=sealed.certificate,
        made_by=begun.by,
        made_at=begun.at,
        content=sealed.content,
    )


async def keep(tx: Transaction, made: PaperWithContent) -> KeptPaper:
    """Keep and journal a sealed paper; of two who draw it up at once, the first one's."""
    if await store.add(tx, made):
        await record(tx, _act(made))
    return await store.same(tx, made) or made


async def kept(tx: Transaction, paper_id: UUID) -> PaperWithContent | None:
    """Read a paper with its bytes, whatever it is about; None: the scope has none of that id."""
    return await store.kept(tx, paper_id)


async def page(tx: Transaction, about: str, *, before: UUID | None, count: int) -> list[KeptPaper]:
    """Read a page of the papers about something that the scope sees, newest first."""
    return await store.page(tx, about, before=before, count=count)


async def one(tx: Transaction, about: str, paper_id: UUID) -> PaperWithContent:
    """Read a paper about something, with its bytes.

    Raises:
        PaperNotFound: the scope has none of that id about this.
    """
    return await store.find(tx, about, paper_id)


async def every(tx: Transaction, abouts: Collection[str]) -> list[PaperWithContent]:
    """Read all papers about these with their bytes, the oldest first."""
    return await store.every(tx, abouts)


def _act(made: KeptPaper) -> Act:
    return Act(
        action=DRAWN_UP,
        subject=made.subject,
        at=made.made_at,
        tenancy_id=made.tenancy_id,
        facts={"about": made.about, "language": made.language.value, "document": made.sha256, "said": made.said_sha256},
    )
