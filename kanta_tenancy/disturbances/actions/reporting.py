"""A report is taken in: in one short transaction, with all that follows from it at once (K4.1a)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from kanta_tenancy import systems
from kanta_tenancy.agreements.exhibits.kinds import kind_of
from kanta_tenancy.disturbances import checking, history, owing, proposing, reconciling, rules
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import (
    OPEN,
    Attachment,
    Disturbance,
    DisturbanceReported,
    KeptDuty,
    SaidReport,
)
from kanta_tenancy.disturbances.errors import DisturbanceMoveNotAllowed
from kanta_tenancy.disturbances.lifecycle import RULE
from kanta_tenancy.disturbances.model import Answer, Fact, Moments, Side
from kanta_tenancy.disturbances.proposing import Proposal
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import Intake, TakenIn
from kanta_tenancy.kernel.acting import Actor, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Entry, record
from kanta_tenancy.parties import wording


class Reporter(Record, frozen=True, kw_only=True):
    """Who reports, and with which request."""

    scope: Scope
    actor: Actor
    request_id: str


async def report(tx: Transaction, clock: Clock, said: SaidReport, *, join: UUID | None = None) -> TakenIn:
    """Take in what somebody reports; it opens a disturbance, or joins one that is open.

    The same content from the same party within some minutes is the same report: what came first is told again.

    Raises:
        DisturbanceRefused: what was said is not acceptable; a personal identity code is refused with its place.
        SystemNotFound: the scope has no such system.
        DisturbanceNotFound: there is none such to join.
        DisturbanceMoveNotAllowed: the one to join is not open.
    """
    at = clock.now()
    fit = _fit(said, at)
    if fit.system_id is not None:
        await systems.system(tx, fit.system_id)
    if join is not None:
        _refuse_closed(await disturbances.find(tx, join))
    by = Reporter(scope=tx.scope, actor=tx.actor, request_id=tx.request_id)
    return await store.take_in(tx, _intake(by, fit, join=join, at=at))


def opens_by_itself(said: SaidReport, *, join: UUID | None) -> bool:
    """Say whether nothing has to be read before the report can be taken in."""
    return said.system_id is None and join is None


def prepared(by: Reporter, clock: Clock, said: SaidReport) -> Intake:
    """Return what is written for a report that opens a disturbance by itself.

    Raises:
        DisturbanceRefused: what was said is not acceptable.
    """
    at = clock.now()
    return _intake(by, _fit(said, at), join=None, at=at)


async def similar(tx: Transaction, taken: TakenIn, said: SaidReport) -> list[Disturbance]:
    """Return open disturbances that the caller sees and that may be the same event; it can be joined to one of them."""
    if said.system_id is None and said.service is None:
        return []
    return await disturbances.similar(tx, taken.disturbance_id, system_id=said.system_id, service=said.service)


async def attach(tx: Transaction, clock: Clock, report_id: UUID, *, name: str, content: bytes) -> Attachment:
    """Keep a file that shows something of a report; what kind it is, its own bytes say.

    Raises:
        ReportNotFound: the scope has none of that id.
        DisturbanceRefused: the file is of no kind that is kept, or its name cannot be.
        AttachmentsFull: the report has as many as it takes.
    """
    found = await store.find(tx, report_id)
    look = wording.Examination()
    shown = checking.line("name", name, look)
    media_type = kind_of(content)
    if media_type is None:
        look.note(
            "", "a PDF, a picture, a Word document without macros, or plain text in UTF-8 is expected", clause=RULE
        )
    at = clock.now()
    attachment = Attachment(
        id=new_id(),
        report_id=report_id,
        tenancy_id=found.tenancy_id,
        name=shown,
        media_type=media_type or "",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_at=at,
    )
    await store.add_attachment(tx, checking.fit(look, attachment), content)
    act = history.occurred(
        "disturbance_report.file_added",
        "disturbance_report",
        report_id,
        tenancy_id=found.tenancy_id,
        at=at,
        sha256=attachment.sha256,
    )
    await record(tx, act)
    return attachment


def _refuse_closed(disturbance: Disturbance) -> None:
    if disturbance.state not in OPEN:
        raise DisturbanceMoveNotAllowed(
            f"the disturbance is {disturbance.state.value}: report anew", state=disturbance.state.value
        )


def _fit(said: SaidReport, at: datetime) -> SaidReport:
    look = wording.Examination()
    return checking.fit(look, checking.report(said, at, look))


def _intake(by: Reporter, said: SaidReport, *, join: UUID | None, at: datetime) -> Intake:
    disturbance_id, report_id = join or new_id(), new_id()
    proposed = proposing.proposals(said, by_tenant=by.scope.tenancy_id is not None)
    duties = _duties(by, proposed, disturbance_id, at=at, joins=join is not None)
    owed = duty_actions.owed_for(duties, at)
    if join is None:
        owed.append(owing.to_call(disturbance_id, at))
    told = DisturbanceReported(disturbance_id=disturbance_id, report_id=report_id, joined=join is not None, at=at)
    content = msgspec.structs.asdict(said)
    digest = hashlib.sha256(msgspec.json.encode({"join": join, **content}, order="deterministic")).hexdigest()
    row = {"id": report_id, "disturbance_id": disturbance_id, "reported_by": by.actor.name, "content_sha256": digest}
    return Intake(
        main_connector_id=by.scope.main_connector_id,
        tenancy_id=by.scope.tenancy_id,
        at=at,
        same_within=timedelta(minutes=rules.pace_on(day_in_finland(at)).same_report_minutes),
        said=content | row,
        opens=None if join is not None else {"id": disturbance_id, "detected_at": at},
        answers=[] if join is not None else [_answer(fact, one) for fact, one in proposed.items()],
        duties=duties,
        promises=[{"id": new_id(), **msgspec.structs.asdict(one)} for one in owed],
        entry=_entry(by, report_id, digest, told),
        message_id=new_id(),
        message_kind=str(DisturbanceReported.__struct_config__.tag),
        message_body=told,
    )


def _duties(
    by: Reporter, proposed: Mapping[Fact, Proposal], disturbance_id: UUID, *, at: datetime, joins: bool
) -> list[KeptDuty]:
    """Return the duties that the report brings at once; one that joins brings its reporter's own, the rest follows."""
    known = {fact: at for fact, one in proposed.items() if one.answer is Answer.YES}
    moments = Moments(known=known, detected_at=at)
    wanted = [] if joins else reconciling.wanted(Side.MAIN_CONNECTOR, None, moments)
    if by.scope.tenancy_id is not None:
        wanted += reconciling.wanted(Side.TENANT, by.scope.tenancy_id, moments)
    return [reconciling.fresh(one, disturbance_id=disturbance_id, at=at, by=by.actor.name) for one in wanted]


def _answer(fact: Fact, proposal: Proposal) -> dict[str, Any]:
    return {"id": new_id(), "fact": fact, "answer": proposal.answer, "reason": proposal.reason}


def _entry(by: Reporter, report_id: UUID, digest: str, told: DisturbanceReported) -> str:
    entry = Entry(
        at=told.at,
        actor=by.actor,
        action="disturbance.reported",
        subject=f"disturbance/{told.disturbance_id}",
        request_id=by.request_id,
        before=None,
        after=digest,
        facts={"report": str(report_id), "joined": int(told.joined)},
    )
    return msgspec.json.encode(entry).decode()
