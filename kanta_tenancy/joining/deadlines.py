"""What Kela asks for in days: dated data with its source and how sure that is, not code."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.joining.model import Deadline
from kanta_tenancy.kernel.dated import in_force_on

_FILE: Final = Path(__file__).parent / "data" / "deadlines.toml"


def technical_change_notice(day: date) -> Deadline:
    """Return how long before a change that takes effect on a day Kela is to be told of it."""
    return in_force_on(_technical_change_notice(), day)


@cache
def _technical_change_notice() -> tuple[Deadline, ...]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return msgspec.convert(data["technical_change_notice"], tuple[Deadline, ...])
