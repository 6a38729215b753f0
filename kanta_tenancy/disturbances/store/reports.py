"""Reports and their files. The only module that reads `sql/queries/disturbances/report.sql`."""

from collections.abc import Collection, Mapping, Sequence
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


class Intake(Record, frozen=True, kw_only=True):
    """One report with all that follows from it at once, as it is written."""

    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None
    at: datetime
    same_within: timedelta
    said: Mapping[str, Any]
    opens: Mapping[str, Any] | None  # the disturbance; None: it joins one
    answers: Sequence[Mapping[str, Any]]
    duties: Sequence[KeptDuty]
    promises: Sequence[Mapping[str, Any]]
    entry: str
    message_id: UUID
    message_kind: str
    message_body: DisturbanceReported


TAKE_IN: Final = statement("disturbances/report.take_in", TakenIn)
TAKE_IN_EACH: Final = statement("disturbances/report.take_in_each", TakenInWithSimilar)
OF_DISTURBANCE: Final = statement("disturbances/report.of_disturbance", Report)
FIND: Final = statement("disturbances/report.find", Report)
ADD_ATTACHMENT: Final = statement("disturbances/report.add_attachment", Nothing)
ATTACHMENTS: Final = statement("disturbances/report.attachments", Attachment)
ATTACHMENT: Final = statement("disturbances/report.attachment", AttachmentWithContent)


async def take_in(tx: Transaction, intake: Intake) -> TakenIn:
    """Write a report and what follows from it, in one round trip.

    Raises:
        LookupError: the database answered nothing; a programmer must mend it.
    """
    done = await TAKE_IN.one(tx, **msgspec.structs.asdict(intake))
    if done is None:
        raise LookupError("disturbance_take_in() returned no row")
    return done


async def take_in_each(connection: Connection, intakes: Sequence[Intake]) -> list[TakenInWithSimilar]:
    """Write reports of whatever scopes in a transaction of their own, in one round trip; all of them or none."""
    return await TAKE_IN_EACH.all(connection, reports=intakes, most_similar=MOST_SIMILAR)


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
