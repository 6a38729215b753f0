"""What is handled at once: certificates that arrive or change, and what is found amiss. Subscribers of the outbox."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.certificates.warnings import levels, owing, telling, thresholds, weighing
from kanta_tenancy.certificates.warnings.model import Mark
from kanta_tenancy.certificates.warnings.store import sweeps
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message, Undeliverable


async def certificates_arrived(tx: Transaction, message: Message) -> None:
    """Warn of what has come to a level before it arrived; subscribes to `certificate.arrived`."""
    await reconsider(tx, [UUID(str(one)) for one in message.body["certificate_ids"]], message.at)


async def certificate_changed(tx: Transaction, message: Message) -> None:
    """Warn anew, or no longer, of what people say something else of; subscribes to `certificate.changed`."""
    await reconsider(tx, [UUID(str(message.body["certificate_id"]))], message.at)


async def findings_changed(tx: Transaction, message: Message) -> None:
    """Have errors told soon, the rest in the morning; subscribes to `certificate_findings.changed`."""
    await be_ready(tx, message.at)
    if await telling.any_error_to_tell(tx, day_in_finland(message.at)):
        await _tell_soon(tx, message.at)


async def reconsider(tx: Transaction, ids: list[UUID], at: datetime) -> None:
    """Look at certificates by themselves: they came late, or something else is said of them.

    What is urgent is told within a quarter of an hour, with whatever else has come up; the rest waits for the morning.

    Raises:
        Undeliverable: a sweep is at work.
    """
    await be_ready(tx, at)
    mark = await sweeps.hold_unless_held(tx)
    if mark is None:  # whoever waited here could hold what the sweep waits for
        raise Undeliverable("a sweep is at work")
    await look_again(tx, ids, mark, at)


async def look_again(tx: Transaction, ids: Collection[UUID], mark: Mark, at: datetime) -> None:
    """Look at certificates by themselves while the mark is held, and have what is urgent told soon."""
    opened = await weighing.weigh(tx, ids, mark.swept_through, at=at)
    today = day_in_finland(at)
    if any(thresholds.patience_on(today, (one.ends_on - today).days).urgent for one in opened):
        await _tell_soon(tx, at)


async def be_ready(tx: Transaction, at: datetime) -> None:
    """Have a mark for the realm, and a sweep each morning from then on."""
    if await sweeps.begin(tx, levels.day_reached(at), at=at):
        await promises.owe(tx, owing.to_sweep(tx.scope.main_connector_id, at=at))


async def _tell_soon(tx: Transaction, at: datetime) -> None:
    await promises.owe(tx, owing.to_tell(tx.scope.main_connector_id, levels.next_quarter(at), at=at))
