"""Draws papers up: filled, sealed, kept and journalled in one transaction; the same facts are one paper."""

import asyncio
import hashlib
from collections.abc import Collection
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.papers import layout, store
from kanta_tenancy.papers.model import KeptPaper, Paper, PaperWithContent
from kanta_tenancy.seals import SealKeys, SealNotSetUp, seal_document

DRAWN_UP: Final = "paper.drawn_up"


async def draw_up(tx: Transaction, clock: Clock, keys: SealKeys | None, paper: Paper) -> KeptPaper:
    """Fill a paper, seal and keep it; one that says the same already is answered with as it is.

    Raises:
        SealNotSetUp, SealKeyUnusable: it cannot be sealed here.
    """
    before = await store.same(tx, paper)
    if before is not None:
        return before
    if keys is None:
        raise SealNotSetUp("this instance has no keys of the seal: ask one that has, or set KANTA_SEAL_KEYS")
    at = clock.now()
    filled = await asyncio.to_thread(layout.as_docx, paper, at)
    sealed = await seal_document(tx, keys, filled, at=at)
    made = PaperWithContent(
        id=new_id(),
        tenancy_id=paper.tenancy_id,
        about=paper.about,
        language=paper.language,
        title=paper.title,
        said_sha256=paper.said,
        sha256=hashlib.sha256(sealed.content).hexdigest(),
        size=len(sealed.content),
        certificate=sealed.certificate,
        made_by=tx.actor.name,
        made_at=at,
        content=sealed.content,
    )
    if await store.add(tx, made):
        await record(tx, _act(made))
    return await store.same(tx, paper) or made  # of two who draw it up at once, the first one's


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
        subject=f"paper/{made.id}",
        at=made.made_at,
        tenancy_id=made.tenancy_id,
        facts={"about": made.about, "language": made.language.value, "document": made.sha256, "said": made.said_sha256},
    )
