"""Yearly looks into Soteri, in PostgreSQL: who works out what is owed of them, one after the other."""

from typing import Final

from kanta_tenancy.kernel.identifiers import OrganisationId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

ONE_AT_A_TIME: Final = statement("agreements/look.one_at_a_time", Nothing)


async def one_at_a_time(tx: Transaction, organisation_id: OrganisationId) -> None:
    """Wait for whoever works out right now what is owed of a party's looks, and make others wait."""
    await ONE_AT_A_TIME.run(tx, organisation_id=organisation_id)
