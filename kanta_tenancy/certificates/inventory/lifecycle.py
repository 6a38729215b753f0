"""Which moves a certificate allows, and how one that replaces another overlaps with it. Pure: no clock, no database."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.certificates.inventory.errors import CertificateMoveNotAllowed, CertificateRefused
from kanta_tenancy.certificates.inventory.model import Certificate, Description, NewUse, State, Use
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.errors import Flaw

RULE: Final = "K7"
LONGEST_SNOOZE: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)


class Move(enum.StrEnum):
    """What can be done with a certificate."""

    DESCRIBE = "describe"  # what people say of it, and where it is used
    REPLACE = "replace"  # another one took its place
    UNREPLACE = "unreplace"  # that was a mistake
    RETIRE = "retire"
    RESTORE = "restore"
    SNOOZE = "snooze"
    UNSNOOZE = "unsnooze"


MOVES: Final[Mapping[tuple[State, Move], State]] = {
    (State.IN_USE, Move.DESCRIBE): State.IN_USE,
    (State.REPLACED, Move.DESCRIBE): State.REPLACED,
    (State.RETIRED, Move.DESCRIBE): State.RETIRED,
    (State.IN_USE, Move.REPLACE): State.REPLACED,
    (State.REPLACED, Move.UNREPLACE): State.IN_USE,
    (State.IN_USE, Move.RETIRE): State.RETIRED,
    (State.RETIRED, Move.RESTORE): State.IN_USE,
    (State.IN_USE, Move.SNOOZE): State.IN_USE,
    (State.IN_USE, Move.UNSNOOZE): State.IN_USE,
}


def moves(certificate: Certificate) -> tuple[Move, ...]:
    """Return what can be done with a certificate now."""
    quiet = certificate.snoozed_until is not None
    return tuple(move for state, move in MOVES if state is certificate.state and (quiet or move is not Move.UNSNOOZE))


def describe(certificate: Certificate, said: Description) -> Certificate:
    """Say anew what a certificate is and who answers for it."""
    return replace(
        touch(certificate),
        kind=said.kind,
        profile=said.profile,
        purpose=said.purpose,
        tenancy_id=said.tenancy_id,
        responsible_id=said.responsible_id,
        deputy_id=said.deputy_id,
    )


def touch(certificate: Certificate) -> Certificate:
    """Count a change of what belongs to a certificate: where it is used."""
    _check(certificate, Move.DESCRIBE)
    return replace(certificate, version=certificate.version + 1)


def replaced(certificate: Certificate, by: Certificate, *, at: datetime) -> Certificate:
    """Say that another certificate took the place of this one.

    One that is in use was replaced by none, so certificates never replace one another in a circle.

    Raises:
        CertificateMoveNotAllowed: one of the two is not in use.
        CertificateRefused: it is the same one.
    """
    if by.id == certificate.id:
        raise _refused("successor_id", "a certificate does not replace itself")
    if by.state is not State.IN_USE:
        raise CertificateMoveNotAllowed(f"the successor is {by.state.value}, not in use", state=by.state.value)
    return _moved(certificate, Move.REPLACE, at=at)


def succeeded(certificate: Certificate, of: Certificate) -> Certificate:
    """Take over for a successor what was said of the certificate before it and nobody said of itself.

    Whose it is stays: a tenant sees no certificate that nobody said is its own.
    """
    mine = certificate.responsible_id is not None
    return replace(
        certificate,
        purpose=certificate.purpose or of.purpose,
        responsible_id=certificate.responsible_id if mine else of.responsible_id,
        deputy_id=certificate.deputy_id if mine else of.deputy_id,
        version=certificate.version + 1,
    )


def uses_taken_over(of: Iterable[Use], there: Iterable[Use], today: date) -> Iterator[NewUse]:
    """Return where a successor is used, as from today, because the certificate before it is, or will be."""
    known = {_somewhere(one) for one in there if one.until is None or one.until > today}
    for one in of:
        if _somewhere(one) not in known and (one.until is None or one.until > today):
            yield NewUse(
                since=max(one.since, today),
                until=one.until,
                system_id=one.system_id,
                host=one.host,
                access_point=one.access_point,
            )


def unreplaced(certificate: Certificate, *, at: datetime) -> Certificate:
    return _moved(certificate, Move.UNREPLACE, at=at)


def retired(certificate: Certificate, *, because: str, at: datetime) -> Certificate:
    """Say that nobody uses a certificate any more; that is no revocation."""
    return _moved(certificate, Move.RETIRE, at=at, because=because)


def restored(certificate: Certificate, *, because: str, at: datetime) -> Certificate:
    return _moved(certificate, Move.RESTORE, at=at, because=because)


def snoozed(certificate: Certificate, *, until: date, because: str, at: datetime) -> Certificate:
    """Say that nobody is told of a certificate up to a day, which is included.

    Nobody can be kept from hearing that a certificate has ended: one that nobody needs is retired instead.

    Raises:
        CertificateMoveNotAllowed: it is not in use.
        CertificateRefused: the day is over, too far ahead, or after its last one.
    """
    _check(certificate, Move.SNOOZE)
    today = day_in_finland(at)
    last = today + LONGEST_SNOOZE
    if certificate.not_after is not None and certificate.not_after > at:
        last = min(last, max(day_in_finland(certificate.not_after) - _DAY, today))
    if not today <= until <= last:
        raise _refused("until", f"a day from {today.isoformat()} to {last.isoformat()} is meant")
    return replace(certificate, snoozed_until=until, snoozed_because=because, version=certificate.version + 1)


def unsnoozed(certificate: Certificate) -> Certificate:
    """Say that people are told of a certificate again.

    Raises:
        CertificateMoveNotAllowed: it is not in use, or nobody was kept from telling of it.
    """
    _check(certificate, Move.UNSNOOZE)
    if certificate.snoozed_until is None:
        raise CertificateMoveNotAllowed("people are told of it", state=certificate.state.value)
    return replace(certificate, snoozed_until=None, snoozed_because=None, version=certificate.version + 1)


def overlap_days(replaced: Certificate, successor: Certificate) -> int | None:
    """Return for how many whole days both were valid; negative: for how many, begun ones counted, neither was.

    None: it cannot be told.
    """
    if replaced.not_after is None or successor.not_before is None:
        return None
    return (replaced.not_after - successor.not_before) // _DAY


def _moved(certificate: Certificate, move: Move, *, at: datetime, because: str | None = None) -> Certificate:
    _check(certificate, move)
    return replace(
        certificate,
        state=MOVES[certificate.state, move],
        state_since=at,
        state_because=because,
        snoozed_until=None,
        snoozed_because=None,
        version=certificate.version + 1,
    )


def _check(certificate: Certificate, move: Move) -> None:
    if (certificate.state, move) not in MOVES:
        raise CertificateMoveNotAllowed(
            f"cannot {move.value} a certificate that is {certificate.state.value}", state=certificate.state.value
        )


def _somewhere(use: NewUse) -> tuple[object, ...]:
    return use.system_id, use.host, use.access_point


def _refused(field: str, detail: str) -> CertificateRefused:
    return CertificateRefused(f"{field}: {detail}", rule=RULE, flaws=(Flaw(field=field, detail=detail, rule=RULE),))
