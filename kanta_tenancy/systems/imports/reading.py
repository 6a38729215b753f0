"""A file of systems: a row for each, and more rows of the same name for more that belongs to it."""

from typing import Final

from kanta_tenancy.parties import BadRow, Row, Table, read_table

SYSTEM: Final = (
    "kind", "class", "producer", "producer_business_id", "producer_email", "producer_phone", "manufacturer",
    "manufacturer_business_id", "manufacturer_email", "manufacturer_phone", "keeper", "support_email", "support_phone",
    "service_hours", "register_reference", "register_checked_on", "in_use_on",
)  # fmt: skip
RELEASE: Final = ("version", "version_since", "version_until")
CERTIFICATE: Final = (
    "certificate_kind", "certificate_issuer", "certificate_number", "certificate_granted_on", "certificate_last_day",
)  # fmt: skip
DEPLOYMENT: Final = ("services", "tenant", "since", "until")
TABLE: Final = Table(
    fields=("name", *SYSTEM, *RELEASE, *CERTIFICATE, *DEPLOYMENT),
    key="name",
    many="rows",
    one="a system",
    most=50_000,
)


def read(content: bytes) -> tuple[list[Row], list[BadRow]]:
    """Read a file of systems.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither CSV nor JSON.
    """
    return read_table(content, TABLE)
