"""What was measured: a table for people, and `build/bench.json` for whoever compares runs."""

import operator
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel.records import Record

_COMPARISONS: Final = {">=": operator.ge, "<=": operator.le}


class Goal(Record, frozen=True, kw_only=True):
    comparison: str
    bound: float

    def __str__(self) -> str:
        return f"{self.comparison} {self.bound:g}"

    def is_met_by(self, ratio: float) -> bool:
        return bool(_COMPARISONS[self.comparison](ratio, self.bound))


def at_least(bound: float) -> Goal:
    return Goal(comparison=">=", bound=bound)


def at_most(bound: float) -> Goal:
    return Goal(comparison="<=", bound=bound)


class Row(Record, frozen=True, kw_only=True):
    """One comparison; `ours` and `theirs` are for the table, since only their ratio outlives the machine."""

    name: str
    ratio: float
    goal: Goal
    ours: str
    theirs: str
    spread: tuple[float, float]  # the ratios between which the middle half of the rounds lies

    @property
    def holds(self) -> bool:
        return self.goal.is_met_by(self.ratio)


def as_json(rows: Sequence[Row]) -> bytes:
    lines = [
        {"name": row.name, "ratio": round(row.ratio, 3), "goal": str(row.goal), "holds": row.holds} for row in rows
    ]
    return msgspec.json.format(msgspec.json.encode(lines)) + b"\n"


def as_table(rows: Sequence[Row]) -> str:
    lines = [("what", "ours", "theirs", "ratio", "half of the rounds", "goal", "holds")]
    lines += [
        (
            row.name,
            row.ours,
            row.theirs,
            f"{row.ratio:.3g}",
            f"{row.spread[0]:.3g} to {row.spread[1]:.3g}",
            str(row.goal),
            "yes" if row.holds else "NO",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def write(rows: Sequence[Row], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(as_json(rows))
