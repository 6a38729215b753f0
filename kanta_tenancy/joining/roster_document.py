"""The roster as a Word document, from the template of its language (templates/joining/roster-1/)."""

from functools import cache
from typing import Final

from kanta_tenancy.agreements.models.rendering import CREATOR, LOCALE
from kanta_tenancy.joining.model import Roster
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.languages import Language, written_day
from kanta_tenancy.machinery.docx import Contract, Group, Names, Properties, Template, Values, compile_template
from kanta_tenancy.machinery.resources import folder

CONTRACT: Final = Contract(
    texts=Names(
        required=frozenset(
            {"roster.day", "roster.made_at", "roster.tenants", "main_connector.name", "main_connector.business_id"}
        )
    ),
    groups=(
        Group(name="services", items=Names(required=frozenset({"service.name", "service.tenants", "service.joined"}))),
        Group(
            name="lines",
            items=Names(
                required=frozenset({"line.service", "line.tenant", "line.business_id", "line.oid", "line.since"})
            ),
        ),
    ),
    conditions=Names(required=frozenset({"roster.empty"})),
)

TITLE: Final = sentence("Vuokralaiset Kanta-palveluittain", "Hyresgäster per Kanta-tjänst", "Tenants by Kanta service")
_YES: Final = sentence("kyllä", "ja", "yes")
_NO: Final = sentence("ei", "nej", "no")
_NONE: Final = "\N{EN DASH}"


def as_docx(roster: Roster) -> bytes:
    """Return the roster as a document; the same roster gives the same bytes."""
    language, lines = roster.language, roster.lines
    return template(language).fill(
        Values(
            properties=Properties(
                title=TITLE.said_in(language), language=LOCALE[language], creator=CREATOR, at=roster.made_at
            ),
            texts={
                "roster.day": written_day(roster.day, language),
                "roster.made_at": sentence("{at}", "{at}", "{at}", at=roster.made_at).said_in(language),
                "roster.tenants": str(len(roster.tenants)),
                "main_connector.name": roster.main_connector,
                "main_connector.business_id": roster.business_id,
            },
            rows={
                "services": [
                    {
                        "service.name": use.name,
                        "service.tenants": str(use.tenants),
                        "service.joined": (_YES if use.warning is None else _NO).said_in(language),
                    }
                    for use in roster.services
                ],
                "lines": [
                    {
                        "line.service": line.service.name,
                        "line.tenant": line.tenant.name,
                        "line.business_id": line.tenant.business_id,
                        "line.oid": line.tenant.oid or _NONE,
                        "line.since": written_day(line.tenant.since, language),
                    }
                    for line in lines
                ],
            },
            present=frozenset() if lines else frozenset({"roster.empty"}),
            signature_lines={},
        )
    )


@cache
def template(language: Language) -> Template:
    """Return the template of a language, compiled."""
    return compile_template(
        (folder("templates") / "joining" / "roster-1" / f"{language.value}.docx").read_bytes(), CONTRACT
    )
