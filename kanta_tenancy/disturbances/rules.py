"""Who must tell whom, until when, and what is asked: dated data with its source and how sure that is, not code."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.disturbances.case import Disturbance, Kind
from kanta_tenancy.disturbances.model import Fact, FactInWords, Limit, Pace, Rule, Source
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import in_force_on

_DATA: Final = Path(__file__).parent / "data"


@cache
def rules_on(day: date) -> tuple[Rule, ...]:
    """Return the rows of the table that hold on a day, in its order; a row that begins later holds not yet."""
    newest: dict[str, Rule] = {}
    for rule in _rules():
        known = newest.get(rule.key)
        if rule.since <= day and (known is None or known.since <= rule.since):
            newest[rule.key] = rule
    return tuple(newest.values())


def rule_on(key: str, day: date) -> Rule:
    """Return the row of a key as it is on a day; before it began, as it begins.

    Raises:
        KeyError: the table never had it.
    """
    rows = [rule for rule in _rules() if rule.key == key]
    if not rows:
        raise KeyError(key)
    return in_force_on(rows, day)


def limit_on(key: str, day: date) -> Limit:
    """Return a time limit as it is on a day."""
    return in_force_on(_limits()[key], day)


def pace_on(day: date) -> Pace:
    """Return how long people are waited for on a day."""
    return in_force_on(_paces(), day)


def is_short_notice(planned: Disturbance) -> bool:
    """Say whether maintenance was put down later than is meant before it begins. Nothing refuses it for that."""
    meant = timedelta(days=pace_on(day_in_finland(planned.reported_at)).notice_days)
    return planned.kind is Kind.MAINTENANCE and planned.since - planned.reported_at < meant


@cache
def facts_in_words() -> Mapping[Fact, FactInWords]:
    """Return what is asked of each fact, in the order in which it is asked."""
    return {one.key: one for one in msgspec.convert(_read("facts")["fact"], tuple[FactInWords, ...])}


@cache
def _rules() -> tuple[Rule, ...]:
    found: list[Rule] = []
    for source in Source:
        found += msgspec.convert(_read(f"duties/{source.value}")["duty"], list[Rule])
    return tuple(found)


@cache
def _limits() -> Mapping[str, tuple[Limit, ...]]:
    by_key: dict[str, tuple[Limit, ...]] = {}
    for one in msgspec.convert(_read("limits")["limit"], tuple[Limit, ...]):
        by_key[one.key] = (*by_key.get(one.key, ()), one)
    return by_key


@cache
def _paces() -> tuple[Pace, ...]:
    return msgspec.convert(_read("limits")["pace"], tuple[Pace, ...])


def _read(name: str) -> Any:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
