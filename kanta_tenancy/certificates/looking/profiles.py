"""The profiles by name: data with its source and how sure that is, not code."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.certificates.looking.model import Profile, Rule
from kanta_tenancy.kernel.records import Record

_FILE: Final = Path(__file__).parent / "data" / "profiles.toml"


class _Written(Record, frozen=True, kw_only=True):
    name: str
    about: str
    rule: tuple[Rule, ...]
    includes: tuple[str, ...] = ()


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every profile; what one includes stands in the file before it."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    ready: dict[str, Profile] = {}
    for one in msgspec.convert(data["profile"], tuple[_Written, ...]):
        included = tuple(rule for name in one.includes for rule in ready[name].rules)
        ready[one.name] = Profile(name=one.name, about=one.about, rules=(*one.rule, *included))
    return ready
