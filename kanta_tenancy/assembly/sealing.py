"""The service's seal as the settings have it: its keys, its jobs, and whether it can seal now."""

from datetime import timedelta
from functools import partial

import structlog

from kanta_tenancy.agreements.receipts import sealing as receipts
from kanta_tenancy.agreements.receipts.model import SEAL
from kanta_tenancy.assembly.asking import WaysOut
from kanta_tenancy.assembly.background import Job
from kanta_tenancy.assembly.home import SEAL_KEYS, seal_keys_folder
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.assembly.stamping import stamp_all
from kanta_tenancy.kernel.acting import Actor, ActorKind
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.promises import pay_due
from kanta_tenancy.seals import certificates, sealing
from kanta_tenancy.seals.jobs import CHECKPOINT, keeper, owe_checkpoints
from kanta_tenancy.seals.keys import KINDS, KeyAsked, SealKeys
from kanta_tenancy.seals.model import Fate
from kanta_tenancy.seals.rotating import HandOver, take_over

log = structlog.get_logger("kanta_tenancy.work")


def seal_keys(settings: Settings) -> SealKeys | None:
    """Return the keys of the seal; None when there is no folder for them."""
    folder = seal_keys_folder(settings)
    return None if folder is None else SealKeys(folder)


def sealing_jobs(settings: Settings, ways: WaysOut) -> tuple[Job, ...]:
    """Return the jobs of an instance that has the seal's keys; others leave sealing to it."""
    keys = seal_keys(settings)
    if keys is None:
        log.info("the seal is not set up")
        return ()
    checkpoints, sealed = {CHECKPOINT: keeper(keys)}, {SEAL: receipts.keeper(keys)}

    stamp = partial(stamp_all, outgoing=ways.stamps)
    return (
        Job(name="owe-checkpoints", every=timedelta(minutes=5), run=owe_checkpoints),
        Job(name="checkpoints", every=timedelta(seconds=5), run=partial(pay_due, keepers=checkpoints)),
        Job(name="stamp-checkpoints", every=timedelta(minutes=1), run=stamp),
        Job(name="owe-receipt-seals", every=timedelta(minutes=5), run=receipts.owe_seals),
        Job(name="receipt-seals", every=timedelta(seconds=5), run=partial(pay_due, keepers=sealed)),
    )


async def ensure_seal(settings: Settings, db: Database, clock: Clock) -> None:
    """Make a seal for trying out, in the home, unless the settings name a folder; a new home begins a new seal."""
    if settings.seal_keys is not None:
        return
    folder = settings.home / SEAL_KEYS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = SealKeys(folder)
    async with db.unscoped() as connection:
        known = await certificates(connection)
        if known and keys.has(known[-1].sha256):
            return
        asked = KeyAsked(name=keys.free_name(), kind=KINDS[0], organisation="Sample", at=clock.now(), days=3650)
        keys.make(asked)
        fate = Fate.LOST if known else Fate.NONE
        operator = Actor(kind=ActorKind.OPERATOR, name="run")
        await take_over(connection, keys, clock, HandOver(name=asked.name, fate=fate), operator=operator)


class SealCheck:
    """Raises when there is a folder for the seal's keys, a key has taken over, and this instance could not seal now."""

    def __init__(self, keys: SealKeys | None, db: Database, clock: Clock) -> None:
        self._keys = keys
        self._db = db
        self._clock = clock

    async def __call__(self) -> None:
        if self._keys is not None:
            async with self._db.unscoped() as connection:
                await sealing.try_out(connection, self._keys, at=self._clock.now())
