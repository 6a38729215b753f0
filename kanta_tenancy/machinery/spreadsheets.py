"""CSV (RFC 4180) for spreadsheets: no cell of it can be taken for a formula. Programs take JSON.

It begins with a byte order mark: without one, Excel reads a CSV in the system's own code page, and every ä and ö of a
name would be wrong without anybody being told.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final, TypeVar

R = TypeVar("R")

MEDIA_TYPE: Final = "text/csv"

# What a spreadsheet may take for the beginning of a formula, in the usual form and the wide one of East Asia.
_TRIGGER: Final = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
# Quotes, blanks and characters that do not show, all of which a program may drop before it looks.
_UNSEEN: Final = "[\\s\"'\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
_SUSPECT: Final = re.compile(f"[\\t\\r\\n]|{_TRIGGER}")  # most cells hold nothing of it
_AT_BEGINNING: Final = re.compile(f"[\\t\\r\\n]|{_UNSEEN}{_TRIGGER}")
# Where a program that divides lines by something else than a comma, or does not know quotes, would begin a cell.
_INSIDE: Final = re.compile(f"[,;|\\t\\r\\n]{_UNSEEN}(?={_TRIGGER})")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a whole table with its heading."""
    return heading(columns) + lines(rows)


def heading(columns: Sequence[str]) -> bytes:
    """Return how a table begins; `lines` follow."""
    return BOM_UTF8 + _written([columns])


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows of a table, every cell quoted and none that a spreadsheet could compute."""
    return _written([harmless(cell) for cell in row] for row in rows)


async def by_pages(
    columns: Sequence[str], pages: AsyncIterator[Sequence[R]], row: Callable[[R], Sequence[str]]
) -> AsyncIterator[bytes]:
    """Return a table piece by piece, one for each page, as it is read; no more of it is held at a time.

    The heading is not given out before something was read: trouble can still be told then.
    """
    before = heading(columns)
    async for page in pages:
        yield before + lines(map(row, page))
        before = b""


def harmless(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet could compute; any other text stays as it is."""
    if _SUSPECT.search(cell) is None:
        return cell
    guarded = _INSIDE.sub(r"\g<0>'", cell)
    return f"'{guarded}" if _AT_BEGINNING.match(cell) else guarded


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
