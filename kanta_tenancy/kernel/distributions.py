"""Many numbers told by a few: within how much so many of a thousand are, and bars of signs beside each other."""

from collections.abc import Iterable
from typing import Final

_BAR: Final = 30  # signs of the longest bar


def within(counted: Iterable[tuple[int, int]], permille: int) -> int | None:
    """Return the smallest value that so many of a thousand do not exceed; None: there is none.

    Args:
        counted: values, each with how often it is there.
    """
    found = sorted(counted)
    left = -(-sum(count for _, count in found) * permille // 1000)
    for value, count in found:
        left -= count
        if count and left <= 0:
            return value
    return None


def bar(count: int, longest: int) -> int:
    """Return how long the bar of a count is beside the longest, in signs; one that is not empty shows."""
    return 0 if count == 0 else max(round(_BAR * count / longest), 1)
