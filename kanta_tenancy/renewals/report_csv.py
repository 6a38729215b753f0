"""A month of renewal requests as CSV: a line for each outcome, and for each day of the answers."""

from typing import Final

from kanta_tenancy.machinery import spreadsheets
from kanta_tenancy.renewals.report import Report

COLUMNS: Final = ("month", "tenant", "figure", "of", "requests", "handed_over")


def as_csv(report: Report) -> bytes:
    """Return the report for a spreadsheet, no cell of which it can compute."""
    month, tenant = report.month.isoformat()[:7], report.tenant or ""
    rows = [
        (month, tenant, "outcome", one.outcome.value, str(one.requests), str(one.handed_over))
        for one in report.outcomes
    ]
    rows += [(month, tenant, "answered_on_day", str(one.day), str(one.requests), "") for one in report.days]
    hours = (("median_hours", report.median_hours), ("nine_tenths_hours", report.nine_tenths_hours))
    rows += [(month, tenant, name, "" if value is None else str(value), "", "") for name, value in hours]
    return spreadsheets.table(COLUMNS, rows)
