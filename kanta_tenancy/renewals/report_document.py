"""A month of renewal requests as a Word document, with a native chart, from the template of its language.

Beneath the chart its figures stand in a table, and what is read aloud in the chart's place says them too.
"""

from functools import cache
from typing import Final

from kanta_tenancy.agreements.models.rendering import CREATOR, LOCALE
from kanta_tenancy.kernel import months
from kanta_tenancy.kernel.distributions import read_aloud
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import (
    BarChart,
    Contract,
    Group,
    Names,
    Properties,
    Template,
    Values,
    compile_template,
)
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.renewals.model import State
from kanta_tenancy.renewals.report import Report

CONTRACT: Final = Contract(
    texts=Names(
        required=frozenset(
            {
                "report.month",
                "report.made_at",
                "report.of",
                "report.requests",
                "report.lapsed",
                "report.handed_over",
                "report.median",
                "report.nine_tenths",
                "main_connector.name",
                "main_connector.business_id",
            }
        )
    ),
    groups=(
        Group(
            name="outcomes",
            items=Names(
                required=frozenset({"outcome.name", "outcome.requests", "outcome.share", "outcome.handed_over"})
            ),
        ),
        Group(name="days", items=Names(required=frozenset({"day.name", "day.requests"}))),
    ),
    conditions=Names(required=frozenset({"report.empty"})),
    charts=Names(required=frozenset({"days"})),
)
TITLE: Final = Sentence(
    fi="Reseptien uudistamispyynnöt", sv="Begäranden om receptförnyelse", en="Prescription renewal requests"
)
_OUTCOMES: Final = {
    State.RENEWED: Sentence(fi="Uudistettu", sv="Förnyad", en="Renewed"),
    State.REJECTED: Sentence(fi="Hylätty", sv="Avslagen", en="Rejected"),
    State.RETURNED: Sentence(fi="Palautettu", sv="Returnerad", en="Returned"),
    State.LAPSED: Sentence(fi="Rauennut", sv="Förfallen", en="Lapsed"),
}
_ALL: Final = Sentence(fi="Kaikki vuokralaiset", sv="Alla hyresgäster", en="All tenants")
_NONE: Final = "\N{EN DASH}"
_DAYS: Final = Sentence(
    fi="Vastattujen pyyntöjen määrä vuorokausittain",
    sv="Antal besvarade begäranden per dygn",
    en="Number of requests answered on each day",
)


def as_docx(report: Report) -> bytes:
    """Return the report as a document; the same report gives the same bytes."""
    language = report.language
    month = months.named(report.month, language)
    return template(language).fill(
        Values(
            properties=Properties(
                title=f"{TITLE.said_in(language)}, {month}",
                language=LOCALE[language],
                creator=CREATOR,
                at=report.made_at,
            ),
            texts={
                "report.month": month,
                "report.made_at": sentence("{at}", "{at}", "{at}", at=report.made_at).said_in(language),
                "report.of": report.tenant or _ALL.said_in(language),
                "report.requests": str(report.requests),
                "report.lapsed": str(report.lapsed),
                "report.handed_over": str(report.handed_over),
                "report.median": _hours(report.median_hours, language),
                "report.nine_tenths": _hours(report.nine_tenths_hours, language),
                "main_connector.name": report.main_connector,
                "main_connector.business_id": report.business_id,
            },
            rows={
                "outcomes": [
                    {
                        "outcome.name": _OUTCOMES[one.outcome].said_in(language),
                        "outcome.requests": str(one.requests),
                        "outcome.share": _percent(one.permille, language),
                        "outcome.handed_over": str(one.handed_over),
                    }
                    for one in report.outcomes
                ],
                "days": [
                    {
                        "day.name": str(one.day),
                        "day.requests": str(one.requests),
                    }
                    for one in report.days
                ],
            },
            present=frozenset() if report.requests else frozenset({"report.empty"}),
            signature_lines={},
            charts={"days": _chart(report)},
        )
    )


@cache
def template(language: Language) -> Template:
    """Return the template of a language, compiled."""
    file = folder("templates") / "renewals" / "report-1" / f"{language.value}.docx"
    return compile_template(file.read_bytes(), CONTRACT)


def _chart(report: Report) -> BarChart:
    bars = tuple((_day(one.day).said_in(report.language), one.requests) for one in report.days)
    return BarChart(
        title=_DAYS.said_in(report.language),
        alternative=read_aloud(_DAYS, bars).said_in(report.language),
        bars=bars,
        upright=True,
    )


def _day(day: int) -> Sentence:
    return sentence("{day}. vrk", "dygn {day}", "day {day}", day=day)


def _hours(hours: int | None, language: Language) -> str:
    """Say within how many hours; the figure counts whole hours, so one more is the end of it."""
    if hours is None:
        return _NONE
    return sentence("{hours} h", "{hours} h", "{hours} h", hours=hours + 1).said_in(language)


def _percent(permille: int, language: Language) -> str:
    mark = "." if language is Language.ENGLISH else ","
    blank = "" if language is Language.ENGLISH else "\N{NO-BREAK SPACE}"
    return f"{permille // 10}{mark}{permille % 10}{blank}%"
