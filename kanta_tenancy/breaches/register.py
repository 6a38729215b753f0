"""A breach as a line of the register that the authority may ask for (Article 33(5)). Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import Duty, open_duties
from kanta_tenancy.breaches.model import (
    Addressee,
    AwareGround,
    Breach,
    Decision,
    Entry,
    Exemption,
    Item,
    Move,
    Movement,
    Part,
    Party,
    Risk,
    State,
    Telling,
)
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record


class RegisterLine(Record, frozen=True, kw_only=True):
    """A breach as the register documents it: facts, effects, remedies, and what was decided and told when."""

    id: UUID
    tenancy_id: TenancyId | None
    title: str
    state: State
    part: Part
    found_at: datetime
    recorded_at: datetime
    registers: tuple[str, ...]
    controllers: tuple[str, ...]
    contact_points: tuple[str, ...]
    laws: tuple[str, ...]
    aware_at: datetime | None
    aware_ground: AwareGround | None
    aware_reason: str | None
    authority_deadline: datetime | None  # the strict one, met or not
    risk: Risk | None
    risk_ground: str | None
    risk_decided_at: datetime | None
    risk_decided_by: str | None
    facts: str | None
    categories_of_persons: str | None
    number_of_persons: str | None
    categories_of_records: str | None
    number_of_records: str | None
    contact: str | None
    effects: str | None
    remedies: str | None
    authority_told_at: datetime | None  # first
    authority_late_because: str | None
    authority_references: tuple[str, ...]
    items_not_told: tuple[Item, ...]  # while the notice is in phases
    persons_told_at: datetime | None
    persons_exemption: Exemption | None
    persons_exemption_ground: str | None
    kela_told_at: datetime | None
    controller_told_at: datetime | None
    dismissed_because: str | None
    open_duties: tuple[str, ...]
    entries: int


def line(breach: Breach, entries: Sequence[Entry], case: Case, found: Sequence[Duty]) -> RegisterLine:
    """Return what stands of a breach, with when it was decided and told."""
    awareness, decision = case.awareness, _decided(entries)
    authority, persons = case.tellings(Addressee.AUTHORITY), case.tellings(Addressee.PERSONS)
    judged = decision.said if decision is not None and isinstance(decision.said, Decision) else None
    return RegisterLine(
        id=breach.id,
        tenancy_id=breach.tenancy_id,
        title=breach.title,
        state=breach.state,
        part=breach.part,
        found_at=breach.found_at,
        recorded_at=breach.recorded_at,
        registers=_once(one.register.value for one in case.controllerships),
        controllers=_once(written(party) for one in case.controllerships for party in one.controllers),
        contact_points=_once(written(one.contact_point) for one in case.controllerships),
        laws=_once(one.law for one in case.controllerships),
        aware_at=None if awareness is None else awareness.aware_at,
        aware_ground=None if awareness is None else awareness.ground,
        aware_reason=None if awareness is None else awareness.reason,
        authority_deadline=case.authority_due_at,
        risk=None if judged is None else judged.risk,
        risk_ground=None if judged is None else judged.ground,
        risk_decided_at=None if decision is None else decision.said_at,
        risk_decided_by=None if decision is None else decision.said_by,
        facts=case.content.get(Item.NATURE),
        categories_of_persons=case.content.get(Item.CATEGORIES_OF_PERSONS),
        number_of_persons=case.content.get(Item.NUMBER_OF_PERSONS),
        categories_of_records=case.content.get(Item.CATEGORIES_OF_RECORDS),
        number_of_records=case.content.get(Item.NUMBER_OF_RECORDS),
        contact=case.content.get(Item.CONTACT_POINT),
        effects=case.content.get(Item.CONSEQUENCES),
        remedies=case.content.get(Item.MEASURES),
        authority_told_at=first(authority),
        authority_late_because=next((one.late_because for one in authority if one.late_because), None),
        authority_references=_once(one.reference for one in authority if one.reference is not None),
        items_not_told=tuple(item for item in Item if authority and item not in case.items_told()),
        persons_told_at=first([one for one in persons if one.exemption is None]),
        persons_exemption=next((one.exemption for one in persons if one.exemption), None),
        persons_exemption_ground=next((one.exemption_ground for one in persons if one.exemption), None),
        kela_told_at=first(case.tellings(Addressee.KELA)),
        controller_told_at=first(case.tellings(Addressee.CONTROLLER)),
        dismissed_because=_dismissed(entries) if breach.state is State.DISMISSED else None,
        open_duties=tuple(one.kind.value for one in open_duties(found)),
        entries=len(entries),
    )


def written(party: Party) -> str:
    """Say who a party is for a program, or a table."""
    return party.kind.value if party.name is None else f"{party.kind.value}: {party.name}"


def first(tellings: Sequence[Telling]) -> datetime | None:
    return min((one.told_at for one in tellings), default=None)


def _decided(entries: Sequence[Entry]) -> Entry | None:
    return next((one for one in reversed(entries) if isinstance(one.said, Decision)), None)


def _dismissed(entries: Sequence[Entry]) -> str | None:
    moves = [one.said for one in entries if isinstance(one.said, Movement)]
    return next((one.reason for one in reversed(moves) if one.move is Move.DISMISS), None)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
