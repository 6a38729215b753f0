"""What the proof bundle of a disturbance holds: all of it that whoever asks sees, with documents and files."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy import papers
from kanta_tenancy.disturbances import paper, reading
from kanta_tenancy.disturbances.case import (
    Answered,
    Attachment,
    Called,
    Carried,
    Disturbance,
    Finding,
    Hold,
    KeptDuty,
    Report,
    Status,
)
from kanta_tenancy.disturbances.reading import Whole
from kanta_tenancy.disturbances.store.statuses import Reached
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.papers import PaperWithContent
from kanta_tenancy.proofs import Attached, Case


class KeptDocument(Record, frozen=True, kw_only=True):
    """A document that was drawn up: of which duty, by whom, when, and its digest."""

    duty: str
    language: Language
    title: str
    sha256: str
    certificate: str
    made_by: str
    made_at: datetime


class ToldOnce(Record, frozen=True, kw_only=True):
    """What tenants were told once, and how far it has come."""

    status: Status
    reached: Reached


class CaseRecord(Record, frozen=True, kw_only=True):
    """A disturbance as it is in the bundle; a tenant's has what that tenant sees."""

    disturbance: Disturbance
    joined: tuple[UUID, ...]
    reports: tuple[Report, ...]
    attachments: tuple[Attachment, ...]
    answers: tuple[Answered, ...]  # every one that was given, in order, with author and time
    duties: tuple[KeptDuty, ...]  # every round, with what became of it and how it came about
    carried: tuple[Carried, ...]  # what another room sees to
    calls: tuple[Called, ...]
    statuses: tuple[ToldOnce, ...]
    findings: tuple[Finding, ...]  # cause, remedy, and for what it was opened again, in order
    holds: tuple[Hold, ...]  # what keeps it from being closed
    documents: tuple[KeptDocument, ...]  # in the order of the files


async def collect(tx: Transaction, disturbance_id: UUID) -> Case:
    """Read what the bundle of a disturbance holds.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    whole = await reading.whole(tx, disturbance_id)
    drawn = await papers.every(tx, [paper.about_of(duty) for duty in whole.duties])
    told = [ToldOnce(status=one, reached=await reading.reached(tx, one.id)) for one in whole.statuses]
    files = [await reading.attachment(tx, one.report_id, one.id) for one in whole.attachments]
    record = CaseRecord(
        disturbance=whole.disturbance,
        joined=whole.joined,
        reports=whole.reports,
        attachments=whole.attachments,
        answers=tuple(await reading.answers(tx, disturbance_id)),
        duties=whole.duties,
        carried=whole.carried,
        calls=whole.calls,
        statuses=tuple(told),
        findings=whole.findings,
        holds=whole.holds,
        documents=tuple(map(_kept, drawn)),
    )
    return Case(
        subject=f"disturbance/{disturbance_id}",
        subjects=_parts(whole, drawn),
        reference=whole.disturbance.reference,
        tenancy_id=tx.scope.tenancy_id,
        chains=_chains(tx, whole),
        since=min([whole.disturbance.reported_at, *(one.reported_at for one in whole.reports)]),
        record=record,
        documents=tuple(one.content for one in drawn),
        attachments=tuple(Attached(media_type=one.media_type, sha256=one.sha256, content=one.content) for one in files),
    )


def _kept(made: PaperWithContent) -> KeptDocument:
    return KeptDocument(
        duty=made.about,
        language=made.language,
        title=made.title,
        sha256=made.sha256,
        certificate=made.certificate,
        made_by=made.made_by,
        made_at=made.made_at,
    )


def _parts(whole: Whole, drawn: list[PaperWithContent]) -> tuple[str, ...]:
    """Name what belongs to a disturbance as the journal does."""
    return (
        *(f"disturbance/{one}" for one in whole.joined),
        *(f"disturbance_report/{one.id}" for one in whole.reports),
        *(paper.about_of(one) for one in whole.duties),
        *(f"disturbance_status/{one.id}" for one in whole.statuses),
        *(f"paper/{one.id}" for one in drawn),
    )


def _chains(tx: Transaction, whole: Whole) -> tuple[UUID, ...]:
    """Return the chains in which a disturbance may be told of: one's own, and to the main connector its tenants'."""
    if tx.scope.tenancy_id is not None:
        return (tx.scope.tenancy_id,)
    tenants = [*(one.tenancy_id for one in whole.reports), *(one.tenancy_id for one in whole.duties)]
    return tx.scope.main_connector_id, *dict.fromkeys(one for one in tenants if one is not None)
