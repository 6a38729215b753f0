"""Makes a proof bundle: reads, composes, has the manifest sealed, once for the same content."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.proofs import bundle, composing, store
from kanta_tenancy.proofs.gathering import gather
from kanta_tenancy.proofs.model import MANIFEST, MANIFEST_SEAL, Gathered
from kanta_tenancy.seals import Kind, SealKeys, SealNotSetUp, seal

Begin = Callable[[], AbstractAsyncContextManager[Transaction]]


class Made(Record, frozen=True, kw_only=True):
    agreement: Agreement
    content: bytes


async def make(begin: Begin, clock: Clock, keys: SealKeys | None, agreement_id: AgreementId) -> Made:
    """Make the proof bundle of an agreement; the same content gives the same bytes, whoever asks and whenever.

    Args:
        begin: begins a transaction of whoever asks. None is open while the bundle is put together.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        DocumentNotFound: it is a draft: there is nothing to prove.
        ProofNotReady: the next checkpoint, or the seals on its receipts, are still to come.
        SealNotSetUp, SealKeyUnusable: the manifest cannot be sealed here.
    """
    async with begin() as tx:
        gathered = await gather(tx, agreement_id, clock.now())
    files = await asyncio.to_thread(composing.compose, gathered)
    async with begin() as tx:
        files[MANIFEST_SEAL] = (await _sealed(tx, clock, keys, gathered, files[MANIFEST])).encode()
    return Made(agreement=gathered.agreement, content=await asyncio.to_thread(bundle.write, files))


async def _sealed(tx: Transaction, clock: Clock, keys: SealKeys | None, gathered: Gathered, manifest: bytes) -> str:
    sha256 = hashlib.sha256(manifest).hexdigest()
    kept = await store.find(tx, gathered.agreement.id, sha256)
    if kept is not None:
        return kept
    if keys is None:
        raise SealNotSetUp("this instance has no keys of the seal: ask one that has, or set KANTA_SEAL_KEYS")
    at = clock.now()
    made = await seal(tx, keys, Kind.PROOF, composing.statement(gathered, manifest), at=at)
    of = gathered.agreement
    await store.add(tx, tenancy_id=of.tenancy_id, agreement_id=of.id, manifest_sha256=sha256, seal=made, sealed_at=at)
    return await store.find(tx, of.id, sha256) or made  # of two who seal at once, the first
