"""A month of disturbances as CSV: a line for each figure."""

from collections.abc import Iterator
from typing import Final

from kanta_tenancy.disturbances.summary.counting import Summary, Times
from kanta_tenancy.machinery import spreadsheets

COLUMNS: Final = ("month", "figure", "of", "value")
Row = tuple[str, str, str]


def as_csv(made: Summary) -> bytes:
    """Return the summary for a spreadsheet, no cell of which it can compute."""
    month = made.heading.month.isoformat()[:7]
    return spreadsheets.table(COLUMNS, [(month, *row) for row in _rows(made)])


def _rows(made: Summary) -> Iterator[Row]:
    yield "events", "", str(made.events)
    yield "still_open", "", str(made.still_open)
    counts = {
        "state": made.states,
        "notion": made.notions,
        "place": made.places,
        "severity": made.severities,
        "acknowledged_within_minutes": made.waits,
    }
    for figure, counted in counts.items():
        yield from ((figure, one.key, str(one.events)) for one in counted)
    yield from _times("acknowledged", "", made.acknowledged)
    yield "acknowledged_late", "", str(made.acknowledged_late)
    yield "unacknowledged", "", str(made.unacknowledged)
    for each in made.sources:
        yield from _times("told", each.source, each.times)
        numbers = {
            "told_late": each.told_late,
            "telling_open": each.open,
            "telling_overdue": each.overdue,
            "telling_not_needed": each.not_needed,
        }
        yield from ((figure, each.source, str(number)) for figure, number in numbers.items())
    for left in made.left:
        yield "left_open", left.kind, str(left.open)
        yield "left_overdue", left.kind, str(left.overdue)


def _times(what: str, of: str, times: Times) -> Iterator[Row]:
    yield what, of, str(times.measured)
    minutes = {"median": times.median, "nine_tenths": times.nine_tenths, "worst": times.worst}
    yield from ((f"{what}_{name}_minutes", of, "" if value is None else str(value)) for name, value in minutes.items())
