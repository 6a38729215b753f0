"""How the main connector wants requests followed, in PostgreSQL."""

from typing import Final

from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.renewals.model import DecidedPolicy

INSERT: Final = statement("renewals/policy.insert", Nothing)
NEWEST: Final = statement("renewals/policy.newest", DecidedPolicy)


async def add(tx: Transaction, policy: DecidedPolicy) -> None:
    await INSERT.run(
        tx,
        id=new_id(),
        main_connector_id=tx.scope.main_connector_id,
        warn_after_hours=policy.warn_after_hours,
        hand_over_after_hours=policy.hand_over_after_hours,
        decided_at=policy.decided_at,
    )


async def newest(tx: Transaction) -> DecidedPolicy | None:
    """Read the policy that counts; None: the main connector has chosen nothing."""
    return await NEWEST.one(tx, main_connector_id=tx.scope.main_connector_id)
