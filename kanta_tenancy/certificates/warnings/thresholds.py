"""Which levels a kind has, how long nobody else is told, how long issuers need: dated data with its source."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.certificates.warnings.model import Delivery, Patience, PatienceAmiss, Thresholds
from kanta_tenancy.kernel.dated import in_force_on
from kanta_tenancy.kernel.severity import Severity

_FILE: Final = Path(__file__).parent / "data" / "thresholds.toml"


def thresholds_on(day: date, kinds: Collection[str]) -> Mapping[str, Thresholds]:
    """Return on which levels people are warned of certificates of these kinds, as it is on a day."""
    by_kind: dict[str, list[Thresholds]] = {}
    for one in every():
        for kind in one.kinds or ("",):
            by_kind.setdefault(kind, []).append(one)
    return {kind: in_force_on(by_kind.get(kind) or by_kind[""], day) for kind in kinds}


def patience_on(day: date, days_left: int) -> Patience:
    """Return how long nobody else is told of a warning while so many days are left, as it is on a day."""
    by_days: dict[int, list[Patience]] = {}
    for one in _patience():
        by_days.setdefault(one.days_left, []).append(one)
    within = min((days for days in by_days if days_left <= days), default=max(by_days))
    return in_force_on(by_days[within], day)


def patience_amiss_on(day: date, severity: Severity) -> PatienceAmiss:
    """Return how long nobody else is told of a finding of a severity, as it is on a day."""
    return in_force_on([one for one in _patience_amiss() if one.severity is severity], day)


def delivery_on(day: date, profile: str | None) -> Delivery | None:
    """Return how long the issuer of a profile needs, as it is on a day; None: that is not known."""
    known = [one for one in _deliveries() if profile in one.profiles]
    return in_force_on(known, day) if known else None


@cache
def every() -> tuple[Thresholds, ...]:
    """Return all that the data says of levels, whichever kinds and days it is for."""
    return msgspec.convert(_data()["thresholds"], tuple[Thresholds, ...])


@cache
def _patience() -> tuple[Patience, ...]:
    return msgspec.convert(_data()["patience"], tuple[Patience, ...])


@cache
def _patience_amiss() -> tuple[PatienceAmiss, ...]:
    return msgspec.convert(_data()["patience_amiss"], tuple[PatienceAmiss, ...])


@cache
def _deliveries() -> tuple[Delivery, ...]:
    return msgspec.convert(_data()["delivery"], tuple[Delivery, ...])


def _data() -> Any:
    return tomllib.loads(_FILE.read_text("utf-8"))
