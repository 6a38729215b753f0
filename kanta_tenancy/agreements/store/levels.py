"""The levels of signatures in PostgreSQL, and the revisions of documents that come of raising them."""

from typing import Final

from kanta_tenancy.agreements.model import Agreement, Document, Party
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Place(Record, frozen=True, kw_only=True):
    """Whose signature, on which agreement."""

    agreement_id: AgreementId
    party: Party
    position: int


class Risen(Record, frozen=True, kw_only=True):
    level: Level


RAISE: Final = statement("agreements/level.raise", Risen)
WANT: Final = statement("agreements/level.want", Nothing)
EARLIER: Final = statement("agreements/level.earlier", Document)
OWED: Final = statement("agreements/level.owed", Place)

_FIRST: Final = Place(agreement_id=AgreementId(agreements.OLDEST_POSSIBLE), party=Party.MAIN_CONNECTOR, position=0)


async def put_down(tx: Transaction, agreement: Agreement, place: Place, level: Level, document: Document) -> None:
    """Keep a revision of the document, and the level that a signature has in it."""
    await agreements.add_document(tx, agreement, document)
    await RAISE.one(tx, agreement_id=agreement.id, party=place.party, position=place.position, level=level)


async def want(tx: Transaction, place: Place, level: Level) -> None:
    """Say to which level a signature is to come, when that is another than when it was accepted."""
    await WANT.run(tx, agreement_id=place.agreement_id, party=place.party, position=place.position, level=level)


async def earlier_revisions(tx: Transaction, agreement_id: AgreementId, newest: Document) -> tuple[bytes, ...]:
    """Read what somebody may have signed before the document became its newest revision, newest first."""
    if newest.revision == 0:
        return ()
    found = await EARLIER.all(tx, agreement_id=agreement_id, signatures=newest.signatures, revision=newest.revision)
    return tuple(one.content for one in found)


async def owed(tx: Transaction, *, after: Place | None, count: int) -> list[Place]:
    """Read a page of signatures that are to reach a higher level than they have."""
    begin = after or _FIRST
    return await OWED.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        agreement_id=begin.agreement_id,
        party=begin.party,
        position=begin.position,
        count=count,
    )
