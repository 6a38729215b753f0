"""Reports of breaches, and who is controller, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.actions.reporting import Reported, ruled
from kanta_tenancy.breaches.model import (
    Breach,
    Concerned,
    Controllership,
    Damage,
    NewReport,
    Part,
    Party,
    PartyKind,
    RegisterKind,
    Report,
    Risk,
    State,
)
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class SaidParty(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who produces a service, or on whose behalf."""

    kind: PartyKind
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Of a tenant; left out by a tenant: itself")] = None
    name: Annotated[Line | None, msgspec.Meta(description="Of who is neither party of the agreement, nor Kela")] = None

    def party(self) -> Party:
        tenancy_id = None if self.tenancy_id is None else TenancyId(self.tenancy_id)
        return Party(kind=self.kind, tenancy_id=tenancy_id, name=self.name)


class SaidConcerned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data that a breach concerns."""

    register: RegisterKind
    producer: Annotated[
        SaidParty,
        msgspec.Meta(description="Who provides the care or the social service, not who keeps the register technically"),
    ]
    on_behalf_of: (
        Annotated[SaidParty, msgspec.Meta(description="For whom it is provided; left out: for itself")] | None
    ) = None

    def concerned(self) -> Concerned:
        on_behalf_of = None if self.on_behalf_of is None else self.on_behalf_of.party()
        return Concerned(register=self.register, producer=self.producer.party(), on_behalf_of=on_behalf_of)


SaidData = Annotated[tuple[SaidConcerned, ...], msgspec.Meta(min_length=1, max_length=2000)]


class SaidReport(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody found. It is told to each controller: no personal identity codes, and nothing of another tenant."""

    title: Annotated[Line, msgspec.Meta(examples=["A letter to the wrong house"])]
    what: Text
    found_at: Instant
    concerned: SaidData
    damage: Annotated[tuple[Damage, ...], msgspec.Meta(min_length=1, max_length=3)]
    suspected: Annotated[bool, msgspec.Meta(description="Not certain yet that it is one")] = True
    began_at: Instant | None = None
    place: Line | None = None
    disturbance_id: Annotated[UUID | None, msgspec.Meta(description="A disturbance that it is a part of")] = None

    def report(self) -> NewReport:
        said = {name: getattr(self, name) for name in self.__struct_fields__ if name != "concerned"}
        return NewReport(concerned=tuple(one.concerned() for one in self.concerned), **said)


class ReportsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    disturbance_id: Annotated[UUID, msgspec.Meta(description="Of this disturbance alone")] | None = None


class ControllershipAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    register: RegisterKind
    producer: Annotated[PartyKind, msgspec.Meta(description="Who provides the service")]
    on_behalf_of: Annotated[PartyKind, msgspec.Meta(description="For whom; left out: for itself")] | None = None

    def concerned(self) -> Concerned:
        on_behalf_of = None if self.on_behalf_of is None else Party(kind=self.on_behalf_of)
        return Concerned(register=self.register, producer=Party(kind=self.producer), on_behalf_of=on_behalf_of)


class ShownControllership(Body, frozen=True, kw_only=True):
    register: RegisterKind
    controllers: Annotated[tuple[Party, ...], msgspec.Meta(description="More than one: jointly")]
    contact_point: Party
    law: str
    certainty: Annotated[Certainty, msgspec.Meta(description="How sure that is: `assumed` is our own reading")]
    explanation: Explanation


class ShownListedBreach(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whose register; null: the main connector's")]
    report_id: UUID
    title: str
    found_at: datetime
    recorded_at: datetime
    state: State
    part: Part
    risk: Annotated[Risk | None, msgspec.Meta(description="null: not decided")]
    aware_at: datetime | None
    authority_due_at: Annotated[datetime | None, msgspec.Meta(description="While the authority is to be notified")]
    version: int
    disturbance_id: Annotated[
        UUID | None, msgspec.Meta(description="Of which it is a part; its duties stand there too")
    ]


class ShownReport(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Who reported it; null: the main connector")]
    title: str
    what: str
    found_at: datetime
    began_at: datetime | None
    place: str | None
    suspected: bool
    damage: tuple[Damage, ...]
    concerned: tuple[Concerned, ...]
    disturbance_id: UUID | None
    reported_by: str
    reported_at: datetime


class ShownWholeReport(ShownReport, frozen=True, kw_only=True):
    controllerships: Annotated[
        tuple[ShownControllership, ...],
        msgspec.Meta(description="Who is controller of what, in the order of `concerned`"),
    ]
    breaches: Annotated[
        tuple[ShownListedBreach, ...], msgspec.Meta(description="What came of it, as far as the caller sees it")
    ]


def listed(breach: Breach) -> ShownListedBreach:
    return ShownListedBreach(**msgspec.structs.asdict(breach))


def controllership(found: Controllership) -> ShownControllership:
    return ShownControllership(**msgspec.structs.asdict(found))


def listed_report(report: Report) -> ShownReport:
    return ShownReport(**msgspec.structs.asdict(report))


def whole_report(done: Reported) -> ShownWholeReport:
    return ShownWholeReport(
        controllerships=tuple(controllership(one) for one in ruled(done.report.concerned, at=done.report.reported_at)),
        breaches=tuple(listed(one) for one in done.breaches),
        **msgspec.structs.asdict(done.report),
    )
