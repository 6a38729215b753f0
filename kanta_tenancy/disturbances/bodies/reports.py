"""Reports as the API shows and takes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances import owing
from kanta_tenancy.disturbances.case import Attachment, Disturbance, Place, Report, SaidReport, State
from kanta_tenancy.disturbances.model import Answer
from kanta_tenancy.disturbances.store.reports import SimilarOne, TakenIn
from kanta_tenancy.kernel.records import Body

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Lines = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ServiceKey = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=40, description="A key of the service catalogue", examples=["prescription"]),
]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Reporting(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody reports. No patient data: a personal identity code is refused."""

    what: Annotated[
        str,
        msgspec.Meta(
            min_length=1, max_length=4000, description="What does not work", examples=["Prescriptions do not open"]
        ),
    ]
    since: Annotated[Instant, msgspec.Meta(description="When it began, with its offset from UTC")]
    ongoing: Annotated[bool, msgspec.Meta(description="Whether it is still going on")]
    system_id: UUID | None = None
    service: ServiceKey | None = None
    place: Annotated[Place, msgspec.Meta(description="Where it is, as far as that is known")] = Place.UNKNOWN
    patient_safety: Annotated[Answer, msgspec.Meta(description="Whether patient safety is affected")] = Answer.UNKNOWN
    data_protection: Annotated[Answer, msgspec.Meta(description="Whether data protection is")] = Answer.UNKNOWN
    symptom: Annotated[Lines, msgspec.Meta(description="An error code, or what is seen")] | None = None
    tried: Annotated[Lines, msgspec.Meta(description="What has been tried")] | None = None
    message_ids: Annotated[tuple[Line, ...], msgspec.Meta(max_length=50, description="Ids of Kanta messages")] = ()
    units_hit: Count | None = None
    users_hit: Count | None = None
    contact: Annotated[Line, msgspec.Meta(description="Whom to ask, and how")] | None = None
    join: (
        Annotated[UUID, msgspec.Meta(description="An open disturbance that this is the same as; left out: a new one")]
        | None
    ) = None

    def said(self) -> SaidReport:
        return SaidReport(**{name: getattr(self, name) for name in SaidReport.__struct_fields__})


class SimilarDisturbance(Body, frozen=True, kw_only=True):
    """An open disturbance that may be the same event."""

    id: UUID
    reference: str
    state: State
    title: str | None
    since: datetime
    system_id: UUID | None
    service: str | None


class ShownIntake(Body, frozen=True, kw_only=True):
    """What became of a report."""

    disturbance_id: UUID
    reference: Annotated[str, msgspec.Meta(description="What people call it by on the telephone")]
    report_id: UUID
    repeated: Annotated[bool, msgspec.Meta(description="The same had come within minutes: this is that report")]
    similar: Annotated[
        tuple[SimilarDisturbance, ...],
        msgspec.Meta(description="Open ones of the same system or service; report with `join` to join one"),
    ]


class ShownReport(Body, frozen=True, kw_only=True):
    id: UUID
    disturbance_id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector reported it")]
    what: str
    since: datetime
    ongoing: bool
    system_id: UUID | None
    service: str | None
    place: Place
    patient_safety: Answer
    data_protection: Answer
    symptom: str | None
    tried: str | None
    message_ids: tuple[str, ...]
    units_hit: int | None
    users_hit: int | None
    contact: str | None
    reported_by: str
    reported_at: datetime


class AttachmentAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="The file's name")]


class ShownAttachment(Body, frozen=True, kw_only=True):
    id: UUID
    report_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime


def taken_in(taken: TakenIn, similar: Iterable[Disturbance | SimilarOne]) -> ShownIntake:
    return ShownIntake(
        disturbance_id=taken.disturbance_id,
        reference=owing.reference(taken.disturbance_id),
        report_id=taken.report_id,
        repeated=taken.repeated,
        similar=tuple(map(shown_similar, similar)),
    )


def shown_similar(one: Disturbance | SimilarOne) -> SimilarDisturbance:
    return SimilarDisturbance(
        id=one.id,
        reference=owing.reference(one.id),
        state=one.state,
        title=one.title,
        since=one.since,
        system_id=one.system_id,
        service=one.service,
    )


def shown_report(report: Report) -> ShownReport:
    return ShownReport(**msgspec.structs.asdict(report))


def shown_attachment(attachment: Attachment) -> ShownAttachment:
    said = msgspec.structs.asdict(attachment)
    return ShownAttachment(**{name: said[name] for name in ShownAttachment.__struct_fields__})
