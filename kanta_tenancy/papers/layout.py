"""A paper as a Word document, from the template of its language (templates/papers/report-1/). Pure."""

from datetime import datetime
from functools import cache
from typing import Final

from kanta_tenancy.agreements.models.rendering import CREATOR, LOCALE
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import Contract, Group, Names, Properties, Template, Values, compile_template
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.papers import wording
from kanta_tenancy.papers.model import Paper

CONTRACT: Final = Contract(
    texts=Names(required=frozenset({"paper.title", "paper.reference", "paper.known_at", "paper.made_at"})),
    groups=(
        Group(name="rows", items=Names(required=frozenset({"row.label", "row.value"}))),
        Group(name="parts", items=Names(required=frozenset({"part.heading", "part.text"}))),
    ),
)


def as_docx(paper: Paper, made_at: datetime) -> bytes:
    """Return a paper as a document; the same paper of the same instant gives the same bytes."""
    return template(paper.language).fill(
        Values(
            properties=Properties(
                title=f"{paper.title}, {paper.reference}",
                language=LOCALE[paper.language],
                creator=CREATOR,
                at=made_at,
            ),
            texts={
                "paper.title": paper.title,
                "paper.reference": paper.reference,
                "paper.known_at": wording.instant(paper.known_at).said_in(paper.language),
                "paper.made_at": wording.instant(made_at).said_in(paper.language),
            },
            rows={
                "rows": [{"row.label": one.label, "row.value": one.value} for one in paper.rows],
                "parts": [{"part.heading": one.heading, "part.text": one.text} for one in paper.parts],
            },
            present=frozenset(),
            signature_lines={},
        )
    )


@cache
def template(language: Language) -> Template:
    """Return the template of a language, compiled."""
    file = folder("templates") / "papers" / "report-1" / f"{language.value}.docx"
    return compile_template(file.read_bytes(), CONTRACT)
