"""Warnings and digests as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.findings.bodies import UpTo, up_to
from kanta_tenancy.certificates.warnings import levels
from kanta_tenancy.certificates.warnings.model import Coming, Digest, Item, OpenWarning, Warned, WarningState
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery

_LEVEL = "So many days before the last one; 0 is the last day, -1 the day after it, third when a third is left"
LevelName = Annotated[str, msgspec.Meta(pattern=r"^(third|-?[0-9]{1,3})$", description=_LEVEL, examples=["30"])]
Level = Annotated[str, msgspec.Meta(description=_LEVEL)]


class WarningsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ends_before: (
        Annotated[date, msgspec.Meta(description="Of certificates whose last day is before this one; else all")] | None
    ) = None


class Acknowledging(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which warning somebody has seen and sees to."""

    level: LevelName


class ShownOpenWarning(Body, frozen=True, kw_only=True):
    """A warning that nobody has acknowledged."""

    certificate_id: UUID
    sha256: str
    common_name: str | None
    subject: str | None
    kind: str
    responsible_id: UUID | None
    level: Level
    due_on: date
    ends_on: Annotated[date, msgspec.Meta(description="The certificate's last day, in Finland")]
    days_left: Annotated[int, msgspec.Meta(description="From today to the last day; negative when it has ended")]
    up_to: Annotated[UpTo | None, msgspec.Meta(description="Up to whom it was told; null: to nobody yet")]
    told_at: datetime | None
    next_at: Annotated[datetime | None, msgspec.Meta(description="When the next are told; null: nobody is left")]


class ShownWarning(Body, frozen=True, kw_only=True):
    level: Level
    due_on: date
    ends_on: date
    state: WarningState
    up_to: Annotated[UpTo | None, msgspec.Meta(description="Up to whom it was told; null: to nobody")]
    decided_at: Annotated[datetime, msgspec.Meta(description="When it was put down, late or not")]
    told_at: datetime | None
    next_at: datetime | None
    settled_at: datetime | None
    settled_by: Annotated[str | None, msgspec.Meta(description="Who acknowledged it")]


class ShownComing(Body, frozen=True, kw_only=True):
    level: Level
    due_on: date


class WarningsOfCertificate(Body, frozen=True, kw_only=True):
    items: Annotated[tuple[ShownWarning, ...], msgspec.Meta(description="What was put down, as it was due")]
    coming: Annotated[tuple[ShownComing, ...], msgspec.Meta(description="What it comes to after today, while in use")]


class ShownDigest(Body, frozen=True, kw_only=True):
    """What one person was told at a time, in one mail."""

    id: UUID
    contact_id: UUID
    certificates: int
    findings: int
    urgent: bool
    told_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    version: int


class ShownItem(Body, frozen=True, kw_only=True):
    certificate_id: UUID
    level: Level
    due_on: date
    ends_on: date
    state: Annotated[WarningState, msgspec.Meta(description="What became of it since")]


def open_warning(warning: OpenWarning, today: date) -> ShownOpenWarning:
    said = msgspec.structs.asdict(warning)
    return ShownOpenWarning(
        level=levels.name(said.pop("level")),
        up_to=up_to(said.pop("rung"), warning.told_at),
        days_left=(warning.ends_on - today).days,
        **said,
    )


def of_certificate(warned: list[Warned], coming: tuple[Coming, ...]) -> WarningsOfCertificate:
    return WarningsOfCertificate(
        items=tuple(_warning(one) for one in warned),
        coming=tuple(ShownComing(level=levels.name(one.level), due_on=one.due_on) for one in coming),
    )


def digest(one: Digest) -> ShownDigest:
    return ShownDigest(**msgspec.structs.asdict(one))


def item(one: Item) -> ShownItem:
    said = msgspec.structs.asdict(one)
    return ShownItem(level=levels.name(said.pop("level")), **said)


def _warning(warned: Warned) -> ShownWarning:
    said = msgspec.structs.asdict(warned)
    return ShownWarning(level=levels.name(said.pop("level")), up_to=up_to(said.pop("rung"), warned.told_at), **said)
