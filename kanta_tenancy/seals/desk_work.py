"""What an operator does with the seal: gives it to a key, looks at whose it was, makes checkpoints."""

from pathlib import Path
from typing import Protocol

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties.desk_work import at_desk, realm, realms
from kanta_tenancy.parties.model import MainConnector
from kanta_tenancy.seals import elsewhere, rotating
from kanta_tenancy.seals.checkpointing import Made, checkpoint
from kanta_tenancy.seals.errors import CheckpointUnreadable, SealNotSetUp
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import SealCertificate
from kanta_tenancy.seals.rotating import HandOver
from kanta_tenancy.seals.store import certificates, checkpoints


class SealersDesk(Desk, Protocol):
    """An operator's desk that also reaches the keys of the service's seal."""

    def seal_keys(self) -> SealKeys | None:
        """Return the keys that lie beside the service; None when the settings name no folder."""
        ...


class MadeAt(Record, frozen=True, kw_only=True):
    main_connector: MainConnector
    made: Made


def keys_of(desk: SealersDesk) -> SealKeys:
    """Return the folder of the seal's keys.

    Raises:
        SealNotSetUp: the settings name none.
    """
    keys = desk.seal_keys()
    if keys is None:
        raise SealNotSetUp("The settings name no folder for the keys of the seal: set KANTA_SEAL_KEYS.")
    return keys


async def take_over(desk: SealersDesk, asked: HandOver) -> SealCertificate:
    """Give the seal to a key.

    Raises:
        SealNotSetUp, SealKeyUnusable, SuccessionRefused: as `rotating.take_over` says.
    """
    keys = keys_of(desk)
    async with desk.database() as db, db.unscoped() as connection:
        return await rotating.take_over(connection, keys, desk.clock, asked, operator=desk.operator)


async def listed(desk: Desk) -> list[SealCertificate]:
    """Return every certificate that the service has sealed with."""
    async with desk.database() as db, db.unscoped() as connection:
        return await certificates.every(connection)


async def make_checkpoints(desk: SealersDesk, main_connector: str | None) -> list[MadeAt]:
    """Make a checkpoint for one main connector, or for each."""
    keys, done = keys_of(desk), []
    async with desk.database() as db:
        for of in [await realm(db, main_connector)] if main_connector else await realms(db):
            async with db.transaction(at_desk(desk, of.id)) as tx:
                done.append(MadeAt(main_connector=of, made=await checkpoint(tx, keys, desk.clock)))
    return done


async def export(desk: Desk, main_connector: str | None, number: int | None) -> bytes:
    """Return a checkpoint as a file: the newest, or the one of a number.

    Raises:
        OrganisationNotFound: there is no such main connector, or several and none was named.
        CheckpointNotFound: there is no such checkpoint, or none at all.
    """
    async with desk.database() as db:
        of = await realm(db, main_connector)
        async with db.transaction(at_desk(desk, of.id)) as tx:
            found = await checkpoints.newest(tx) if number is None else []
            one = found[0] if found else await checkpoints.find(tx, number or 0)
            return elsewhere.written(one, await checkpoints.heads_at(tx, one.number))


def read_kept(file: Path) -> elsewhere.KeptCheckpoint:
    """Read a checkpoint that was kept elsewhere.

    Raises:
        OSError: the file cannot be read.
        CheckpointUnreadable: it is none.
    """
    if file.stat().st_size > elsewhere.LARGEST:
        raise CheckpointUnreadable(f"{file.name} is larger than {elsewhere.LARGEST} bytes")
    return elsewhere.read(file.read_bytes())
