"""Whether a signature on paper is accepted: whose it is, and which days it names. Pure.

Nothing here can verify it. What is kept is who says that it was signed and received when, and a scan.
"""

from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.agreements import lifecycle
from kanta_tenancy.agreements.model import Agreement, Manner, OnPaper, Party, Signature
from kanta_tenancy.agreements.signing.errors import PaperRefused
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import wording

RULE = "K21"


class SaidOnPaper(Record, frozen=True, kw_only=True):
    """What somebody says of a signature on paper."""

    party: Party
    position: int
    signed_on: date
    received_on: date | None = None  # None: today
    received_by: str
    exhibit_id: UUID


def accept(agreement: Agreement, said: SaidOnPaper, *, by: Party, at: datetime) -> Signature:
    """Return a signature on paper as it is kept.

    Args:
        by: who puts it down: a tenant for its own people, the main connector for both.

    Raises:
        MoveNotAllowed: the agreement is not open for signing.
        PaperRefused: with everything that is wrong.
    """
    lifecycle.check(agreement, lifecycle.Move.SIGN)
    today = day_in_finland(at)
    look = wording.Examination()
    received_by = look.text("received_by", wording.name, said.received_by, clause=RULE)
    received_on = today if said.received_on is None else said.received_on
    _look_at_the_signatory(look, agreement, said, by)
    _look_at_the_days(look, agreement, said.signed_on, received_on, today)
    # What reaches the other party through this service reaches it when it is put down here.
    if received_on < today and not (by is Party.MAIN_CONNECTOR and said.party is Party.TENANT):
        look.note("received_on", "the other party receives it through this service, today", clause=RULE)
    if look.flaws:
        raise PaperRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    paper = OnPaper(
        signed_on=said.signed_on,
        received_on=received_on,
        received_by=received_by,
        put_down_by=by,
        exhibit_id=said.exhibit_id,
    )
    return Signature(party=said.party, position=said.position, signed_at=at, manner=Manner.PAPER, paper=paper)


def _look_at_the_signatory(look: wording.Examination, agreement: Agreement, said: SaidOnPaper, by: Party) -> None:
    place = (said.party, said.position)
    if by is Party.TENANT and said.party is not by:
        look.note("party", "the main connector puts down its own signatures", clause=RULE)
    elif place not in {(who.party, who.position) for who in agreement.signatories}:
        look.note("position", "the agreement has no such signatory", clause=RULE)
    elif place not in {(who.party, who.position) for who in lifecycle.unsigned(agreement)}:
        look.note("position", "this signatory has signed already", clause=RULE)


def _look_at_the_days(
    look: wording.Examination, agreement: Agreement, signed_on: date, received_on: date, today: date
) -> None:
    if agreement.offered_at is not None and signed_on < day_in_finland(agreement.offered_at):
        look.note("signed_on", "it is before the day of the offer, which is what was signed", clause=RULE)
    if signed_on > today:
        look.note("signed_on", "it is still to come", clause=RULE)
    if received_on < signed_on:
        look.note("received_on", "it is before the day of signing", clause=RULE)
    if received_on > today:
        look.note("received_on", "it is still to come", clause=RULE)
