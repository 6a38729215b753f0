"""How the journal names what happened to orders: on the main connector's own chain."""

from datetime import datetime

from kanta_tenancy.certificates.orders.model import CertificateOrder
from kanta_tenancy.machinery.postgres.journal import Act, digest_of

Facts = str | int | None


def of_order(
    done: str, before: CertificateOrder | None, after: CertificateOrder, *, at: datetime, **facts: Facts
) -> Act:
    return Act(
        action=f"certificate_order.{done}",
        subject=f"certificate_order/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )
