"""How often is looked, and what is taken for trouble, on a day: dated data with its source."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel.dated import Certainty, in_force_on
from kanta_tenancy.kernel.records import Record

_DATA: Final = Path(__file__).parent / "data" / "rhythm.toml"
LONGEST_HOURS: Final = 168  # a week: whoever looks less often does not watch


class Rhythm(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    since: date
    certainty: Certainty
    source: str
    probe_every_hours: int
    again_after_minutes: int
    told_after_minutes: int
    issuer_has_days: int
    round_every_minutes: int
    late_after_hours: int
    shrunk_by_percent: int
    overdue_after_minutes: int
    stood_still_hours: int

    @property
    def again_after(self) -> timedelta:
        return timedelta(minutes=self.again_after_minutes)

    @property
    def told_after(self) -> timedelta:
        return timedelta(minutes=self.told_after_minutes)

    @property
    def issuer_has(self) -> timedelta:
        return timedelta(days=self.issuer_has_days)

    @property
    def round_every(self) -> timedelta:
        return timedelta(minutes=self.round_every_minutes)

    @property
    def late_after(self) -> timedelta:
        return timedelta(hours=self.late_after_hours)

    @property
    def overdue_after(self) -> timedelta:
        return timedelta(minutes=self.overdue_after_minutes)

    @property
    def stood_still(self) -> timedelta:
        return timedelta(hours=self.stood_still_hours)


def rhythm_on(day: date) -> Rhythm:
    return in_force_on(_rhythms(), day)


@cache
def _rhythms() -> tuple[Rhythm, ...]:
    return msgspec.convert(tomllib.loads(_DATA.read_text("utf-8"))["rhythm"], tuple[Rhythm, ...])
