"""How the journal names what happened to breaches: on the chain of whose register it is."""

from datetime import datetime

from kanta_tenancy.breaches.model import Breach, Entry, Help, Report
from kanta_tenancy.machinery.postgres.journal import Act, digest_of

Facts = str | int | None


def of_report(report: Report) -> Act:
    return Act(
        action="breach.reported",
        subject=f"breach_report/{report.id}",
        at=report.reported_at,
        tenancy_id=report.tenancy_id,
        after=digest_of(report),
    )


def of_breach(done: str, before: Breach | None, after: Breach, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"breach.{done}",
        subject=f"breach/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def of_entry(before: Breach, after: Breach, entry: Entry) -> Act:
    """Name an entry by its kind, with its digest: what it says stays in the register."""
    said = str(entry.said.__struct_config__.tag)
    return of_breach("said", before, after, at=entry.said_at, number=entry.number, said=said, entry=digest_of(entry))


def of_help(done: str, before: Help | None, after: Help, *, at: datetime) -> Act:
    return Act(
        action=f"breach_help.{done}",
        subject=f"breach_help/{after.id}",
        at=at,
        tenancy_id=after.tenancy_id,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts={"breach": str(after.breach_id)},
    )
