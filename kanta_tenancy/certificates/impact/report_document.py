"""A certificate's impact as a Word document, from the template of its language (templates/certificates/impact-1/)."""

from collections.abc import Mapping
from functools import cache
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.models.rendering import CREATOR, LOCALE
from kanta_tenancy.certificates.impact import telling
from kanta_tenancy.certificates.impact.model import AffectedSystem, AffectedTenant, Report
from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import Contract, Group, Names, Properties, Template, Values, compile_template
from kanta_tenancy.machinery.resources import folder

CONTRACT: Final = Contract(
    texts=Names(
        required=frozenset(
            {
                "impact.day",
                "impact.made_at",
                "certificate.name",
                "certificate.kind",
                "certificate.ends",
                "certificate.sha256",
                "main_connector.name",
                "main_connector.business_id",
            }
        )
    ),
    groups=(
        Group(name="told", items=Names(required=frozenset({"told.sentence"}))),
        Group(
            name="systems",
            items=Names(
                required=frozenset(
                    {"system.name", "system.tenants", "system.services", "system.support", "system.others"}
                )
            ),
        ),
        Group(
            name="lines",
            items=Names(
                required=frozenset({"line.tenant", "line.business_id", "line.services", "line.systems", "line.people"})
            ),
        ),
    ),
    conditions=Names(required=frozenset({"impact.nobody", "impact.no_systems", "impact.others"})),
)

TITLE: Final = sentence(
    "Jos varmenne ei ole voimassa", "Om certifikatet inte gäller", "If the certificate does not hold"
)
_UNREADABLE: Final = sentence("ei voida lukea", "kan inte läsas", "cannot be read")
_NOBODY: Final = sentence("ei yhteyshenkilöä", "ingen kontaktperson", "no contact person")
_NONE: Final = "\N{EN DASH}"
_LINE: Final = "\n"


def as_docx(report: Report, language: Language) -> bytes:
    """Return the report as a document; the same report gives the same bytes."""
    impact = report.impact
    systems = {one.id: one.name for one in impact.systems}
    return template(language).fill(
        Values(
            properties=Properties(
                title=TITLE.said_in(language), language=LOCALE[language], creator=CREATOR, at=report.made_at
            ),
            texts=_texts(report, language),
            rows={
                "told": [{"told.sentence": one.said_in(language)} for one in telling.told(impact)],
                "systems": [_system(report, one, language) for one in impact.systems],
                "lines": [_line(report, one, systems, language) for one in report.tenants],
            },
            present=_present(report),
            signature_lines={},
        )
    )


@cache
def template(language: Language) -> Template:
    """Return the template of a language, compiled."""
    return compile_template(
        (folder("templates") / "certificates" / "impact-1" / f"{language.value}.docx").read_bytes(), CONTRACT
    )


def _texts(report: Report, language: Language) -> dict[str, str]:
    certificate = report.impact.certificate
    kind = kinds().get(certificate.kind)
    ends = _UNREADABLE if certificate.not_after is None else sentence("{at}", "{at}", "{at}", at=certificate.not_after)
    return {
        "impact.day": sentence("{day}", "{day}", "{day}", day=report.impact.day).said_in(language),
        "impact.made_at": sentence("{at}", "{at}", "{at}", at=report.made_at).said_in(language),
        "certificate.name": certificate.name,
        "certificate.kind": certificate.kind if kind is None else kind.name.said_in(language),
        "certificate.ends": ends.said_in(language),
        "certificate.sha256": certificate.sha256,
        "main_connector.name": report.main_connector,
        "main_connector.business_id": report.business_id,
    }


def _present(report: Report) -> frozenset[str]:
    holds = {
        "impact.nobody": not report.tenants,
        "impact.no_systems": not report.impact.systems,
        "impact.others": any(one.others for one in report.impact.systems),
    }
    return frozenset(name for name, does in holds.items() if does)


def _system(report: Report, system: AffectedSystem, language: Language) -> dict[str, str]:
    return {
        "system.name": f"{system.name}{_LINE}{system.producer.name}",
        "system.tenants": str(system.tenants),
        "system.services": _services(report, system.services, language),
        "system.support": _support(system),
        "system.others": str(system.others),
    }


def _support(system: AffectedSystem) -> str:
    """Return who keeps a system running and how they are reached; where nobody is named, its producer."""
    upkeep, producer = system.upkeep, system.producer
    if upkeep is None:
        return _together(producer.phone, producer.email)
    return _together(upkeep.keeper, upkeep.support_phone, upkeep.support_email, upkeep.service_hours)


def _line(report: Report, tenant: AffectedTenant, systems: Mapping[UUID, str], language: Language) -> dict[str, str]:
    people = [_together(one.name, one.phone, one.email) for one in tenant.people]
    nobody = _NONE if tenant.tenancy_id is None else _NOBODY.said_in(language)
    return {
        "line.tenant": tenant.name,
        "line.business_id": tenant.business_id or _NONE,
        "line.services": _services(report, tenant.services, language),
        "line.systems": _together(*(systems.get(one) for one in tenant.systems)),
        "line.people": _LINE.join(people) or nobody,
    }


def _services(report: Report, services: tuple[str, ...], language: Language) -> str:
    day = report.impact.day
    return _together(*(telling.named((one,), day).said_in(language) for one in services))


def _together(*parts: str | None) -> str:
    return _LINE.join(one for one in parts if one) or _NONE
