"""A report is taken in, in one short transaction, with the duties that it brings; the rest follows (K4.1a)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from kanta_tenancy import systems
from kanta_tenancy.agreements.exhibits.kinds import kind_of
from kanta_tenancy.disturbances import checking, explaining, history, proposing, reconciling, rules
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
from kanta_tenancy.disturbances.reconciling import Wanted
from kanta_tenancy.disturbances.store import disturbances
from kanta_tenancy.disturbances.store import reports as store
from kanta_tenancy.disturbances.store.reports import Intake, TakenIn
from kanta_tenancy.kernel.acting import Actor, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AccessKeyId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Entry, record
from kanta_tenancy.parties import wording

_FACTS: Final = 100  # sets of facts whose duties are kept: of a storm of reports, most say the same


class Reporter(Record, frozen=True, kw_only=True):
    """Who reports, and with which request."""

    scope: Scope
    actor: Actor
    request_id: str


class Reported(Record, frozen=True, kw_only=True):
    """What can be taken in by itself, as it is kept, and from whom. Tried again it has the same ids."""

    report_id: UUID
    disturbance_id: UUID
    by: Reporter
    said: SaidReport


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
    reported = Reported(report_id=new_id(), disturbance_id=join or new_id(), by=by, said=fit)
    [taken] = await store.take_in(tx, [_intake(reported, join=join, at=at)])
    return taken


def opens_by_itself(said: SaidReport, *, join: UUID | None) -> bool:
    """Say whether nothing has to be read before the report can be taken in."""
    return said.system_id is None and join is None


def accepted(by: Reporter, clock: Clock, said: SaidReport) -> Reported:
    """Return a report that opens a disturbance by itself, ready to be taken in.

    Raises:
        DisturbanceRefused: what was said is not acceptable.
    """
    return Reported(report_id=new_id(), disturbance_id=new_id(), by=by, said=_fit(said, clock.now()))


def prepared(reported: Reported, at: datetime) -> Intake:
    """Return what is written for a report that is taken in now. Those of one instant share what follows from it."""
    return _intake(reported, join=None, at=at, key_id=reported.by.actor.key_id)


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


def _intake(reported: Reported, *, join: UUID | None, at: datetime, key_id: AccessKeyId | None = None) -> Intake:
    by, said, report_id, disturbance_id = reported.by, reported.said, reported.report_id, reported.disturbance_id
    proposed = proposing.proposals(said, by_tenant=by.scope.tenancy_id is not None)
    duties = _duties(by, proposed, disturbance_id, at=at, joins=join is not None)
    told = DisturbanceReported(disturbance_id=disturbance_id, report_id=report_id, joined=join is not None, at=at)
    content = msgspec.structs.asdict(said)
    digest = hashlib.sha256(msgspec.json.encode({"join": join, **content}, order="deterministic")).hexdigest()
    row = {
        "id": report_id,
        "disturbance_id": disturbance_id,
        "reported_by": by.actor.name,
        "content_sha256": digest,
        "proposes": None if join is not None else [_proposed(fact, one) for fact, one in proposed.items()],
    }
    return Intake(
        main_connector_id=by.scope.main_connector_id,
        tenancy_id=by.scope.tenancy_id,
        key_id=key_id,
        at=at,
        same_within=timedelta(minutes=rules.pace_on(day_in_finland(at)).same_report_minutes),
        said=content | row,
        opens=join is None,
        duties=duties,
        entry=_entry(by, report_id, digest, told),
        message_id=new_id(),
        message_kind=str(DisturbanceReported.__struct_config__.tag),
        message_body=told,
    )


def _duties(
    by: Reporter, proposed: Mapping[Fact, Proposal], disturbance_id: UUID, *, at: datetime, joins: bool
) -> list[KeptDuty]:
    """Return the duties that the report brings at once; one that joins brings its reporter's own, the rest follows."""
    facts = frozenset(fact for fact, one in proposed.items() if one.answer is Answer.YES)
    wanted = [] if joins else list(_wanted(Side.MAIN_CONNECTOR, facts, at))
    if by.scope.tenancy_id is not None:
        wanted += [replace(one, tenancy_id=by.scope.tenancy_id) for one in _wanted(Side.TENANT, facts, at)]
    return [reconciling.fresh(one, disturbance_id=disturbance_id, at=at, by=by.actor.name) for one in wanted]


@lru_cache(maxsize=_FACTS)
def _wanted(side: Side, facts: frozenset[Fact], at: datetime) -> tuple[Wanted, ...]:
    """Return what facts bring that are put down at one instant: the same for all reports of it that say the same."""
    moments = Moments(known=dict.fromkeys(facts, at), detected_at=at)
    return tuple(reconciling.wanted(side, None, moments, explaining.outline))


def _proposed(fact: Fact, proposal: Proposal) -> dict[str, str]:
    return {"fact": fact, "answer": proposal.answer, "reason": proposal.reason}


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
