"""From facts to duties: who must tell whom, by what, until when (K4.1b, K4.2). Table-driven and pure.

The table is data/duties/. Hours are hours that pass: neither a night when the clocks change nor a weekend makes more of
them.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.model import Counted, Duty, Fact, Limit, Moments, Rule, Side
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.calendar import HELSINKI, add_months, day_in_finland

FOLLOW_UP: Final = "nis2_follow_up"  # the limit of the notice that the final one is counted from

Facts = Collection[Fact]


def duties(side: Side, facts: Facts, moments: Moments) -> tuple[Duty, ...]:
    """Return what a party must tell, in the order of the table.

    The rows are those of the day on which the event was detected.

    Args:
        facts: those that stand; a question that nobody has answered brings no duty.
        moments: when each of the facts was put down, at least.

    Raises:
        ValueError: an instant has no time zone.
    """
    day = day_in_finland(moments.detected_at)
    held = frozenset(facts)
    return tuple(_duty(rule, held, moments, day) for rule in _met(side, held, day))


@lru_cache(maxsize=1_000)
def _met(side: Side, facts: frozenset[Fact], day: date) -> tuple[Rule, ...]:
    """Return the rules that are met. Of a storm of reports nearly all bring the same few facts."""
    return tuple(rule for rule in rules.rules_on(day) if rule.owed_by is side and applies(rule, facts))


def would_arise(side: Side, facts: Facts, unanswered: Facts, day: date) -> tuple[Rule, ...]:
    """Return the rules that are not met and would be, were some of the unanswered questions answered with yes."""
    held, may_hold = frozenset(facts), frozenset(unanswered)
    return tuple(
        rule
        for rule in rules.rules_on(day)
        if rule.owed_by is side and not applies(rule, held) and _could_apply(rule, held, may_hold)
    )


def applies(rule: Rule, facts: frozenset[Fact]) -> bool:
    """Say whether the facts meet a rule."""
    return (
        facts.issuperset(rule.every)
        and (not rule.some or not facts.isdisjoint(rule.some))
        and facts.isdisjoint(rule.none)
    )


def grounds(rule: Rule, facts: Facts) -> tuple[Fact, ...]:
    """Return the facts by which a rule is met."""
    return (*rule.every, *(one for one in rule.some if one in facts))


def _could_apply(rule: Rule, held: frozenset[Fact], may_hold: frozenset[Fact]) -> bool:
    at_best = held | may_hold
    return (
        at_best.issuperset(rule.every)
        and (not rule.some or not at_best.isdisjoint(rule.some))
        and held.isdisjoint(rule.none)
    )


def _duty(rule: Rule, facts: frozenset[Fact], moments: Moments, day: date) -> Duty:
    limit = rules.limit_on(rule.limit, day)
    counted_from = _COUNTED[rule.counted](rule, facts, moments)
    return Duty(
        rule=rule,
        limit=limit,
        counted_from=counted_from,
        due_at=due_at(limit, counted_from, critical=Fact.CRITICAL_OR_WIDE in facts),
        facts=grounds(rule, facts),
    )


def due_at(limit: Limit, counted_from: datetime, *, critical: bool) -> datetime:
    """Return the instant, in UTC, by which somebody is to be told.

    Months are calendar months in Finland, up to the same time of that day; where a month has no such day, its last.

    Raises:
        ValueError: the instant has no time zone.
    """
    if counted_from.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    if limit.breach_clock:
        return breach_clock.authority_due(counted_from)
    if limit.months is not None:
        local = counted_from.astimezone(HELSINKI)
        return datetime.combine(add_months(local.date(), limit.months), local.timetz()).astimezone(UTC)
    minutes = limit.minutes or 0
    if critical and limit.minutes_when_critical is not None:
        minutes = limit.minutes_when_critical
    return counted_from.astimezone(UTC) + timedelta(minutes=minutes)


def _known(rule: Rule, facts: frozenset[Fact], moments: Moments) -> datetime:
    """Return when the rule came to be met: its last fact of all, and the first one of several that would do."""
    stood = [moments.known[one] for one in rule.every]
    alternatives = [moments.known[one] for one in rule.some if one in facts]
    return max([*stood, *([min(alternatives)] if alternatives else [])])


def _detected(_: Rule, __: frozenset[Fact], moments: Moments) -> datetime:
    return moments.detected_at


def _aware(rule: Rule, facts: frozenset[Fact], moments: Moments) -> datetime:
    return moments.aware_at or _known(rule, facts, moments)


def _followed_up(_: Rule, __: frozenset[Fact], moments: Moments) -> datetime:
    if moments.followed_up_at is not None:
        return moments.followed_up_at
    limit = rules.limit_on(FOLLOW_UP, day_in_finland(moments.detected_at))
    return due_at(limit, moments.detected_at, critical=False)


_COUNTED: Final[Mapping[Counted, Callable[[Rule, frozenset[Fact], Moments], datetime]]] = {
    Counted.KNOWN: _known,
    Counted.DETECTED: _detected,
    Counted.AWARE: _aware,
    Counted.FOLLOWED_UP: _followed_up,
}
