"""Registering organisations, and the realm that they are registered in."""

from msgspec.structs import replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import OrganisationId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import checking
from kanta_tenancy.parties.actions import acts
from kanta_tenancy.parties.errors import PartyChanged
from kanta_tenancy.parties.model import NewOrganisation, Organisation, OrganisationChange
from kanta_tenancy.parties.store import organisations as store
from kanta_tenancy.parties.wording import Examination


async def found_realm(tx: Transaction, clock: Clock, owner: NewOrganisation) -> Organisation:
    """Make the realm that the transaction is in, and register its main connector as its first organisation.

    Raises:
        PartyUnfit: what was said of the main connector is not acceptable.
        MainConnectorExists: it has a realm already.
    """
    acts.only_main_connector(tx, "a realm")
    fit = _examined(owner)
    at = clock.now()
    organisation_id = OrganisationId(new_id())
    await store.insert_realm(
        tx, tx.scope.main_connector_id, organisation_id=organisation_id, business_id=fit.business_id, at=at
    )
    kept = await store.insert(tx, organisation_id, fit, at)
    await acts.journal(tx, "registered", None, kept, at=at)
    return kept


async def register_organisation(tx: Transaction, clock: Clock, new: NewOrganisation) -> Organisation:
    """Register an organisation; a tenancy makes it a tenant later.

    Raises:
        MainConnectorsOwn: the scope is a tenant's.
        PartyUnfit: what was said of it is not acceptable (K1.1).
        OrganisationExists: the realm has one with that business id.
    """
    acts.only_main_connector(tx, "registering organisations")
    fit = _examined(new)
    at = clock.now()
    kept = await store.insert(tx, OrganisationId(new_id()), fit, at)
    await acts.journal(tx, "registered", None, kept, at=at)
    return kept


async def change_organisation(
    tx: Transaction, clock: Clock, organisation_id: OrganisationId, change: OrganisationChange, *, version: int
) -> Organisation:
    """Write an organisation's names, language and OID anew; its business id never changes.

    Args:
        version: the one that the change was made from.

    Raises:
        OrganisationNotFound: the scope has none of that id.
        MainConnectorsOwn: the scope is a tenant's.
        PartyUnfit: the change is not acceptable (K1.1).
        PartyChanged: somebody changed it first.
    """
    before = await store.take(tx, organisation_id)
    acts.only_main_connector(tx, "changing organisations")
    if before.version != version:
        raise PartyChanged(f"the organisation is at version {before.version}", version=before.version)
    seen = Examination()
    fit = checking.change(change, seen)
    acts.fit(seen.flaws)
    after = replace(
        before,
        name=fit.name,
        parallel_names=fit.parallel_names,
        language=fit.language,
        oid=fit.oid,
        version=before.version + 1,
    )
    at = clock.now()
    kept = await store.save(tx, after, on_day=day_in_finland(at))
    await acts.journal(tx, "changed", before, kept, at=at)
    return kept


def _examined(new: NewOrganisation) -> NewOrganisation:
    seen = Examination()
    fit = checking.organisation(new, seen)
    acts.fit(seen.flaws)
    return fit
