"""The inventory as CSV for spreadsheets and as one JSON array for programs, piece by piece. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from kanta_tenancy.certificates.exports.model import ExportedCertificate
from kanta_tenancy.machinery import spreadsheets

COLUMNS: Final = ExportedCertificate.__struct_fields__
_BETWEEN: Final = " | "
_YES_NO: Final = {True: "yes", False: "no"}


class AsCsv:
    """A table with a heading, a line for each certificate, of which no cell can be computed."""

    media_type: Final = spreadsheets.MEDIA_TYPE
    ending: Final = "csv"

    def begin(self) -> bytes:
        return spreadsheets.heading(COLUMNS)

    def more(self, rows: Sequence[ExportedCertificate], *, first: bool) -> bytes:  # noqa: ARG002 -- what JSON asks
        return spreadsheets.lines([_cell(getattr(row, name)) for name in COLUMNS] for row in rows)

    def end(self) -> bytes:
        return b""


class AsJson:
    """One array, a line for each certificate; cut off, it is no JSON, so nobody takes a part for the whole."""

    media_type: Final = "application/json"
    ending: Final = "json"

    def begin(self) -> bytes:
        return b"["

    def more(self, rows: Sequence[ExportedCertificate], *, first: bool) -> bytes:
        """Return more of it.

        Args:
            first: nothing came before.
        """
        separator = b"\n" if first else b",\n"
        return separator + b",\n".join(map(msgspec.json.encode, rows)) if rows else b""

    def end(self) -> bytes:
        return b"\n]\n"


Form = AsCsv | AsJson


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _YES_NO[value]
        case tuple():
            return _BETWEEN.join(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case _:
            return str(value)
