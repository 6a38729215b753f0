"""Reports and their files. The only module that reads `sql/queries/disturbances/report.sql`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Attachment, DisturbanceReported, KeptDuty, Report, State
from kanta_tenancy.disturbances.errors import AttachmentNotFound, AttachmentsFull, ReportNotFound
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement
from kanta_tenancy.promises import Owed

ROWS: Final = ("reports", "answers", "explanations", "duties", "promises")
# What is written of each; the rest is the same for all that a report brings.
_OF_A_REPORT: Final = (
    "main_connector_id", "tenancy_id", "opens", "at", "same_within", "entry", "message_id", "message_kind",
    "message_body",
)  # fmt: skip
_OF_A_DUTY: Final = (
    "id", "tenancy_id", "rule", "addressee", "source", "counted_from", "due_at", "state", "channel", "note",
    "settled_by",
)  # fmt: skip
_OF_A_PROMISE: Final = ("tenancy_id", "key", "kind", "subject", "owner", "due_at", "rule", "title", "facts")
MOST_ATTACHMENTS: Final = 20
MOST_SIMILAR: Final = 5
MOST_REPORTS: Final = 200  # of one disturbance, as they are shown


class TakenIn(Record, frozen=True, kw_only=True):
    """What became of a report."""

    disturbance_id: UUID
    report_id: UUID
    repeated: bool  # it had come before; nothing was written


class SimilarOne(Record, frozen=True, kw_only=True):
    """An open disturbance that may be the same event."""

    id: UUID
    state: State
    title: str | None
    since: datetime
    system_id: UUID | None
    service: str | None


class TakenInWithSimilar(TakenIn, frozen=True, kw_only=True):
    similar_ones: tuple[SimilarOne, ...]


class AttachmentWithContent(Attachment, frozen=True, kw_only=True):
    content: bytes


class Promised(Record, frozen=True, kw_only=True):
    """What is promised with a report, and for which duty of it; its explanation is that of the duty."""

    id: UUID
    owed: Owed
    duty_id: UUID | None


class Intake(Record, frozen=True, kw_only=True):
    """One report with all that follows from it at once, as it is written."""

    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None
    at: datetime
    same_within: timedelta
    said: Mapping[str, Any]
    opens: bool  # a disturbance; else it joins one
    answers: Sequence[Mapping[str, Any]]
    duties: Sequence[KeptDuty]
    promises: Sequence[Promised]
    entry: str
    message_id: UUID
    message_kind: str
    message_body: DisturbanceReported


TAKE_IN: Final = statement("disturbances/report.take_in", TakenInWithSimilar)
OF_DISTURBANCE: Final = statement("disturbances/report.of_disturbance", Report)
FIND: Final = statement("disturbances/report.find", Report)
ADD_ATTACHMENT: Final = statement("disturbances/report.add_attachment", Nothing)
ATTACHMENTS: Final = statement("disturbances/report.attachments", Attachment)
ATTACHMENT: Final = statement("disturbances/report.attachment", AttachmentWithContent)


async def take_in(on: "Transaction | Connection", intakes: Sequence[Intake]) -> list[TakenInWithSimilar]:
    """Write reports and what follows from them, in one round trip; all of them or none.

    Args:
        on: a transaction takes reports of its own scope; a connection without one, of whatever scopes.
    """
    return await TAKE_IN.all(on, most_similar=MOST_SIMILAR, **as_rows(intakes))


def as_rows(intakes: Sequence[Intake]) -> dict[str, str]:
    """Return what is written as rows of JSON, by what they are; those that follow name the number of their report.

    An explanation that several duties share is there once.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ROWS}
    explained: dict[int, int] = {}  # the number of each by its identity: to compare long texts would take longer
    for number, one in enumerate(intakes):
        rows["reports"].append(_report_row(number, one))
        rows["answers"] += [{"report": number, **answer} for answer in one.answers]
        for duty in one.duties:
            place = explained.setdefault(id(duty.explanation), len(explained))
            if place == len(rows["explanations"]):
                rows["explanations"].append({"number": place, "explanation": duty.explanation})
            rows["duties"].append({"report": number, "explained": place, **_named(duty, _OF_A_DUTY)})
        rows["promises"] += [
            {
                "report": number,
                "id": promised.id,
                "duty": promised.duty_id,
                "explained": promised.owed.explanation is not None,
                **_named(promised.owed, _OF_A_PROMISE),
            }
            for promised in one.promises
        ]
    return {name: msgspec.json.encode(each).decode() for name, each in rows.items()}


def _report_row(number: int, intake: Intake) -> dict[str, Any]:
    return {**intake.said, "number": number, **_named(intake, _OF_A_REPORT)}


def _named(one: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


async def of_disturbance(tx: Transaction, disturbance_id: UUID) -> list[Report]:
    """Read the first reports of a disturbance that the scope sees, in the order in which they came."""
    return await OF_DISTURBANCE.all(
        tx, main_connector_id=tx.scope.main_connector_id, disturbance_id=disturbance_id, count=MOST_REPORTS
    )


async def find(tx: Transaction, report_id: UUID) -> Report:
    """Read a report.

    Raises:
        ReportNotFound: the scope has none of that id.
    """
    found = await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, report_id=report_id)
    if found is None:
        raise ReportNotFound(f"no report {report_id}")
    return found


async def add_attachment(tx: Transaction, attachment: Attachment, content: bytes) -> None:
    """Keep a file of a report.

    Raises:
        AttachmentsFull: it has as many as it takes.
    """
    added = await ADD_ATTACHMENT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        content=content,
        most=MOST_ATTACHMENTS,
        **msgspec.structs.asdict(attachment),
    )
    if not added:
        raise AttachmentsFull(f"a report takes {MOST_ATTACHMENTS} files")


async def attachments(tx: Transaction, report_ids: Collection[UUID]) -> list[Attachment]:
    """Read what files these reports have."""
    return await ATTACHMENTS.all(tx, main_connector_id=tx.scope.main_connector_id, report_ids=list(report_ids))


async def attachment(tx: Transaction, report_id: UUID, attachment_id: UUID) -> AttachmentWithContent:
    """Read a file with its bytes.

    Raises:
        AttachmentNotFound: the scope has none such.
    """
    found = await ATTACHMENT.one(
        tx, main_connector_id=tx.scope.main_connector_id, report_id=report_id, attachment_id=attachment_id
    )
    if found is None:
        raise AttachmentNotFound(f"the report has no file {attachment_id}")
    return found
