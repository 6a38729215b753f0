"""Papers in PostgreSQL. The only module that reads `sql/queries/papers/`."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement
from kanta_tenancy.papers.errors import PaperNotFound
from kanta_tenancy.papers.model import KeptPaper, Paper, PaperWithContent


class Added(Record, frozen=True, kw_only=True):
    id: UUID


ADD: Final = statement("papers/paper.add", Added)
SAME: Final = statement("papers/paper.same", KeptPaper)
PAGE: Final = statement("papers/paper.page", KeptPaper)
EVERY: Final = statement("papers/paper.every", PaperWithContent)
KEPT: Final = statement("papers/paper.kept", PaperWithContent)
FIND: Final = statement("papers/paper.find", PaperWithContent)


async def same(tx: Transaction, paper: Paper | KeptPaper) -> KeptPaper | None:
    """Find the paper that says the same of the same in that language."""
    return await SAME.one(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        about=paper.about,
        language=paper.language,
        said_sha256=paper.said if isinstance(paper, Paper) else paper.said_sha256,
    )


async def add(tx: Transaction, made: PaperWithContent) -> bool:
    """Keep a paper; false: another one that says the same came first."""
    said = msgspec.structs.asdict(made)
    return await ADD.one(tx, main_connector_id=tx.scope.main_connector_id, **said) is not None


async def page(tx: Transaction, about: str, *, before: UUID | None, count: int) -> list[KeptPaper]:
    """Read a page of the papers about something, newest first."""
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        about=about,
        before=before or UUID(int=2**128 - 1),
        count=count,
    )


async def every(tx: Transaction, abouts: Collection[str]) -> list[PaperWithContent]:
    """Read all papers about these with their bytes, the oldest first."""
    return await EVERY.all(tx, main_connector_id=tx.scope.main_connector_id, abouts=list(abouts))


async def kept(tx: Transaction, paper_id: UUID) -> PaperWithContent | None:
    """Read a paper with its bytes, whatever it is about."""
    return await KEPT.one(tx, main_connector_id=tx.scope.main_connector_id, id=paper_id)


async def find(tx: Transaction, about: str, paper_id: UUID) -> PaperWithContent:
    """Read a paper with its bytes.

    Raises:
        PaperNotFound: the scope has none of that id about this.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, about=about, id=paper_id)
    if found is None:
        raise PaperNotFound(f"no document {paper_id}")
    return found
