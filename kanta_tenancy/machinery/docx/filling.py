"""Values checked against the contract and turned into bytes, once for the whole document."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from kanta_tenancy.machinery.docx import charts
from kanta_tenancy.machinery.docx.contract import Contract, Group, SignatureLine, Values
from kanta_tenancy.machinery.docx.errors import TextNotPrintable, ValuesDoNotFit
from kanta_tenancy.machinery.docx.escaping import one_line, plain_texts, run_text
from kanta_tenancy.machinery.docx.segments import Filling

_GUID: Final = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")


def filling(values: Values, contract: Contract, lines: frozenset[str]) -> Filling:
    """Escape every value, used by the template or not, so that a refusal does not depend on the template.

    Args:
        values: what the document says.
        contract: the names that there must be, no more and no fewer.
        lines: the signature lines that the document shows.

    Raises:
        TextNotPrintable: a text cannot be printed; the refusal names its placeholder.
        ValuesDoNotFit: names are missing or unknown.
    """
    _same_names("texts", values.texts.keys(), contract.texts.all())
    _same_names("rows", values.rows.keys(), {group.name for group in contract.groups})
    _same_names("signature lines", values.signature_lines.keys(), lines)
    _same_names("charts", values.charts.keys(), contract.charts.all())
    _same_names("conditions", values.present - contract.conditions.all(), set())
    _check_ids(values.signature_lines)
    numbers = charts.numbers(contract)
    return Filling(
        texts=_texts(values.texts),
        rows={group.name: _items(group, values.rows[group.name]) for group in contract.groups},
        present=frozenset(values.present),
        signature_lines={name: _attributes(name, line) for name, line in values.signature_lines.items()},
        drawings={name: charts.drawing(name, numbers[name], chart) for name, chart in values.charts.items()},
        charts={name: charts.content(name, chart) for name, chart in values.charts.items()},
    )


def _same_names(what: str, given: AbstractSet[str], expected: AbstractSet[str]) -> None:
    if given != expected:
        missing, unknown = sorted(expected - given), sorted(given - expected)
        raise ValuesDoNotFit(f"{what}: missing {missing}, unknown {unknown}")


def _texts(texts: Mapping[str, str]) -> dict[str, bytes]:
    plain = plain_texts(list(texts.values()))
    if plain is not None:
        return dict(zip(texts, plain, strict=True))
    return {name: run_text(name, text) for name, text in texts.items()}


def _items(group: Group, items: Sequence[Mapping[str, str]]) -> list[dict[str, bytes]]:
    expected = group.items.all()
    for item in items:
        _same_names(group.name, item.keys(), expected)
    plain = plain_texts([text for item in items for text in item.values()])
    if plain is not None:
        ready = iter(plain)
        return [dict(zip(item, ready, strict=False)) for item in items]
    return [_item(group.name, number, item) for number, item in enumerate(items)]


def _item(group: str, number: int, item: Mapping[str, str]) -> dict[str, bytes]:
    try:
        return {name: run_text(name, text) for name, text in item.items()}
    except TextNotPrintable as refusal:
        raise refusal.inside(f"{group}[{number}]") from None


def _check_ids(lines: Mapping[str, SignatureLine]) -> None:
    ids = [line.id for line in lines.values()]
    if len(set(ids)) != len(ids) or not all(map(_GUID.fullmatch, ids)):
        raise ValuesDoNotFit(f"the ids of signature lines are GUIDs in braces, each another: {ids}")


def _attributes(name: str, line: SignatureLine) -> bytes:
    return b' id="%b" o:suggestedsigner="%b" o:suggestedsigner2="%b" o:suggestedsigneremail="%b"' % (
        line.id.encode(),
        one_line(f"{name}.name", line.name),
        one_line(f"{name}.title", line.title),
        one_line(f"{name}.email", line.email),
    )
