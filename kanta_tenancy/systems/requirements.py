"""What law and Kanta ask of systems and certificates on a day: dated data with its source and how sure that is."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.kernel.dated import in_force_on
from kanta_tenancy.systems.model import Longest, SystemClass, WarningDays

_DATA: Final = Path(__file__).parent / "data"


def classes_on(day: date) -> Mapping[str, SystemClass]:
    """Return the classes by key as they are on a day, in the order of the data."""
    by_key: dict[str, list[SystemClass]] = {}
    for one in _classes():
        by_key.setdefault(one.key, []).append(one)
    return {key: in_force_on(values, day) for key, values in by_key.items()}


def longest_on(day: date) -> Longest:
    """Return how long a security certificate that is granted on a day can hold."""
    return in_force_on(_longest(), day)


def warnings_on(day: date) -> WarningDays:
    """Return when people are warned of a certificate whose last day this is."""
    return in_force_on(_warnings(), day)


@cache
def _classes() -> tuple[SystemClass, ...]:
    return msgspec.convert(_read("classes")["class"], tuple[SystemClass, ...])


@cache
def _longest() -> tuple[Longest, ...]:
    return msgspec.convert(_read("conformity")["longest"], tuple[Longest, ...])


@cache
def _warnings() -> tuple[WarningDays, ...]:
    return msgspec.convert(_read("conformity")["warnings"], tuple[WarningDays, ...])


def _read(name: str) -> Any:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
