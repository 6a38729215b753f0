"""A file of earlier agreements: CSV as spreadsheets write it, or JSON with the same fields."""

from typing import Final

from kanta_tenancy.parties import BadRow, Row, Table, read_table

TABLE: Final = Table(
    fields=("business_id", "in_force_on", "version", "form", "language", "services", "registers", "reference"),
    key="business_id",
    many="agreements",
    one="an agreement",
    most=20_000,
)


def read(content: bytes) -> tuple[list[Row], list[BadRow]]:
    """Read a file of earlier agreements.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither CSV nor JSON.
    """
    return read_table(content, TABLE)
