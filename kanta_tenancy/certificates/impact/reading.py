"""Questions about whom certificates stand for; each is one query that an index answers, whatever the day."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.certificates.impact import store
from kanta_tenancy.certificates.impact.model import Reach
from kanta_tenancy.certificates.impact.telling import in_order
from kanta_tenancy.machinery.postgres.database import Transaction


async def reach_of(tx: Transaction, certificate_ids: Iterable[UUID], day: date) -> dict[UUID, Reach]:
    """Count what stands behind each of these certificates on a day; one that nothing is known of reaches nobody."""
    return await reach_on_days(tx, dict.fromkeys(certificate_ids, day))


async def reach_on_days(tx: Transaction, days: Mapping[UUID, date]) -> dict[UUID, Reach]:
    """Count what stands behind certificates, each on a day of its own: the one on which it lapses."""
    return {one.certificate_id: _arranged(one) for one in await store.reach(tx, days)} if days else {}


def _arranged(found: Reach) -> Reach:
    return replace(found, services=in_order(found.services), own_services=in_order(found.own_services))
