"""Signatures on paper: put down with a scan, for one signatory at a time; and a better scan, when one was wrong."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.exhibits import kinds
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.model import Agreement, LaterScan, OnPaper, Party, Status, party_of
from kanta_tenancy.agreements.signing import actions, on_paper
from kanta_tenancy.agreements.signing.errors import PaperRefused
from kanta_tenancy.agreements.signing.on_paper import SaidOnPaper
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

_FIELD: Final = "exhibit_id"


class SaidScan(Record, frozen=True, kw_only=True):
    """That a paper was scanned anew, and why."""

    party: Party
    position: int
    exhibit_id: UUID
    because: str


async def scan(tx: Transaction, *, agreement_id: AgreementId, exhibit_id: UUID) -> bytes:
    """Read the bytes that are said to be the scan of an agreement.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        ExhibitNotFound: its tenancy has no such file.
    """
    agreement = await store.find(tx, agreement_id)
    await exhibits.check(tx, exhibit_id, agreement.tenancy_id)
    return await exhibits.content(tx, exhibit_id)


def examine(content: bytes) -> None:
    """Refuse a file that will not do as the scan of a paper; pure but for the time it takes.

    Raises:
        PaperRefused: it is no PDF or picture, or a PDF that holds what no scan has.
    """
    why = kinds.no_scan(content)
    if why:
        raise PaperRefused(why, flaws=(Flaw(field=_FIELD, detail=why, rule=on_paper.RULE),))


async def put_down(
    tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int, said: SaidOnPaper
) -> Agreement:
    """Put down that somebody has signed on paper; `examine` has looked at the scan.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        ExhibitNotFound: its tenancy has no such file.
        PaperRefused: it says something that cannot be.
        DomainError: `actions.signed` refuses.
    """
    before = await store.take(tx, agreement_id, version)
    signature = on_paper.accept(before, said, by=party_of(tx.scope), at=clock.now())
    await exhibits.check(tx, said.exhibit_id, before.tenancy_id)
    return await actions.signed(tx, before, signature, docx=None)


async def scan_anew(
    tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int, said: SaidScan
) -> Agreement:
    """Add a better scan of a signature on paper; the earlier ones stay, and so do the days that were put down.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        ExhibitNotFound: its tenancy has no such file.
        MoveNotAllowed: nobody signed there on paper, or the agreement was withdrawn.
        PaperRefused: it is the other party's to correct, or no reason is told.
    """
    by, at = party_of(tx.scope), clock.now()
    before = await store.take(tx, agreement_id, version)
    later = LaterScan(exhibit_id=said.exhibit_id, because=_reason(said, by), at=at, put_down_by=by)
    after = lifecycle.rescan(before, later, party=said.party, position=said.position)
    await exhibits.check(tx, said.exhibit_id, before.tenancy_id)
    await store.save_move(tx, after)
    number = len(_paper(after, said).later_scans)
    await store.add_later_scan(tx, after, later, party=said.party, position=said.position, number=number)
    await _keep_its_end(tx, after, at)
    facts: dict[str, str | int | None] = {
        "party": said.party.value, "position": said.position, "exhibit": str(said.exhibit_id), "by": by.value,
    }  # fmt: skip
    await record(tx, history.act("scanned_anew", before, after, at=at, **facts))
    return after


def _paper(agreement: Agreement, said: SaidScan) -> OnPaper:
    place = (said.party, said.position)
    return next(one.paper for one in agreement.signatures if (one.party, one.position) == place and one.paper)


async def _keep_its_end(tx: Transaction, agreement: Agreement, at: datetime) -> None:
    # The promise to end it is kept under its version, which is another now.
    if agreement.status is Status.IN_FORCE:
        await endings.owe_end(tx, agreement, at=at)


def _reason(said: SaidScan, by: Party) -> str:
    look = wording.Examination()
    reason = look.text("because", wording.name, said.because, clause=on_paper.RULE)
    if by is Party.TENANT and said.party is not by:
        look.note("party", "the main connector corrects its own scans", clause=on_paper.RULE)
    if look.flaws:
        raise PaperRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    return reason
