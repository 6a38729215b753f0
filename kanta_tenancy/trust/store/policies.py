"""Policies in PostgreSQL, version by version. The only module that reads `sql/queries/trust/policy.sql`."""

from datetime import datetime
from typing import Final

import msgspec

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import statement
from kanta_tenancy.trust.errors import PolicyChanged
from kanta_tenancy.trust.model import NOTHING_DECIDED, Policy


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("trust/policy.insert", Version)
AT: Final = statement("trust/policy.at", Policy)
NEWEST: Final = statement("trust/policy.newest", Policy)
PAGE: Final = statement("trust/policy.page", Policy)

NEWEST_POSSIBLE: Final = 2**31 - 1


async def add(tx: Transaction, policy: Policy) -> None:
    """Write the next version.

    Raises:
        PolicyChanged: another transaction wrote it first.
    """
    said = msgspec.structs.asdict(policy) | {"authorities": msgspec.to_builtins(policy.authorities)}
    if await INSERT.one(tx, main_connector_id=tx.scope.main_connector_id, **said) is None:
        raise PolicyChanged(f"the policy is no longer at version {policy.version - 1}")


async def at_instant(tx: Transaction, main_connector_id: MainConnectorId, at: datetime) -> Policy:
    """Read what was in force at an instant."""
    return await AT.one(tx, main_connector_id=main_connector_id, at=at) or NOTHING_DECIDED


async def newest(tx: Transaction) -> Policy:
    return await NEWEST.one(tx, main_connector_id=tx.scope.main_connector_id) or NOTHING_DECIDED


async def page(tx: Transaction, *, before: int | None, count: int) -> list[Policy]:
    """Read a page of versions, newest first."""
    begin = NEWEST_POSSIBLE if before is None else before
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, before=begin, count=count)
