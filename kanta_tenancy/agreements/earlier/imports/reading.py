"""A file of earlier agreements: CSV as spreadsheets write it, or JSON with the same fields."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import BadRow, ImportRefused

FIELDS: Final = (
    "business_id", "in_force_on", "version", "form", "language", "services", "registers", "reference",
)  # fmt: skip
LARGEST_FILE: Final = 20_000_000  # bytes
MOST: Final = 20_000  # agreements


class Row(Record, frozen=True, kw_only=True):
    """What one row says, without what was left empty."""

    line: int
    row: int  # in CSV the line again; in JSON the number of the agreement
    values: Mapping[str, str]

    def bad(self, field: str, reason: str) -> BadRow:
        return BadRow(line=self.line, row=self.row, field=field, reason=reason)


def read(content: bytes) -> tuple[list[Row], list[BadRow]]:
    """Read a file: JSON when it begins with `[`, else CSV; cells are text, whatever they look like.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither.
    """
    if len(content) > LARGEST_FILE:
        raise ImportRefused(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise ImportRefused(f"line {line} is not UTF-8: save the file as UTF-8", line=line) from why
    if not text.strip():
        raise ImportRefused("the file is empty")
    rows, bad = _json(text) if text.lstrip()[0] == "[" else _csv(text)
    if len(rows) > MOST:
        raise ImportRefused(f"the file names {len(rows)} agreements; {MOST} are allowed")
    return rows, bad


def _csv(text: str) -> tuple[list[Row], list[BadRow]]:
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[Row] = []
    bad: list[BadRow] = []
    try:
        header = _header(next(reader, []))
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


def _header(cells: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    strange = [cell for cell in header if cell not in FIELDS]
    if strange:
        shown = ", ".join(repr(cell[:50]) for cell in strange[:10])
        raise ImportRefused(f"line 1 has columns that are not known: {shown}", line=1)
    if len(set(header)) != len(header) or "business_id" not in header:
        raise ImportRefused("line 1 must name the columns, each once, business_id among them", line=1)
    return header


def _json(text: str) -> tuple[list[Row], list[BadRow]]:
    raw = text.encode()
    try:
        found = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as why:
        raise ImportRefused(f"the file is no JSON array of agreements: {why}") from why
    rows: list[Row] = []
    bad: list[BadRow] = []
    place, line = 0, 1
    for number, one in enumerate(found, 1):
        piece = bytes(one)
        begins = raw.index(piece, place)
        line += raw.count(b"\n", place, begins)
        said, flaws = _object(piece, line, number)
        bad += flaws
        if said is not None and not flaws:
            rows.append(Row(line=line, row=number, values=said))
        line += piece.count(b"\n")
        place = begins + len(piece)
    return rows, bad


def _object(piece: bytes, line: int, number: int) -> tuple[dict[str, str] | None, list[BadRow]]:
    def wrong(field: str, reason: str) -> BadRow:
        return BadRow(line=line, row=number, field=field[:80], reason=reason)

    try:
        pairs: Any = json.loads(piece, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None, [wrong("", "it cannot be read")]
    if not piece.lstrip().startswith(b"{"):
        return None, [wrong("", "an object with the fields of an agreement is expected")]
    said = dict(pairs)
    flaws = [wrong(field, "there is no such field") for field in said if field not in FIELDS]
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
