"""Which moves an agreement allows, and when it is in force. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements.ends import End
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.model import (
    EARLIER,
    Agreement,
    AgreementEnded,
    AgreementEnding,
    AgreementImported,
    AgreementInForce,
    AgreementOffered,
    AgreementSigned,
    AgreementWithdrawn,
    AmendmentAgreed,
    Content,
    Draft,
    Earlier,
    LaterScan,
    Manner,
    Origin,
    Party,
    Signatory,
    Signature,
    SignatureRaised,
    Status,
)
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.machinery.ooxml.levels import Level


class Move(enum.StrEnum):
    AMEND = "amend"
    OFFER = "offer"
    SIGN = "sign"
    COMPLETE = "complete"  # the last signature
    AGREE = "agree"  # the last signature on an amendment
    RESCAN = "rescan"  # a better scan of a signature on paper
    FORESEE = "foresee"  # its end becomes known, changes or falls away
    END = "end"
    WITHDRAW = "withdraw"


MOVES: Final[Mapping[tuple[Status, Move], Status]] = {
    (Status.DRAFT, Move.AMEND): Status.DRAFT,
    (Status.DRAFT, Move.OFFER): Status.OFFERED,
    (Status.OFFERED, Move.SIGN): Status.PARTLY_SIGNED,
    (Status.PARTLY_SIGNED, Move.SIGN): Status.PARTLY_SIGNED,
    (Status.PARTLY_SIGNED, Move.COMPLETE): Status.IN_FORCE,
    (Status.PARTLY_SIGNED, Move.AGREE): Status.AGREED,
    (Status.PARTLY_SIGNED, Move.RESCAN): Status.PARTLY_SIGNED,
    (Status.IN_FORCE, Move.RESCAN): Status.IN_FORCE,
    (Status.AGREED, Move.RESCAN): Status.AGREED,
    (Status.ENDED, Move.RESCAN): Status.ENDED,
    (Status.IN_FORCE, Move.FORESEE): Status.IN_FORCE,
    (Status.IN_FORCE, Move.END): Status.ENDED,
    (Status.DRAFT, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.OFFERED, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.PARTLY_SIGNED, Move.WITHDRAW): Status.WITHDRAWN,
}


ORIGINALS: Final = 2  # one for each party (clause 21)
_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is taken for a digit


def draft(
    said: Draft,
    *,
    agreement_id: AgreementId,
    tenancy_id: TenancyId,
    at: datetime,
    amends: AgreementId | None = None,
    reference: str | None = None,
) -> Agreement:
    """Begin an agreement, or an amendment of one, with what was examined before."""
    return Agreement(
        id=agreement_id,
        tenancy_id=tenancy_id,
        reference=reference or new_reference(agreement_id, day_in_finland(at)),
        status=Status.DRAFT,
        version=1,
        language=said.language,
        model=said.model,
        model_version=said.model_version,
        services=said.services,
        registers=said.registers,
        originals=ORIGINALS,
        signatories=said.signatories,
        created_at=at,
        amends=amends,
        effective_on=said.effective_on,
    )


def imported(
    said: Earlier, *, agreement_id: AgreementId, tenancy_id: TenancyId, at: datetime
) -> tuple[Agreement, AgreementImported]:
    """Bring in an agreement that was signed before this system, in force from the beginning of its day in Finland."""
    agreement = Agreement(
        id=agreement_id,
        tenancy_id=tenancy_id,
        reference=said.reference or new_reference(agreement_id, said.in_force_on),
        status=Status.IN_FORCE,
        version=1,
        language=said.language,
        model=EARLIER,
        model_version=said.model_version,
        services=said.services,
        registers=said.registers,
        originals=ORIGINALS,
        signatories=(),
        created_at=at,
        in_force_on=said.in_force_on,
        in_force_from=start_of_day(said.in_force_on),
        origin=Origin.IMPORTED,
        form=said.form,
        exhibit_id=said.exhibit_id,
    )
    return agreement, AgreementImported(agreement_id=agreement.id, in_force_on=said.in_force_on, at=at)


def show(agreement: Agreement, exhibit_id: UUID) -> Agreement:
    """Add the scan or file of an imported agreement, once.

    Raises:
        MoveNotAllowed: it was not imported, or its file is there already.
    """
    if agreement.origin is not Origin.IMPORTED or agreement.exhibit_id is not None:
        raise MoveNotAllowed("only an imported agreement without its file gets one", status=agreement.status.value)
    return replace(agreement, exhibit_id=exhibit_id, version=agreement.version + 1)


def check(agreement: Agreement, move: Move) -> None:
    """Refuse a move that the table does not have.

    Raises:
        MoveNotAllowed: the agreement is not in a state that allows it.
    """
    if (agreement.status, move) not in MOVES:
        raise MoveNotAllowed(f"cannot {move} an agreement that is {agreement.status}", status=agreement.status.value)


def amend(agreement: Agreement, draft: Draft) -> Agreement:
    """Replace what a draft says; nothing is ever edited once it is offered (K1.3)."""
    return replace(
        _moved(agreement, Move.AMEND),
        language=draft.language,
        model=draft.model,
        model_version=draft.model_version,
        services=draft.services,
        registers=draft.registers,
        signatories=draft.signatories,
        effective_on=draft.effective_on,
    )


def offer(
    agreement: Agreement, content: Content, *, content_sha256: str, at: datetime
) -> tuple[Agreement, AgreementOffered]:
    """Offer a draft with the content that is now frozen; its signatories have their signature lines."""
    offered = replace(
        _moved(agreement, Move.OFFER),
        signatories=content.signatories,
        content_sha256=content_sha256,
        offered_at=at,
    )
    return offered, AgreementOffered(agreement_id=agreement.id, at=at)


def unsigned(agreement: Agreement) -> tuple[Signatory, ...]:
    """Return who has not signed yet."""
    signed = {(signature.party, signature.position) for signature in agreement.signatures}
    return tuple(who for who in agreement.signatories if (who.party, who.position) not in signed)


def waits_for(agreement: Agreement, party: Party) -> bool:
    """Say whether somebody who signs for a party has not signed yet."""
    return any(who.party is party for who in unsigned(agreement))


def sign(
    agreement: Agreement, signature: Signature, *, not_before: datetime | None = None
) -> tuple[Agreement, AgreementSigned, AgreementInForce | AmendmentAgreed | None]:
    """Add a signature; with the last signatory's the agreement is in force from that day in Finland (K20.1).

    A signature on paper counts from the day on which it was received, which may be past when it is put down. An
    amendment holds from its day, and never before the day of its last signature (K1.3).

    Args:
        not_before: since when nothing else has been in force with the tenant.

    Raises:
        MoveNotAllowed: the agreement is not open for signing, or this signatory has signed already.
    """
    waiting = [(who.party, who.position) for who in unsigned(agreement)]
    place = (signature.party, signature.position)
    last = Move.COMPLETE if agreement.amends is None else Move.AGREE
    move = last if waiting == [place] else Move.SIGN
    revision = 0 if signature.manner is Manner.DIGITAL else agreement.revision
    moved = replace(_moved(agreement, move), signatures=(*agreement.signatures, signature), revision=revision)
    if place not in waiting:
        raise MoveNotAllowed("this signatory has signed already", status=agreement.status.value)
    told = AgreementSigned(
        agreement_id=agreement.id,
        party=signature.party,
        position=signature.position,
        at=signature.signed_at,
        manner=signature.manner,
    )
    return (moved, told, None) if move is Move.SIGN else _completed(moved, told, not_before)


def _completed(
    moved: Agreement, told: AgreementSigned, not_before: datetime | None
) -> tuple[Agreement, AgreementSigned, AgreementInForce | AmendmentAgreed]:
    earliest = (instant for instant in (moved.offered_at, not_before) if instant is not None)
    since = max(*(one.counts_from for one in moved.signatures), *earliest)
    on = day_in_finland(since)
    if moved.amends is None or moved.effective_on is None:
        in_force = AgreementInForce(agreement_id=moved.id, on=on, at=told.at)
        return replace(moved, in_force_on=on, in_force_from=since), told, in_force
    holds = max(on, moved.effective_on)
    agreed = AmendmentAgreed(agreement_id=moved.id, amends=moved.amends, since=holds, at=told.at)
    return replace(moved, in_force_on=holds), told, agreed


def rescan(agreement: Agreement, scan: LaterScan, *, party: Party, position: int) -> Agreement:
    """Add a better scan of a signature on paper; the earlier ones stay.

    Raises:
        MoveNotAllowed: the agreement is not in a state that allows it, or that signatory did not sign on paper.
    """
    moved = _moved(agreement, Move.RESCAN)
    place = next(
        (at for at, one in enumerate(agreement.signatures) if (one.party, one.position) == (party, position)), None
    )
    signature = None if place is None else agreement.signatures[place]
    if place is None or signature is None or signature.paper is None:
        raise MoveNotAllowed("this signatory has not signed on paper", status=agreement.status.value)
    paper = replace(signature.paper, later_scans=(*signature.paper.later_scans, scan))
    before, after = agreement.signatures[:place], agreement.signatures[place + 1 :]
    return replace(moved, signatures=(*before, replace(signature, paper=paper), *after))


def raise_signature(
    agreement: Agreement, level: Level, *, party: Party, position: int, at: datetime
) -> tuple[Agreement, SignatureRaised]:
    """Put down that a signature has reached a level. What the agreement says, and its version, stay what they are.

    Raises:
        MoveNotAllowed: nobody signed there, or the level would sink.
    """
    raised = tuple(
        replace(one, level=level) if (one.party, one.position) == (party, position) else one
        for one in agreement.signatures
    )
    before = [one.level for one, other in zip(agreement.signatures, raised, strict=True) if one != other]
    if not before or before[0] is None or not level.reaches(before[0]):
        raise MoveNotAllowed("no signature rises to that level", status=agreement.status.value)
    told = SignatureRaised(agreement_id=agreement.id, party=party, position=position, level=level, at=at)
    return replace(agreement, signatures=raised, revision=agreement.revision + 1), told


def foresee(agreement: Agreement, end: End | None, *, at: datetime) -> tuple[Agreement, AgreementEnding]:
    """Write down when an agreement in force will end; None: until further notice again."""
    foreseen = _with_end(_moved(agreement, Move.FORESEE), end)
    ground, until = foreseen.end_ground, foreseen.in_force_until
    return foreseen, AgreementEnding(agreement_id=agreement.id, ground=ground, until=until, at=at)


def finish(agreement: Agreement, end: End | None, *, at: datetime) -> tuple[Agreement, AgreementEnded]:
    """End an agreement that is in force.

    Args:
        end: the end that comes now; None: the one that was foreseen.
        at: when it is put down, which may be later than the end itself.

    Raises:
        MoveNotAllowed: it is not in force, or its end is not known or not there yet.
    """
    moved = _moved(agreement, Move.END)
    ended = replace(moved if end is None else _with_end(moved, end), ended_at=at)
    if ended.in_force_until is None or ended.end_ground is None or ended.in_force_until > at:
        raise MoveNotAllowed("its end is not there yet", status=agreement.status.value)
    return ended, AgreementEnded(agreement_id=agreement.id, ground=ended.end_ground, until=ended.in_force_until, at=at)


def withdraw(agreement: Agreement, *, because: str, at: datetime) -> tuple[Agreement, AgreementWithdrawn]:
    """Give an agreement up before it is in force.

    Args:
        because: why; whoever signed already is owed it.
    """
    withdrawn = replace(_moved(agreement, Move.WITHDRAW), ended_at=at, withdrawn_because=because)
    return withdrawn, AgreementWithdrawn(agreement_id=agreement.id, because=because, at=at)


def _with_end(agreement: Agreement, end: End | None) -> Agreement:
    return replace(
        agreement,
        in_force_until=None if end is None else end.until,
        end_ground=None if end is None else end.ground,
        end_source=None if end is None else end.source,
        end_explanation=None if end is None else end.explanation,
    )


def _moved(agreement: Agreement, move: Move) -> Agreement:
    check(agreement, move)
    return replace(agreement, status=MOVES[agreement.status, move], version=agreement.version + 1)


def new_reference(agreement_id: AgreementId, day: date) -> str:
    """Return what people will call an agreement by: the year, and a few characters."""
    return f"{day.year}-{_short(agreement_id)}"


def _short(agreement_id: UUID) -> str:
    """Return eight characters of the identifier's random end: 40 bits, for people to say on the telephone."""
    number = agreement_id.int & ((1 << 40) - 1)
    return "".join(_BASE32[number >> shift & 31] for shift in range(35, -1, -5))
