"""Annex 1 over time: which services an agreement and its amendments make of each day (K1.3). Pure."""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from kanta_tenancy.agreements.annex.model import AnnexPeriod, AnnexSaid


def periods(said: Iterable[AnnexSaid], until: date | None) -> tuple[AnnexPeriod, ...]:
    """Return how long each version of Annex 1 holds.

    What was signed later prevails from its day on, also over what was agreed before for a later day: an amendment says
    the whole of Annex 1. Nothing of it outlives the agreement.

    Args:
        said: by the agreement itself, then by its amendments in the order in which they were completed.
        until: the first day on which the agreement is not in force; None: until further notice.
    """
    found: list[AnnexPeriod] = []
    for one in said:
        found = [_cut(period, one.since) for period in found]
        found.append(AnnexPeriod(said_by=one.said_by, since=one.since, until=None))
    return tuple(period if until is None else _cut(period, until) for period in found)


def _cut(period: AnnexPeriod, day: date) -> AnnexPeriod:
    ends = day if period.until is None else min(period.until, day)
    return replace(period, until=max(period.since, ends))
