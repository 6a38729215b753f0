"""The main connectors' keys beside the service, as the settings have them, and the job that signs with them."""

from datetime import timedelta
from functools import partial

from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.asking import WaysOut, outside
from kanta_tenancy.assembly.background import Job
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.x509.shelf import KeyShelf
from kanta_tenancy.machinery.x509.signing_key import SigningKey


def shelf_of(settings: Settings) -> KeyShelf | None:
    return None if settings.signing_keys is None else KeyShelf(settings.signing_keys)


def own_key(shelf: KeyShelf | None) -> OwnKey:
    def find(main_connector_id: MainConnectorId) -> SigningKey | None:
        return None if shelf is None else shelf.find(str(main_connector_id))

    return find


async def pay_signatures(db: Database, clock: Clock, *, own_key: OwnKey, ways: WaysOut) -> int:
    """Have what is to be signed here signed; where a level is required, the authorities are asked for it."""
    return await promised.pay_signatures(db, clock, own_key=own_key, outside=outside(ways, clock))


def signing_jobs(settings: Settings, ways: WaysOut) -> tuple[Job, ...]:
    """Return the job of an instance that has keys beside it; offers wait for one that has."""
    shelf = shelf_of(settings)
    if shelf is None:
        return ()
    return (
        Job(
            name="signatures",
            every=timedelta(seconds=1),
            run=partial(pay_signatures, own_key=own_key(shelf), ways=ways),
        ),
    )
