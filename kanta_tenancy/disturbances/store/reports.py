"""Reports and their files. The only module that reads `sql/queries/disturbances/report.sql`."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace

from kanta_tenancy.disturbances.case import Attachment, DisturbanceReported, KeptDuty, Report, State
from kanta_tenancy.disturbances.errors import AttachmentNotFound, AttachmentsFull, ReportNotFound
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import AccessKeyId, MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

# What is written of each; the rest is the same for all that a report brings.
_OF_A_REPORT: Final = (
    "main_connector_id", "tenancy_id", "opens", "at", "same_within", "entry", "message_id", "message_kind",
    "message_body",
)  # fmt: skip
_OF_A_DUTY: Final = (
    "id", "tenancy_id", "rule", "addressee", "source", "counted_from", "due_at", "explanation", "state", "channel",
    "note", "settled_by",
)  # fmt: skip
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
    """One report with what it brings at once, as it is written."""

    main_connector_id: MainConnectorId
    tenancy_id: TenancyId | None
    key_id: AccessKeyId | None  # that is looked at again when this is written
    at: datetime
    same_within: timedelta
    said: Mapping[str, Any]
    opens: bool  # a disturbance; else it joins one
    duties: Sequence[KeptDuty]
    entry: str
    message_id: UUID
    message_kind: str
    message_body: DisturbanceReported


class Rows(Record, frozen=True, kw_only=True):
    """What is written of several reports; the first two are JSON."""

    reports: str
    duties: str
    holders: Sequence[UUID]  # whose journals it goes into
    named: Sequence[UUID]  # disturbances that they join and systems: held before the journals are
    keys: Sequence[AccessKeyId]  # that are looked at again


class Taken(Record, frozen=True, kw_only=True):
    """What became of several reports, as JSON."""

    taken: str


_TOLD: Final = msgspec.json.Decoder(list[TakenInWithSimilar])
TAKE_IN: Final = statement("disturbances/report.take_in", Taken)
TAKE_IN_EACH: Final = statement("disturbances/report.take_in_each", Taken)
OF_DISTURBANCE: Final = statement("disturbances/report.of_disturbance", Report)
FIND: Final = statement("disturbances/report.find", Report)
ADD_ATTACHMENT: Final = statement("disturbances/report.add_attachment", Nothing)
ATTACHMENTS: Final = statement("disturbances/report.attachments", Attachment)
ATTACHMENT: Final = statement("disturbances/report.attachment", AttachmentWithContent)


async def take_in(on: "Transaction | Connection", intakes: Sequence[Intake]) -> list[TakenInWithSimilar]:
    """Write reports and what they bring, in one round trip; all of them or none. Those of one content are one report.

    Args:
        on: a transaction takes reports of its own scope; a connection without one, of whatever scopes.
    """
    contents = [_content_of(one) for one in intakes]
    first = _by_content(contents, intakes)
    rows = as_rows(list(first.values()))
    row = await TAKE_IN.one(on, contents=list(first), **asdict(rows), **_common(intakes))
    return _told(row, first, contents, intakes)


async def take_in_each(on: Connection, intakes: Sequence[Intake]) -> list[TakenInWithSimilar]:
    """Do so with each in a transaction of its own, also in one round trip.

    When it fails, some may have been written: those that are tried again with the same ids are told as if they had not.

    Args:
        on: a connection without a scope and without a transaction.
    """
    contents = [_content_of(one) for one in intakes]
    first = _by_content(contents, intakes)
    rows = [as_rows([one]) for one in first.values()]
    row = await TAKE_IN_EACH.one(
        on,
        reports=[one.reports for one in rows],
        duties=[one.duties for one in rows],
        contents=list(first),
        holders=[one.holders[0] for one in rows],
        keys=[one.key_id for one in first.values()],
        **_common(intakes),
    )
    return _told(row, first, contents, intakes)


def as_rows(intakes: Sequence[Intake]) -> Rows:
    """Return what is written; what belongs to a report names its number."""
    return Rows(
        reports=_json([_report_row(number, one) for number, one in enumerate(intakes)]),
        duties=_json(
            [
                {"report": number, **_named(one, _OF_A_DUTY)}
                for number, each in enumerate(intakes)
                for one in each.duties
            ]
        ),
        holders=list({one.tenancy_id or one.main_connector_id for one in intakes}),
        named=[named for one in intakes for named in _named_by(one)],
        keys=list({one.key_id for one in intakes if one.key_id is not None}),
    )


def _common(intakes: Sequence[Intake]) -> dict[str, Any]:
    now = max(one.at for one in intakes)
    return {"now_is": now, "on_day": day_in_finland(now), "most_similar": MOST_SIMILAR}


def _by_content(contents: Sequence[int], intakes: Sequence[Intake]) -> dict[int, Intake]:
    """Return the first report of each content, in the order in which contents are locked."""
    first: dict[int, Intake] = {}
    for content, one in zip(contents, intakes, strict=True):
        first.setdefault(content, one)
    return dict(sorted(first.items()))


def _told(
    row: Taken | None, first: Mapping[int, Intake], contents: Sequence[int], intakes: Sequence[Intake]
) -> list[TakenInWithSimilar]:
    """Return what became of each; of a content that came more than once, all but the first are repetitions."""
    told = [] if row is None else _TOLD.decode(row.taken)
    by_content = dict(zip(first, told, strict=True))
    return [
        by_content[content] if one is first[content] else replace(by_content[content], repeated=True)
        for content, one in zip(contents, intakes, strict=True)
    ]


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()


def _content_of(intake: Intake) -> int:
    """Return the number of the lock under which a content of a holder is looked for and written."""
    content = f"{intake.tenancy_id or intake.main_connector_id}{intake.said['content_sha256']}"
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], signed=True)


def _named_by(intake: Intake) -> list[UUID]:
    joined = None if intake.opens else intake.said["disturbance_id"]
    return [named for named in (joined, intake.said["system_id"]) if named is not None]


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
        **asdict(attachment),
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
