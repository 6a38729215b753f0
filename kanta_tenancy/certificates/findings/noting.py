"""Puts down what a look found, and clears what it found no more; state and journal in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from kanta_tenancy.certificates.findings import store
from kanta_tenancy.certificates.findings.model import Finding, FindingsChanged, Noted, Touched
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record


async def note(
    tx: Transaction, at: datetime, subjects: Collection[str], found: Sequence[Finding], *, family: str
) -> Noted:
    """Open findings that are new, note the others as seen again, and clear those of the subjects that are gone.

    Two statements, however many there are, and one more when there are errors. One that has grown more severe is
    cleared and opened anew, so that people are told of it again. Findings of other families about the same subjects
    stay as they are. Of two of the same rule and subject the first counts. The journal has one entry for a
    look that changed anything.

    Args:
        subjects: everything that was looked at, whether or not something was found with it.
        family: the first word of the rules, such as `probe`; who looks clears its own only.

    Raises:
        ValueError: a finding is of another family, or with something that was not looked at.
    """
    looked_at = frozenset(subjects)
    for one in found:
        if not one.rule.startswith(f"{family}.") or one.subject not in looked_at:
            raise ValueError(f"a finding of {one.rule} with {one.subject} is none of this look of {family}")
    rows = {(one.rule, one.subject): (new_id(), one) for one in reversed(found)}
    outgrown = await store.clear_outgrown(tx, at, found)
    seen = await store.put(tx, at, sorted(rows.values(), key=lambda row: (row[1].rule, row[1].subject)))
    gone = await store.clear(tx, at, family=family, subjects=looked_at, seen=[one.id for one in seen])
    cleared = [*outgrown, *gone]
    new = {key for key, _ in rows.values()}
    opened = [one for one in seen if one.id in new]
    if opened or cleared:
        about = next(iter(looked_at)) if len(looked_at) == 1 else f"certificate_findings/{family}"
        await _tell(tx, about, opened, cleared, at)
    return Noted(opened=len(opened), seen_again=len(seen) - len(opened), cleared=len(cleared))


async def told_to_everybody(tx: Transaction, ids: Collection[UUID], *, at: datetime) -> int:
    """Put down that everybody was told of these findings in a mail of their own; nobody is left to pass them on to."""
    return await store.told_to_everybody(tx, ids, at=at)


async def _tell(
    tx: Transaction, about: str, opened: Sequence[Touched], cleared: Sequence[Touched], at: datetime
) -> None:
    act = Act(
        action="certificate_findings.changed",
        subject=about,
        at=at,
        facts={
            "opened": len(opened),
            "opened_rules": ",".join(_rules(opened)) or None,
            "cleared": len(cleared),
            "cleared_rules": ",".join(_rules(cleared)) or None,
        },
    )
    told = FindingsChanged(subject=about, opened=len(opened), cleared=len(cleared), rules=_rules(opened), at=at)
    await record(tx, act, announce=told)


def _rules(touched: Sequence[Touched]) -> tuple[str, ...]:
    return tuple(sorted({one.rule for one in touched}))
