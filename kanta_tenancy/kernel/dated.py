"""Values that hold from a day on, as laws and authorities give them: data with a source and how sure it is."""

import enum
from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar


class Certainty(enum.StrEnum):
    """How well a value is known."""

    READ = "read"  # its source was read as text
    EXCERPT = "excerpt"  # its source was seen as an excerpt without a date
    ASSUMED = "assumed"  # no source shows it


class Dated(Protocol):
    @property
    def since(self) -> date: ...


V = TypeVar("V", bound=Dated)


def in_force_on(values: Sequence[V], day: date) -> V:
    """Return the newest value that holds on a day; before all of them, the oldest that is known.

    Args:
        values: at least one, oldest first.
    """
    return [one for one in values if one.since <= day or one is values[0]][-1]
