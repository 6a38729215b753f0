"""Certificates of conformity as the API shows and takes them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.systems.bodies.systems import Line
from kanta_tenancy.systems.model import CertificateKind, EndingCertificate, NewCertificate, SystemState, Warned


class SaidCertificate(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate of conformity, as it says. An extension is another one, granted on the day of the extension."""

    kind: CertificateKind
    issuer: Annotated[Line, msgspec.Meta(examples=["Arviointilaitos Oy"])]
    number: Annotated[Line, msgspec.Meta(examples=["2026-117"])]
    granted_on: date
    last_day: Annotated[
        date | None, msgspec.Meta(description="The last day on which it holds; a security certificate has one")
    ] = None

    def certificate(self) -> NewCertificate:
        return NewCertificate(**msgspec.structs.asdict(self))


class WithdrawingCertificate(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line


class DocumentAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="The file's name")]


class EndingAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    before: (
        Annotated[date, msgspec.Meta(description="Those whose last day is before this one; left out: all that end")]
        | None
    ) = None


class ShownEnding(Body, frozen=True, kw_only=True):
    """A certificate that stands and ends."""

    id: UUID
    system_id: UUID
    system: Annotated[str, msgspec.Meta(description="What people call the system by")]
    state: SystemState
    kind: CertificateKind
    issuer: str
    number: str
    granted_on: date
    last_day: date
    days_left: Annotated[int, msgspec.Meta(description="From today to the last day; negative when it has ended")]


class Warnings(Body, frozen=True, kw_only=True):
    items: tuple[Warned, ...]


def ending(certificate: EndingCertificate, today: date) -> ShownEnding:
    said = msgspec.structs.asdict(certificate)
    return ShownEnding(
        days_left=(certificate.last_day - today).days,
        **{name: said[name] for name in ShownEnding.__struct_fields__ if name != "days_left"},
    )
