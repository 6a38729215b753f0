"""A file as a flat table: CSV as spreadsheets write it, or JSON with the same fields. A room says which."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.rows import BadRow
from kanta_tenancy.parties.imports.texts import text_of

_LONGEST: Final = 80  # characters of a name of theirs that we repeat


class Table(Record, frozen=True, kw_only=True):
    """What a table is of."""

    fields: tuple[str, ...]
    key: str  # the field that every row needs
    many: str  # what its rows are, such as `agreements`
    one: str  # such as `an agreement`
    most: int  # rows


class Row(Record, frozen=True, kw_only=True):
    """What one row says, without what was left empty."""

    line: int
    row: int  # in CSV the line again; in JSON the number of the object
    values: Mapping[str, str]

    def bad(self, field: str, reason: str) -> BadRow:
        return BadRow(line=self.line, row=self.row, field=field, reason=reason)


def read_table(content: bytes, table: Table) -> tuple[list[Row], list[BadRow]]:
    """Read a file: JSON when it begins with `[`, else CSV; cells are text, whatever they look like.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither.
    """
    text = text_of(content)
    rows, bad = _json(text, table) if text.lstrip()[0] == "[" else _csv(text, table)
    if len(rows) > table.most:
        raise ImportRefused(f"the file names {len(rows)} {table.many}; {table.most} are allowed")
    return rows, bad


def _csv(text: str, table: Table) -> tuple[list[Row], list[BadRow]]:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[Row] = []
    bad: list[BadRow] = []
    try:
        header = _header(next(reader, []), table)
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(header):
                reason = f"it has {len(cells)} cells under {len(header)} headings"
                bad.append(BadRow(line=line, row=line, field="", reason=reason))
            elif any(cell.strip() for cell in cells):
                rows.append(Row(line=line, row=line, values=_filled(zip(header, cells, strict=False))))
            line = reader.line_num + 1  # a cell may hold line breaks
    except csv.Error as why:
        raise ImportRefused(f"line {reader.line_num} is no CSV: {why}", line=reader.line_num) from why
    return rows, bad


def _header(cells: Sequence[str], table: Table) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    strange = [cell for cell in header if cell not in table.fields]
    if strange:
        shown = ", ".join(repr(cell[:50]) for cell in strange[:10])
        raise ImportRefused(f"line 1 has columns that are not known: {shown}", line=1)
    if len(set(header)) != len(header) or table.key not in header:
        raise ImportRefused(f"line 1 must name the columns, each once, {table.key} among them", line=1)
    return header


def _json(text: str, table: Table) -> tuple[list[Row], list[BadRow]]:
    raw = text.encode()
    try:
        found = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as why:
        raise ImportRefused(f"the file is no JSON array of {table.many}: {why}") from why
    rows: list[Row] = []
    bad: list[BadRow] = []
    place, line = 0, 1
    for number, one in enumerate(found, 1):
        piece = bytes(one)
        begins = raw.index(piece, place)
        line += raw.count(b"\n", place, begins)
        said, flaws = _object(piece, table, line, number)
        bad += flaws
        if said is not None and not flaws:
            rows.append(Row(line=line, row=number, values=said))
        line += piece.count(b"\n")
        place = begins + len(piece)
    return rows, bad


def _object(piece: bytes, table: Table, line: int, number: int) -> tuple[dict[str, str] | None, list[BadRow]]:
    def wrong(field: str, reason: str) -> BadRow:
        return BadRow(line=line, row=number, field=field[:_LONGEST], reason=reason)

    try:
        pairs: Any = json.loads(piece, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None, [wrong("", "it cannot be read")]
    if not piece.lstrip().startswith(b"{"):
        return None, [wrong("", f"an object with the fields of {table.one} is expected")]
    said = dict(pairs)
    flaws = [wrong(field, "there is no such field") for field in said if field not in table.fields]
    flaws += [
        wrong(field, "it is given twice") for field, times in Counter(field for field, _ in pairs).items() if times > 1
    ]
    texts: dict[str, str] = {}
    for field, value in said.items():
        if isinstance(value, str):
            texts[field] = value
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            texts[field] = " ".join(value)
        elif value is not None:
            flaws.append(wrong(field, "text is expected"))
    return _filled(texts.items()), flaws


def _filled(cells: Any) -> dict[str, str]:
    return {field: value.strip() for field, value in cells if value.strip()}
