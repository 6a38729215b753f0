"""What law asks about breaches: whose data is whose, what a notice holds. Dated data with its source."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.breaches.model import Item, RegisterKind, RegisterRow
from kanta_tenancy.kernel.dated import Certainty, in_force_on
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record

_DATA: Final = Path(__file__).parent / "data"


class OwnTimeRow(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """Within how many hours this service asks for what has to be done without delay."""

    since: date
    hours: Mapping[str, int]  # by what it is
    certainty: Certainty
    source: str


class ItemRow(Record, frozen=True, kw_only=True):
    """An item of a notice to the authority."""

    key: Item
    letter: str  # of Article 33(3)
    where_possible: bool
    name: Sentence
    register: str | None = None  # what Article 33(5) calls it


def register_on(kind: RegisterKind, day: date) -> RegisterRow:
    """Return who is controller of a kind of data on a day."""
    return in_force_on(_registers()[kind], day)


def own_times_on(day: date) -> Mapping[str, int]:
    """Return within how many hours what has no hours in law is asked for."""
    return in_force_on(_own_times(), day).hours


@cache
def items() -> Mapping[Item, ItemRow]:
    """Return the items of a notice in the order of the article."""
    rows = msgspec.convert(_read("content")["item"], tuple[ItemRow, ...])
    return {row.key: row for row in rows}


@cache
def _registers() -> Mapping[RegisterKind, tuple[RegisterRow, ...]]:
    rows = msgspec.convert(_read("controllership")["register"], tuple[RegisterRow, ...])
    return {kind: tuple(row for row in rows if row.key is kind) for kind in RegisterKind}


@cache
def _own_times() -> tuple[OwnTimeRow, ...]:
    return msgspec.convert(_read("own_times")["own_time"], tuple[OwnTimeRow, ...])


def _read(name: str) -> Any:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
