"""A month of disturbances as a Word document, with native charts, from the template of its language.

Beneath each chart its figures stand in a table, and what is read aloud in the chart's place says them too.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from kanta_tenancy.agreements.models.rendering import CREATOR, LOCALE
from kanta_tenancy.disturbances.summary import words
from kanta_tenancy.disturbances.summary.counting import OfSource, Summary
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

CONTRACT: Final = Contract(
    texts=Names(
        required=frozenset(
            {
                "summary.month",
                "summary.made_at",
                "summary.events",
                "summary.still_open",
                "summary.median",
                "summary.nine_tenths",
                "summary.worst",
                "summary.late",
                "summary.limit",
                "summary.unacknowledged",
                "main_connector.name",
                "main_connector.business_id",
            }
        )
    ),
    groups=(
        Group(name="states", items=Names(required=frozenset({"state.name", "state.events"}))),
        Group(name="types", items=Names(required=frozenset({"type.name", "type.events"}))),
        Group(name="waits", items=Names(required=frozenset({"wait.name", "wait.events"}))),
        Group(
            name="sources",
            items=Names(
                required=frozenset(
                    {
                        "source.name",
                        "source.told",
                        "source.median",
                        "source.nine_tenths",
                        "source.worst",
                        "source.late",
                        "source.open",
                    }
                )
            ),
        ),
        Group(name="left", items=Names(required=frozenset({"left.name", "left.open", "left.overdue"}))),
    ),
    conditions=Names(required=frozenset({"summary.empty"})),
    charts=Names(required=frozenset({"waits", "types"})),
)
_NONE: Final = "\N{EN DASH}"


def as_docx(made: Summary) -> bytes:
    """Return the summary as a document; the same summary gives the same bytes."""
    language = made.heading.language
    month = months.named(made.heading.month, language)
    types = (*made.notions, *made.severities, *made.places)
    return template(language).fill(
        Values(
            properties=Properties(
                title=f"{words.TITLE.said_in(language)}, {month}",
                language=LOCALE[language],
                creator=CREATOR,
                at=made.heading.made_at,
            ),
            texts=_texts(made, month),
            rows={
                "states": [
                    {"state.name": words.STATES[one.key].said_in(language), "state.events": str(one.events)}
                    for one in made.states
                ],
                "types": [
                    {
                        "type.name": words.TYPES[one.key].said_in(language),
                        "type.events": str(one.events),
                    }
                    for one in types
                ],
                "waits": [
                    {
                        "wait.name": words.wait(one.key).said_in(language),
                        "wait.events": str(one.events),
                    }
                    for one in made.waits
                ],
                "sources": [_source(one, language) for one in made.sources],
                "left": [
                    {
                        "left.name": words.LEFT[one.kind].said_in(language),
                        "left.open": str(one.open),
                        "left.overdue": str(one.overdue),
                    }
                    for one in made.left
                ],
            },
            present=frozenset() if made.events else frozenset({"summary.empty"}),
            signature_lines={},
            charts={
                "waits": _chart(words.WAITS, ((words.wait(one.key), one.events) for one in made.waits), language),
                "types": _chart(words.OF_TYPES, ((words.TYPES[one.key], one.events) for one in types), language),
            },
        )
    )


@cache
def template(language: Language) -> Template:
    """Return the template of a language, compiled."""
    file = folder("templates") / "disturbances" / "summary-1" / f"{language.value}.docx"
    return compile_template(file.read_bytes(), CONTRACT)


def _texts(made: Summary, month: str) -> dict[str, str]:
    heading = made.heading
    language = heading.language
    limit = (words.minutes(heading.to_acknowledge), words.minutes(heading.to_acknowledge_when_critical))
    return {
        "summary.month": month,
        "summary.made_at": sentence("{at}", "{at}", "{at}", at=heading.made_at).said_in(language),
        "summary.events": str(made.events),
        "summary.still_open": str(made.still_open),
        "summary.median": _time(made.acknowledged.median, language),
        "summary.nine_tenths": _time(made.acknowledged.nine_tenths, language),
        "summary.worst": _time(made.acknowledged.worst, language),
        "summary.late": str(made.acknowledged_late),
        "summary.limit": " / ".join(one.said_in(language) for one in limit),
        "summary.unacknowledged": str(made.unacknowledged),
        "main_connector.name": heading.main_connector,
        "main_connector.business_id": heading.business_id,
    }


def _source(one: OfSource, language: Language) -> dict[str, str]:
    overdue = f" ({one.overdue})" if one.overdue else ""
    return {
        "source.name": words.SOURCES[one.source].said_in(language),
        "source.told": str(one.times.measured),
        "source.median": _time(one.times.median, language),
        "source.nine_tenths": _time(one.times.nine_tenths, language),
        "source.worst": _time(one.times.worst, language),
        "source.late": str(one.told_late),
        "source.open": f"{one.open}{overdue}",
    }


def _chart(title: Sentence, bars: Iterable[tuple[Sentence, int]], language: Language) -> BarChart:
    said = tuple((label.said_in(language), events) for label, events in bars)
    return BarChart(
        title=title.said_in(language),
        alternative=read_aloud(title, said).said_in(language),
        bars=said,
    )


def _time(minutes: int | None, language: Language) -> str:
    return _NONE if minutes is None else words.minutes(minutes).said_in(language)
