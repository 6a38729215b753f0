"""The roster as CSV (RFC 4180) for spreadsheets: no cell of it can be taken for a formula. Programs take the JSON.

It begins with a byte order mark: without one, Excel reads a CSV in the system's own code page, and every ä and ö of a
name would be wrong without anybody being told.
"""

import csv
import io
import re
from typing import Final

from kanta_tenancy.joining.model import Roster, RosterLine

COLUMNS: Final = (
    "day", "service_key", "service", "application_in_production", "tenant", "business_id", "oid", "tenancy_reference",
    "annex_since",
)  # fmt: skip

# What a spreadsheet may take for the beginning of a formula, in the usual form and the wide one of East Asia.
_TRIGGER: Final = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
# Quotes, blanks and characters that do not show, all of which a program may drop before it looks.
_UNSEEN: Final = "[\\s\"'\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
_SUSPECT: Final = re.compile(f"[\\t\\r\\n]|{_TRIGGER}")  # most cells hold nothing of it
_AT_BEGINNING: Final = re.compile(f"[\\t\\r\\n]|{_UNSEEN}{_TRIGGER}")
# Where a program that divides lines by something else than a comma, or does not know quotes, would begin a cell.
_INSIDE: Final = re.compile(f"[,;|\\t\\r\\n]{_UNSEEN}(?={_TRIGGER})")


def as_csv(roster: Roster) -> bytes:
    """Return the roster with a heading, every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in _cells(roster, line)] for line in roster.lines)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet could compute; any other text stays as it is."""
    if _SUSPECT.search(cell) is None:
        return cell
    guarded = _INSIDE.sub(r"\g<0>'", cell)
    return f"'{guarded}" if _AT_BEGINNING.match(cell) else guarded


def _cells(roster: Roster, line: RosterLine) -> tuple[str, ...]:
    tenant, service = line.tenant, line.service
    return (
        roster.day.isoformat(),
        service.key,
        service.name,
        "yes" if service.covered else "no",
        tenant.name,
        tenant.business_id,
        tenant.oid or "",
        tenant.reference,
        tenant.since.isoformat(),
    )
