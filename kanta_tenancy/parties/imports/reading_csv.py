"""CSV as spreadsheets write it: UTF-8 with or without a mark at its beginning, `;` or `,` between the cells."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.rows import (
    CONTACT,
    MOST_ORGANISATIONS,
    ORGANISATION,
    SOTERI,
    BadRow,
    Entry,
    Part,
    Sheet,
)

_CONTACT: Final = "contact_"
_SOTERI: Final = "soteri_"
COLUMNS: Final = (*ORGANISATION, *(_CONTACT + field for field in CONTACT), *(_SOTERI + field for field in SOTERI))


class _Row(Record, frozen=True, kw_only=True):
    line: int
    cells: Mapping[str, str]  # without empty ones

    def part(self, path: str, fields: Sequence[str]) -> Part:
        values = {field: self.cells[path + field] for field in fields if path + field in self.cells}
        return Part(line=self.line, row=self.line, path=path, values=values)


class _Reader(Protocol):
    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def read_csv(text: str) -> Sheet:
    """Read a table with one organisation, contact and Soteri entry a row; further rows of an organisation add to it.

    Raises:
        ImportRefused: it is no table with the columns that we know.
    """
    rows, bad = _rows(text)
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        if "business_id" in row.cells:
            groups.setdefault(_identity(row.cells["business_id"]), []).append(row)
        else:
            bad.append(BadRow(line=row.line, row=row.line, field="business_id", reason="it is empty"))
    if len(groups) > MOST_ORGANISATIONS:
        raise ImportRefused(f"the file names {len(groups)} organisations; {MOST_ORGANISATIONS} are allowed")
    entries = [entry for group in groups.values() for entry in _entries(group, bad)]
    return Sheet(entries=tuple(sorted(entries, key=lambda entry: entry.organisation.row)), bad=tuple(bad))


def _rows(text: str) -> tuple[list[_Row], list[BadRow]]:
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True
    )
    good: list[_Row] = []
    bad: list[BadRow] = []
    try:
        header = _header(next(reader, []))
        for line, cells in _numbered(reader):
            if len(cells) > len(header):
                bad.append(
                    BadRow(
                        line=line, row=line, field="", reason=f"it has {len(cells)} cells under {len(header)} headings"
                    )
                )
                continue
            filled = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
            if filled:
                good.append(_Row(line=line, cells=filled))
    except csv.Error as why:
        raise ImportRefused(f"line {reader.line_num} is no CSV: {why}", line=reader.line_num) from why
    return good, bad


def _numbered(reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    begins = reader.line_num + 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1  # a cell may hold line breaks, so a row may end lines below its beginning


def _header(cells: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    strange = [cell for cell in header if cell not in COLUMNS]
    if strange:
        shown = ", ".join(repr(cell[:50]) for cell in strange[:10])
        raise ImportRefused(f"line 1 has columns that are not known: {shown}", line=1)
    if len(set(header)) != len(header) or "business_id" not in header:
        raise ImportRefused("line 1 must name the columns, each once, business_id among them", line=1)
    return header


def _identity(cell: str) -> str:
    try:
        return wording.business_id(cell)
    except wording.Unfit:
        return cell.strip()


def _entries(rows: Sequence[_Row], bad: list[BadRow]) -> Iterator[Entry]:
    """Put the rows of an organisation together; one that adds nothing to it is an entry of its own, to be judged so."""
    first, *further = rows
    added = [first]
    for row in further:
        if not any(column.startswith((_CONTACT, _SOTERI)) for column in row.cells):
            yield Entry(organisation=row.part("", ORGANISATION))
            continue
        flaws = _contradictions(first, row)
        bad += flaws
        if not flaws:
            added.append(row)
    contacts = [part for row in added if (part := row.part(_CONTACT, CONTACT)).values]
    soteri = [part for row in added if (part := row.part(_SOTERI, SOTERI)).values]
    yield Entry(organisation=first.part("", ORGANISATION), contacts=tuple(contacts), soteri=tuple(soteri))


def _contradictions(first: _Row, row: _Row) -> list[BadRow]:
    return [
        BadRow(line=row.line, row=row.line, field=column, reason=f"line {first.line} says something else")
        for column in ORGANISATION
        if column != "business_id" and column in row.cells and row.cells[column] != first.cells.get(column)
    ]
