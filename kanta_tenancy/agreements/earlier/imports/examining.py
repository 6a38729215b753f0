"""Whether each row of a file is acceptable in itself. Pure; every flaw is found, not only the first."""

import enum
import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.model import Earlier, Form, Register
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import BadRow, Row, read_day, wording

E = TypeVar("E", bound=enum.StrEnum)
T = TypeVar("T")
_BETWEEN: Final = re.compile(r"[\s,;|]+")


class Good(Record, frozen=True, kw_only=True):
    row: Row
    business_id: str
    said: Earlier


def examine(row: Row, today: date) -> tuple[Good | None, list[BadRow]]:
    """Return what a row says, or everything that is wrong with it."""
    bad: list[BadRow] = []

    def read(field: str, rule: Callable[[str], T], otherwise: T) -> T:
        if field not in row.values:
            bad.append(row.bad(field, "it is empty"))
            return otherwise
        try:
            return rule(row.values[field])
        except wording.Unfit as why:
            bad.append(row.bad(field, str(why)))
            return otherwise

    business_id = read("business_id", wording.business_id, "")
    said = Earlier(
        in_force_on=read("in_force_on", read_day, today),
        model_version=row.values.get("version", ""),
        form=read("form", _one_of(Form), Form.PAPER),
        language=read("language", _one_of(Language), Language.FINNISH),
        services=_several(row.values.get("services", "")),
        registers=tuple(_registers(row, bad)),
        reference=row.values.get("reference"),
    )
    fit, flaws = earlier.examined(said, today)
    told = {one.field for one in bad}
    bad += [row.bad(flaw.field, flaw.detail) for flaw in flaws if flaw.field not in told]
    return (None if bad else Good(row=row, business_id=business_id, said=fit)), bad


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        given = text.strip().lower()
        if given not in set(kind):
            raise wording.Unfit(f"one of {', '.join(kind)} is expected")
        return kind(given)

    return read


def _registers(row: Row, bad: list[BadRow]) -> list[Register]:
    try:
        return [_one_of(Register)(text) for text in _several(row.values.get("registers", ""))]
    except wording.Unfit as why:
        bad.append(row.bad("registers", str(why)))
        return []


def _several(text: str) -> tuple[str, ...]:
    """Read keys with blanks, commas, semicolons or bars between them."""
    return tuple(one for one in _BETWEEN.split(text.strip()) if one)
