"""What messages mean here: a report that came, a promise kept by hand, a notice that did not arrive after all."""

import msgspec

from kanta_tenancy import promises
from kanta_tenancy.disturbances import history, owing, proposing
from kanta_tenancy.disturbances.actions import closing
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import (
    OPEN,
    Answered,
    Basis,
    Disturbance,
    DisturbanceReported,
    DutyMoved,
    DutyState,
    Report,
    SaidReport,
)
from kanta_tenancy.disturbances.errors import DutyNotFound
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Answer, Fact
from kanta_tenancy.disturbances.store import disturbances, duties, reports
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.postgres.outbox import Message

_LONGEST = 2_000
_OPEN_AGAIN = {
    DutyState.FAILED: "What was sent did not arrive: somebody must still be told",
    DutyState.PENDING: "Where it is seen to, something is to be told of it again",
}


async def report_came(tx: Transaction, message: Message) -> None:
    """Promise what a report has brought; it was taken in with the duties alone, so that a storm can be taken in."""
    told = msgspec.convert(message.body, DisturbanceReported)
    disturbance = await disturbances.hold(tx, told.disturbance_id)
    await duty_actions.promise_brought(tx, disturbance, opened=not told.joined, at=message.at)
    if told.joined and disturbance.state in OPEN:
        await _draw_more(tx, disturbance, told, message)


async def _draw_more(tx: Transaction, disturbance: Disturbance, told: DisturbanceReported, message: Message) -> None:
    """Draw from a report that joined a disturbance what nobody has answered yet, and bring the duties in line."""
    report = await reports.find(tx, told.report_id)
    known = await disturbances.answers(tx, disturbance.id)
    await disturbances.add_answers(tx, disturbance.id, _drawn(report, known))
    renewed = await duty_actions.renew(tx, disturbance, at=message.at)
    act = history.of_disturbance(
        "report_joined",
        disturbance,
        disturbance,
        at=message.at,
        report=str(report.id),
        duties_added=sum(len(one.added) for one in renewed),
    )
    await record(tx, act)


async def promise_was_kept(tx: Transaction, message: Message) -> None:
    """Say of a duty whose promise a person kept that it was told, with that person's evidence as its note."""
    kept = msgspec.convert(message.body, promises.PromiseKept)
    if kept.kind != owing.DUTY:
        return
    try:
        duty = await duties.hold(tx, owing.id_in(kept.key))
    except DutyNotFound:
        return
    if not duty.is_chased or owing.duty_key(duty) != kept.key:  # it was settled here as well
        return
    note = await _evidence(tx, kept)
    await duty_actions.settle_taken(tx, duty, DutyMove.SEND, at=kept.at, note=note)


async def duty_was_moved(tx: Transaction, message: Message) -> None:
    """Open a closed disturbance again when what was sent of it did not arrive, or is to be told anew elsewhere."""
    moved = msgspec.convert(message.body, DutyMoved)
    if moved.state in _OPEN_AGAIN:
        await closing.open_again(tx, moved.disturbance_id, because=_OPEN_AGAIN[moved.state], at=moved.at)


async def _evidence(tx: Transaction, kept: promises.PromiseKept) -> str:
    wanted = promises.Wanted(subject=kept.subject, kind=owing.DUTY)
    for promise in await promises.page(tx, wanted, after=None, count=200):
        if promise.key == kept.key:
            return str((promise.result or {}).get("evidence", ""))[:_LONGEST] or kept.key
    return kept.key


def _drawn(report: Report, known: dict[Fact, Answered]) -> list[Answered]:
    """Return what a report proposes beyond what is known; what a person said, and what holds already, stays."""
    said = SaidReport(**{name: getattr(report, name) for name in SaidReport.__struct_fields__})
    proposed = proposing.proposals(said, by_tenant=report.tenancy_id is not None)
    return [
        Answered(
            fact=fact,
            answer=one.answer,
            basis=Basis.REPORT,
            answered_by=report.reported_by,
            answered_at=report.reported_at,
            reason=one.reason,
        )
        for fact, one in proposed.items()
        if fact not in known or (known[fact].basis is Basis.REPORT and known[fact].answer is not Answer.YES)
        if fact in known or one.answer is Answer.YES
    ]
