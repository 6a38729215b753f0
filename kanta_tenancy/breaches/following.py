"""What others' messages mean here: a tenant reported, help was asked for, a person kept a promise of a breach."""

from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from kanta_tenancy import promises
from kanta_tenancy.breaches import history, owing, telling
from kanta_tenancy.breaches.actions.keeping import Standing, go_on, read
from kanta_tenancy.breaches.actions.reporting import open_breaches, ruled
from kanta_tenancy.breaches.checking import LONGEST_REASON
from kanta_tenancy.breaches.duties import DutyKind, open_duties
from kanta_tenancy.breaches.model import (
    Addressee,
    BreachReported,
    HelpAnswer,
    HelpMoved,
    HelpState,
    Item,
    Telling,
)
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.breaches.store import helping, reports
from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.messages import readers, tell

_MANY: Final = 200  # promises of one kind about one breach
_DUTIES: Final = {owing.kind_of(kind): kind for kind in DutyKind}
_TOLD: Final = {
    DutyKind.NOTIFY_AUTHORITY: Addressee.AUTHORITY,
    DutyKind.SUPPLEMENT_NOTICE: Addressee.AUTHORITY,
    DutyKind.TELL_PERSONS: Addressee.PERSONS,
    DutyKind.TELL_KELA: Addressee.KELA,
    DutyKind.TELL_CONTROLLER: Addressee.CONTROLLER,
}


async def breach_was_reported(tx: Transaction, message: Message) -> None:
    """Tell the main connector's people of a tenant's report, and put its own part into its register (clause 4.2)."""
    said = msgspec.convert(message.body, BreachReported)
    report = await reports.find(tx, said.report_id)
    if report.tenancy_id is None:  # its own: all of it was done at once
        return
    await open_breaches(tx, report, ruled(report.concerned, at=said.at), at=said.at)
    people = await readers(tx, telling.READERS, tenancy_id=None, at=message.at)
    await tell(tx, message.at, telling.reported(report, people))


async def help_was_moved(tx: Transaction, message: Message) -> None:
    """Tell whoever is asked for help, and whoever asked when it is answered."""
    said = msgspec.convert(message.body, HelpMoved)
    asked = await helping.find(tx, said.help_id)
    to_asker = said.state is HelpState.ANSWERED
    of_tenant = asked.asked_by_tenant is to_asker
    people = await readers(tx, telling.READERS, tenancy_id=asked.tenancy_id if of_tenant else None, at=message.at)
    await tell(tx, message.at, telling.helping(asked, said.state, people, by=message.id))


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Put down that somebody was told, or that help was given, when a person kept the promise of it by hand."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    if kept.kind == owing.HELP:
        await _answered(tx, kept)
    elif kept.kind in _DUTIES:
        await _told(tx, kept, _DUTIES[kept.kind])


async def _told(tx: Transaction, kept: promises.PromiseKept, kind: DutyKind) -> None:
    before = await read(tx, await store.hold(tx, owing.id_in(kept.subject)))
    waiting = {owing.key_of(before.breach.id, duty) for duty in open_duties(before.duties)}
    if kept.key not in waiting:  # it was put down here as well
        return
    evidence, by = await _shown(tx, kept)
    said = _telling(before, kind, evidence, at=kept.at)
    after = await go_on(tx, before, said, by=by, at=kept.at)
    await record(tx, history.of_entry(before.breach, after.breach, after.entries[-1]))


def _telling(before: Standing, kind: DutyKind, evidence: str, *, at: datetime) -> Telling:
    """Return a telling as whoever kept the promise shows it. Of a first notice it is not known what it said."""
    due = before.case.authority_due_at
    late = kind is DutyKind.NOTIFY_AUTHORITY and due is not None and at > due
    return Telling(
        addressee=_TOLD[kind],
        told_at=at,
        how=evidence,
        items=tuple(Item) if kind is DutyKind.SUPPLEMENT_NOTICE else (),
        late_because=evidence if late else None,
    )


async def _answered(tx: Transaction, kept: promises.PromiseKept) -> None:
    seen = await helping.find(tx, owing.id_in(kept.subject))
    before = await helping.take(tx, seen.id, seen.version)
    if before.state is not HelpState.ASKED:
        return
    evidence, by = await _shown(tx, kept)
    number = len(await helping.answers(tx, before.id)) + 1
    given = HelpAnswer(number=number, answer=evidence, is_final=True, answered_by=by, answered_at=kept.at)
    after = replace(before, state=HelpState.ANSWERED, state_at=kept.at, version=before.version + 1)
    await helping.add_answer(tx, after, given)
    await helping.save(tx, after)
    told = HelpMoved(help_id=after.id, state=after.state, at=kept.at)
    await record(tx, history.of_help("answered", before, after, at=kept.at), announce=told)


async def _shown(tx: Transaction, kept: promises.PromiseKept) -> tuple[str, str]:
    """Return what the person showed and who it was, as the promise has it; the register keeps nobody's code."""
    wanted = promises.Wanted(subject=kept.subject, kind=kept.kind, states=(promises.State.KEPT,))
    found = await promises.page(tx, wanted, after=None, count=_MANY)
    result = next((one.result or {} for one in found if one.key == kept.key), {})
    evidence = str(result.get("evidence", ""))[:LONGEST_REASON]
    if not evidence or holds_personal_identity_code(evidence):
        evidence = f"promise/{kept.promise_id}"
    return evidence, str(result.get("kept_by", ""))
