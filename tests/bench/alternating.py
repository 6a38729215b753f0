"""Two things measured in turns, so that whatever else the machine does slows both."""

import gc
import statistics
import time
from collections.abc import Callable

from kanta_tenancy.kernel.records import Record


class Measured(Record, frozen=True, kw_only=True):
    """What a unit of work cost on each side in each round."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours to theirs, round by round: the two of a round saw the same machine."""
        return tuple(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))

    def inverted(self) -> "Measured":
        """Turn costs into speeds, or back."""
        return Measured(ours=tuple(1 / each for each in self.ours), theirs=tuple(1 / each for each in self.theirs))


def alternate(ours: Callable[[], float], theirs: Callable[[], float], *, rounds: int) -> Measured:
    """Measure both in turns, each first as often as the other, after one round that does not count."""
    ours(), theirs()
    gc.collect()
    gc.freeze()  # what was prepared for the measurement is not ours to go through again and again
    mine: list[float] = []
    others: list[float] = []
    for number in range(rounds):
        if number % 2:
            others.append(theirs())
            mine.append(ours())
        else:
            mine.append(ours())
            others.append(theirs())
    return Measured(ours=tuple(mine), theirs=tuple(others))


def middle_half(values: tuple[float, ...]) -> tuple[float, float]:
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, upper


def cpu_of_each(work: Callable[[], object], times: int) -> float:
    """Return the seconds of processor time that one unit of work takes in this process."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times
