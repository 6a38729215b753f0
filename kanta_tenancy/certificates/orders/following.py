"""What others' messages mean here: a certificate that came into the inventory may be one that was ordered."""

import msgspec

from kanta_tenancy.certificates.inventory.model import CertificatesArrived
from kanta_tenancy.certificates.orders import matching
from kanta_tenancy.kernel.clock import StoppedClock
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message


async def certificates_arrived(tx: Transaction, message: Message) -> None:
    """Match new certificates to the orders that wait for them; subscribes to `certificate.arrived`."""
    told = msgspec.convert(message.body, CertificatesArrived)
    await matching.arrived(tx, StoppedClock(told.at), told.certificate_ids)
