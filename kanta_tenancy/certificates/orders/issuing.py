"""How certificates are asked for and by when the steps of an order are due: data with its source, not code."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.certificates.looking.model import Check
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.orders.model import Due, Issuing, Step
from kanta_tenancy.kernel.dated import in_force_on
from kanta_tenancy.machinery.x509.keys import KeyKind

_FILE: Final = Path(__file__).parent / "data" / "issuing.toml"
NAMES: Final[Mapping[str, KeyKind]] = {
    "RSA-2048": KeyKind.RSA_2048,
    "RSA-3072": KeyKind.RSA_3072,
    "RSA-4096": KeyKind.RSA_4096,
    "EC P-256": KeyKind.EC_P256,
    "EC P-384": KeyKind.EC_P384,
}  # as `machinery.x509.keys.describe` calls them


def issuing(profile: str) -> Issuing:
    """Return how a certificate of a profile is asked for.

    Raises:
        KeyError: there is no such profile.
    """
    return _issuing()[profile]


def known() -> tuple[str, ...]:
    """Return the profiles that can be ordered."""
    return tuple(_issuing())


def keys_of(profile: str) -> tuple[KeyKind, ...]:
    """Return which keys the profile allows; all that can be made here when it says nothing."""
    allowed = [set(rule.keys) for rule in profiles()[profile].rules if rule.check is Check.KEY_AMONG]
    return tuple(kind for name, kind in NAMES.items() if all(name in one for one in allowed))


def due(step: Step, profile: str, day: date) -> Due:
    """Return in how many days a step is due that begins on a day."""
    own = [one for one in _dues() if one.step is step and one.profile == profile]
    return in_force_on(own or [one for one in _dues() if one.step is step and one.profile is None], day)


@cache
def _issuing() -> Mapping[str, Issuing]:
    return {one.profile: one for one in msgspec.convert(_read()["issuing"], tuple[Issuing, ...])}


@cache
def _dues() -> tuple[Due, ...]:
    return msgspec.convert(_read()["due"], tuple[Due, ...])


def _read() -> Any:
    return tomllib.loads(_FILE.read_text("utf-8"))
