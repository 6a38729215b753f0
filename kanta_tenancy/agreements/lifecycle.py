"""Which moves an agreement allows, and when it is in force. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.model import (
    Agreement,
    AgreementInForce,
    AgreementOffered,
    AgreementSigned,
    AgreementWithdrawn,
    Content,
    Draft,
    Signatory,
    Signature,
    Status,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId


class Move(enum.StrEnum):
    AMEND = "amend"
    OFFER = "offer"
    SIGN = "sign"
    COMPLETE = "complete"  # the last signature
    WITHDRAW = "withdraw"


MOVES: Final[Mapping[tuple[Status, Move], Status]] = {
    (Status.DRAFT, Move.AMEND): Status.DRAFT,
    (Status.DRAFT, Move.OFFER): Status.OFFERED,
    (Status.OFFERED, Move.SIGN): Status.PARTLY_SIGNED,
    (Status.PARTLY_SIGNED, Move.SIGN): Status.PARTLY_SIGNED,
    (Status.PARTLY_SIGNED, Move.COMPLETE): Status.IN_FORCE,
    (Status.DRAFT, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.OFFERED, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.PARTLY_SIGNED, Move.WITHDRAW): Status.WITHDRAWN,
}


ORIGINALS: Final = 2  # one for each party (clause 21)
_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is taken for a digit


def draft(said: Draft, *, agreement_id: AgreementId, tenancy_id: TenancyId, at: datetime) -> Agreement:
    """Begin an agreement with what was examined before."""
    return Agreement(
        id=agreement_id,
        tenancy_id=tenancy_id,
        reference=f"{day_in_finland(at).year}-{_short(agreement_id)}",
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
    )


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


def sign(agreement: Agreement, signature: Signature) -> tuple[Agreement, AgreementSigned, AgreementInForce | None]:
    """Add a signature; with the last signatory's the agreement is in force from that day in Finland (K20.1).

    Raises:
        MoveNotAllowed: the agreement is not open for signing, or this signatory has signed already.
    """
    waiting = [(who.party, who.position) for who in unsigned(agreement)]
    place = (signature.party, signature.position)
    move = Move.COMPLETE if waiting == [place] else Move.SIGN
    moved = replace(_moved(agreement, move), signatures=(*agreement.signatures, signature))
    if place not in waiting:
        raise MoveNotAllowed("this signatory has signed already", status=agreement.status.value)
    at = signature.signed_at
    told = AgreementSigned(agreement_id=agreement.id, party=signature.party, position=signature.position, at=at)
    if move is Move.SIGN:
        return moved, told, None
    on = day_in_finland(at)
    return replace(moved, in_force_on=on), told, AgreementInForce(agreement_id=agreement.id, on=on, at=at)


def withdraw(agreement: Agreement, *, because: str, at: datetime) -> tuple[Agreement, AgreementWithdrawn]:
    """Give an agreement up before it is in force.

    Args:
        because: why; whoever signed already is owed it.
    """
    withdrawn = replace(_moved(agreement, Move.WITHDRAW), ended_at=at, withdrawn_because=because)
    return withdrawn, AgreementWithdrawn(agreement_id=agreement.id, because=because, at=at)


def _moved(agreement: Agreement, move: Move) -> Agreement:
    check(agreement, move)
    return replace(agreement, status=MOVES[agreement.status, move], version=agreement.version + 1)


def _short(agreement_id: UUID) -> str:
    """Return eight characters of the identifier's random end: 40 bits, for people to say on the telephone."""
    number = agreement_id.int & ((1 << 40) - 1)
    return "".join(_BASE32[number >> shift & 31] for shift in range(35, -1, -5))
