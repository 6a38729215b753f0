"""What watched servers did, in PostgreSQL. The only module that reads `sql/queries/certificates/observation.sql`."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.watching.model import Observation, Seen
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

LAST: Final = statement("certificates/observation.last", Observation)
INSERT: Final = statement("certificates/observation.insert", Nothing)
AGAIN: Final = statement("certificates/observation.again", Nothing)
PAGE: Final = statement("certificates/observation.page", Observation)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def note(
    tx: Transaction, endpoint_id: UUID, seen: Seen, *, address: str | None, detail: str, at: datetime
) -> bool:
    """Write what a server did; return whether it is something else than before."""
    realm = tx.scope.main_connector_id
    last = await LAST.one(tx, main_connector_id=realm, endpoint_id=endpoint_id)
    if last is not None and _same(last, seen):
        await AGAIN.run(tx, main_connector_id=realm, id=last.id, address=address, detail=detail, at=at)
        return False
    said = msgspec.structs.asdict(seen) | {"chain": list(seen.chain)}
    await INSERT.run(
        tx,
        main_connector_id=realm,
        id=new_id(),
        endpoint_id=endpoint_id,
        address=address,
        detail=detail,
        at=at,
        **said,
    )
    return True


async def page(tx: Transaction, endpoint_id: UUID, *, before: UUID | None, count: int) -> list[Observation]:
    """Read a page of what a server did, newest first."""
    return await PAGE.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        endpoint_id=endpoint_id,
        before=before or NEWEST_POSSIBLE,
        count=count,
    )


def _same(last: Observation, seen: Seen) -> bool:
    return all(getattr(last, name) == getattr(seen, name) for name in Seen.__struct_fields__)
