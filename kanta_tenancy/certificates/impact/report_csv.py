"""A certificate's impact as CSV for spreadsheets: a line for each person to tell. Programs take the JSON."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.impact.model import AffectedTenant, Report
from kanta_tenancy.certificates.impact.telling import named
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery import spreadsheets

COLUMNS: Final = (
    "day", "certificate", "certificate_sha256", "tenant", "business_id", "tenancy_reference", "service_keys",
    "services", "systems", "contact", "contact_function", "contact_email", "contact_phone",
)  # fmt: skip
_BETWEEN: Final = " | "  # what stands in no name of a service; a comma does


def as_csv(report: Report, language: Language) -> bytes:
    """Return who is hit, with a heading. A tenant where nobody is there to be told has a line without a person."""
    return spreadsheets.table(COLUMNS, _rows(report, language))


def _rows(report: Report, language: Language) -> Iterator[tuple[str, ...]]:
    systems = {one.id: one.name for one in report.impact.systems}
    for tenant in report.tenants:
        begin = (*_certificate(report), *_tenant(report, tenant, systems, language))
        yield from ((*begin, *person) for person in _people(tenant))


def _certificate(report: Report) -> tuple[str, ...]:
    certificate = report.impact.certificate
    return report.impact.day.isoformat(), certificate.name, certificate.sha256


def _tenant(report: Report, tenant: AffectedTenant, systems: dict[UUID, str], language: Language) -> tuple[str, ...]:
    day = report.impact.day
    return (
        tenant.name,
        tenant.business_id,
        tenant.reference or "",
        _BETWEEN.join(tenant.services),
        _BETWEEN.join(named((service,), day).said_in(language) for service in tenant.services),
        _BETWEEN.join(systems[one] for one in tenant.systems if one in systems),
    )


def _people(tenant: AffectedTenant) -> list[tuple[str, ...]]:
    return [(one.name, one.function.value, one.email, one.phone or "") for one in tenant.people] or [("", "", "", "")]
