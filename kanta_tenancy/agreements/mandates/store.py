"""Mandates in PostgreSQL, and which of them the signatories of an offer sign by."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.mandates.errors import MandateChanged, MandateNotFound
from kanta_tenancy.agreements.mandates.model import Mandate, RunsOut
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("agreements/mandate.insert", Nothing)
FIND: Final = statement("agreements/mandate.find", Mandate)
HOLD: Final = statement("agreements/mandate.hold", Mandate)
THESE: Final = statement("agreements/mandate.these", Mandate)
NEWEST: Final = statement("agreements/mandate.newest", Mandate)
SAVE_END: Final = statement("agreements/mandate.save_end", Mandate)
INSERT_USE: Final = statement("agreements/mandate.insert_use", Nothing)
RUNNING_OUT: Final = statement("agreements/mandate.running_out", RunsOut)

NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)


async def add(tx: Transaction, mandate: Mandate) -> None:
    said = msgspec.structs.asdict(mandate)
    of_the_statement = {name: said[name] for name in INSERT.parameters if name != "main_connector_id"}
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, **of_the_statement)


async def find(tx: Transaction, mandate_id: UUID) -> Mandate:
    """Read one.

    Raises:
        MandateNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, mandate_id=mandate_id), mandate_id)


async def hold(tx: Transaction, mandate_id: UUID) -> Mandate:
    """Read one and keep it from being ended until the transaction ends.

    Raises:
        MandateNotFound: the scope has none of that id.
    """
    return _found(await HOLD.one(tx, mandate_id=mandate_id), mandate_id)


async def these(tx: Transaction, mandate_ids: Collection[UUID]) -> dict[UUID, Mandate]:
    """Return those of the mandates that the scope has, by id; keep them from being ended until the transaction ends."""
    if not mandate_ids:
        return {}
    realm = tx.scope.main_connector_id
    found = await THESE.all(tx, main_connector_id=realm, mandate_ids=sorted(mandate_ids))
    return {one.id: one for one in found}


async def newest(tx: Transaction, *, before: UUID | None, count: int, tenancy_id: TenancyId | None) -> list[Mandate]:
    """Read a page, newest first: of one tenancy, or of all that the scope sees."""
    return await NEWEST.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        before=NEWEST_POSSIBLE if before is None else before,
        count=count,
    )


async def save_end(tx: Transaction, mandate: Mandate) -> None:
    """Write that one was ended.

    Raises:
        MandateChanged: somebody else ended it first.
    """
    said = msgspec.structs.asdict(mandate)
    if await SAVE_END.one(tx, **{name: said[name] for name in SAVE_END.parameters}) is None:
        raise MandateChanged(f"the mandate is no longer at version {mandate.version - 1}")


async def keep_uses(tx: Transaction, agreement: Agreement) -> None:
    """Write by which mandates the signatories of an offer sign."""
    rows = [
        {
            "id": new_id(),
            "main_connector_id": tx.scope.main_connector_id,
            "tenancy_id": agreement.tenancy_id,
            "agreement_id": agreement.id,
            "party": who.party,
            "position": who.position,
            "mandate_id": who.mandate_id,
        }
        for who in agreement.signatories
        if who.mandate_id is not None
    ]
    if rows:
        await INSERT_USE.run_many(tx, rows)


async def running_out(
    tx: Transaction, *, tenancy_id: TenancyId | None, after: tuple[date, UUID], until: date, count: int
) -> Sequence[RunsOut]:
    """Read which mandates end from a day on (after a place on it) until another, before those who sign by them have."""
    day, place = after
    return await RUNNING_OUT.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=tenancy_id,
        after_day=day,
        after_id=place,
        until=until,
        count=count,
    )


def _found(mandate: Mandate | None, mandate_id: UUID) -> Mandate:
    if mandate is None:
        raise MandateNotFound(f"no mandate {mandate_id}")
    return mandate
