"""What becomes of a duty that a room above sees to: it stands as it stands there, and is chased there (K4.2). Pure.

This room does not know who sees to it. Whoever does says so, by a carrier of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances import explaining, rules
from kanta_tenancy.disturbances.case import Carried, DutyState, KeptDuty
from kanta_tenancy.disturbances.model import Matter, Rule
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import TenancyId

_LAST: Final = datetime.max.replace(tzinfo=UTC)
_TOLD: Final = frozenset({DutyState.SENT, DutyState.ACKNOWLEDGED})
# Of several carriers, one that is not done yet counts first.
_ORDER: Final = (DutyState.PENDING, DutyState.SENT, DutyState.NOT_NEEDED)
_ELSEWHERE: Final = Sentence(
    fi="Siitä huolehditaan tietoturvaloukkausten rekisterissä: siellä se tehdään, siellä siitä muistutetaan.",
    sv="Det sköts i registret över personuppgiftsincidenter: där görs det, där påminns det.",
    en="The register of breaches sees to it: there it is done, and there people are reminded.",
)


def rule_of(duty: KeptDuty) -> Rule:
    """Return the row of the table that a duty came by."""
    return rules.rule_on(duty.rule, day_in_finland(duty.made_at))


def carrier_of(carried: Iterable[Carried], tenancy_id: TenancyId | None, matter: Matter | None) -> Carried | None:
    """Return how a matter of a party stands where it is seen to; None: nowhere."""
    found = [one for one in carried if (one.tenancy_id, one.matter) == (tenancy_id, matter)]
    return min(found, key=lambda one: (_ORDER.index(one.state), one.due_at or _LAST, one.carrier), default=None)


def followed(duty: KeptDuty, carried: Sequence[Carried]) -> KeptDuty:
    """Return a duty as it stands where it is seen to; itself where it is not, or stands so already.

    What somebody was told stays told, unless it is open there.
    """
    rule = rule_of(duty)
    by = carrier_of(carried, duty.tenancy_id, rule.matter)
    if by is None:
        return duty
    after = replace(duty, carried_by=by.carrier)
    if duty.state not in _TOLD or by.state is DutyState.PENDING:
        after = _as_there(after, rule, by)
    return duty if after == duty else replace(after, version=duty.version + 1)


def latest(kept: Iterable[KeptDuty]) -> list[KeptDuty]:
    """Return the last round of each duty."""
    found = {(one.tenancy_id, one.rule): one for one in sorted(kept, key=lambda one: one.round)}
    return list(found.values())


def same(one: Carried, other: Carried | None) -> bool:
    """Say whether nothing new is said."""
    return other is not None and replace(one, said_by=other.said_by, said_at=other.said_at) == other


def _as_there(duty: KeptDuty, rule: Rule, by: Carried) -> KeptDuty:
    due_at = by.due_at or duty.due_at
    moved = {} if duty.state is by.state else {"state_at": by.said_at, "settled_by": by.said_by}
    return replace(
        duty,
        state=by.state,
        told_at=by.said_at if by.state is DutyState.SENT else None,
        channel=by.channel if by.state is DutyState.SENT else None,
        note=by.note if by.state is not DutyState.PENDING else None,
        counted_from=by.counted_from or duty.counted_from,
        due_at=due_at,
        explanation=_explained(duty, rule, by, due_at),
        **moved,
    )


def _explained(duty: KeptDuty, rule: Rule, by: Carried, due_at: datetime) -> Explanation:
    there = by.explanation
    sources = (explaining.source_of(rule), rule.reference, *(() if there is None else there.sources))
    return Explanation(
        rule=duty.explanation.rule,
        sources=tuple(dict.fromkeys(sources)),
        inputs={"carried_by": by.carrier, **({} if there is None else there.inputs)},
        steps=(rule.meaning, _ELSEWHERE, *(() if there is None else there.steps)),
        result=due_at.isoformat(),
    )
