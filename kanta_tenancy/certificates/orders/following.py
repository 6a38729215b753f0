"""What others' messages mean here: a certificate that came may be an ordered one; a promise kept by hand is a step."""

from typing import Final

import msgspec

from kanta_tenancy import promises
from kanta_tenancy.certificates.inventory.errors import CertificateMoveNotAllowed
from kanta_tenancy.certificates.inventory.model import CertificatesArrived
from kanta_tenancy.certificates.orders import actions, matching, owing, reading, steps
from kanta_tenancy.certificates.orders.errors import OrderNotFound
from kanta_tenancy.certificates.orders.model import Step
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import StoppedClock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message

# An arrival needs its certificate, and a revocation its serial number and reason: keeping their promises says neither.
_STEPS: Final = {owing.kind_of(step): step for step in (Step.DEPLOY, Step.CLOSE)}


async def certificates_arrived(tx: Transaction, message: Message) -> None:
    """Match new certificates to the orders that wait for them; subscribes to `certificate.arrived`."""
    told = msgspec.convert(message.body, CertificatesArrived)
    await matching.arrived(tx, StoppedClock(told.at), told.certificate_ids)


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Do the step of an order whose promise a person kept by hand, on the day of that; subscribes to `promise.kept`."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    step = _STEPS.get(kept.kind)
    if step is None:
        return
    try:
        order = await reading.order(tx, owing.id_in(kept.key))
    except OrderNotFound:
        return
    if steps.waits_for(order) is not step:  # it was done here as well
        return
    clock = StoppedClock(kept.at)
    if step is Step.CLOSE:
        await actions.close(tx, clock, order.id, version=order.version, because=None)
        return
    try:
        await actions.deploy(tx, clock, order.id, version=order.version, on=day_in_finland(kept.at))
    except CertificateMoveNotAllowed:  # somebody has retired it: people see that the order waits still
        return
