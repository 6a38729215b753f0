"""The report of a month, read."""

from datetime import date

from kanta_tenancy import parties
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.renewals.report import Heading, Report, report
from kanta_tenancy.renewals.store import figures


async def of_month(
    tx: Transaction, clock: Clock, month: date, language: Language, *, tenancy_id: TenancyId | None
) -> Report:
    """Read how requests went that were closed in a month: of all, or of a tenant; a tenant's is of itself.

    Args:
        month: any day of it.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
    """
    now = clock.now()
    today = day_in_finland(now)
    whose = tx.scope.tenancy_id or tenancy_id
    tenant = None
    if whose is not None:
        both = await parties.the_parties(tx, whose, on_day=today)
        tenant, owner = both.tenant.name, (both.main_connector.name, both.main_connector.business_id)
    else:
        realm = await parties.main_connector_on(tx, today)
        owner = (realm.name, realm.business_id)
    first = month.replace(day=1)
    heading = Heading(
        month=first,
        language=language,
        made_at=now,
        main_connector=owner[0],
        business_id=owner[1],
        tenant=tenant,
    )
    return report(heading, await figures.of_month(tx, first, holder=whose))
