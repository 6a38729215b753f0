"""What law gives the handling of renewal requests on a day, and what this service chose: dated data with its source."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel.dated import in_force_on
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.renewals.model import DatedDays, DatedHours, Following, Informing, Kind, KindRule

_FILE: Final = Path(__file__).parent / "data" / "renewals.toml"


class _Data(Record, frozen=True, kw_only=True):
    clock: tuple[DatedHours, ...]
    following: tuple[Following, ...]
    informing: tuple[Informing, ...]
    stopping: tuple[DatedDays, ...]
    retention: tuple[DatedDays, ...]
    kind: tuple[KindRule, ...]


def clock_on(day: date) -> DatedHours:
    """Return after how many hours a request lapses that arrives on a day."""
    return in_force_on(_data().clock, day)


def following_on(day: date) -> Following:
    """Return how requests are followed unless the main connector chose otherwise."""
    return in_force_on(_data().following, day)


def informing_on(day: date) -> Informing:
    """Return until when a patient is to be told of what happened on a day."""
    return in_force_on(_data().informing, day)


def stopping_on(day: date) -> DatedDays:
    """Return how many days before a change on a day no more requests are taken in."""
    return in_force_on(_data().stopping, day)


def retention_on(day: date) -> DatedDays:
    """Return for how many days a request that was closed on a day is kept whole."""
    return in_force_on(_data().retention, day)


def kind_on(kind: Kind, day: date) -> KindRule:
    """Return what a kind of prescription allows on a day."""
    return in_force_on([one for one in _data().kind if one.key is kind], day)


@cache
def _data() -> _Data:
    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), _Data)
