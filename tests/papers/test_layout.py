"""A paper as a document: it says what it is given, can be read aloud, and is the same for the same."""

import io

import pytest
from docx import Document
from msgspec.structs import replace

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import inspect_template
from kanta_tenancy.machinery.docx.wordml import w
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.papers import Part, Row
from kanta_tenancy.papers.layout import CONTRACT, as_docx
from tests.papers.examples import NOON, a_paper

AT = "2 March 2026 14:00 (Finnish time)"
TAGS = {Language.FINNISH: "fi-FI", Language.SWEDISH: "sv-FI", Language.ENGLISH: "en-GB"}


def opened(**said):
    return Document(io.BytesIO(as_docx(a_paper(**said), NOON)))


def test_it_says_its_rows_and_its_parts_in_their_order():
    rows = (Row(label="To", value="Kela"), Row(label="From", value="Pääliittyjä & Pojat <Oy>\n2000000-8"))
    parts = (Part(heading="First", text="one\ntwo"), Part(heading="Second", text="{{ three }}"))
    document = opened(rows=rows, parts=parts)
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows][1:] == [
        ["To", "Kela"],
        ["From", "Pääliittyjä & Pojat <Oy>\n2000000-8"],
    ]
    text = [one.text for one in document.paragraphs]
    assert text[:2] == [
        "Notice of a disturbance",
        f"Reference: 0A1B2C3D\nAs known at: {AT}\nDrawn up: {AT}",
    ]
    assert [one for one in text if one in {"First", "one\ntwo", "Second", "{{ three }}"}] == [
        "First", "one\ntwo", "Second", "{{ three }}",
    ]  # fmt: skip


@pytest.mark.parametrize("language", Language)
def test_it_can_be_read_aloud(language):
    """Its language and title are told, its headings are headings, its table says what it is and has a heading row."""
    document = opened(language=language, parts=(Part(heading="A", text="a"), Part(heading="B", text="b")))
    assert document.core_properties.language == TAGS[language]
    assert document.core_properties.title == "Notice of a disturbance, 0A1B2C3D"
    assert document.styles.element.find(f"{w('docDefaults')}//{w('lang')}").get(w("val")) == TAGS[language]
    styles = [one.style.name for one in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == 2
    (table,) = document.tables
    properties = table._tbl.tblPr  # noqa: SLF001 -- python-docx has no other way to it
    assert properties.find(w("tblCaption")).get(w("val"))
    assert properties.find(w("tblDescription")).get(w("val"))
    marked = [row.find(f"{w('trPr')}/{w('tblHeader')}") is not None for row in table._tbl.tr_lst]  # noqa: SLF001
    assert marked == [True, False]


@pytest.mark.parametrize("language", Language)
def test_the_same_paper_of_the_same_instant_is_the_same_bytes(language):
    paper = a_paper(language=language)
    assert as_docx(paper, NOON) == as_docx(replace(paper), NOON)


def test_what_it_says_has_one_digest_and_another_word_another():
    assert a_paper().said == a_paper().said
    changed = {
        a_paper().said,
        a_paper(language=Language.FINNISH).said,
        a_paper(reference="1").said,
        a_paper(rows=()).said,
    }
    assert len(changed) == 4


@pytest.mark.parametrize("language", Language)
def test_the_templates_keep_their_contract(language):
    file = folder("templates") / "papers" / "report-1" / f"{language.value}.docx"
    assert inspect_template(file.read_bytes(), CONTRACT) == ()
