"""What new facts make of the duties that are there: added, due at another time, not needed, told anew (K4.1c). Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy.disturbances import deriving, explaining, rules
from kanta_tenancy.disturbances.case import Answered, DutyState, KeptDuty, Purpose
from kanta_tenancy.disturbances.model import Addressee, Answer, Channel, Duty, Fact, Moments, Side
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.kernel.records import Record

RULE: Final = "K4.1c"
AT_ONCE: Final = "at_once"
# Whoever knows by the report itself, and tenants, who are told of each change of state and not of each fact.
WITHOUT_CHANGES: Final = frozenset(
    {Addressee.NAMED_PERSON, Addressee.MAIN_CONNECTOR, Addressee.AFFECTED_TENANTS, Addressee.BREACH_REGISTER}
)
BY_THE_REPORT: Final = frozenset({Addressee.NAMED_PERSON, Addressee.MAIN_CONNECTOR})
GONE: Final = "The facts do not bring it any more"

Key = tuple[TenancyId | None, str]


class Wanted(Record, frozen=True, kw_only=True):
    """A duty that the facts bring, with how that came about."""

    tenancy_id: TenancyId | None
    duty: Duty
    explanation: Explanation


class Reconciled(Record, frozen=True, kw_only=True):
    """What is to be written."""

    added: tuple[KeptDuty, ...]
    moved: tuple[KeptDuty, ...]  # open before and after: due at another time
    dropped: tuple[KeptDuty, ...]  # open before, not needed now


def held_at(history: Iterable[Answered], at: datetime) -> frozenset[Fact]:
    """Return the facts that stood at an instant, by everything that was answered until then."""
    latest = {one.fact: one.answer for one in history if one.answered_at <= at}
    return frozenset(fact for fact, answer in latest.items() if answer is Answer.YES)


def known_since(history: Iterable[Answered]) -> dict[Fact, datetime]:
    """Return since when each fact has stood: when it was first answered with yes after it was not."""
    since: dict[Fact, datetime] = {}
    for one in history:
        if one.answer is Answer.YES:
            since.setdefault(one.fact, one.answered_at)
        else:
            since.pop(one.fact, None)
    return since


def wanted(
    side: Side,
    tenancy_id: TenancyId | None,
    moments: Moments,
    explained: Callable[[Duty, Moments], Explanation] = explaining.explain,
) -> list[Wanted]:
    """Return the duties that the facts of these moments bring a party."""
    return [
        Wanted(tenancy_id=tenancy_id, duty=duty, explanation=explained(duty, moments))
        for duty in deriving.duties(side, moments.known, moments)
    ]


def fresh(one: Wanted, *, disturbance_id: UUID, at: datetime, by: str | None) -> KeptDuty:
    """Return a duty as it is put down first. What a tenant owes its main connector, its report has fulfilled.

    Args:
        by: who reported it, or said what brings it: then the main connector knows it; None: nobody did just now.
    """
    told = by is not None and one.tenancy_id is not None and one.duty.rule.to in BY_THE_REPORT
    return _row(
        one,
        round_=1,
        purpose=Purpose.FIRST,
        disturbance_id=disturbance_id,
        at=at,
        state=DutyState.SENT if told else DutyState.PENDING,
        channel=Channel.SERVICE if told else None,
        by=by if told else None,
    )


def reconcile(
    kept: Sequence[KeptDuty],
    wished: Iterable[Wanted],
    history: Sequence[Answered],
    *,
    disturbance_id: UUID,
    at: datetime,
) -> Reconciled:
    """Return what is to be written so that what is there fits the facts.

    A person's decision that something need not be told stays. Whoever was told and would be told otherwise now is told
    of the change, or that it does not hold any more.
    """
    latest = _latest(kept)
    by_key = _wished_here(wished, latest)
    added: list[KeptDuty] = []
    moved: list[KeptDuty] = []
    dropped: list[KeptDuty] = []
    for key, one in by_key.items():
        last = latest.get(key)
        if last is None:
            added.append(fresh(one, disturbance_id=disturbance_id, at=at, by=_last_author(history)))
        elif last.is_open and last.purpose is Purpose.FIRST:
            moved += _moved(last, one)
        elif last.is_open and last.purpose is Purpose.CANCELLATION:
            dropped.append(_dropped(last, at))
            added.append(_again(last, one.explanation.sources, history, at=at, purpose=Purpose.CHANGE))
        elif not last.is_open:
            added += _renewed(last, one, history, disturbance_id=disturbance_id, at=at)
    for key, last in latest.items():
        if key not in by_key:
            gone, cancelled = _fallen(last, kept, history, at=at)
            dropped += gone
            added += cancelled
    return Reconciled(added=tuple(added), moved=tuple(moved), dropped=tuple(dropped))


def _wished_here(wished: Iterable[Wanted], latest: Mapping[Key, KeptDuty]) -> dict[Key, Wanted]:
    """Return what is wanted by its key, without what another room sees to: that stands as it stands there."""
    elsewhere = {key for key, last in latest.items() if last.carried_by is not None}
    by_key = {(one.tenancy_id, one.duty.key): one for one in wished}
    return {key: one for key, one in by_key.items() if key not in elsewhere}


def _last_author(history: Sequence[Answered]) -> str | None:
    return history[-1].answered_by if history else None


def _latest(kept: Iterable[KeptDuty]) -> Mapping[Key, KeptDuty]:
    found: dict[Key, KeptDuty] = {}
    for one in sorted(kept, key=lambda one: one.round):
        found[one.tenancy_id, one.rule] = one
    return found


def _moved(last: KeptDuty, one: Wanted) -> list[KeptDuty]:
    if last.explanation == one.explanation:
        return []
    return [
        replace(
            last,
            counted_from=one.duty.counted_from,
            due_at=one.duty.due_at,
            explanation=one.explanation,
            version=last.version + 1,
        )
    ]


def _renewed(
    last: KeptDuty, one: Wanted, history: Sequence[Answered], *, disturbance_id: UUID, at: datetime
) -> list[KeptDuty]:
    """Return what follows for one that was settled and is wanted: nothing, a change to tell, or the duty anew."""
    if last.state is DutyState.NOT_NEEDED:
        by_the_facts = last.settled_by is None
        return [_once_more(last, one, disturbance_id=disturbance_id, at=at)] if by_the_facts else []
    if last.purpose is Purpose.CANCELLATION:
        return [_once_more(last, one, disturbance_id=disturbance_id, at=at)]
    if last.addressee in WITHOUT_CHANGES or held_at(history, last.state_at) == held_at(history, at):
        return []
    return [_again(last, one.explanation.sources, history, at=at, purpose=Purpose.CHANGE)]


def _fallen(
    last: KeptDuty, kept: Iterable[KeptDuty], history: Sequence[Answered], *, at: datetime
) -> tuple[list[KeptDuty], list[KeptDuty]]:
    """Return what follows for one that the facts do not bring any more: dropped, and whoever was told is told."""
    if last.carried_by is not None:
        return [], []
    if last.purpose is Purpose.CANCELLATION or last.addressee in WITHOUT_CHANGES:
        return ([_dropped(last, at)], []) if last.is_open and last.purpose is Purpose.FIRST else ([], [])
    gone = [_dropped(last, at)] if last.is_open else []
    told = any(
        one.state in {DutyState.SENT, DutyState.ACKNOWLEDGED}
        for one in kept
        if (one.tenancy_id, one.rule) == (last.tenancy_id, last.rule)
    )
    cancelled = [_again(last, last.explanation.sources, history, at=at, purpose=Purpose.CANCELLATION)] if told else []
    return gone, cancelled


def _dropped(duty: KeptDuty, at: datetime) -> KeptDuty:
    return replace(duty, state=DutyState.NOT_NEEDED, note=GONE, settled_by=None, state_at=at, version=duty.version + 1)


def _once_more(last: KeptDuty, one: Wanted, *, disturbance_id: UUID, at: datetime) -> KeptDuty:
    return _row(
        one,
        round_=last.round + 1,
        purpose=Purpose.FIRST,
        disturbance_id=disturbance_id,
        at=at,
        state=DutyState.PENDING,
        channel=None,
        by=None,
    )


def _again(
    last: KeptDuty, sources: tuple[str, ...], history: Sequence[Answered], *, at: datetime, purpose: Purpose
) -> KeptDuty:
    """Return the next round of a duty: who was told is told of the change, or that it does not hold any more."""
    critical = Fact.CRITICAL_OR_WIDE in held_at(history, at)
    limit = rules.limit_on(AT_ONCE, day_in_finland(at))
    due_at = deriving.due_at(limit, at, critical=critical)
    explanation = Explanation(
        rule=RULE,
        sources=(RULE, *sources, limit.source),
        inputs={"counted_from": at.isoformat(), "limit": limit.key, "told_at": last.state_at.isoformat()},
        steps=(_TOLD[purpose], limit.meaning, _by(due_at)),
        result=due_at.isoformat(),
    )
    return KeptDuty(
        id=new_id(),
        disturbance_id=last.disturbance_id,
        tenancy_id=last.tenancy_id,
        rule=last.rule,
        round=last.round + 1,
        purpose=purpose,
        addressee=last.addressee,
        source=last.source,
        counted_from=at,
        due_at=due_at,
        explanation=explanation,
        state=DutyState.PENDING,
        state_at=at,
        made_at=at,
        version=1,
    )


def _row(
    one: Wanted,
    *,
    round_: int,
    purpose: Purpose,
    disturbance_id: UUID,
    at: datetime,
    state: DutyState,
    channel: Channel | None,
    by: str | None,
) -> KeptDuty:
    return KeptDuty(
        id=new_id(),
        disturbance_id=disturbance_id,
        tenancy_id=one.tenancy_id,
        rule=one.duty.key,
        round=round_,
        purpose=purpose,
        addressee=one.duty.rule.to,
        source=one.duty.rule.source,
        counted_from=one.duty.counted_from,
        due_at=one.duty.due_at,
        explanation=one.explanation,
        state=state,
        state_at=at,
        made_at=at,
        version=1,
        channel=channel,
        settled_by=by,
        told_at=at if state is DutyState.SENT else None,
    )


def _by(due_at: datetime) -> Sentence:
    return sentence("Viimeistään {at} Suomen aikaa.", "Senast {at} finsk tid.", "By {at}, Finnish time.", at=due_at)


_TOLD: Final[Mapping[Purpose, Sentence]] = {
    Purpose.CHANGE: Sentence(
        fi="Se, mitä on kerrottu, on muuttunut: muutoksesta kerrotaan niille, joille on kerrottu.",
        sv="Det som har berättats har ändrats: de som har underrättats underrättas om ändringen.",
        en="What was told has changed: those who were told are told of the change.",
    ),
    Purpose.CANCELLATION: Sentence(
        fi="Se, mitä on kerrottu, ei pidä enää paikkaansa: siitä kerrotaan niille, joille on kerrottu.",
        sv="Det som har berättats stämmer inte längre: de som har underrättats underrättas om det.",
        en="What was told does not hold any more: those who were told are told so.",
    ),
}
