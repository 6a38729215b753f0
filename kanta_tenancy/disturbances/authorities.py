"""Which authority is told on a day and how it is reached: dated data, and what a main connector says of it. Pure."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.disturbances.model import Addressee, Authority, Override
from kanta_tenancy.kernel.dated import Certainty, in_force_on

NOTHING_SAID: Final = Override()
_FILE: Final = Path(__file__).parent / "data" / "authorities.toml"


def authority_on(key: Addressee, day: date, override: Override = NOTHING_SAID) -> Authority:
    """Return an authority as it is on a day; what the main connector itself says of how it is reached goes before.

    Raises:
        KeyError: the addressee is no authority.
    """
    known = in_force_on(_authorities()[key], day)
    said = {name: value for name, value in msgspec.structs.asdict(override).items() if value is not None}
    # A webhook says nothing of how sure the addresses are that stand beside it.
    certainty = Certainty.READ if said.keys() - {"webhook"} else known.contact_certainty
    return msgspec.structs.replace(known, **said, contact_certainty=certainty)


def authorities() -> tuple[Addressee, ...]:
    """Return which addressees are authorities, in the order of the data."""
    return tuple(_authorities())


@cache
def _authorities() -> Mapping[Addressee, tuple[Authority, ...]]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    by_key: dict[Addressee, tuple[Authority, ...]] = {}
    for one in msgspec.convert(data["authority"], tuple[Authority, ...]):
        by_key[one.key] = (*by_key.get(one.key, ()), one)
    return by_key
