"""Tenancies in PostgreSQL, and what agreements need to know of both parties."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, Statement, statement
from kanta_tenancy.parties.errors import OrganisationNotFound, TenancyExists, TenancyNotFound
from kanta_tenancy.parties.model import (
    FactsOfTenancy,
    NamedOnDay,
    NamedParty,
    Organisation,
    PartyFacts,
    Role,
    Tenancy,
    TenancyLine,
    TheParties,
)

INSERT: Final[Statement[Nothing]] = statement("parties/tenancy.insert", Nothing)
HAND_OVER: Final[Statement[Organisation]] = statement("parties/tenancy.hand_over", Organisation)
FIND: Final[Statement[TenancyLine]] = statement("parties/tenancy.find", TenancyLine)
FIND_OF_ORGANISATIONS: Final[Statement[Tenancy]] = statement("parties/tenancy.find_of_organisations", Tenancy)
FIND_REFERENCES: Final[Statement[Tenancy]] = statement("parties/tenancy.find_references", Tenancy)
PAGE: Final[Statement[TenancyLine]] = statement("parties/tenancy.page", TenancyLine)
NAMES_ON: Final[Statement[NamedParty]] = statement("parties/tenancy.names_on", NamedParty)
NAMED_ON: Final[Statement[NamedOnDay]] = statement("parties/tenancy.named_on", NamedOnDay)
PARTIES: Final[Statement[PartyFacts]] = statement("parties/tenancy.parties", PartyFacts)
PARTIES_OF_MANY: Final[Statement[FactsOfTenancy]] = statement("parties/tenancy.parties_of_many", FactsOfTenancy)

_TAKEN: Final = {
    "tenancy_organisation": "the organisation is a tenant already",
    "tenancy_reference": "another tenancy has that reference",
}


async def insert(tx: Transaction, tenancy: Tenancy) -> None:
    """Write a new tenancy; the organisation must be held.

    Raises:
        TenancyExists: the organisation has one, or another one has that reference.
    """
    realm = tx.scope.main_connector_id
    try:
        await INSERT.run(
            tx,
            id=tenancy.id,
            main_connector_id=realm,
            organisation_id=tenancy.organisation_id,
            reference=tenancy.reference,
            created_at=tenancy.created_at,
        )
    except asyncpg.UniqueViolationError as why:
        detail = _TAKEN[str(why.constraint_name)]
        raise TenancyExists(detail, organisation_id=str(tenancy.organisation_id)) from why


async def hand_over(tx: Transaction, tenancy: Tenancy) -> Organisation:
    """Let a new tenant see what is its own, and return it as it is now; the organisation must be held.

    Raises:
        OrganisationNotFound: the scope has no such organisation.
    """
    realm = tx.scope.main_connector_id
    kept = await HAND_OVER.one(
        tx, main_connector_id=realm, tenancy_id=tenancy.id, organisation_id=tenancy.organisation_id
    )
    if kept is None:
        raise OrganisationNotFound(f"no organisation {tenancy.organisation_id}")
    return kept


async def find(tx: Transaction, tenancy_id: TenancyId) -> TenancyLine:
    """Read a tenancy.

    Raises:
        TenancyNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, id=tenancy_id)
    if found is None:
        raise TenancyNotFound(f"no tenancy {tenancy_id}")
    return found


async def check_tenancy(tx: Transaction, tenancy_id: TenancyId) -> None:
    """Refuse to go on with a tenancy that is not there.

    Raises:
        TenancyNotFound: the scope has none of that id.
    """
    await find(tx, tenancy_id)


async def of_organisations(tx: Transaction, organisation_ids: Iterable[OrganisationId]) -> list[Tenancy]:
    realm = tx.scope.main_connector_id
    return await FIND_OF_ORGANISATIONS.all(tx, main_connector_id=realm, organisation_ids=list(organisation_ids))


async def with_references(tx: Transaction, references: Iterable[str]) -> list[Tenancy]:
    return await FIND_REFERENCES.all(tx, main_connector_id=tx.scope.main_connector_id, references=list(references))


async def page(tx: Transaction, *, after: UUID, limit: int) -> list[TenancyLine]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, limit=limit)


async def the_parties(tx: Transaction, tenancy_id: TenancyId, *, on_day: date) -> TheParties:
    """Return both parties of a tenancy as they are now, in one round trip; a tenant too gets to know the other one.

    Args:
        on_day: the day on which a contact must be valid.

    Raises:
        TenancyNotFound: the scope has no tenancy of that id.
    """
    sides = {facts.role: facts for facts in await PARTIES.all(tx, tenancy_id=tenancy_id, on_day=on_day)}
    if len(sides) != len((Role.MAIN_CONNECTOR, Role.TENANT)):
        raise TenancyNotFound(f"no tenancy {tenancy_id}")
    return TheParties(tenancy_id=tenancy_id, main_connector=sides[Role.MAIN_CONNECTOR], tenant=sides[Role.TENANT])


async def the_parties_as_of(tx: Transaction, tenancy_id: TenancyId, day: date) -> TheParties:
    """Return both parties by what they were called on a day, with the contact of that day; numbers are those of now.

    Names are known from the day on which they were told here; before that, a party is called what it was called first.

    Raises:
        TenancyNotFound: the scope has no tenancy of that id.
    """
    both = await the_parties(tx, tenancy_id, on_day=day)
    called = {one.role: one.name for one in await NAMES_ON.all(tx, tenancy_id=tenancy_id, on_day=day)}
    return TheParties(
        tenancy_id=tenancy_id,
        main_connector=replace(both.main_connector, name=called[Role.MAIN_CONNECTOR]),
        tenant=replace(both.tenant, name=called[Role.TENANT]),
    )


async def tenants_on(tx: Transaction, tenancy_ids: Iterable[TenancyId], day: date) -> dict[TenancyId, NamedOnDay]:
    """Return the tenants of those of these tenancies that the scope has, by their names on a day.

    Names are known from the day on which they were told here; before that, a tenant is called what it was called first.
    """
    asked = list(tenancy_ids)
    found = await NAMED_ON.all(tx, main_connector_id=tx.scope.main_connector_id, tenancy_ids=asked, on_day=day)
    return {one.tenancy_id: one for one in found if one.tenancy_id is not None}


async def the_parties_of_many(
    tx: Transaction, tenancies: Sequence[TenancyId], *, on_day: date
) -> dict[TenancyId, TheParties]:
    """Return both parties of each of these tenancies that the scope has, in one round trip.

    Args:
        on_day: the day on which a contact must be valid.
    """
    sides: dict[TenancyId, dict[Role, PartyFacts]] = {}
    for facts in await PARTIES_OF_MANY.all(tx, tenancies=tenancies, on_day=on_day):
        sides.setdefault(facts.tenancy_id, {})[facts.role] = facts
    return {
        tenancy_id: TheParties(
            tenancy_id=tenancy_id, main_connector=both[Role.MAIN_CONNECTOR], tenant=both[Role.TENANT]
        )
        for tenancy_id, both in sides.items()
    }
