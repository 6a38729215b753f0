"""The rule of K1.2: nobody offers or signs unless both parties are shown to be in the Soteri register."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.parties.model import Finding, SoteriCheck

_MARCH: Final = 3
_LAST_OF_MARCH: Final = 31


def missing(checks: Iterable[SoteriCheck], on_day: date, *, field: str = "soteri") -> Flaw | None:
    """Say what a party's evidence lacks on a day; None when it shows that the party is registered.

    The last look on or before that day counts, and of two on one day the one recorded later.

    Args:
        checks: what was found and not withdrawn since, in any order.

    Source:
        Model agreement, clause 1 (K1.2).
    """
    last = latest(checks, on_day)
    if last is None:
        return Flaw(field=field, detail=f"no look into the Soteri register by {on_day} is recorded", rule="K1.2")
    if last.finding is Finding.NOT_REGISTERED:
        detail = f"on {last.checked_on} the party was not in the Soteri register"
        return Flaw(field=field, detail=detail, rule="K1.2")
    return None


def recheck_overdue(checks: Iterable[SoteriCheck], on_day: date, *, field: str = "soteri") -> Flaw | None:
    """Say that the yearly look is late: a warning, which hinders nobody.

    Source:
        Act 741/2023, section 17: entries are checked every year by 31 March (K1.2).
    """
    last = latest(checks, on_day)
    if last is None or on_day.year == last.checked_on.year or on_day <= recheck_due(last.checked_on):
        return None
    detail = f"the last look was on {last.checked_on}; the next was due by {recheck_due(last.checked_on)}"
    return Flaw(field=field, detail=detail, rule="K1.2")


def recheck_due(checked_on: date) -> date:
    """Return the last day for the next yearly look: 31 March of the year after."""
    return date(checked_on.year + 1, _MARCH, _LAST_OF_MARCH)


def latest(checks: Iterable[SoteriCheck], on_day: date) -> SoteriCheck | None:
    known: Sequence[SoteriCheck] = [check for check in checks if check.checked_on <= on_day]
    return max(known, key=lambda check: (check.checked_on, check.recorded_at, check.id), default=None)
