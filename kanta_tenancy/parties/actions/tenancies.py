"""Making an organisation the main connector's tenant."""

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.actions import acts
from kanta_tenancy.parties.errors import OwnTenant
from kanta_tenancy.parties.model import Tenancy
from kanta_tenancy.parties.store import organisations
from kanta_tenancy.parties.store import tenancies as store
from kanta_tenancy.parties.wording import Examination


async def open_tenancy(
    tx: Transaction, clock: Clock, organisation_id: OrganisationId, *, reference: str | None = None
) -> Tenancy:
    """Make a registered organisation a tenant; from now on it sees what is its own.

    Args:
        reference: the main connector's own number for it; without one, the tenant's business id.

    Raises:
        OrganisationNotFound: the scope has none of that id.
        MainConnectorsOwn: the scope is a tenant's.
        OwnTenant: it is the main connector itself.
        PartyUnfit: the reference is not acceptable.
        TenancyExists: it is a tenant already, or the reference is another tenancy's.
    """
    tenant = await organisations.take(tx, organisation_id)
    acts.only_main_connector(tx, "taking on tenants")
    if (await organisations.main_connector(tx)).organisation_id == tenant.id:
        raise OwnTenant(f"{tenant.business_id} is the main connector of this realm", rule="K1.1")
    seen = Examination()
    chosen = seen.optional("reference", wording.name, reference)
    acts.fit(seen.flaws)
    tenancy = Tenancy(
        id=TenancyId(new_id()),
        organisation_id=tenant.id,
        reference=chosen or tenant.business_id,
        created_at=clock.now(),
    )
    await store.insert(tx, tenancy)
    await acts.journal(tx, "opened", None, tenancy, at=tenancy.created_at)
    kept = await store.hand_over(tx, tenancy)
    await acts.journal(tx, "handed_over", tenant, kept, at=tenancy.created_at)
    return tenancy
