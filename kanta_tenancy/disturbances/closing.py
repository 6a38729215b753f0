"""What is missing before a disturbance can be closed, each thing by its name. Pure.

Agreement, statute and instruction ask that somebody tells; none asks for a receipt. So a duty is finished once it was
told: by mail once the mail server has it, by webhook once the receiver has said so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.case import DutyState, Finding, FindingKind, Hold, KeptDuty
from kanta_tenancy.disturbances.model import Channel
from kanta_tenancy.kernel.errors import Flaw

RULE: Final = "K4.1c"
FINISHED: Final = frozenset({DutyState.SENT, DutyState.ACKNOWLEDGED, DutyState.NOT_NEEDED})
_NEEDED: Final[Mapping[FindingKind, str]] = {
    FindingKind.CAUSE: "nobody has said what the cause was",
    FindingKind.REMEDY: "nobody has said what the remedy was",
}


def latest(findings: Iterable[Finding]) -> dict[FindingKind, Finding]:
    """Return what counts of what was found out, in its order."""
    return {one.kind: one for one in findings}


def missing(
    duties: Sequence[KeptDuty],
    findings: Iterable[Finding],
    holds: Iterable[Hold],
    *,
    on_their_way: Collection[UUID] = (),
) -> tuple[Flaw, ...]:
    """Return what keeps a disturbance from being closed: duty by duty, cause and remedy, then what others have open.

    Args:
        on_their_way: duties whose mail the mail server, or whose webhook its receiver, does not have yet.
    """
    said = latest(findings)
    return (
        *(_unfinished(one) for one in duties if one.state not in FINISHED),
        *(_on_its_way(one) for one in duties if one.state is DutyState.SENT and one.id in on_their_way),
        *(Flaw(field=kind.value, detail=detail, rule=RULE) for kind, detail in _NEEDED.items() if kind not in said),
        *(Flaw(field=f"holds.{one.key}", detail=one.because.en, rule=RULE) for one in holds),
    )


def _unfinished(duty: KeptDuty) -> Flaw:
    whose = "the main connector" if duty.tenancy_id is None else f"tenancy {duty.tenancy_id}"
    detail = f"{duty.rule}: {whose} has still to tell {duty.addressee.value}; it is {duty.state.value}"
    return Flaw(field=f"duties.{duty.id}", detail=detail, rule=duty.explanation.rule)


def _on_its_way(duty: KeptDuty) -> Flaw:
    where = "the receiver" if duty.channel is Channel.WEBHOOK else "the mail server"
    detail = f"{duty.rule}: the {duty.channel} to {duty.addressee.value} has not reached {where} yet"
    return Flaw(field=f"duties.{duty.id}", detail=detail, rule=duty.explanation.rule)
