"""The Kanta services, laws and registers by name on a day (clause 1, Annex 1): dated data, not code."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.agreements.model import NamedService, Register
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record

_DATA: Final = Path(__file__).parent / "data"


class DatedName(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    since: date
    fi: str
    sv: str
    en: str
    certain: Mapping[Language, bool] = {}  # a language that is not named here is certain


class Service(Record, frozen=True, kw_only=True):
    """A service of the catalogue; only a `tickable` one can be joined through a main connector."""

    key: str
    tickable: bool
    names: tuple[DatedName, ...]  # oldest first

    def name_on(self, day: date, language: Language) -> str:
        """Return what the service is called on a day, by the newest name that a source shows."""
        known = [name for name in self.names if name.certain.get(language, True)] or list(self.names)
        held = [name for name in known if name.since <= day] or known[:1]
        return str(getattr(held[-1], language.value))


class Law(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    since: date
    fi: str
    sv: str
    en: str
    until: date | None = None


@cache
def services() -> tuple[Service, ...]:
    """Return the catalogue in the order that Annex 1 shows it."""
    data = tomllib.loads((_DATA / "services.toml").read_text("utf-8"))
    return msgspec.convert(data["service"], tuple[Service, ...])


def annex(ticked: tuple[str, ...], day: date, language: Language) -> tuple[NamedService, ...]:
    """Return Annex 1 as it is printed: each service that can be ticked, by its name on the day."""
    return tuple(
        NamedService(key=service.key, name=service.name_on(day, language), ticked=service.key in ticked)
        for service in services()
        if service.tickable
    )


def laws_on(day: date, language: Language) -> tuple[str, ...]:
    """Return the laws that clause 1 names on a day."""
    return tuple(
        str(getattr(law, language.value))
        for law in _laws()
        if law.since <= day and (law.until is None or day < law.until)
    )


def register_name(register: Register, language: Language) -> str:
    return _registers()[register][language]


def unknown(keys: tuple[str, ...], *, field: str) -> tuple[Flaw, ...]:
    """Say which keys are not services that can be ticked, or stand there twice (K1.3)."""
    known = _tickable()
    flaws = [
        Flaw(field=f"{field}[{place}]", detail="it is not a service that a tenant can join", rule="K1.3")
        for place, key in enumerate(keys)
        if key not in known
    ]
    if len(set(keys)) != len(keys):
        flaws.append(Flaw(field=field, detail="a service is named more than once", rule="K1.3"))
    return tuple(flaws)


@cache
def _tickable() -> frozenset[str]:
    return frozenset(service.key for service in services() if service.tickable)


@cache
def _laws() -> tuple[Law, ...]:
    data = tomllib.loads((_DATA / "laws.toml").read_text("utf-8"))
    return msgspec.convert(data["law"], tuple[Law, ...])


@cache
def _registers() -> Mapping[Register, Mapping[Language, str]]:
    data = tomllib.loads((_DATA / "registers.toml").read_text("utf-8"))
    return msgspec.convert(data, dict[Register, dict[Language, str]])
