"""What the sweep and the messages should have put down is held against the certificates themselves, each night.

A message may have been given up, or a row have been changed by hand: then neither the windows nor a message come back
to that certificate before its next level, which may be its last. So nothing of what was done before is trusted here.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from kanta_tenancy.certificates.warnings import changes, levels, owing, thresholds
from kanta_tenancy.certificates.warnings.model import Mark
from kanta_tenancy.certificates.warnings.store import sweeps
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record

SETTLED: Final = timedelta(hours=1)  # what came or changed within it is a message that is on its way

log: Final = structlog.get_logger("kanta_tenancy.certificates")


async def reconcile(tx: Transaction, clock: Clock) -> int:
    """Put down what was missed, and release what was forgotten; whoever comes second finds nothing.

    Returns:
        Of how many certificates.
    """
    at = clock.now()
    if not await sweeps.any_certificate(tx):
        return 0
    await changes.be_ready(tx, at)
    mark = await sweeps.hold(tx)
    return 0 if mark is None else await _reconcile(tx, mark, at)


async def _reconcile(tx: Transaction, mark: Mark, at: datetime) -> int:
    through, before = mark.swept_through, at - SETTLED
    spans = levels.spans(thresholds.thresholds_on(through, await sweeps.kinds_in_use(tx)), through)
    missed = await sweeps.missed(tx, spans, through, settled_before=before)
    outlived = await sweeps.outlived(tx, through, settled_before=before)
    if not missed and not outlived:
        return 0
    await changes.look_again(tx, {*missed, *outlived}, mark, at)
    facts = {"missed": len(missed), "outlived": len(outlived)}
    subject = owing.subject(tx.scope.main_connector_id)
    await record(tx, Act(action="certificate_warnings.reconciled", subject=subject, at=at, facts=facts))
    log.error("certificate warnings amiss", main_connector=str(tx.scope.main_connector_id), **facts)
    return len({*missed, *outlived})
