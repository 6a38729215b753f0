"""Findings as the API shows them."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.findings.model import KeptFinding, Rung
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.web.pages import PageQuery


class UpTo(enum.StrEnum):
    """Up to whom something was told."""

    RESPONSIBLE = "responsible"
    DEPUTY = "deputy"
    MANAGEMENT = "management"


class FindingsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    severity: Annotated[Severity, msgspec.Meta(description="Of both when left out")] | None = None
    family: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1, max_length=80, description="The first word of the rules, such as probe; all when left out"
            ),
        ]
        | None
    ) = None
    cleared: Annotated[bool, msgspec.Meta(description="Those that were cleared too")] = False

    @property
    def severities(self) -> tuple[Severity, ...]:
        return tuple(Severity) if self.severity is None else (self.severity,)


class ShownFinding(Body, frozen=True, kw_only=True):
    id: UUID
    rule: Annotated[str, msgspec.Meta(description="What is not kept", examples=["probe.expired"])]
    severity: Severity
    source: Annotated[str, msgspec.Meta(description="Where the rule is written")]
    certainty: Annotated[Certainty, msgspec.Meta(description="How well that is known; anything but read is unverified")]
    subject: Annotated[str, msgspec.Meta(description="With what, as the journal writes it")]
    certificate_id: Annotated[UUID | None, msgspec.Meta(description="With which certificate of the inventory")]
    sentence: Sentence
    facts: dict[str, str | int | None]
    first_at: Annotated[datetime, msgspec.Meta(description="Since when")]
    last_at: Annotated[datetime, msgspec.Meta(description="When it was seen last")]
    cleared_at: Annotated[datetime | None, msgspec.Meta(description="null: it is open")]
    up_to: Annotated[UpTo | None, msgspec.Meta(description="Up to whom it was told; null: to nobody yet")]
    told_at: datetime | None
    next_at: Annotated[datetime | None, msgspec.Meta(description="When the next are told; null: nobody is left")]
    acknowledged_at: datetime | None
    acknowledged_by: Annotated[str | None, msgspec.Meta(description="Who sees to it")]


def shown(finding: KeptFinding) -> ShownFinding:
    said = msgspec.structs.asdict(finding)
    return ShownFinding(up_to=up_to(said.pop("rung"), finding.told_at), **said | {"facts": dict(finding.facts)})


def up_to(rung: Rung, told_at: datetime | None) -> UpTo | None:
    return None if told_at is None else UpTo(rung.name.lower())
