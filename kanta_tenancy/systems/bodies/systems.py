"""Information systems as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.systems.lifecycle import MOVES
from kanta_tenancy.systems.model import (
    Certificate,
    CertificateKind,
    Firm,
    InformationSystem,
    ListedSystem,
    NewRelease,
    RegisterEntry,
    Release,
    SaidSystem,
    SystemFinding,
    SystemKind,
    SystemState,
    Upkeep,
)

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ClassKey = Annotated[str, msgspec.Meta(min_length=1, max_length=2, description="A, A1, A2, A3 or B", examples=["A3"])]


class SaidFirm(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers for a system, or makes it."""

    name: Annotated[Line, msgspec.Meta(examples=["Ohjelmistotalo Oy"])]
    business_id: Line | None = None
    email: Annotated[Line | None, msgspec.Meta(description="Where it is told of deviations")] = None
    phone: Line | None = None

    def firm(self) -> Firm:
        return Firm(**msgspec.structs.asdict(self))


class SaidUpkeep(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who keeps a system running, and whom its users call."""

    keeper: Annotated[Line, msgspec.Meta(description="Who keeps it running", examples=["Käyttöpalvelu Oy"])]
    support_email: Line | None = None
    support_phone: Line | None = None
    service_hours: Annotated[Line | None, msgspec.Meta(description="In words, such as weekdays 8 to 16")] = None

    def upkeep(self) -> Upkeep:
        return Upkeep(**msgspec.structs.asdict(self))


class SaidEntry(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody saw of a system in Astori, the national register of information systems."""

    reference: Line
    checked_on: date

    def entry(self) -> RegisterEntry:
        return RegisterEntry(reference=self.reference, checked_on=self.checked_on)


class SaidOfSystem(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an information system or of an intermediary's service."""

    kind: SystemKind
    name: Annotated[Line, msgspec.Meta(description="What people call it by", examples=["Potilastietojärjestelmä"])]
    system_class: ClassKey
    producer: Annotated[SaidFirm, msgspec.Meta(description="Who answers for it towards those who use it")]
    manufacturer: Annotated[SaidFirm | None, msgspec.Meta(description="Left out: the producer makes it too")] = None
    upkeep: SaidUpkeep | None = None
    register_entry: SaidEntry | None = None

    def system(self) -> SaidSystem:
        return SaidSystem(
            kind=self.kind,
            name=self.name,
            system_class=self.system_class,
            producer=self.producer.firm(),
            manufacturer=None if self.manufacturer is None else self.manufacturer.firm(),
            upkeep=None if self.upkeep is None else self.upkeep.upkeep(),
            register_entry=None if self.register_entry is None else self.register_entry.entry(),
        )


class TakingIntoUse(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: Annotated[date, msgspec.Meta(description="The first day in use; over, or today")]


class WithdrawingSystem(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: Annotated[date, msgspec.Meta(description="The first day no longer in use; over, or today")]
    reason: Line


class SaidRelease(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a system, and in which period it is in use. A first day to come is a planned update."""

    number: Annotated[Line, msgspec.Meta(description="As its maker numbers it", examples=["2026.1"])]
    since: date
    until: Annotated[date | None, msgspec.Meta(description="Exclusive; left out: until further notice")] = None

    def release(self) -> NewRelease:
        return NewRelease(number=self.number, since=self.since, until=self.until)


class SystemsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[SystemState, msgspec.Meta(description="In every state when left out")] | None = None
    kind: Annotated[SystemKind, msgspec.Meta(description="Of every kind when left out")] | None = None

    @property
    def states(self) -> tuple[SystemState, ...]:
        return tuple(SystemState) if self.state is None else (self.state,)

    @property
    def kinds(self) -> tuple[SystemKind, ...]:
        return tuple(SystemKind) if self.kind is None else (self.kind,)


class ShownSystem(Body, frozen=True, kw_only=True):
    id: UUID
    kind: SystemKind
    name: str
    system_class: str
    producer: Firm
    manufacturer: Annotated[Firm | None, msgspec.Meta(description="null: the producer makes it too")]
    upkeep: Upkeep | None
    register_entry: RegisterEntry | None
    state: SystemState
    version: int
    created_at: datetime
    in_use_on: date | None
    withdrawn_on: Annotated[date | None, msgspec.Meta(description="The first day no longer in use")]
    withdrawn_because: str | None
    releases: tuple[Release, ...]
    certificates: "tuple[ShownCertificate, ...]"
    findings: Annotated[tuple[SystemFinding, ...], msgspec.Meta(description="What is not as it should be, today")]
    next_moves: Annotated[tuple[str, ...], msgspec.Meta(description="What can be done with it now")]


class ShownCertificate(Body, frozen=True, kw_only=True):
    id: UUID
    kind: CertificateKind
    issuer: str
    number: str
    granted_on: date
    last_day: Annotated[date | None, msgspec.Meta(description="null: it does not end")]
    stands: Annotated[
        bool,
        msgspec.Meta(description="Of its kind, it has the latest last day; neither it nor its system was withdrawn"),
    ]
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    document_name: Annotated[str | None, msgspec.Meta(description="null for a tenant too, who does not see the file")]
    document_sha256: str | None


class ShownListedSystem(Body, frozen=True, kw_only=True):
    id: UUID
    kind: SystemKind
    name: str
    system_class: str
    producer: Firm
    state: SystemState
    version: int
    security_last_day: Annotated[date | None, msgspec.Meta(description="Of the security certificate that stands")]


def shown(system: InformationSystem, findings: tuple[SystemFinding, ...]) -> ShownSystem:
    said = msgspec.structs.asdict(system)
    said["certificates"] = tuple(shown_certificate(one) for one in system.certificates)
    return ShownSystem(
        findings=findings,
        next_moves=tuple(move.value for state, move in MOVES if state is system.state),
        **said,
    )


def shown_certificate(certificate: Certificate) -> ShownCertificate:
    said = msgspec.structs.asdict(certificate)
    return ShownCertificate(
        stands=certificate.stands_since is not None,
        **{name: said[name] for name in ShownCertificate.__struct_fields__ if name != "stands"},
    )


def listed(system: ListedSystem) -> ShownListedSystem:
    return ShownListedSystem(**msgspec.structs.asdict(system))
