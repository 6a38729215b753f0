"""The journal over HTTP: what was done, by whom and when, in the order in which it was sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from kanta_tenancy.kernel.acting import Actor, Scope
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound, check_tenancy


class JournalAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: (
        Annotated[UUID, msgspec.Meta(description="Whose acts; the main connector's own when it is left out")] | None
    ) = None


class ShownEntry(Body, frozen=True, kw_only=True):
    sequence: int
    at: datetime
    actor: Actor
    action: str
    subject: str
    request_id: str
    before: Annotated[str | None, msgspec.Meta(description="SHA-256 of the subject's state before")]
    after: Annotated[str | None, msgspec.Meta(description="SHA-256 of the subject's state after")]
    facts: Mapping[str, str | int | None]
    text: Annotated[str, msgspec.Meta(description="The entry as it was sealed, for checking its digest")]
    digest: Annotated[str, msgspec.Meta(description="SHA-256 of the digest before, the sequence and the text")]


@get(
    "/",
    operation_id="readJournal",
    opt=needs(Permission.JOURNAL_READ, query=JournalAsked),
    responses=refusals(TenancyNotFound),
)
async def read_journal(call: NamedDependency[Call]) -> Response[Page[ShownEntry]]:
    """Read a chain of the journal from its beginning: a tenancy's, or the main connector's own acts."""
    asked = call.asked(JournalAsked)
    after = asked.position(int) or 0
    async with call.transaction() as tx:
        if asked.tenancy_id is not None:
            await check_tenancy(tx, TenancyId(asked.tenancy_id))
        chain = asked.tenancy_id or _own_chain(tx.scope)
        rows = await journal.ENTRIES.all(tx, chain=chain, after=after, batch=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=_shown)


def _own_chain(scope: Scope) -> UUID:
    return scope.tenancy_id or scope.main_connector_id


def _shown(kept: journal.Kept) -> ShownEntry:
    entry = msgspec.json.decode(kept.entry, type=journal.Entry)
    said = msgspec.structs.asdict(entry)
    return ShownEntry(**said, sequence=kept.sequence, text=kept.entry, digest=kept.digest.hex())


def _position(kept: journal.Kept) -> int:
    return kept.sequence


ROUTES: Final = Router(path="/journal", route_handlers=[read_journal], tags=["Journal"])
