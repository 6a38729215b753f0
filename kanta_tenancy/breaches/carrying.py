"""What the register sees to in the place of duties of the disturbance that a breach is a part of (K4.2). Pure.

Disturbances know of no breach: they are told how what they ask stands here, and by which carrier.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.controllership import holders
from kanta_tenancy.breaches.duties import Duty, DutyKind, DutyState
from kanta_tenancy.breaches.model import Addressee, Breach, Controllership, PartyKind, Report
from kanta_tenancy.breaches.owing import clock_explained
from kanta_tenancy.disturbances import case as disturbances
from kanta_tenancy.disturbances.model import Channel, Fact, Matter

_MATTERS: Final[Mapping[DutyKind, Matter]] = {
    DutyKind.NOTIFY_AUTHORITY: Matter.AUTHORITY,
    DutyKind.TELL_KELA: Matter.KELA,
}
ADDRESSEES: Final[Mapping[Matter, Addressee]] = {Matter.AUTHORITY: Addressee.AUTHORITY, Matter.KELA: Addressee.KELA}
_STATES: Final[Mapping[DutyState, disturbances.DutyState]] = {
    DutyState.OPEN: disturbances.DutyState.PENDING,
    DutyState.DONE: disturbances.DutyState.SENT,
    DutyState.NOT_NEEDED: disturbances.DutyState.NOT_NEEDED,
}


def of_breach(
    breach: Breach, case: Case, found: Iterable[Duty], *, by: str, at: datetime
) -> list[disturbances.Carried]:
    """Return how what the register asks of its party stands; what it never asked of it stays with the disturbance."""
    return [
        disturbances.Carried(
            tenancy_id=breach.tenancy_id,
            carrier=f"breach/{breach.id}",
            matter=_MATTERS[duty.kind],
            state=_STATES[duty.state],
            note=_note(breach, case, duty),
            said_by=by,
            said_at=at,
            counted_from=_counted_from(case, duty),
            due_at=duty.due_at,
            explanation=clock_explained(case) if duty.kind is DutyKind.NOTIFY_AUTHORITY else None,
        )
        for duty in found
        if duty.kind in _MATTERS and duty.turn
    ]


def of_report(report: Report, found: Sequence[Controllership], *, at: datetime) -> list[disturbances.Carried]:
    """Return what a report has done by itself: the breach is recorded, and the controllers are told by their registers.

    Which tenants' data it is the main connector alone knows of all: a tenant's report says nothing of the others.
    """
    done = [Matter.RECORD]
    if report.tenancy_id is None and any(one.kind is PartyKind.TENANT for one in holders(found)):
        done.append(Matter.CONTROLLERS)
    return [
        disturbances.Carried(
            tenancy_id=None,
            carrier=f"breach_report/{report.id}",
            matter=matter,
            state=disturbances.DutyState.SENT,
            note=f"breach_report/{report.id}",
            said_by=report.reported_by,
            said_at=at,
            channel=Channel.SERVICE,
        )
        for matter in done
    ]


def facts_of(report: Report, found: Sequence[Controllership]) -> tuple[Fact, ...]:
    """Return what a report shows of the event, in the words of those who assess it."""
    kinds = {one.kind for one in holders(found)}
    shown = {
        Fact.BREACH_SUSPECTED: report.suspected,
        Fact.BREACH: not report.suspected,
        Fact.DATA_OF_MAIN_CONNECTOR: PartyKind.MAIN_CONNECTOR in kinds,
        Fact.DATA_OF_TENANTS: PartyKind.TENANT in kinds,
        Fact.DATA_OF_JOINT_REGISTERS: any(one.is_joint_with_kela for one in found),
    }
    return tuple(fact for fact, holds in shown.items() if holds)


def _counted_from(case: Case, duty: Duty) -> datetime | None:
    if duty.kind is DutyKind.NOTIFY_AUTHORITY and case.awareness is not None:
        return case.awareness.aware_at
    return duty.since


def _note(breach: Breach, case: Case, duty: Duty) -> str:
    told = case.tellings(ADDRESSEES[_MATTERS[duty.kind]])
    return told[-1].how if duty.state is DutyState.DONE and told else f"breach/{breach.id}"
