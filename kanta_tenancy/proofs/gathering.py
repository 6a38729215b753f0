"""Reads what a proof bundle is made of, in the scope of whoever asks."""

from datetime import datetime

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.errors import DocumentNotFound
from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.model import Agreement, Receipt
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres import journal
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.proofs.entries import is_about
from kanta_tenancy.proofs.errors import ProofNotReady
from kanta_tenancy.proofs.model import Gathered
from kanta_tenancy.seals import Checkpoint, certificates, covering, cut, prove
from kanta_tenancy.trust import judging


class _Span(Record, frozen=True, kw_only=True):
    """From which entry of its chain to which an agreement is told of."""

    first: int
    last: int


async def gather(tx: Transaction, agreement_id: AgreementId, now: datetime) -> Gathered:
    """Read all that a bundle is made of.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        DocumentNotFound: it is a draft: there is nothing to prove.
        ProofNotReady: the next checkpoint, or the seals on its receipts, are still to come.
    """
    agreement = await reading.one(tx, agreement_id)
    documents = await reading.documents(tx, agreement_id)
    shown = await _exhibits(tx, agreement)
    if not documents and not shown:
        raise DocumentNotFound("nothing was offered yet, so there is nothing to prove")
    span = await _span(tx, agreement)
    checkpoint = await _checkpoint(tx, agreement, span)
    proof = await prove(tx, agreement.tenancy_id, checkpoint)
    return Gathered(
        main_connector_id=tx.scope.main_connector_id,
        agreement=agreement,
        documents=documents,
        receipts=await _receipts(tx, agreement),
        exhibits=shown,
        checkpoint=checkpoint,
        proof=proof,
        part=await cut(tx, agreement.tenancy_id, first=span.first, last=proof.sequence),
        line=tuple(await certificates(tx)),
        judging=await judging(tx, tx.scope.main_connector_id, checkpoint.at),
        judging_now=await judging(tx, tx.scope.main_connector_id, now),
    )


async def _exhibits(tx: Transaction, agreement: Agreement) -> tuple[tuple[Exhibit, bytes], ...]:
    papers = [one.paper for one in agreement.signatures if one.paper is not None]
    wanted = [agreement.exhibit_id] if agreement.exhibit_id is not None else []
    for paper in papers:
        wanted += (paper.exhibit_id, *(later.exhibit_id for later in paper.later_scans))
    return tuple([await exhibits.read(tx, one) for one in dict.fromkeys(wanted)])


async def _receipts(tx: Transaction, agreement: Agreement) -> tuple[Receipt, ...]:
    found = await reading.receipts(tx, agreement.id)
    if any(one.seal is None for one in found):
        raise ProofNotReady("the receipts of the originals are not sealed yet; try again in a minute")
    return found


async def _checkpoint(tx: Transaction, agreement: Agreement, span: _Span) -> Checkpoint:
    found = await covering(tx, agreement.tenancy_id, span.last)
    if found is None:
        raise ProofNotReady("no checkpoint of the journal has seen the agreement as it is now; one is made each hour")
    return found


async def _span(tx: Transaction, agreement: Agreement) -> _Span:
    """Find the first and the last entry about an agreement in the chain of its tenancy."""
    about: list[int] = []
    after = 0
    while batch := await journal.ENTRIES.all(tx, chain=agreement.tenancy_id, after=after, batch=journal.BATCH):
        about += (kept.sequence for kept in batch if is_about(kept.entry, agreement.id))
        after = batch[-1].sequence
    if not about:
        raise ProofNotReady("the journal does not tell of the agreement")
    return _Span(first=about[0], last=about[-1])
