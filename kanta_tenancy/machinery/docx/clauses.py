"""The clauses of a model agreement, as its headings divide it."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.numbering import Numbering
from kanta_tenancy.machinery.docx.relations import NUMBERING
from kanta_tenancy.machinery.docx.wordml import text_of, w

_TYPED_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s+(?=\S)")


class Clause(Record, frozen=True, kw_only=True):
    """A heading and what stands under it up to the next heading of any level."""

    number: str  # "4.1"; empty where the heading has none
    level: int
    heading: str
    paragraphs: tuple[str, ...]  # with the numbers that Word prints before them; empty ones left out


def read_clauses(docx: bytes) -> tuple[Clause, ...]:
    """Read the clauses of a document; what stands before the first heading belongs to none.

    A heading is a paragraph whose style is called `heading 1` to `heading 9`, in whatever language its id is, or has
    an outline level. Its number is the one that Word counts, or else the one that is typed before the heading.
    Placeholders are read as they stand in the template.

    Raises:
        BrokenPackage: the file is no Word document.
    """
    return tuple(_clauses(Form.read(docx)))


def _clauses(form: Form) -> Iterator[Clause]:
    part = form.of_kind(NUMBERING)
    numbering = Numbering(None if part is None else form.package.xml(part), form.styles)
    current: Clause | None = None
    body: list[str] = []
    for paragraph in form.stories[0].root.iter(w("p")):
        label, text = numbering.label(paragraph), _text(paragraph)
        level = form.styles.heading_level(paragraph)
        if level and text:
            if current is not None:
                yield _with_body(current, body)
            current, body = _heading(level, label, text), []
        elif text:
            body.append(f"{label} {text}".strip())
    if current is not None:
        yield _with_body(current, body)


def _heading(level: int, label: str, text: str) -> Clause:
    typed = None if label else _TYPED_NUMBER.match(text)
    number = typed[1] if typed else label.rstrip(".)")
    return Clause(number=number, level=level, heading=text[typed.end() :] if typed else text, paragraphs=())


def _with_body(clause: Clause, body: list[str]) -> Clause:
    return Clause(number=clause.number, level=clause.level, heading=clause.heading, paragraphs=tuple(body))


def _text(paragraph: etree._Element) -> str:
    return " ".join(text_of(paragraph).split())
