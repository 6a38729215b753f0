"""Which moves a system allows, and whether it can serve in a period. Pure: no clock, no database, no logging."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec.structs import asdict, replace

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.systems.errors import SystemMoveNotAllowed, SystemRefused
from kanta_tenancy.systems.model import InformationSystem, SaidSystem, SystemState

RULE: Final = "K3.1"


class Move(enum.StrEnum):
    """What can be done with a system."""

    AMEND = "amend"  # what is said of it, its versions and certificates
    TAKE_INTO_USE = "take_into_use"
    WITHDRAW = "withdraw"


MOVES: Final[Mapping[tuple[SystemState, Move], SystemState]] = {
    (SystemState.PLANNED, Move.AMEND): SystemState.PLANNED,
    (SystemState.PLANNED, Move.TAKE_INTO_USE): SystemState.IN_USE,
    (SystemState.IN_USE, Move.AMEND): SystemState.IN_USE,
    (SystemState.PLANNED, Move.WITHDRAW): SystemState.WITHDRAWN,
    (SystemState.IN_USE, Move.WITHDRAW): SystemState.WITHDRAWN,
}


def check(system: InformationSystem, move: Move) -> None:
    """Refuse a move that the table does not have.

    Raises:
        SystemMoveNotAllowed: the system is not in a state that allows it.
    """
    if (system.state, move) not in MOVES:
        raise SystemMoveNotAllowed(
            f"cannot {move.value} a system that is {system.state.value}", state=system.state.value
        )


def amend(system: InformationSystem, said: SaidSystem) -> InformationSystem:
    """Say anew what a system is and who answers for it."""
    return replace(touch(system), **asdict(said))


def touch(system: InformationSystem) -> InformationSystem:
    """Count a change of what belongs to a system: its versions, its certificates."""
    check(system, Move.AMEND)
    return replace(system, version=system.version + 1)


def take_into_use(system: InformationSystem, *, on: date, at: datetime) -> InformationSystem:
    """Say that a system is in use from a day that is over or today.

    A class A system without a valid certificate should not be (Act 703/2023, section 81). Where it is, the register
    says so, and the finding beside it; refusing would only hide it.

    Raises:
        SystemMoveNotAllowed: it is in use, or was.
        SystemRefused: the day has not come.
    """
    check(system, Move.TAKE_INTO_USE)
    _refuse_day("on", on, at=at)
    return replace(system, state=SystemState.IN_USE, in_use_on=on, version=system.version + 1)


def withdraw(system: InformationSystem, *, on: date, because: str, at: datetime) -> InformationSystem:
    """Say that a system is not in use any more, or will never be.

    Args:
        on: the first day no longer, over or today.

    Raises:
        SystemMoveNotAllowed: it was withdrawn already.
        SystemRefused: the day has not come, or is before the first day in use.
    """
    check(system, Move.WITHDRAW)
    _refuse_day("on", on, at=at, not_before=system.in_use_on)
    return replace(
        system,
        state=SystemState.WITHDRAWN,
        withdrawn_on=on,
        withdrawn_because=because,
        version=system.version + 1,
    )


def check_serves(system: InformationSystem, until: date | None) -> None:
    """Refuse that services run on a system after it was withdrawn.

    Raises:
        SystemMoveNotAllowed: the period does not end by the day of the withdrawal.
    """
    if system.withdrawn_on is not None and (until is None or until > system.withdrawn_on):
        raise SystemMoveNotAllowed(
            f"the system was withdrawn on {system.withdrawn_on.isoformat()}: the period ends by then",
            state=system.state.value,
        )


def _refuse_day(field: str, on: date, *, at: datetime, not_before: date | None = None) -> None:
    detail = None
    if on > day_in_finland(at):
        detail = "this day has not come in Finland"
    elif not_before is not None and on < not_before:
        detail = f"it is before the first day in use, {not_before.isoformat()}"
    if detail is not None:
        raise SystemRefused(f"{field}: {detail}", rule=RULE, flaws=(Flaw(field=field, detail=detail, rule=RULE),))
