"""Makes the bundle of a case: a room above says what it holds; the journal about it is read, the manifest is sealed."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.proofs import bundle, composing_cases, store
from kanta_tenancy.proofs.cases import Case, GatheredCase, Told, ids_of
from kanta_tenancy.proofs.errors import ProofNotReady
from kanta_tenancy.proofs.model import MANIFEST, MANIFEST_SEAL
from kanta_tenancy.seals import Kind, SealKeys, SealNotSetUp, certificates, covering, cut, prove, seal
from kanta_tenancy.trust import judging

Begin = Callable[[], AbstractAsyncContextManager[Transaction]]
Collect = Callable[[Transaction], Awaitable[Case]]


class MadeCase(Record, frozen=True, kw_only=True):
    case: Case
    content: bytes


async def make_case(begin: Begin, clock: Clock, keys: SealKeys | None, collect: Collect) -> MadeCase:
    """Make the proof bundle of a case; the same content gives the same bytes, whenever it is asked for.

    Args:
        begin: begins a transaction of whoever asks. None is open while the bundle is put together.
        collect: reads what the bundle holds, as far as whoever asks sees it.

    Raises:
        ProofNotReady: the next checkpoint is still to come, or the journal does not tell of the case.
        ProofTooLarge: it would hold more than is verified.
        SealNotSetUp, SealKeyUnusable: the manifest cannot be sealed here.
    """
    async with begin() as tx:
        gathered = await _gathered(tx, await collect(tx), clock.now())
    files = await asyncio.to_thread(composing_cases.compose, gathered)
    async with begin() as tx:
        files[MANIFEST_SEAL] = (await _sealed(tx, clock, keys, gathered, files[MANIFEST])).encode()
    return MadeCase(case=gathered.case, content=await asyncio.to_thread(bundle.write, files))


async def _gathered(tx: Transaction, case: Case, now: datetime) -> GatheredCase:
    ids = ids_of((case.subject, *case.subjects))
    spans = {}
    for chain in dict.fromkeys(case.chains):
        span = await store.span(tx, chain, ids, case.since)
        if span is not None:
            spans[chain] = span
    if not spans:
        raise ProofNotReady("the journal does not tell of it")
    seen = [await covering(tx, chain, last) for chain, (_, last) in spans.items()]
    made = [one for one in seen if one is not None]
    if len(made) < len(seen):
        raise ProofNotReady("no checkpoint of the journal has seen the case as it is now; one is made each hour")
    checkpoint = max(made, key=lambda one: one.number)  # it has seen whatever one before it saw
    proofs = [await prove(tx, chain, checkpoint) for chain in spans]
    realm = tx.scope.main_connector_id
    return GatheredCase(
        main_connector_id=realm,
        case=case,
        checkpoint=checkpoint,
        told=tuple(
            [
                Told(part=await cut(tx, proof.chain, first=spans[proof.chain][0], last=proof.sequence), proof=proof)
                for proof in proofs
            ]
        ),
        line=tuple(await certificates(tx)),
        judging=await judging(tx, realm, checkpoint.at),
        judging_now=await judging(tx, realm, now),
    )


async def _sealed(tx: Transaction, clock: Clock, keys: SealKeys | None, of: GatheredCase, manifest: bytes) -> str:
    sha256 = hashlib.sha256(manifest).hexdigest()
    named = (of.case.tenancy_id, of.case.subject, sha256)
    kept = await store.find_of_case(tx, *named)
    if kept is not None:
        return kept
    if keys is None:
        raise SealNotSetUp("this instance has no keys of the seal: ask one that has, or set KANTA_SEAL_KEYS")
    at = clock.now()
    made = await seal(tx, keys, Kind.CASE, composing_cases.statement(of, manifest), at=at)
    await store.add_of_case(
        tx,
        tenancy_id=of.case.tenancy_id,
        subject=of.case.subject,
        manifest_sha256=sha256,
        seal=made,
        sealed_at=at,
    )
    return await store.find_of_case(tx, *named) or made  # of two who seal at once, the first
