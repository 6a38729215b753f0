"""Orders as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.looking.model import Finding
from kanta_tenancy.certificates.orders import lifecycle, reading, steps
from kanta_tenancy.certificates.orders.model import (
    CertificateOrder,
    ChecklistItem,
    ListedOrder,
    NewOrder,
    Old,
    OrderState,
    Request,
    Revocation,
    RevocationReason,
    SaidOrder,
)
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.machinery.x509.reading import MAX_BYTES

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Profile = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=60, description="What it is held against", examples=["dvv-server"]),
]
Reference = Annotated[Line | None, msgspec.Meta(description="The issuer's own number of the order")]


class SaidOfOrder(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an order, and can be said anew."""

    profile: Profile
    ordered_on: Annotated[date, msgspec.Meta(description="On which day it was ordered with its issuer")]
    purpose: Line | None = None
    reference: Reference = None

    def order(self) -> SaidOrder:
        return SaidOrder(**msgspec.structs.asdict(self))


class NewCertificateOrder(SaidOfOrder, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order, with the request that it was made with."""

    request: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=MAX_BYTES, description="The request (PKCS #10) in PEM; never a key"),
    ]
    replaces_id: Annotated[UUID | None, msgspec.Meta(description="The certificate that the new one is to replace")] = (
        None
    )

    def new_order(self) -> NewOrder:
        said = msgspec.structs.asdict(self)
        return NewOrder(**{name: value for name, value in said.items() if name != "request"})


class OrdersAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[OrderState, msgspec.Meta(description="In every state when left out")] | None = None


class Arrived(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    certificate_id: Annotated[UUID, msgspec.Meta(description="A certificate of the inventory with the request's key")]


class Deployed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: Annotated[date, msgspec.Meta(description="The first day in use; over, or today")]


class Revoked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the issuer was told to revoke the old certificate."""

    serial: Annotated[Line, msgspec.Meta(description="Of the old certificate, hexadecimal", examples=["3f:a0:01"])]
    reason: RevocationReason
    on: Annotated[date, msgspec.Meta(description="On which day it was told; over, or today")]

    def revocation(self) -> Revocation:
        return Revocation(serial=self.serial, reason=self.reason, on=self.on)


class Closing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[
        Line | None, msgspec.Meta(description="Why the old certificate is not revoked, when it is not")
    ] = None


class Cancelling(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line


class ShownOrder(Body, frozen=True, kw_only=True):
    id: UUID
    state: OrderState
    version: int
    profile: str
    ordered_on: date
    purpose: str | None
    reference: str | None
    recorded_at: datetime
    request: Annotated[Request, msgspec.Meta(description="What the request says")]
    old: Annotated[Old | None, msgspec.Meta(description="The certificate that is to be replaced; null: none")]
    certificate_id: Annotated[UUID | None, msgspec.Meta(description="The one that arrived")]
    arrived_at: datetime | None
    deployed_on: date | None
    revocation: Revocation | None
    ended_at: Annotated[datetime | None, msgspec.Meta(description="When it was closed or cancelled")]
    ended_because: str | None
    findings: Annotated[tuple[Finding, ...], msgspec.Meta(description="In what the request does not keep its profile")]
    checklist: Annotated[tuple[ChecklistItem, ...], msgspec.Meta(description="The whole way, and how far it came")]
    next_moves: Annotated[tuple[str, ...], msgspec.Meta(description="What can be done with it now")]


class ShownListedOrder(Body, frozen=True, kw_only=True):
    id: UUID
    state: OrderState
    version: int
    profile: str
    ordered_on: date
    purpose: str | None
    reference: str | None
    subject: Annotated[str, msgspec.Meta(description="Whom the certificate is asked for")]
    replaces_id: UUID | None
    certificate_id: UUID | None


def shown(order: CertificateOrder, at: datetime) -> ShownOrder:
    return ShownOrder(
        findings=reading.findings(order),
        checklist=steps.checklist(order, at),
        next_moves=tuple(move.value for move in lifecycle.next_moves(order)),
        **msgspec.structs.asdict(order),
    )


def listed(order: ListedOrder) -> ShownListedOrder:
    return ShownListedOrder(**msgspec.structs.asdict(order))
