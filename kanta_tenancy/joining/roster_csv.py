"""The roster as CSV for spreadsheets. Programs take the JSON."""

from typing import Final

from kanta_tenancy.joining.model import Roster, RosterLine
from kanta_tenancy.machinery import spreadsheets

COLUMNS: Final = (
    "day", "service_key", "service", "application_in_production", "tenant", "business_id", "oid", "tenancy_reference",
    "annex_since",
)  # fmt: skip


def as_csv(roster: Roster) -> bytes:
    """Return the roster with a heading, a line for each service and tenant."""
    return spreadsheets.table(COLUMNS, (_cells(roster, line) for line in roster.lines))


def _cells(roster: Roster, line: RosterLine) -> tuple[str, ...]:
    tenant, service = line.tenant, line.service
    return (
        roster.day.isoformat(),
        service.key,
        service.name,
        "yes" if service.covered else "no",
        tenant.name,
        tenant.business_id,
        tenant.oid or "",
        tenant.reference,
        tenant.since.isoformat(),
    )
