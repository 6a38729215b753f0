"""Service units and decisions on receiving as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.renewals.reception import Decision, ListedUnit, Seen, Unit

Line = Annotated[str, msgspec.Meta(max_length=200)]
Changes = Annotated[
    date | None,
    msgspec.Meta(
        description="An organisational change: intake stops in time before it, so that no request is open then"
    ),
]


class NewUnit(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service unit (palveluyksikkö, serviceenhet) that renewal requests can be sent to."""

    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whose; left out: the main connector's own")] = None
    oid: Annotated[Line, msgspec.Meta(examples=["1.2.246.10.12345671.10.1"])]
    name: Annotated[Line, msgspec.Meta(examples=["Saaren vastaanotto"])]
    changes_on: Changes = None


class SaidUnit(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Line
    changes_on: Changes = None


class Deciding(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a unit receives renewal requests, from a day on."""

    receives: bool
    effective_on: Annotated[date, msgspec.Meta(description="The first day, today or later")]


class SeenAt(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: Annotated[date, msgspec.Meta(description="When somebody saw it there")]
    reference: Line


class Seeing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a decision was seen; what is left out stays as it is."""

    code_service: Annotated[SeenAt | None, msgspec.Meta(description="The national code service")] = None
    extranet: Annotated[SeenAt | None, msgspec.Meta(description="Kanta Extranet")] = None


class WithdrawingDecision(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line


class ShownDecision(Body, frozen=True, kw_only=True):
    id: UUID
    receives: bool
    effective_on: date
    decided_at: datetime
    change_notice_id: Annotated[UUID, msgspec.Meta(description="The notice to Kela, due three weeks before")]
    code_service_on: date | None
    code_service_reference: str | None
    extranet_on: date | None
    extranet_reference: str | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None


class ShownUnit(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None
    oid: str
    name: str
    changes_on: date | None
    receives: Annotated[bool, msgspec.Meta(description="Today, in Finland")]
    decisions: tuple[ShownDecision, ...]
    version: int
    created_at: datetime


class ShownListedUnit(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID | None
    oid: str
    name: str
    changes_on: date | None
    receives: bool
    effective_on: Annotated[date | None, msgspec.Meta(description="Since when")]
    version: int


def seen(said: SeenAt | None) -> Seen | None:
    return None if said is None else Seen(on=said.on, reference=said.reference)


def shown(unit: Unit, today: date) -> ShownUnit:
    return ShownUnit(
        id=unit.id,
        tenancy_id=unit.tenancy_id,
        oid=unit.oid,
        name=unit.name,
        changes_on=unit.changes_on,
        receives=unit.receives_on(today),
        decisions=tuple(map(_decision, unit.decisions)),
        version=unit.version,
        created_at=unit.created_at,
    )


def listed(unit: ListedUnit) -> ShownListedUnit:
    said = msgspec.structs.asdict(unit)
    del said["holder"]
    return ShownListedUnit(**said)


def _decision(decision: Decision) -> ShownDecision:
    return ShownDecision(**msgspec.structs.asdict(decision))
