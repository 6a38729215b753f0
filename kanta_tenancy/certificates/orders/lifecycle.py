"""Which moves an order allows, from the request to the revocation of the old certificate (K7). Pure."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import asdict, replace

from kanta_tenancy.certificates.orders.errors import OldNotRevoked, OrderMoveNotAllowed, OrderRefused
from kanta_tenancy.certificates.orders.model import CertificateOrder, OrderState, Revocation, SaidOrder
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import Flaw

RULE: Final = "K7"


class Move(enum.StrEnum):
    """What can be done with an order."""

    AMEND = "amend"
    ARRIVE = "arrive"
    DEPLOY = "deploy"
    REVOKE = "revoke"
    CLOSE = "close"
    CANCEL = "cancel"


# A key that may have leaked is revoked at once, and not only when the new certificate is in use.
MOVES: Final[Mapping[tuple[OrderState, Move], OrderState]] = {
    (OrderState.ORDERED, Move.AMEND): OrderState.ORDERED,
    (OrderState.ORDERED, Move.ARRIVE): OrderState.ARRIVED,
    (OrderState.ORDERED, Move.REVOKE): OrderState.ORDERED,
    (OrderState.ORDERED, Move.CANCEL): OrderState.CANCELLED,
    (OrderState.ARRIVED, Move.AMEND): OrderState.ARRIVED,
    (OrderState.ARRIVED, Move.DEPLOY): OrderState.DEPLOYED,
    (OrderState.ARRIVED, Move.REVOKE): OrderState.ARRIVED,
    (OrderState.ARRIVED, Move.CANCEL): OrderState.CANCELLED,
    (OrderState.DEPLOYED, Move.REVOKE): OrderState.OLD_REVOKED,
    (OrderState.DEPLOYED, Move.CLOSE): OrderState.CLOSED,
    (OrderState.OLD_REVOKED, Move.CLOSE): OrderState.CLOSED,
}
ENDED: Final = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


def amend(order: CertificateOrder, said: SaidOrder) -> CertificateOrder:
    return replace(_moved(order, Move.AMEND), **asdict(said))


def arrive(order: CertificateOrder, certificate_id: UUID, *, at: datetime) -> CertificateOrder:
    return replace(_moved(order, Move.ARRIVE), certificate_id=certificate_id, arrived_at=at)


def deploy(order: CertificateOrder, *, on: date, at: datetime) -> CertificateOrder:
    """Say that the new certificate is in use since a day that is over or today.

    Raises:
        OrderMoveNotAllowed: it has not arrived, or is deployed.
        OrderRefused: the day has not come, or is before that of the order.
    """
    moved = _moved(order, Move.DEPLOY)
    _refuse_day(on, order, at=at)
    return replace(moved, deployed_on=on)


def revoke(order: CertificateOrder, revocation: Revocation, *, at: datetime) -> CertificateOrder:
    """Say that the issuer was told to revoke the old certificate, by its serial number and with the reason.

    Raises:
        OrderMoveNotAllowed: no certificate is replaced, it was revoked before, or the order has ended.
        OrderRefused: the serial is another one's, or the day has not come.
    """
    moved = _moved(order, Move.REVOKE)
    if order.old is None:
        raise OrderMoveNotAllowed("the order replaces no certificate, so none is to be revoked", state=order.state)
    if order.revocation is not None:
        raise OrderMoveNotAllowed(f"it was revoked on {order.revocation.on.isoformat()}", state=order.state)
    serial = serial_of(revocation.serial)
    if order.old.serial is not None and serial != serial_of(order.old.serial):
        _refuse(
            "serial",
            f"the certificate that is replaced has the serial {order.old.serial}; when another one was revoked, tell"
            " its issuer at once",
        )
    _refuse_day(revocation.on, order, at=at, since_order=False)
    return replace(moved, revocation=replace(revocation, serial=serial))


def close(order: CertificateOrder, *, because: str | None, at: datetime) -> CertificateOrder:
    """Say that nothing is left to do.

    Args:
        because: why the old certificate is not revoked; needed while it is valid and was not.

    Raises:
        OrderMoveNotAllowed: the new one is not in use, or the order has ended.
        OldNotRevoked: the old one is valid, was not revoked, and nobody says why.
    """
    moved = _moved(order, Move.CLOSE)
    if because is None and to_be_revoked(order, at):
        raise OldNotRevoked("revoke it with its issuer by serial and reason, or say why it is not revoked", rule=RULE)
    return replace(moved, ended_at=at, ended_because=because)


def cancel(order: CertificateOrder, *, because: str, at: datetime) -> CertificateOrder:
    return replace(_moved(order, Move.CANCEL), ended_at=at, ended_because=because)


def to_be_revoked(order: CertificateOrder, at: datetime) -> bool:
    """Say whether the old certificate is valid still and its issuer was not told to revoke it."""
    old = order.old
    return old is not None and order.revocation is None and (old.ends_at is None or at <= old.ends_at)


def serial_of(text: str) -> str:
    """Return a serial number as it is compared: hexadecimal in lower case, without zeros before it, colons and blanks.

    Raises:
        OrderRefused: it is no number in hexadecimal.
    """
    digits = "".join(one for one in text.lower().removeprefix("0x") if one not in ": \t")
    sign = "-" if digits.startswith("-") else ""
    digits = digits.removeprefix("-")
    if not digits or any(one not in "0123456789abcdef" for one in digits):
        _refuse("serial", "a serial number is hexadecimal, such as 3f:a0:01")
    return sign + (digits.lstrip("0") or "0")


def check(order: CertificateOrder, move: Move) -> None:
    """Refuse a move that the table does not have.

    Raises:
        OrderMoveNotAllowed: the order is not in a state that allows it.
    """
    if (order.state, move) not in MOVES:
        raise OrderMoveNotAllowed(f"cannot {move.value} an order that is {order.state.value}", state=order.state.value)


def next_moves(order: CertificateOrder) -> tuple[Move, ...]:
    """Return what can be done with an order now by people."""
    moves = tuple(move for state, move in MOVES if state is order.state and move is not Move.ARRIVE)
    gone = order.old is None or order.revocation is not None
    return tuple(move for move in moves if move is not Move.REVOKE or not gone)


def _moved(order: CertificateOrder, move: Move) -> CertificateOrder:
    check(order, move)
    return replace(order, state=MOVES[order.state, move], version=order.version + 1)


def _refuse_day(on: date, order: CertificateOrder, *, at: datetime, since_order: bool = True) -> None:
    if on > day_in_finland(at):
        _refuse("on", "this day has not come in Finland")
    if since_order and on < order.ordered_on:
        _refuse("on", f"it is before the day of the order, {order.ordered_on.isoformat()}")


def _refuse(field: str, detail: str) -> None:
    raise OrderRefused(f"{field}: {detail}", rule=RULE, flaws=(Flaw(field=field, detail=detail, rule=RULE),))
