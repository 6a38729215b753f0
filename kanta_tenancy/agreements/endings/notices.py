"""Notice of termination by either party: given in writing, delivered, perhaps withdrawn by both (clause 20)."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import NewNotice, Notice, NoticeDelivered, NoticeGiven, NoticeWithdrawn
from kanta_tenancy.agreements.endings.store import notices as notice_store
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.model import Agreement, Party
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.acting import Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.parties import wording

HANDED_IN_HERE: Final = "handed in through this service"


async def give(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, said: NewNotice) -> Notice:
    """Put down a written notice on an agreement in force; once it is delivered, the end is known.

    A tenant gives its own; handing it in here delivers it. The main connector gives its own, and puts down what a
    tenant gave it on paper.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        MoveNotAllowed: it is not in force.
        OccurrenceRefused: the notice says something that cannot be.
        ExhibitNotFound: the tenancy has no such file.
    """
    at = clock.now()
    agreement = await _hold(tx, agreement_id, at)
    notice = _examined(said, agreement, tx.scope, at)
    await exhibits.check(tx, notice.exhibit_id, agreement.tenancy_id)
    await notice_store.add(tx, notice)
    event = NoticeGiven(
        notice_id=notice.id,
        agreement_id=agreement.id,
        party=notice.party,
        given_on=notice.given_on,
        delivered_on=notice.delivered_on,
        at=at,
    )
    await record(tx, _act("given", notice, at, delivered_on=_iso(notice.delivered_on)), announce=event)
    if notice.delivered_on is not None:
        await endings.reckon(tx, agreement, at=at)
    return notice


async def deliver(
    tx: Transaction, clock: Clock, *, notice_id: UUID, version: int, delivered_on: date, how: str
) -> Notice:
    """Say when a notice reached the other party, and how that is known; the end is worked out from that day (K20.1).

    Raises:
        NoticeNotFound, OccurrenceChanged: there is none, or not at that version any more.
        MoveNotAllowed: the agreement is not in force any more, or the notice was delivered or withdrawn already.
        OccurrenceRefused: the day or the words cannot be, or a tenant tells of its own notice.
    """
    at = clock.now()
    agreement, before = await _take(tx, notice_id, version, at)
    if before.delivered_on is not None or before.is_withdrawn:
        raise MoveNotAllowed("it is delivered or withdrawn already", status=agreement.status.value)
    look = wording.Examination()
    told = look.text("how", wording.name, how, clause="K20.1")
    if tx.scope.tenancy_id is not None and before.party is Party.TENANT:
        look.note("", "the receiving party tells when the notice reached it", clause="K20.1")
    _check_delivery(look, delivered_on, earliest=_earliest(before.given_on, agreement), today=day_in_finland(at))
    _refuse_flawed(look)
    after = replace(before, delivered_on=delivered_on, delivered_how=told, version=before.version + 1)
    await notice_store.save(tx, after)
    event = NoticeDelivered(
        notice_id=after.id, agreement_id=agreement.id, party=after.party, delivered_on=delivered_on, at=at
    )
    await record(tx, _act("delivered", after, at, delivered_on=_iso(delivered_on)), announce=event)
    await endings.reckon(tx, agreement, at=at)
    return after


async def agree_to_withdraw(tx: Transaction, clock: Clock, *, notice_id: UUID, version: int) -> Notice:
    """Agree, for the caller's party, that a notice shall not hold; once both have, it does not.

    Raises:
        NoticeNotFound, OccurrenceChanged: there is none, or not at that version any more.
        MoveNotAllowed: the agreement is not in force any more, or this party has agreed already.
    """
    at = clock.now()
    agreement, before = await _take(tx, notice_id, version, at)
    tenants = tx.scope.tenancy_id is not None
    if (before.tenant_agrees_at if tenants else before.main_connector_agrees_at) is not None:
        raise MoveNotAllowed("this party has agreed to that already", status=agreement.status.value)
    after = replace(
        before,
        tenant_agrees_at=at if tenants else before.tenant_agrees_at,
        main_connector_agrees_at=before.main_connector_agrees_at if tenants else at,
        version=before.version + 1,
    )
    await notice_store.save(tx, after)
    if not after.is_withdrawn:
        await record(tx, _act("withdrawal_agreed", after, at))
        return after
    event = NoticeWithdrawn(notice_id=after.id, agreement_id=agreement.id, at=at)
    await record(tx, _act("withdrawn", after, at), announce=event)
    await endings.reckon(tx, agreement, at=at)
    return after


async def _hold(tx: Transaction, agreement_id: AgreementId, at: datetime) -> Agreement:
    """Hold an agreement whose end may become another; one that is over, put down or not, has its end for good."""
    agreement = await store.hold(tx, agreement_id)
    lifecycle.check(agreement, lifecycle.Move.FORESEE)
    if agreement.in_force_until is not None and agreement.in_force_until <= at:
        raise MoveNotAllowed("its end has come", status=agreement.status.value)
    await checklists.hold(tx, agreement)
    return agreement


async def _take(tx: Transaction, notice_id: UUID, version: int, at: datetime) -> tuple[Agreement, Notice]:
    seen = await notice_store.find(tx, notice_id)
    agreement = await _hold(tx, seen.agreement_id, at)
    notice = await notice_store.find(tx, notice_id)  # as it is now that nobody else can change it
    if notice.version != version:
        raise OccurrenceChanged(f"the notice is at version {notice.version}, not {version}", version=notice.version)
    return agreement, notice


def _examined(said: NewNotice, agreement: Agreement, scope: Scope, at: datetime) -> Notice:
    today = day_in_finland(at)
    look = wording.Examination()
    message = look.optional("message", wording.lines, said.message, clause="K20.1")
    if message is None and said.exhibit_id is None:
        look.note("message", "a notice is written: say what it says, or bring it as a file", clause="K20.1")
    if said.given_on > today:
        look.note("given_on", "it is still to come", clause="K20.1")
    delivered_on, how = said.delivered_on, look.optional("delivered_how", wording.name, said.delivered_how)
    if scope.tenancy_id is not None:
        if said.party is not Party.TENANT:
            look.note("party", "a tenant gives its own notice", clause="K20.1")
        if delivered_on not in {None, today}:
            look.note("delivered_on", "what a tenant hands in here is delivered today", clause="K20.1")
        delivered_on, how = today, HANDED_IN_HERE
    if delivered_on is not None:
        _check_delivery(look, delivered_on, earliest=_earliest(said.given_on, agreement), today=today)
    if (delivered_on is None) != (how is None):
        look.note("delivered_how", "say on which day it was delivered and how that is known", clause="K20.1")
    _refuse_flawed(look)
    return Notice(
        id=new_id(),
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        party=said.party,
        given_on=said.given_on,
        message=message,
        exhibit_id=said.exhibit_id,
        recorded_at=at,
        delivered_on=delivered_on,
        delivered_how=how,
        main_connector_agrees_at=None,
        tenant_agrees_at=None,
        version=1,
    )


def _earliest(given_on: date, agreement: Agreement) -> date:
    """Return the first day on which a notice can have been delivered: not before it was given or there was anything."""
    return given_on if agreement.in_force_on is None else max(given_on, agreement.in_force_on)


def _check_delivery(look: wording.Examination, delivered_on: date, *, earliest: date, today: date) -> None:
    if delivered_on > today:
        look.note("delivered_on", "it is still to come", clause="K20.1")
    if delivered_on < earliest:
        detail = "it is before the notice was given, or before the agreement was in force"
        look.note("delivered_on", detail, clause="K20.1")


def _refuse_flawed(look: wording.Examination) -> None:
    if look.flaws:
        raise OccurrenceRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))


def _act(action: str, notice: Notice, at: datetime, **facts: str | None) -> Act:
    said = {"agreement": str(notice.agreement_id), "party": notice.party.value, **facts}
    return history.occurred(f"notice.{action}", notice.id, tenancy_id=notice.tenancy_id, at=at, **said)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
